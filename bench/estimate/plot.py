#!/usr/bin/env python3
"""Draws the error of every model, sorted, for each setting: plot.py build/estimate.tsv OUT.svg"""
import csv
import sys

WIDE, HIGH, LEFT, LIMIT = 820, 90, 110, 0.12
COLOURS = (("fil_e", "fil", "#1f77b4", "filament"), ("time_e", "time", "#d62728", "time"))


def dots(rows, setting, top):
    own = [r for r in rows if r["setting"] == setting]
    middle = top + HIGH / 2
    yield f'<text x="4" y="{middle + 4:.0f}">{setting} ({len(own)})</text>'
    for level in (-0.1, -0.05, 0, 0.05, 0.1):
        y = middle - level / LIMIT * HIGH / 2
        yield f'<line x1="{LEFT}" x2="{WIDE - 50}" y1="{y:.1f}" y2="{y:.1f}" stroke="{"#888" if level == 0 else "#ddd"}"/>'
        yield f'<text x="{WIDE - 46}" y="{y + 3:.1f}" fill="#888">{100 * level:+.0f} %</text>'
    for estimated, true, colour, _ in COLOURS:
        errors = sorted(float(r[estimated]) / float(r[true]) - 1 for r in own)
        for i, e in enumerate(errors):
            x = LEFT + (i + 0.5) / len(errors) * (WIDE - 50 - LEFT)
            y = middle - max(-LIMIT, min(LIMIT, e)) / LIMIT * HIGH / 2
            yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="1.8" fill="{colour}"/>'


def main():
    rows = list(csv.DictReader(open(sys.argv[1]), delimiter="\t"))
    settings = list(dict.fromkeys(r["setting"] for r in rows))
    out = []
    for i, setting in enumerate(settings):
        out.extend(dots(rows, setting, 30 + i * (HIGH + 6)))
    high = 36 + len(settings) * (HIGH + 6)
    title = "error of each model, sorted, beyond 12 % at the border: " + ", ".join(
        f'<tspan fill="{c}">{name}</tspan>' for _, _, c, name in COLOURS
    )
    with open(sys.argv[2], "w") as f:
        f.write(f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDE}" height="{high}" font-family="sans-serif" font-size="10">\n')
        f.write(f'<rect width="100%" height="100%" fill="white"/>\n<text x="{LEFT}" y="16">{title}</text>\n')
        f.write("\n".join(out) + "\n</svg>\n")


if __name__ == "__main__":
    main()
