#!/usr/bin/env bash
# Starts the service in the foreground: scripts/serve.sh OUT. PORT (8080), VAR (var), CONFIG (merged over VAR/quoted.json).
set -eu
out=$(realpath "${1:-build}") root=$(cd "$(dirname "$0")/.." && pwd)
port=${PORT:-8080} var=${VAR:-var} config=${CONFIG:-}
mkdir -p -m 700 "$var"
var=$(realpath "$var")
"$out/quotectl" --config "$var/quoted.json" init --book "$root/server/data/price-book.example.json" >/dev/null
running=$var/running.json
CONFIG=$config PORT=$port python3 - "$var/quoted.json" "$running" <<'PY'
import json, os, sys

def merge(base, over):
    for key, value in over.items():
        if isinstance(value, dict) and isinstance(base.get(key), dict):
            merge(base[key], value)
        else:
            base[key] = value

with open(sys.argv[1], encoding="utf-8") as file:
    config = json.load(file)
config["public_url"] = "http://127.0.0.1:" + os.environ["PORT"]
if os.environ["CONFIG"]:
    with open(os.environ["CONFIG"], encoding="utf-8") as file:
        merge(config, json.load(file))
with open(sys.argv[2], "w", encoding="utf-8") as file:
    json.dump(config, file, indent=2)
PY
user=
[ "$(id -u)" -ne 0 ] || user="user root;" # the socket is its owner's alone
sed -e "s|@USER@|$user|" -e "s|@VAR@|$var|g" -e "s|@PORT@|$port|g" -e "s|@PORT_INTERNAL@|$((port + 1))|g" -e "s|@ROOT@|$root|g" \
    -e "s|@SOCKET@|$var/quoted.sock|g" -e "s|@STREAM_SOCKET@|$var/stream.sock|g" "$root/server/nginx/nginx.conf.in" >"$var/nginx.conf"
cp "$root/server/nginx/fastcgi.conf" "$var/fastcgi.conf"
"$out/quoted" --config "$running" &
quoted=$!
nginx=0
stop() {
    trap - INT TERM
    # What the front end has taken is answered first, and who waits for events is let go; after 30 s the service is
    # stopped anyway.
    if [ "$nginx" -ne 0 ] && kill -QUIT "$nginx" 2>/dev/null; then
        kill -USR1 "$quoted" 2>/dev/null || true
        for _ in $(seq 600); do
            kill -0 "$nginx" 2>/dev/null || break
            sleep 0.05
        done
    fi
    kill -TERM "$quoted" 2>/dev/null || true
    code=0
    wait "$quoted" || code=$?
    [ "$nginx" -eq 0 ] || ! kill -TERM "$nginx" 2>/dev/null || wait "$nginx" || true
    exit "$code"
}
trap stop INT TERM
for _ in $(seq 100); do
    [ -S "$var/quoted.sock" ] && break
    kill -0 "$quoted" 2>/dev/null || exit 1
    sleep 0.05
done
PATH=$PATH:/usr/sbin nginx -c "$var/nginx.conf" -e "$var/nginx-error.log" -p "$var/" &
nginx=$!
echo "The service runs on http://127.0.0.1:$port/api/v1 (health on port $((port + 1))); Ctrl-C stops it."
echo "Test key: $(python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["seller_test"])' "$var/keys.json")"
# A wait does not see what ended before it began; so it is begun anew each second.
while kill -0 "$quoted" 2>/dev/null && kill -0 "$nginx" 2>/dev/null; do
    sleep 1 &
    wait -n "$quoted" "$nginx" $! || true
done
stop
