#!/usr/bin/env python3
"""The comparison with the field's tools: writes build/bench/results.tsv and kernels.tsv, and the plots beside them.

Environment: SIZES (triangle counts), RUNS (of each command), BUDGET (seconds that one tool may take for one row; a tool
that needs more runs less often), HARD (size of the hostile meshes), WHAT (compare hard threads real kernels; real needs the
network the first time), BASELINE (an older quote to compare with).
"""
import argparse
import glob
import json
import os
import platform
import subprocess
import sys
import time

import cases
import measure
import plot

COLUMNS = "group case triangles tool runs cpu_s cpu_min_s wall_s wall_min_s anonymous_kb code".split()
MEMORY_FROM = 100000  # triangles; below, the start of the process is all there is to see
BATCH_FILES = 48


def say(text):
    print(text, file=sys.stderr, flush=True)


def said(*argv):
    """The first line that a command prints, or "none"."""
    try:
        lines = subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout.splitlines()
    except OSError:
        lines = []
    return lines[0] if lines else "none"


def header(bench, compiler, runs, budget):
    model = "unknown"
    with open("/proc/cpuinfo", encoding="ascii", errors="replace") as file:
        for line in file:
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    version = {name: said("dpkg-query", "-W", "-f", "${Version}\n", name) for name in ("admesh", "prusa-slicer")}
    changed = "" if said("git", "status", "--porcelain", "--untracked-files=no") == "none" else " with changes"
    isa = json.loads(said(bench.quote, "version", "--json") or "{}").get("isa", "unknown")
    return ["# machine: %s, %d cores; %s %s" % (model, os.cpu_count(), platform.system(), platform.release()),
            "# compiler: %s" % compiler,
            "# commit: %s%s" % (said("git", "rev-parse", "--short", "HEAD"), changed),
            "# programs: %s (%s), ADMesh %s, PrusaSlicer %s" % (said(bench.quote, "version"), isa, version["admesh"],
                                                               version["prusa-slicer"]),
            "# runs: %d of each after a warm-up, fewer where one tool would take more than %g s for a row" % (runs, budget),
            "# load before: %.2f" % os.getloadavg()[0]]


class Table:
    """The rows, written as they come."""

    def __init__(self, path, lines, columns):
        self.file = open(path, "w", encoding="utf-8")
        for line in [*lines, "\t".join(columns)]:
            print(line, file=self.file, flush=True)

    def add(self, *cells):
        line = "\t".join("%.5f" % c if isinstance(c, float) else str(c) for c in cells)
        print(line, file=self.file, flush=True)
        say("  " + line)


def add_comparison(table, group, case, triangles, tools, runs, budget, memory=False):
    for name, row in measure.compare(tools, runs, budget).items():
        kb = measure.anonymous_kb(tools[name][0]) if memory and row.wall_s < 10 else ""
        table.add(group, case, triangles, name, row.count, row.cpu_s, row.cpu_min_s, row.wall_s, row.wall_min_s, kb,
                  row.code)


def compare_shapes(bench, table, sizes, runs, budget):
    for size in sizes:
        for case, shape, kind, is_stl in cases.SHAPES:
            tools = bench.tools([bench.mesh(shape, size, kind)], is_stl, kind == "binary")
            add_comparison(table, "compare", case, size, tools, runs, budget, size >= MEMORY_FROM)


def compare_hard(bench, table, size, runs, budget):
    """Each hostile mesh in turn with a clean one of the same size."""
    clean = bench.inspect(bench.mesh("torus-shuffled", size, "binary"))
    for shape in cases.HARD:
        tools = {"quote": [bench.inspect(bench.mesh(shape, size, "binary"))], "quote-clean": [clean]}
        add_comparison(table, "hard", shape, size, tools, runs, budget)


def count_triangles(bench, files):
    count = 0
    for path in files:
        done = subprocess.run(bench.inspect(path), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        report = json.loads(done.stdout)
        count += sum(part.get("triangles", 0) for part in (report if isinstance(report, list) else [report]))
    return count


def compare_real(bench, table, runs, budget):
    folder = os.path.join(bench.folder, "real")
    subprocess.run(["bash", os.path.join(os.path.dirname(os.path.abspath(__file__)), "models.sh"), folder], check=True)
    for package in sorted(os.listdir(folder)):
        for is_stl, pattern, name in ((True, "*.[sS][tT][lL]", "STL"), (False, "*.3[mM][fF]", "3MF")):
            files = sorted(glob.glob(os.path.join(folder, package, pattern)))
            if not files:
                continue
            tools = bench.tools(files, is_stl, more=False)
            tools["quote-batch"] = [[bench.quote, "batch", "--quiet", "--threads", "1", *files]]
            case = "%s, %d %s" % (package, len(files), name)
            add_comparison(table, "real", case, count_triangles(bench, files), tools, runs, budget)


def compare_threads(bench, table, size, runs, budget):
    if os.cpu_count() < 2:
        return
    folder = os.path.join(bench.folder, "batch-%d" % size)
    sources = [bench.mesh(shape, size // 10, kind) for _, shape, kind, _ in cases.SHAPES]
    os.makedirs(folder, exist_ok=True)
    for i in range(BATCH_FILES):
        source = sources[i % len(sources)]
        path = os.path.join(folder, "%02d-%s" % (i, os.path.basename(source)))
        if not os.path.exists(path):
            os.link(source, path)
    big = bench.mesh("torus", size, "3mf")
    for case, triangles, argv in (
            ("batch of %d files" % BATCH_FILES, BATCH_FILES * size // 10, [bench.quote, "batch", "--quiet", folder]),
            ("one 3MF", size, [bench.quote, "inspect", "--json", "--no-printability", big])):
        tools = {"threads-%d" % n: [[*argv, "--threads", str(n)]] for n in (1, 2)}
        add_comparison(table, "threads", case, triangles, tools, runs, budget)


def measure_kernels(bench, lines, size):
    path = os.path.join(bench.folder, "kernels.tsv")
    table = Table(path, lines, "kind case triangles row ns ns_median ticks gb_per_s of_plain_read".split())
    for case, shape, kind, is_stl in cases.SHAPES:
        if shape not in ("torus", "torus-shuffled"):
            continue
        for program in ("stream", "stages"):
            if program == "stream" and case != "binary":
                continue
            done = subprocess.run([os.path.join(bench.out, "measure_" + program), bench.mesh(shape, size, kind), "15"],
                                  stdout=subprocess.PIPE, text=True, check=True)
            for line in done.stdout.splitlines():
                if line.startswith("#"):
                    print("# %s: %s" % (case, line[2:]), file=table.file, flush=True)
                else:
                    kind_of_row, rest = line.split("\t", 1)
                    table.add(kind_of_row, case, *rest.split("\t"))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", default="build")
    parser.add_argument("--compiler", default="unknown")
    given = parser.parse_args()
    environment = os.environ.get
    sizes = [int(word) for word in environment("SIZES", "10000 100000 1000000").split()]
    runs, budget = int(environment("RUNS", "9")), float(environment("BUDGET", "15"))
    middle = max(s for s in sizes if s <= 1000000 or s == min(sizes))
    folder = os.path.join("build", "bench")
    os.makedirs(folder, exist_ok=True)
    bench = cases.Bench(given.out, folder, environment("BASELINE"))
    for name in glob.glob(os.path.join(folder, "*.tsv")) + glob.glob(os.path.join(folder, "*.svg")):
        os.unlink(name)  # figures of another run must not stand beside these
    lines = header(bench, given.compiler, runs, budget)
    path = os.path.join(folder, "results.tsv")
    table = Table(path, lines, COLUMNS)
    steps = {"compare": lambda: compare_shapes(bench, table, sizes, runs, budget),
             "hard": lambda: compare_hard(bench, table, int(environment("HARD", str(middle))), runs, budget),
             "threads": lambda: compare_threads(bench, table, middle, runs, budget),
             "real": lambda: compare_real(bench, table, min(runs, 3), budget),
             "kernels": lambda: measure_kernels(bench, lines, middle)}
    for name in environment("WHAT", " ".join(steps)).split():
        say("%s, %s" % (name, time.strftime("%H:%M:%S")))
        steps[name]()
    table.file.close()
    plot.write_all(path, folder)
    say("written: %s, kernels.tsv and the plots in %s" % (path, folder))


if __name__ == "__main__":
    main()
