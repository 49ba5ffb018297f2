#!/usr/bin/env bash
# Fetches models that anyone can install by the name of a package into FOLDER/PACKAGE; unpacks what is packed with gzip.
# A package that cannot be fetched is left out with a word. Usage: models.sh FOLDER
set -u
mkdir -p "$1"
folder=$(cd "$1" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

keep() { # name: what was unpacked in $work/in; file names get a number, so that folders can be left behind
    local number=0 file name
    mkdir -p "$work/out"
    while IFS= read -r -d '' file; do
        number=$((number + 1))
        name=$(basename "$file" | tr -c 'A-Za-z0-9._\n-' '_')
        case ${name,,} in
        *.gz) gzip -dc "$file" >"$work/out/$(printf %03d $number)-${name%.*}" ;;
        *) cp "$file" "$work/out/$(printf %03d $number)-$name" ;;
        esac
    done < <(find "$work/in" -type f \( -iname '*.stl' -o -iname '*.stl.gz' -o -iname '*.3mf' \) -print0 | sort -z)
    echo "$1: $number models" >&2
    mv "$work/out" "$folder/$1"
}

fetch() { # name, command that leaves one archive in the current folder
    local name=$1
    shift
    [ -d "$folder/$name" ] && return
    rm -rf "$work/in" "$work/get" "$work/out"
    mkdir -p "$work/in" "$work/get"
    chmod 755 "$work" "$work/get"
    if ! (cd "$work/get" && timeout 300 "$@" >/dev/null 2>&1) || ! ls "$work"/get/* >/dev/null 2>&1; then
        echo "$name cannot be fetched here: left out" >&2
        return
    fi
    case $(ls "$work"/get/*) in
    *.deb) dpkg-deb -x "$work"/get/*.deb "$work/in" ;;
    *) tar -xzf "$work"/get/*.tgz -C "$work/in" ;;
    esac && keep "$name"
}

for package in stl-models node-stl @jscad/openjscad; do
    fetch "npm-$(basename "$package")" npm pack "$package"
done
for package in cura prusa-slicer openfoam-examples gmsh-doc; do
    fetch "debian-$package" apt-get download "$package"
done
