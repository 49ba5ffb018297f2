#!/usr/bin/env python3
"""Counts the instructions of whole processes under callgrind, which no other work on the machine disturbs.

instructions.py write|check --out build --compiler TEXT
write: makes bench/instructions.tsv anew. check: fails when a case needs over MARGIN (environment, percent, default 1)
more than that file says. Counts depend on compiler, C library, instruction set and valgrind: where one of them is
another than in the file, nothing is compared.
"""
import argparse
import concurrent.futures
import json
import os
import platform
import re
import subprocess
import sys
import tempfile

import cases

TABLE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "instructions.tsv")
SIZE = 50000


def commands(bench):
    quote, binary = bench.quote, bench.mesh("torus", SIZE, "binary")
    found = {"start": [quote, "version"]}
    for case, shape, kind, _ in cases.SHAPES:
        found["inspect, " + case] = bench.inspect(bench.mesh(shape, SIZE, kind))
    for shape in ("two-hubs", "one-edge"):
        found["inspect, " + shape] = bench.inspect(bench.mesh(shape, SIZE, "binary"))
    for case, shape, kind, _ in cases.SHAPES:
        if case in ("binary", "ascii", "3mf"):
            found["inspect, %s, scalar" % case] = bench.inspect(bench.mesh(shape, SIZE, kind), "--isa", "scalar")
    found["inspect, binary, printability"] = bench.inspect(binary, printability=True)
    found["inspect, binary, certificate"] = bench.inspect(binary, "--topology", "certificate")
    found["list, 3mf"] = [quote, "list", "--json", bench.mesh("torus", SIZE, "3mf")]
    found["quote, binary"] = [quote, "--json", "--threads", "1", binary]
    return found


def count(argv):
    with tempfile.TemporaryDirectory() as folder:
        out = "--callgrind-out-file=" + os.path.join(folder, "out")
        done = subprocess.run(["valgrind", "--tool=callgrind", out, *argv], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True)
    found = re.search(r"Collected : (\d+)", done.stderr)
    if done.returncode or not found:
        sys.exit("valgrind %s:\n%s" % (" ".join(argv), done.stderr))
    return int(found.group(1))


def conditions(bench, compiler):
    """What the counts depend on."""
    inside = subprocess.run(["valgrind", "-q", "--tool=none", bench.quote, "version", "--json"], stdout=subprocess.PIPE,
                            text=True, check=True)
    version = json.loads(inside.stdout)
    tool = subprocess.run(["valgrind", "--version"], stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
    return {"compiler": compiler, "tool": tool, "isa": version["isa"], "libc": " ".join(platform.libc_ver()),
            "libraries": " ".join("%s %s" % item for item in sorted(version["libraries"].items()))}


def read(path):
    head, rows = {}, {}
    with open(path, encoding="utf-8") as file:
        for line in file.read().splitlines():
            if line.startswith("# "):
                key, _, value = line[2:].partition(": ")
                head[key] = value
            elif not line.startswith("case\t"):
                case, number = line.split("\t")
                rows[case] = int(number)
    return head, rows


def write(path, head, rows):
    with open(path, "w", encoding="utf-8") as file:
        for key, value in head.items():
            print("# %s: %s" % (key, value), file=file)
        print("case\tinstructions", file=file)
        for case, number in rows.items():
            print("%s\t%d" % (case, number), file=file)


def compare(rows, expected, margin):
    """How many cases need too many."""
    over = 0
    for case, number in rows.items():
        if case not in expected:
            print("%-32s %14s  is not in the table" % (case, format(number, ",")))
            over += 1
            continue
        change = 100 * (number / expected[case] - 1)
        verdict = "MORE" if change > margin else "less" if change < -margin else ""
        over += change > margin
        print("%-32s %14s %+7.2f %% %s" % (case, format(number, ","), change, verdict))
    return over


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=("write", "check"))
    parser.add_argument("--out", default="build")
    parser.add_argument("--compiler", default="unknown")
    given = parser.parse_args()
    folder = os.path.join("build", "bench")
    os.makedirs(folder, exist_ok=True)
    bench = cases.Bench(given.out, folder, None)
    head = conditions(bench, given.compiler)
    if given.what == "check":
        expected_head, expected = read(TABLE)
        other = [key for key in head if head[key] != expected_head.get(key)]
        if other:
            print("nothing compared: bench/instructions.tsv was made with another " + ", ".join(other))
            return
    wanted = commands(bench)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        rows = dict(zip(wanted, pool.map(count, wanted.values())))
    if given.what == "write":
        write(TABLE, head, rows)
        print("written: bench/instructions.tsv")
        return
    margin = float(os.environ.get("MARGIN", "1"))
    over = compare(rows, expected, margin)
    print("%d of %d cases need over %g %% more instructions" % (over, len(rows), margin))
    sys.exit(1 if over else 0)


if __name__ == "__main__":
    main()
