#!/usr/bin/env bash
# What only a CPU with AVX-512 runs, in an emulated machine that has it: the kernels against their references, tests of
# the API, and the command, whose JSON must be that of this machine but for the timings. Closes with one line:
# N passed, N failed.
# Usage: tests/avx512.sh OUT DIR
set -u
out=$1
dir=$2
root=$dir/root
passed=0
failed=0
tests=(unit/test_kernels api/test_stl_binary)

rm -rf "$root"
mkdir -p "$root/bin" "$root/models" "$root/tmp"
"${CC:-gcc}" -std=c17 -D_GNU_SOURCE -O1 -Wall -Wextra -Werror -static -o "$root/init" tests/avx512/init.c || exit 1
for program in "${tests[@]/#/$out/tests/}" "$out/quote" /bin/sh; do
    cp -L "$program" "$root/bin/"
    ldd "$program" | grep -o '/[^ ]*' | while read -r library; do
        mkdir -p "$root$(dirname "$library")"
        cp -Lu "$library" "$root$library"
    done
done
for model in torus.binary torus.ascii torus.3mf torus-dropped.binary; do
    "$out/make_mesh" "${model%.*}" 2000 "${model#*.}" "$root/models/$model" || exit 1
done
cp corpus/models/bracket.stl "$root/models/"

{
    echo 'export CMOCKA_MESSAGE_OUTPUT=TAP TEST_ISA=avx512'
    for test in "${tests[@]}"; do echo "echo '@begin $test'; ${test##*/}; echo \"@code \$?\""; done
    for model in "$root"/models/*; do
        name=${model##*/}
        for command in inspect quote; do
            words=$command
            [ "$command" = quote ] && words=
            echo "echo '@begin $command/$name'; quote $words /models/$name --json --isa avx512; echo \"@code \$?\""
        done
    done
    echo 'exit 0'
} | sed '1s/$/ PATH=\/bin/' >"$root/run.sh"

bash scripts/avx512_machine.sh "$dir" "$root" "${AVX512_SECONDS:-3000}" >"$dir/serial.log"

# What stands between a mark and its code.
section() { awk -v mark="@begin $1" '$0 == mark { on = 1; next } /^@code / { on = 0 } on' "$dir/serial.log"; }
code() { awk -v mark="@begin $1" '$0 == mark { on = 1 } on && /^@code / { print $2; exit }' "$dir/serial.log"; }

count() { # name, passed, failed
    passed=$((passed + $2))
    failed=$((failed + $3))
    printf '  %-34s %5d passed' "$1" "$2"
    if [ "$3" -eq 0 ]; then echo; else echo ", $3 FAILED"; fi
}

for test in "${tests[@]}"; do
    good=$(section "$test" | grep '^ok ' | grep -vc '# SKIP')
    bad=0
    if [ "$(code "$test")" != 0 ] || [ "$good" -eq 0 ]; then
        bad=1
        section "$test" | tail -n 40
    fi
    count "$test" "$good" "$bad"
done
without_timings() { sed -E 's/"timing_ms":\{[^}]*\}//g; s/"isa":"[^"]*"//g'; }
for model in "$root"/models/*; do
    name=${model##*/}
    for command in inspect quote; do
        words=()
        [ "$command" = quote ] || words=("$command")
        want=$("$out/quote" ${words[@]+"${words[@]}"} "$model" --json --isa scalar | without_timings)
        got=$(section "$command/$name" | without_timings)
        if [ -n "$want" ] && [ "$want" = "$got" ]; then count "$command/$name" 1 0; else count "$command/$name" 0 1; fi
    done
done
grep -q '^@end 0$' "$dir/serial.log" || count "the machine's end" 0 1

echo
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
