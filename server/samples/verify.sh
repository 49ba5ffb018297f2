#!/bin/sh
# verify.sh "$QUOTE_SIGNATURE" <body, with WEBHOOK_SECRET set. To look at a webhook by hand: a shell cannot compare in
# constant time.
set -eu
header=$1 secret=${WEBHOOK_SECRET:?}
t=$(printf '%s' "$header" | tr ',' '\n' | sed -n 's/^t=\([0-9][0-9]*\)$/\1/p')
age=$(($(date +%s) - ${t:?}))
[ "$age" -le 300 ] && [ "$age" -ge -300 ] || exit 1
expected=$({ printf '%s.' "$t" && cat; } | openssl dgst -sha256 -hmac "$secret" | sed 's/.* //')
printf '%s' "$header" | tr ',' '\n' | grep -qxF "v1=$expected"
