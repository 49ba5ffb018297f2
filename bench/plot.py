#!/usr/bin/env python3
"""Draws a results.tsv as SVG, standard library alone: python3 bench/plot.py RESULTS.tsv FOLDER

speedup.svg: how many times faster than the better peer each row is. time.svg: CPU time against size, one panel a case.
"""
import html
import math
import os
import sys

import results

# What is drawn, on white and on black. Classes and not variables: simple viewers know no others.
COLORS = {"back": ("#ffffff", "#0d1117"), "text": ("#1f2328", "#e6edf3"), "soft": ("#656d76", "#9198a1"),
          "grid": ("#d8dee4", "#30363d"), "quote": ("#0a62c4", "#58a6ff"), "certificate": ("#1a8a4a", "#4cc27d"),
          "admesh": ("#b45309", "#f0a04b"), "prusa": ("#a4377f", "#e583c4"), "scalar": ("#5f6b7a", "#a3adb9")}


def style():
    def rules(index):
        return " ".join(".%s { fill: %s; } .%s-line { stroke: %s; }" % (name, colors[index], name, colors[index])
                        for name, colors in COLORS.items())
    return ("<style>text { font: 13px system-ui, sans-serif; } text.soft { font-size: 12px; } "
            "text.title { font: 600 16px system-ui, sans-serif; } %s\n"
            "@media (prefers-color-scheme: dark) { %s }</style>" % (rules(0), rules(1)))


MARKS = ("circle", "square", "diamond", "triangle")


class Picture:
    def __init__(self, width, height, title, note):
        self.width, self.height = width, height
        self.parts = ['<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img" '
                      'aria-label="%s">' % (width, height, width, height, html.escape(title, True)), style(),
                      '<rect class="back" width="100%" height="100%"/>']
        self.text(16, 26, title, "text title")
        self.text(16, 46, note, "soft")

    def text(self, x, y, words, kind="text", anchor="start"):
        self.parts.append('<text class="%s" x="%.1f" y="%.1f" text-anchor="%s">%s</text>' %
                          (kind, x, y, anchor, html.escape(words)))

    def line(self, x1, y1, x2, y2, color="grid", dashes=""):
        dashes = ' stroke-dasharray="4 3"' if dashes else ""
        self.parts.append('<line class="%s-line"%s x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f"/>' %
                          (color, dashes, x1, y1, x2, y2))

    def path(self, points, color):
        self.parts.append('<polyline fill="none" stroke-width="2" class="%s-line" points="%s"/>' %
                          (color, " ".join("%.1f,%.1f" % p for p in points)))

    def mark(self, x, y, color, shape="circle", tip=""):
        fill = 'class="%s"' % color
        tip = "<title>%s</title>" % html.escape(tip)
        if shape == "circle":
            self.parts.append('<circle %s cx="%.1f" cy="%.1f" r="5">%s</circle>' % (fill, x, y, tip))
            return
        corners = {"square": ((-4.5, -4.5), (4.5, -4.5), (4.5, 4.5), (-4.5, 4.5)),
                   "diamond": ((0, -6.5), (6.5, 0), (0, 6.5), (-6.5, 0)),
                   "triangle": ((0, -6), (6, 5), (-6, 5))}[shape]
        self.parts.append('<polygon %s points="%s">%s</polygon>' %
                          (fill, " ".join("%.1f,%.1f" % (x + dx, y + dy) for dx, dy in corners), tip))

    def save(self, path):
        with open(path, "w", encoding="utf-8") as file:
            file.write("\n".join([*self.parts, "</svg>", ""]))


class Log:
    """A logarithmic axis from `low` to `high` along [start, end]."""

    def __init__(self, low, high, start, end):
        self.low, self.high = math.log10(low), math.log10(max(high, low * 10))
        self.start, self.end = start, end

    def at(self, value):
        share = (math.log10(value) - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)

    def ticks(self, steps):
        for power in range(math.floor(self.low), math.ceil(self.high) + 1):
            for step in steps:
                value = step * 10.0 ** power
                if self.low - 1e-9 <= math.log10(value) <= self.high + 1e-9:
                    yield value


def speedup(found, path):
    rows = [row for row in found.rows("compare", "real") if results.peer(row)]
    sizes = sorted({row["triangles"] for row in rows if row["group"] == "compare"})
    labels = list(dict.fromkeys((row["group"], row["case"]) for row in rows))
    if not labels:
        return
    ratios = []
    for row in rows:
        for tool, color in (("quote", "quote"), ("quote-certificate", "certificate")):
            if tool in row["tools"]:
                ratios.append((row, tool, color, results.peer(row)[1]["cpu_s"] / row["tools"][tool]["cpu_s"]))
    left, width, top, step = 250, 860, 92, 28
    bottom = top + step * len(labels)
    picture = Picture(width, bottom + 74, "CPU time of the better peer, divided by that of quote", found.note())
    axis = Log(min(0.5, *(r[3] for r in ratios)), max(10, *(r[3] for r in ratios)) * 1.15, left, width - 24)
    for value in axis.ticks((1, 2, 5)):
        picture.line(axis.at(value), top - 8, axis.at(value), bottom, *(("soft", "-") if value == 1 else ()))
        picture.text(axis.at(value), bottom + 18, "%g×" % value, "soft", "middle")
    label = "times faster (logarithmic); right of 1× quote is faster"
    picture.text((left + width) / 2, bottom + 40, label, "soft", "middle")
    for i, (group, case) in enumerate(labels):
        y = top + step * i + step / 2
        picture.line(left, y, width - 24, y)
        picture.text(left - 12, y + 4, results.title(case), "text", "end")
    for row, tool, color, ratio in ratios:
        y = top + step * labels.index((row["group"], row["case"])) + step / 2
        shape = MARKS[min(sizes.index(row["triangles"]), 3)] if row["group"] == "compare" else "circle"
        tip = "%s, %s triangles, %s: %.1f× %s" % (row["case"], format(row["triangles"], ","), tool, ratio,
                                                  results.peer(row)[0])
        picture.mark(axis.at(ratio), y, color, shape, tip)
    x = 16
    for i, size in enumerate(sizes):
        picture.mark(x + 6, 66, "soft", MARKS[min(i, 3)])
        picture.text(x + 18, 70, format(size, ",") + " triangles", "soft")
        x += 150
    picture.text(x, 70, "full report", "quote")
    picture.text(x + 90, 70, "certificate depth", "certificate")
    picture.save(path)


def times(found, path):
    rows = found.rows("compare")
    cases = list(dict.fromkeys(row["case"] for row in rows))
    tools = [("quote", "quote", "quote"), ("quote-certificate", "certificate", "quote, certificate depth"),
             ("quote-scalar", "scalar", "quote, scalar kernels"), ("admesh", "admesh", "ADMesh"),
             ("prusa-slicer", "prusa", "PrusaSlicer")]
    if not cases:
        return
    for row in rows:  # what was cut off has no time
        row["tools"] = {name: tool for name, tool in row["tools"].items() if tool["code"] != "cut"}
    seconds = [tool["cpu_s"] for row in rows for tool in row["tools"].values()]
    sizes = sorted({row["triangles"] for row in rows})
    columns, panel_w, panel_h, top = 3, 290, 230, 92
    lines = (len(cases) + columns - 1) // columns
    size = (columns * panel_w + 20, top + lines * panel_h + 20)
    picture = Picture(*size, "CPU seconds of the whole process", found.note())
    x = 16
    for tool, color, name in tools:
        picture.mark(x + 6, 66, color)
        picture.text(x + 16, 70, name, "soft")
        x += 34 + 7 * len(name)
    for i, case in enumerate(cases):
        left, up = 62 + panel_w * (i % columns), top + panel_h * (i // columns) + 18
        right, down = left + panel_w - 82, up + panel_h - 74
        across = Log(sizes[0] / 1.3, max(sizes[-1], sizes[0] * 2) * 1.3, left, right)
        upward = Log(min(seconds) / 1.3, max(seconds) * 1.3, down, up)
        picture.text(left, up - 8, results.title(case))
        for value in upward.ticks((1,)):
            picture.line(left, upward.at(value), right, upward.at(value))
            picture.text(left - 6, upward.at(value) + 4, "%g s" % value, "soft", "end")
        for size in sizes:
            picture.line(across.at(size), up, across.at(size), down)
            picture.text(across.at(size), down + 16, results.short(size), "soft", "middle")
        picture.text((left + right) / 2, down + 34, "triangles", "soft", "middle")
        for tool, color, name in tools:
            points = [(row["triangles"], row["tools"][tool]["cpu_s"]) for row in rows
                      if row["case"] == case and tool in row["tools"]]
            points.sort()
            if len(points) > 1:
                picture.path([(across.at(a), upward.at(b)) for a, b in points], color)
            for a, b in points:
                tip = "%s, %s triangles: %.4f s" % (name, format(a, ","), b)
                picture.mark(across.at(a), upward.at(b), color, tip=tip)
    picture.save(path)


def write_all(path, folder):
    found = results.Results(path)
    speedup(found, os.path.join(folder, "speedup.svg"))
    times(found, os.path.join(folder, "time.svg"))


if __name__ == "__main__":
    write_all(sys.argv[1], sys.argv[2])
