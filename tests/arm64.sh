#!/usr/bin/env bash
# The programs built for 64-bit ARM, in an emulator: unit and API tests, the fuzzers' seeds, and the command, whose JSON
# must be that of the native build but for the timings. Closes with one line: N passed, N failed.
# Usage: SYSROOT=... tests/arm64.sh NATIVE_OUT ARM64_OUT
set -u
native=$1
out=$2
passed=0
failed=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT
libraries=$SYSROOT/usr/lib/aarch64-linux-gnu:$SYSROOT/lib/aarch64-linux-gnu:/usr/aarch64-linux-gnu/lib
emulated=(timeout 1800 qemu-aarch64 -cpu max -L /usr/aarch64-linux-gnu -E "LD_LIBRARY_PATH=$libraries")

count() { # name, passed, failed
    passed=$((passed + $2))
    failed=$((failed + $3))
    printf '  %-34s %5d passed' "$1" "$2"
    if [ "$3" -eq 0 ]; then
        echo
    else
        echo ", $3 FAILED"
        tail -n 60 "$log"
    fi
}

run_one() { # name, command...
    local name=$1
    shift
    if "$@" >"$log" 2>&1; then count "$name" 1 0; else count "$name" 0 1; fi
}

# A cmocka program counts its own tests; a crash is one failure.
run_cmocka() {
    local good bad=0
    CMOCKA_MESSAGE_OUTPUT=TAP "${emulated[@]}" "$1" >"$log" 2>&1 || bad=1
    good=$(grep '^ok ' "$log" | grep -vc '# SKIP')
    [ "$bad" -eq 0 ] || [ "$(grep -c '^not ok ' "$log")" -eq 0 ] || bad=$(grep -c '^not ok ' "$log")
    count "${1#"$out"/tests/}" "$good" "$bad"
}

without_timings() { sed -E 's/"timing_ms":\{[^}]*\}/"timing_ms":{}/g'; }

# The same bytes, without the timings, from the native build and from each set of kernels of the emulated one.
same_json() { # arguments of the command...
    local want got isa
    want=$("$native/quote" "$@" --json | without_timings)
    [ -n "$want" ] || return 1
    for isa in neon scalar; do
        got=$("${emulated[@]}" "$out/quote" "$@" --json --isa "$isa" | without_timings)
        [ "$want" = "$got" ] || { diff <(echo "$want") <(echo "$got"); return 1; }
    done
}

for test in "$out"/tests/unit/test_* "$out"/tests/api/test_*; do
    [ -x "$test" ] && run_cmocka "$test"
done
run_one readme_example "${emulated[@]}" "$out/tests/readme_example" corpus/models/bracket.stl
for replay in "$out"/fuzz/replay_*; do
    [ -x "$replay" ] || continue
    target=${replay##*/replay_}
    seeds=("fuzz/seeds/$target")
    [ -d "fuzz/regress/$target" ] && seeds+=("fuzz/regress/$target")
    run_one "seeds/$target" "${emulated[@]}" "$replay" "${seeds[@]}"
done
for model in corpus/models/*.stl; do
    run_one "report/$(basename "$model")" same_json inspect "$model"
    run_one "quote/$(basename "$model")" same_json "$model"
done
run_one materials same_json materials

echo
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
