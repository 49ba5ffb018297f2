#!/usr/bin/env python3
"""Fits the 90 % ranges of the estimate to errors on models that the fit had not seen.

usage: ranges.py build/estimate.tsv      (written by make fit-estimate)
Half a range, as a share of the value, is a sum of shares that are known without the truth, each with a weight. For any
weights there is one scale at which nine of ten errors lie inside, among those with supports as well; the weights are
those that make ranges narrowest.
"""
import csv
import itertools
import sys

GOAL = 0.92  # a little more than nine of ten, for models that are not in the table


def number(row, key):
    return float(row[key])


def filament_shares(row):
    total = number(row, "fil_e")
    support = (number(row, "ve_sup") + number(row, "ve_supi")) / total
    walls = (number(row, "ve_ext") + number(row, "ve_walls") + number(row, "ve_ovh")) / total
    return [1, support, walls, 1 / number(row, "layers"), 1 / total ** 0.5]


def time_shares(row):
    total = number(row, "time_e")
    support = (number(row, "te_sup") + number(row, "te_supi")) / total
    moves = (number(row, "te_trav") + number(row, "te_retr") + number(row, "te_lift")) / total
    return [1, support, moves, number(row, "slow"), 1 / number(row, "layers")]


def quantile(values, q):
    values = sorted(values)
    return values[min(len(values) - 1, int(q * len(values)))]


def half_widths(weights, shares):
    return [sum(w * x for w, x in zip(weights, s)) for s in shares]


def fit(shares, errors, steps):
    best = None
    held = [i for i, s in enumerate(shares) if s[1] > 0]
    for weights in itertools.product(*steps):
        widths = half_widths(weights, shares)
        off = [e / w for e, w in zip(errors, widths)]
        scale = max(quantile(off, GOAL), quantile([off[i] for i in held], GOAL))
        mean = scale * sum(widths) / len(widths)
        if best is None or mean < best[0]:
            best = (mean, [scale * w for w in weights])
    return best


def main():
    rows = [r for r in csv.DictReader(open(sys.argv[1]), delimiter="\t") if number(r, "fil_e") > 0]
    for name, shares, estimated, true in (
        ("filament: 1, support, walls, 1/layers, 1/sqrt(mm3)", filament_shares, "fil_e", "fil"),
        ("time: 1, support, moves, slowed layers, 1/layers", time_shares, "time_e", "time"),
    ):
        values = [shares(r) for r in rows]
        errors = [abs(number(r, true) / number(r, estimated) - 1) for r in rows]
        steps = [[1], [0, 2, 5, 10, 20], [0, 0.5, 1, 2, 4], [0, 1, 2, 4, 8], [0, 1, 2, 4, 8, 16]]
        mean, weights = fit(values, errors, steps)
        widths = half_widths(weights, values)
        inside = sum(e <= w for e, w in zip(errors, widths)) / len(errors)
        plain = quantile(errors, GOAL)
        print(f"{name}\n  weights {[round(w, 4) for w in weights]}")
        print(f"  mean half width {100 * mean:.2f} %, inside {100 * inside:.1f} %; one width for all: {100 * plain:.2f} %")


if __name__ == "__main__":
    main()
