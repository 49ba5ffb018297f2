#!/usr/bin/env bash
# scripts/openapi_lint.sh OUT: Redocly's linter over the interface's document. It needs node; what it loads from npm (a
# lock file says which bytes) is kept in OUT/openapi_lint. Exit 0: nothing to say; 1: what it says; 77: it could not be
# fetched.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
place=$1/openapi_lint
mkdir -p "$place"
cp "$root"/tests/server/lint/* "$place"
if ! [ -d "$place/node_modules/@redocly/openapi-core" ]; then
    "$root/scripts/npm.sh" "$place" ci --prefix "$place" --ignore-scripts --no-audit --no-fund --loglevel=error >&2 ||
        exit 77
fi
node "$place/lint.mjs" "$root/server/openapi.v1.yaml"
