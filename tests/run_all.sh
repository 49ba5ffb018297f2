#!/usr/bin/env bash
# The long check: every test under sanitizers, with the second compiler, at each instruction-set mask, and in valgrind.
set -u
scripts/deps.sh all && scripts/deps.sh service || exit 1
jobs=$(nproc)
passed=0
failed=0
step() { # name, command...
    local name=$1
    shift
    if "$@" >"build/check-all.log" 2>&1; then
        passed=$((passed + 1))
        echo "ok      $name: $(tail -n 1 build/check-all.log)"
    else
        failed=$((failed + 1))
        echo "FAILED  $name"
        grep -E 'FAILED|ERROR|error:|runtime error' build/check-all.log | head -n 20
    fi
}
suite() { # config, compiler
    make --no-print-directory -j"$jobs" config="$1" CC="$2" all tests service service-tests &&
        OUT="build/$1-$2" OMP_NUM_THREADS=2 bash tests/run.sh
}
fault_suite() {
    make --no-print-directory -j"$jobs" config=fault service && python3 tests/server/test_faults.py build/fault-gcc
}
valgrind_suite() {
    make --no-print-directory -j"$jobs" config=debug all tests || return 1
    for test in build/debug-gcc/tests/unit/test_* build/debug-gcc/tests/api/test_*; do
        case $test in *ladder* | *price) continue ;; esac # long under valgrind; ASan runs them
        valgrind -q --error-exitcode=9 --leak-check=full --errors-for-leak-kinds=definite "$test" || return 1
    done
    valgrind -q --error-exitcode=9 --leak-check=full build/debug-gcc/quote corpus/models/bracket.stl
}
mkdir -p build
step "gcc, AddressSanitizer and UBSan" suite asan gcc
step "clang, release" suite release clang
step "clang, UBSan" suite ubsan clang
step "gcc, debug" suite debug gcc
step "valgrind" valgrind_suite
step "the service that fails on demand" fault_suite
echo
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
