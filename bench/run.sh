#!/usr/bin/env bash
# Whole-process comparison with the field's tools on generated meshes: user+system CPU seconds by hyperfine.
# OUT: binaries. SIZES: triangle counts. RUNS: counted runs of each (one warm-up is dropped).
set -eu
OUT=${OUT:-build}
SIZES=${SIZES:-"10000 100000 1000000"}
RUNS=${RUNS:-9}
scripts/deps.sh bench
dir=build/bench
mkdir -p "$dir"
result=$dir/results.tsv
{
    echo "# machine: $(grep -m1 'model name' /proc/cpuinfo | cut -d: -f2 | xargs), $(nproc) cores; $(uname -sr)"
    echo "# compiler: $(gcc --version | head -n1); commit: $(git rev-parse --short HEAD 2>/dev/null || echo none)"
    echo "# quote $("$OUT/quote" version 2>/dev/null | head -n1); admesh $(dpkg-query -W -f '${Version}' admesh); prusa-slicer $(dpkg-query -W -f '${Version}' prusa-slicer)"
    echo "# CPU seconds of the whole process (user + system), median of $RUNS runs, page cache warm, one thread"
    printf 'case\ttriangles\ttool\tcpu_median_s\twall_median_s\twall_min_s\tmtri_per_s\n'
} > "$result"

measure() { # case, triangles, tool, command
    hyperfine -N --warmup 1 --runs "$RUNS" --export-json "$dir/one.json" "$4" >/dev/null 2>&1 || {
        printf '%s\t%s\t%s\tfailed\n' "$1" "$2" "$3" | tee -a "$result"
        return
    }
    python3 - "$dir/one.json" "$1" "$2" "$3" <<'PY' | tee -a "$result"
import json, sys
run = json.load(open(sys.argv[1]))["results"][0]
cpu = run["user"] + run["system"]
count = int(sys.argv[3])
print(f"{sys.argv[2]}\t{count}\t{sys.argv[4]}\t{cpu:.4f}\t{run['median']:.4f}\t{run['min']:.4f}\t{count / cpu / 1e6:.2f}")
PY
}

for size in $SIZES; do
    for kind in torus:binary:stl torus-shuffled:binary:stl torus:ascii:stl torus:3mf:3mf; do
        IFS=: read -r shape format suffix <<< "$kind"
        file="$dir/$shape-$size-$format.$suffix"
        [ -f "$file" ] || "$OUT/make_mesh" "$shape" "$size" "$format" "$file"
        name="$shape-$format"
        measure "$name" "$size" quote "$OUT/quote inspect --json --threads 1 $file"
        [ "$format" = binary ] &&
            measure "$name" "$size" quote-certificate "$OUT/quote inspect --json --threads 1 --topology certificate $file"
        [ "$format" = 3mf ] || measure "$name" "$size" admesh "admesh $file"
        measure "$name" "$size" prusa-slicer "prusa-slicer --info $file"
    done
done
echo "written: $result"
