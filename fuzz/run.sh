#!/usr/bin/env bash
# Runs fuzz targets one after the other: fuzz/run.sh FOLDER_OF_BINARIES TARGET...   SECONDS_EACH: how long each.
# What is found is left in fuzz/found/TARGET; mended, it moves to fuzz/regress/TARGET.
set -u
bin=$1
shift
seconds=${SECONDS_EACH:-60}
status=0
for target in "$@"; do
    corpus="build/fuzz-corpus/$target"
    mkdir -p "$corpus" "fuzz/found/$target"
    echo "== $target, ${seconds} s"
    dictionary=()
    [ -f "fuzz/$target.dict" ] && dictionary=("-dict=fuzz/$target.dict")
    "$bin/fuzz_$target" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=3000 -print_final_stats=1 -verbosity=1 \
        "${dictionary[@]}" -artifact_prefix="fuzz/found/$target/" "$corpus" "fuzz/seeds/$target" \
        > "build/fuzz-$target.log" 2>&1 || status=1
    grep -E 'stat::number_of_executed_units|stat::peak_rss_mb|ERROR|SUMMARY|cov:' "build/fuzz-$target.log" | tail -n 4
    rmdir "fuzz/found/$target" 2>/dev/null
done
rmdir fuzz/found 2>/dev/null
exit $status
