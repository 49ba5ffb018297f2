#!/usr/bin/env bash
# Installs the Debian packages that are missing, without questions; does nothing (and works offline) when all are there.
set -eu
packages=(gcc g++ make pkg-config python3 libzip-dev libexpat1-dev zlib1g-dev libdeflate-dev libxxhash-dev
    libjansson-dev libpng-dev libcmocka-dev)
case "${1:-}" in
service) packages+=(libfcgi-dev libsqlite3-dev libssl-dev libcurl4-openssl-dev nginx-light curl jq openssl nodejs tzdata) ;;
fuzz) packages+=(clang libclang-rt-dev) ;;
arm64) packages+=(gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user) ;;
avx512) packages+=(bochs bochs-term bochsbios vgabios isolinux syslinux-common xorriso cpio) ;;
bench) packages+=(admesh prusa-slicer) ;;
instructions) packages+=(valgrind) ;;
all) packages+=(clang libclang-rt-dev valgrind) ;;
esac
missing=()
for package in "${packages[@]}"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0
echo "installing: ${missing[*]}" >&2
sudo=()
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || {
        echo "These packages are missing and there is no sudo to install them: ${missing[*]}" >&2
        exit 1
    }
    sudo=(sudo)
fi
export DEBIAN_FRONTEND=noninteractive
"${sudo[@]}" apt-get update -qq
"${sudo[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
