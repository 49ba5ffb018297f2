#!/usr/bin/env bash
# scripts/openapi_lint.sh OUT: Redocly's linter over the interface's document. It needs node; what it loads from npm (a
# lock file says which bytes) is kept in OUT/openapi_lint. Exit 0: nothing to say; 1: what it says; 77: it could not be
# fetched. npm itself comes as one archive: Debian's package of it brings 350 others.
set -eu
npm_version=10.8.2
npm_sha512=x/AIjFIKRllrhcb48dqUNAAZl0ig9+qMuN91RpZo3Cb2+zuibfh+KISl6+kVVyktDz230JKc208UkQwwMqyB+w==
root=$(cd "$(dirname "$0")/.." && pwd)
place=$1/openapi_lint
mkdir -p "$place"
cp "$root"/tests/server/lint/* "$place"
if ! [ -d "$place/node_modules/@redocly/openapi-core" ]; then
    curl -sSf --max-time 60 -o "$place/npm.tgz" "https://registry.npmjs.org/npm/-/npm-$npm_version.tgz" || exit 77
    [ "$(openssl dgst -sha512 -binary "$place/npm.tgz" | base64 -w0)" = "$npm_sha512" ] || exit 77
    tar -xzf "$place/npm.tgz" -C "$place"
    node "$place/package/bin/npm-cli.js" ci --prefix "$place" --ignore-scripts --no-audit --no-fund --loglevel=error \
        >&2 || exit 77
fi
node "$place/lint.mjs" "$root/server/openapi.v1.yaml"
