#!/usr/bin/env python3
"""Puts the figures of a run into bench/: python3 bench/publish.py FOLDER

Copies results.tsv, kernels.tsv and the plots of FOLDER here and writes their tables into README.md, between the
markers.
"""
import os
import shutil
import sys

import plot
import results

HERE = os.path.dirname(os.path.abspath(__file__))
BEGIN, END = "<!-- figures: written by publish.py -->", "<!-- end of figures -->"


def seconds(tool):
    """With a mark where it did not run as often as asked; what was cut off has a bound only."""
    if tool["code"] == "cut":
        return "over %.0f" % tool["wall_s"]
    return ("%.3f" if tool["cpu_s"] < 10 else "%.1f") % tool["cpu_s"] + ("¹" if tool["runs"] == 1 else "")


def ratio(value):
    return ("%.1f x" if value < 100 else "%.0f x") % value


def table(titles, rows):
    lines = ["| %s |" % " | ".join(titles), "|%s" % ("---|" * len(titles))]
    return "\n".join(lines + ["| %s |" % " | ".join(row) for row in rows])


def against_peer(row, tool):
    best = results.peer(row)
    return ratio(best[1]["cpu_s"] / row["tools"][tool]["cpu_s"]) if best and tool in row["tools"] else "-"


def comparison(found):
    rows = []
    for row in sorted(found.rows("compare"), key=lambda r: r["triangles"]):
        tools = row["tools"]
        peers = [seconds(tools[name]) if name in tools else "-" for name in results.PEERS]
        speed = row["triangles"] / tools["quote"]["cpu_s"] / 1e6
        other = [seconds(tools[name]) if name in tools else "-" for name in ("quote-certificate", "quote-scalar")]
        rows.append([results.title(row["case"]), format(row["triangles"], ","), seconds(tools["quote"]), *peers,
                     "%.2f" % speed, against_peer(row, "quote"), other[0], against_peer(row, "quote-certificate"),
                     other[1]])
    return table(["mesh", "triangles", "quote, s", "ADMesh, s", "PrusaSlicer, s", "million triangles/s",
                  "against the better peer", "certificate depth, s", "against the better peer", "scalar kernels, s"],
                 rows)


def memory(found):
    rows = []
    known = [row for row in found.rows("compare") if row["tools"]["quote"]["kb"]]
    largest = max((row["triangles"] for row in known), default=0)
    for row in known:
        if row["triangles"] == largest:
            cells = [row["tools"].get(name) for name in ("quote", "quote-certificate", *results.PEERS)]
            rows.append([results.title(row["case"]), format(largest, ","),
                         *("%.0f" % (c["kb"] * 1024 / largest) if c and c["kb"] else "-" for c in cells)])
    return table(["mesh", "triangles", "quote", "certificate depth", "ADMesh", "PrusaSlicer"], rows)


def real(found):
    rows, sums = [], {}
    for row in found.rows("real"):
        tools = row["tools"]
        cells = [seconds(tools[name]) if name in tools else "-" for name in ("quote", *results.PEERS, "quote-batch")]
        rows.append([row["case"], format(row["triangles"], ","), *cells[:3], against_peer(row, "quote"), cells[3]])
        for name, tool in tools.items():
            if "admesh" in tools and tool["code"] != "cut":
                sums[name] = sums.get(name, 0) + tool["cpu_s"]
    if sums:
        best = min(sums.get(name, float("inf")) for name in results.PEERS)
        rows.append(["all STL", "", *("%.2f" % sums[n] if n in sums else "-" for n in ("quote", *results.PEERS)),
                     ratio(best / sums["quote"]), "%.2f" % sums["quote-batch"]])
    return table(["models", "triangles", "quote, s", "ADMesh, s", "PrusaSlicer, s", "against the better peer",
                  "quote batch, s"], rows)


def hard(found):
    rows = []
    for row in found.rows("hard"):
        own, clean = row["tools"]["quote"], row["tools"]["quote-clean"]
        rows.append([results.title(row["case"]), format(row["triangles"], ","), seconds(own), seconds(clean),
                     ratio(own["cpu_s"] / clean["cpu_s"])])
    return table(["mesh", "triangles", "CPU, s", "clean and shuffled, s", "ratio"], rows)


def threads(found):
    rows = []
    for row in found.rows("threads"):
        one, two = (row["tools"]["threads-%d" % n]["wall_s"] for n in (1, 2))
        rows.append([row["case"], format(row["triangles"], ","), "%.3f" % one, "%.3f" % two, "%.2f x" % (one / two)])
    return table(["work", "triangles", "one thread, s", "two threads, s", "faster by"], rows)


def kernels(path):
    rows, notes = [], []
    with open(path, encoding="utf-8") as file:
        for line in file.read().splitlines():
            cells = line.split("\t")
            if line.startswith("# ") and "held at most" in line:
                notes.append(line[2:])
            if line.startswith("#") or cells[0] == "kind":
                continue
            _, case, count, name, best, median, ticks, rate, share = cells
            reads = float(share) <= 1  # steps that look at no triangle have no rate
            rows.append([results.title(case), name, "%.2f" % float(best), "%.2f" % float(median), "%.1f" % float(ticks),
                         "%.3f" % (float(best) * int(count) / 1e6), "%.1f" % float(rate) if reads else "-",
                         "%.0f %%" % (100 * float(share)) if reads else "-"])
    titles = ["mesh", "step", "best, ns per triangle", "median", "ticks", "ms in all", "GB/s", "of a plain read"]
    text = table(titles, rows)
    return text + "\n\nMemory that the library held: " + "; ".join(notes).replace(": memory held at most", "") + "."


def write_text(found, kernel_path):
    head = ["- %s: %s" % (key, found.head[key]) for key in ("machine", "compiler", "commit", "programs", "runs",
                                                           "load before") if key in found.head]
    parts = ["\n".join(head),
             "CPU seconds of the whole process (user + system), median, page cache warm, one thread. ¹: one run.",
             "![How many times faster than the better peer](speedup.svg)", comparison(found),
             "![CPU time against size](time.svg)",
             "Anonymous memory at its largest, bytes per triangle (mapped files are not counted):", memory(found),
             "Models from packages, one process a file (`quote batch`: one process for all, prices too):", real(found),
             "Hostile meshes, against a clean mesh of the same size:", hard(found),
             "Two cores, wall time:", threads(found),
             "In one process, on bytes in memory; a tick is one of the time stamp counter:", kernels(kernel_path)]
    return "\n\n".join(parts)


def main():
    folder = sys.argv[1] if len(sys.argv) > 1 else os.path.join("build", "bench")
    path, kernel_path = (os.path.join(folder, name) for name in ("results.tsv", "kernels.tsv"))
    text = write_text(results.Results(path), kernel_path)
    readme = os.path.join(HERE, "README.md")
    with open(readme, encoding="utf-8") as file:
        before, _, rest = file.read().partition(BEGIN)
    _, marker, after = rest.partition(END)
    if not marker:
        sys.exit("bench/README.md has no markers")
    with open(readme, "w", encoding="utf-8") as file:
        file.write("%s%s\n%s\n%s%s" % (before, BEGIN, text, END, after))
    for source in (path, kernel_path):
        shutil.copy(source, HERE)
    plot.write_all(path, HERE)


if __name__ == "__main__":
    main()
