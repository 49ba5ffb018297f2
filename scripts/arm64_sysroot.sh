#!/usr/bin/env bash
# Unpacks the libraries we link with, built for 64-bit ARM, below DIR. They come from the same Debian archive by a package
# list of their own, so that the machine's packages and architectures stay as they are. Does nothing when all are there.
# Usage: scripts/arm64_sysroot.sh DIR
set -eu
dir=$(realpath -m "$1")
packages=(libzip4 libzip-dev libbz2-1.0 libssl3 libexpat1 libexpat1-dev zlib1g zlib1g-dev libdeflate0 libdeflate-dev
    libxxhash0 libxxhash-dev libjansson4 libjansson-dev libcmocka0 libcmocka-dev libpng16-16 libpng-dev)
[ "$(cat "$dir/complete" 2>/dev/null)" = "${packages[*]}" ] && exit 0
rm -rf "$dir"
mkdir -p "$dir/apt/lists/partial" "$dir/apt/archives/partial"
apt=(apt-get -qq -o APT::Architecture=arm64 -o APT::Architectures::=arm64 -o Dir::State::status=/dev/null
    -o "Dir::State::lists=$dir/apt/lists" -o "Dir::Cache=$dir/apt" -o "APT::Sandbox::User=$(id -un)")
echo "unpacking for arm64: ${packages[*]}" >&2
"${apt[@]}" update
(cd "$dir/apt/archives" && "${apt[@]}" download "${packages[@]}")
for package in "$dir"/apt/archives/*.deb; do dpkg -x "$package" "$dir"; done

# Some libX.so point to /lib/..., which is here, and not the machine's.
find "$dir/usr/lib" -type l -lname '/*' | while read -r link; do
    ln -sfr "$dir$(readlink "$link")" "$link"
done
rm -rf "$dir/apt"
echo "${packages[*]}" >"$dir/complete"
