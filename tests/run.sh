#!/usr/bin/env bash
# Runs every built test and closes with one line: N passed, N failed. OUT: where the binaries are.
# CORPUS: a folder of real files with a MANIFEST.tsv, compared as well when given.
set -u
OUT=${OUT:-build}
passed=0
failed=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT

count() { # name, passed, failed
    passed=$((passed + $2))
    failed=$((failed + $3))
    if [ "$3" -eq 0 ]; then
        printf '  %-34s %5d passed\n' "$1" "$2"
    else
        printf '  %-34s %5d passed, %d FAILED\n' "$1" "$2" "$3"
        tail -n 60 "$log"
    fi
}

# A cmocka program: it counts its own tests. A crash counts as one failure.
run_cmocka() {
    local name good bad
    name=${1#"$OUT"/tests/}
    if CMOCKA_MESSAGE_OUTPUT=TAP timeout 900 "$1" >"$log" 2>&1; then
        good=$(grep '^ok ' "$log" | grep -vc '# SKIP')
        bad=0
    else
        good=$(grep '^ok ' "$log" | grep -vc '# SKIP')
        bad=$(grep -c '^not ok ' "$log")
        [ "$bad" -gt 0 ] || bad=1
    fi
    count "$name" "$good" "$bad"
}

# Anything else: one test, by its exit code.
run_one() {
    local name=$1
    shift
    if timeout 900 "$@" >"$log" 2>&1; then count "$name" 1 0; else count "$name" 0 1; fi
}

# A program that closes with "N passed, N failed".
run_counting() {
    local name=$1 line good bad
    shift
    timeout 1200 "$@" >"$log" 2>&1
    local code=$?
    line=$(grep -E '^[0-9]+ passed, [0-9]+ failed' "$log" | tail -n 1)
    good=$(echo "$line" | sed -n 's/^\([0-9]*\) passed.*/\1/p')
    bad=$(echo "$line" | sed -n 's/.* \([0-9]*\) failed.*/\1/p')
    [ "$code" -eq 0 ] || [ "${bad:-0}" -gt 0 ] || bad=$((${bad:-0} + 1))
    count "$name" "${good:-0}" "${bad:-1}"
}

for test in "$OUT"/tests/unit/test_* "$OUT"/tests/api/test_* "$OUT"/tests/server/test_*; do
    [ -x "$test" ] && run_cmocka "$test"
done
run_one api/header_cpp "$OUT/tests/api/header_cpp"
run_one readme_example "$OUT/tests/readme_example" corpus/models/bracket.stl
for replay in "$OUT"/fuzz/replay_*; do
    [ -x "$replay" ] || continue
    target=${replay##*/replay_}
    seeds=("fuzz/seeds/$target")
    [ -d "fuzz/regress/$target" ] && seeds+=("fuzz/regress/$target")
    run_one "seeds/$target" "$replay" "${seeds[@]}"
done
run_counting house bash tests/house/check.sh "$OUT"
run_counting isa python3 tests/isa/check_isa.py "$OUT/quote" "$OUT/make_mesh"
run_counting cli python3 tests/cli/test_cli.py "$OUT/quote"
run_counting cli/list python3 tests/cli/test_list.py "$OUT/quote"
run_counting cli/repair python3 tests/cli/test_repair.py "$OUT/quote"
run_counting cli/batch python3 tests/cli/test_batch.py "$OUT/quote"
run_counting cli/render python3 tests/cli/test_render.py "$OUT/quote"
run_counting cli/printability python3 tests/cli/test_printability.py "$OUT/quote"
run_counting cli/page python3 tests/cli/test_page.py "$OUT/quote"
run_counting cli/defects python3 tests/cli/test_defects.py "$OUT/quote"
run_counting cli/profile python3 tests/cli/test_profile.py "$OUT/quote"
run_counting cli/threemf python3 tests/cli/test_threemf.py "$OUT/quote"
if [ -x "$OUT/quoted" ] && PATH=$PATH:/usr/sbin command -v nginx >/dev/null; then
    run_counting server python3 tests/server/test_service.py "$OUT"
fi
[ -n "${CORPUS:-}" ] && run_counting "corpus" python3 tests/corpus/check_corpus.py "$OUT/quote" "$CORPUS" --plates

echo
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
