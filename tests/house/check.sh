#!/usr/bin/env bash
# The rules of the house: who may include whom, what symbols are called, that no state hides anywhere.
# Usage: tests/house/check.sh OUT
set -u
OUT=${1:-build}
passed=0
failed=0

verdict() { # name, complaints
    if [ -z "$2" ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        printf 'FAILED %s:\n%s\n' "$1" "$2"
    fi
}

floor_of() {
    case $1 in
    base) echo 0 ;;
    kernel) echo 1 ;;
    container | format | mesh) echo 2 ;;
    measure) echo 3 ;;
    check | estimate | picture) echo 4 ;;
    price) echo 5 ;;
    api) echo 6 ;;
    *) echo "" ;;
    esac
}

server_floor_of() {
    case $1 in
    base) echo 0 ;;
    store) echo 1 ;;
    http) echo 2 ;;
    access) echo 3 ;;
    events) echo 4 ;;
    parts) echo 5 ;;
    products) echo 6 ;;
    quotes) echo 7 ;;
    orders) echo 8 ;;
    api) echo 9 ;;
    app | ctl) echo 10 ;;
    *) echo "" ;;
    esac
}

# The service has floors of its own, without neighbours.
server_includes() {
    grep -HnoE '^#include "[a-z_0-9]+/[a-z_0-9.]+"' server/*/*.[ch] | while IFS=: read -r file line text; do
        from=${file#server/}
        from=${from%%/*}
        to=${text#*\"}
        to=${to%%/*}
        a=$(server_floor_of "$from")
        b=$(server_floor_of "$to")
        if [ -z "$a" ] || [ -z "$b" ]; then
            echo "$file:$line: unknown folder in $text"
        elif [ "$b" -gt "$a" ]; then
            echo "$file:$line: $from must not include $to"
        fi
    done
}

# Includes point downwards. On the floor of formats and meshes: formats may use containers, nobody else a neighbour.
includes() {
    grep -HnoE '^#include "[a-z_0-9]+/[a-z_0-9.]+"' libquote/*/*.[ch] | while IFS=: read -r file line text; do
        from=${file#libquote/}
        from=${from%%/*}
        to=${text#*\"}
        to=${to%%/*}
        [ "$from" = "$to" ] && continue
        a=$(floor_of "$from")
        b=$(floor_of "$to")
        if [ -z "$a" ] || [ -z "$b" ]; then
            echo "$file:$line: unknown folder in $text"
        elif [ "$b" -gt "$a" ] || { [ "$a" -eq "$b" ] && [ "$from-$to" != format-container ]; }; then
            echo "$file:$line: $from must not include $to"
        fi
    done
}

# Every include of our own names its folder, so that the check above sees it.
bare_includes() { grep -HnE '^#include "[^/"]*"' libquote/*/*.[ch] server/*/*.[ch] | grep -v '"libquote.h"'; }

public_only() { grep -HnE '^#include "[a-z_]+/' bindings/cli/*.[ch] tests/api/*.c 2>/dev/null | grep -vE '"(corpus|tests)/'; }

# Global symbols carry the prefix; the shared library shows lq_ alone.
prefixes() {
    nm -g --defined-only "$OUT/libquote.a" 2>/dev/null | awk 'NF == 3 && $3 !~ /^_?(lq_|lqi_)/ { print $3 }' |
        grep -vE '^(__odr_asan|__asan|__ubsan|__sanitizer|__gcov|__llvm|DW\.ref)'
}
exports() { nm -D --defined-only "$OUT/libquote.so" | awk '$3 !~ /^(lq_|LIBQUOTE_)/ { print $3 }'; }
all_exported() {
    for name in $(grep -oE 'LQ_API [^;(]*[ *](lq_[a-z0-9_]+)\(' include/libquote.h | grep -oE 'lq_[a-z0-9_]+\($' | tr -d '('); do
        nm -D --defined-only "$OUT/libquote.so" | grep -q " $name@@" || echo "$name is declared and not exported"
    done
}

# No writable data: nothing in .data, .bss or their thread-local twins (constant tables of pointers are .data.rel.ro).
writable() {
    objdump -t "$OUT/libquote.a" 2>/dev/null | awk 'NF > 4 && $(NF-2) ~ /^\.(data|bss|tdata|tbss)(\.[^r].*)?$/ && $NF !~ /^\./ { print $NF }' |
        grep -vE '^(__|_?asan|\.L|\$d)'
    objdump -t "$OUT/libquote.a" 2>/dev/null | grep -F '*COM*'
}

# The library never prints, exits or asks the locale.
calls() {
    nm -u "$OUT/libquote.a" | awk '{ print $2 }' | sort -u |
        grep -xE 'printf|puts|putchar|fprintf|perror|exit|_exit|abort|strtod|strtof|atof|atoi|sscanf|setlocale|rand|system|signal|time'
}

# Nor does it call what the C library rounds differently from machine to machine (log2 only where it is rounded up).
rounding() {
    nm -u "$OUT/libquote.a" | awk '{ print $2 }' | sort -u |
        grep -xE '(sin|cos|tan|asin|acos|atan|atan2|sincos|sinh|cosh|tanh|exp|exp2|expm1|log|log10|log1p|pow|cbrt|hypot|[lt]gamma)f?'
}

# Files of the project, also where it was unpacked without git.
files() { git ls-files -- "$@" 2>/dev/null | grep . || find . \( -path ./build -o -path ./.git \) -prune -o -type f -print; }

# The project speaks of itself alone.
outside_words() {
    files | grep -vE '(^|/)tests/house/check.sh$' | xargs grep -nIE '/work/|/tmp/[a-z0-9]+/|farm-|\bissue [0-9]+|helper-[0-9]' 2>/dev/null
}

folder_readmes() {
    for folder in libquote/*/ bindings/cli/ corpus/ fuzz/ server/ tests/ bench/; do
        [ -n "$(ls "$folder"*.[ch] "$folder"*.sh "$folder"app/*.c 2>/dev/null)" ] || continue
        [ -f "${folder}README.md" ] || echo "${folder} has no README.md"
    done
}

# The public header is contract and manual in one, and one file for all that use it: it may be longer.
long_files() { files '*.c' '*.h' | grep -E '\.[ch]$' | xargs wc -l | awk '$2 != "total" && $1 > ($2 == "include/libquote.h" ? 900 : 700) { print $2 ": " $1 " lines" }'; }

# Every declared reason is used somewhere, and every seed folder has its target.
dead_reasons() {
    grep -oE 'X\([A-Z0-9_]+, "' libquote/base/reason_list.h | grep -oE '[A-Z0-9_]{2,}' | while read -r name; do
        grep -qrE "LQI_$name\b" libquote --include='*.c' || echo "LQI_$name is never reported"
    done
}

verdict "includes point downwards" "$(includes)"
verdict "includes of the service point downwards" "$(server_includes)"
verdict "includes name their folder" "$(bare_includes)"
verdict "bindings and API tests see the public header alone" "$(public_only)"
verdict "symbols carry the prefix" "$(prefixes)"
verdict "the shared library exports lq_ alone" "$(exports)"
verdict "everything declared is exported" "$(all_exported)"
verdict "no writable globals" "$(writable)"
verdict "no printing, exiting or locale in the library" "$(calls)"
verdict "no mathematics with other bits elsewhere" "$(rounding)"
verdict "the project speaks of itself alone" "$(outside_words)"
verdict "every folder has a README" "$(folder_readmes)"
verdict "no file over 700 lines" "$(long_files)"
verdict "every reason is reported somewhere" "$(dead_reasons)"

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
