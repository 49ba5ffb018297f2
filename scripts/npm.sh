#!/usr/bin/env bash
# scripts/npm.sh FOLDER [ARGUMENT...]: npm with these arguments, itself fetched into FOLDER as one archive of known bytes:
# Debian's package of it brings 350 others. It needs node. Exit 77: it could not be fetched.
set -eu
npm_version=10.8.2
npm_sha512=x/AIjFIKRllrhcb48dqUNAAZl0ig9+qMuN91RpZo3Cb2+zuibfh+KISl6+kVVyktDz230JKc208UkQwwMqyB+w==
place=$1
shift
mkdir -p "$place"
if ! [ -f "$place/package/bin/npm-cli.js" ]; then
    curl -sSf --max-time 60 -o "$place/npm.tgz" "https://registry.npmjs.org/npm/-/npm-$npm_version.tgz" || exit 77
    [ "$(openssl dgst -sha512 -binary "$place/npm.tgz" | base64 -w0)" = "$npm_sha512" ] || exit 77
    tar -xzf "$place/npm.tgz" -C "$place"
fi
node "$place/package/bin/npm-cli.js" "$@"
