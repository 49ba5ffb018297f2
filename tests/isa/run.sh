#!/usr/bin/env bash
# The long form: every generated file at every instruction set and number of threads, then the C tests at each of those
# that this CPU has. Closes with one line: N passed, N failed. OUT: where the binaries are.
set -u
OUT=${OUT:-build}
passed=0
failed=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT

count() { # name, passed, failed
    passed=$((passed + $2))
    failed=$((failed + $3))
    printf '  %-50s %5d passed' "$1" "$2"
    if [ "$3" -eq 0 ]; then
        echo
    else
        echo ", $3 FAILED"
        tail -n 60 "$log"
    fi
}

python3 tests/isa/check_isa.py --long "$OUT/quote" "$OUT/make_mesh" >"$log" 2>&1
code=$?
good=$(sed -n 's/^\([0-9]*\) passed, .*/\1/p' "$log")
bad=$(sed -n 's/^.* passed, \([0-9]*\) failed$/\1/p' "$log")
count "files" "${good:-0}" "${bad:-1}"
[ "$code" -eq 0 ] || [ "${bad:-1}" -gt 0 ] || failed=$((failed + 1))
read -ra sets <<<"$(sed -n 's/^.* files, sets: //p' "$log" | tr -d ,)"

for isa in "${sets[@]}"; do
    for threads in 1 2 3; do
        for test in "$OUT"/tests/unit/test_* "$OUT"/tests/api/test_*; do
            [ -x "$test" ] || continue
            bad=0
            TEST_ISA=$isa TEST_THREADS=$threads CMOCKA_MESSAGE_OUTPUT=TAP timeout 900 "$test" >"$log" 2>&1 || bad=1
            good=$(grep '^ok ' "$log" | grep -vc '# SKIP')
            [ "$bad" -eq 0 ] || [ "$(grep -c '^not ok ' "$log")" -eq 0 ] || bad=$(grep -c '^not ok ' "$log")
            count "${test#"$OUT"/tests/} $isa, threads: $threads" "$good" "$bad"
        done
    done
done

echo
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
