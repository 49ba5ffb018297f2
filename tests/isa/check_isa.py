#!/usr/bin/env python3
"""The command's JSON must not depend on the instruction set or on the number of threads, whatever the file.

Usage: check_isa.py [--long] QUOTE MAKE_MESH
Files are generated: solids of many sizes and places, damaged in every way that has a code path, in each format, and the
fuzzers' seeds. Every answer, refusals included, is compared with that of the scalar kernels on one thread; only
timing_ms and the names of the kernels that ran may differ. Closes with one line: N passed, N failed.
"""
import concurrent.futures
import gzip
import itertools
import math
import os
import random
import re
import struct
import subprocess
import sys
import tempfile
import zipfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "cli"))
import models  # noqa: E402
import threemf_files  # noqa: E402

COMMANDS = (("inspect",), ("list",), (), ("inspect", "--topology", "certificate"))
VARYING = re.compile(rb'"timing_ms":\{[^}]*\}|"isa":"[^"]*"')


def torus(across, around, noise=0.0, scale=1.0, at=(0, 0, 0)):
    """2 * across * around triangles."""
    chance = random.Random(across * 1000 + around)
    points = []
    for i in range(across):
        for k in range(around):
            u, v, r = 2 * math.pi * i / across, 2 * math.pi * k / around, 10 + noise * chance.random()
            ring = 30 + r * math.cos(v)
            points.append(tuple(round(scale * p + o, 9) for p, o in
                                zip((ring * math.cos(u), ring * math.sin(u), r * math.sin(v)), at)))

    def corner(i, k):
        return points[i % across * around + k % around]
    triangles = []
    for i, k in itertools.product(range(across), range(around)):
        a, b, c, d = corner(i, k), corner(i + 1, k), corner(i + 1, k + 1), corner(i, k + 1)
        triangles += [(a, b, c), (a, c, d)]
    return triangles


def shuffled(triangles, seed=1):
    chance = random.Random(seed)
    turned = [t[k:] + t[:k] for t in triangles for k in (chance.randrange(3),)]
    chance.shuffle(turned)
    return turned


def with_every(triangles, step, change):
    """change(triangle) gives what stands instead of every step-th one: any number of triangles."""
    out = []
    for i, t in enumerate(triangles):
        out += change(t) if i % step == step // 2 else [t]
    return out


def moved(triangle, by):
    return tuple(tuple(x + by for x in p) for p in triangle)


def split_on_one_side(t):
    a, b, c = t
    middle = tuple((x + y) / 2 for x, y in zip(a, b))
    return [(a, middle, c), (middle, b, c)]


def meshes(long):
    size = (120, 90) if long else (48, 31)
    plain = torus(*size, noise=0.5)
    box, inner = models.box(), models.box((5, 5, 5), (7, 7, 7))
    yield "torus", plain
    yield "shuffled", shuffled(plain)
    yield "dropped", with_every(plain, 97, lambda t: [])
    yield "turned", with_every(plain, 89, lambda t: [(t[0], t[2], t[1])])
    yield "doubled", with_every(plain, 83, lambda t: [t, t])
    yield "needles", with_every(plain, 79, lambda t: [t, (t[0], t[1], t[1]), (t[0], t[0], t[0])])
    yield "split", with_every(plain, 73, split_on_one_side)
    yield "cracked", with_every(plain, 71, lambda t: [moved(t, 1e-4)])
    yield "inside-out", models.flipped(plain)
    yield "far", torus(*size, noise=0.5, at=(3e5, -2e5, 1e5))
    yield "tiny", torus(40, 20, scale=1e-5)
    yield "huge", torus(40, 20, scale=1e4)
    yield "beyond", torus(20, 10, scale=1e9)
    yield "minus-zero", [tuple(tuple(-0.0 if x == 0 else x for x in p) for p in t) for t in box]
    yield "nested", box + models.flipped(inner)
    yield "overlapping", box + models.box((20, 20, 20), (10, 10, 10)) + inner
    yield "touching", box + models.box((20, 20, 20), (20, 20, 0)) + models.box((20, 20, 20), (20, 0, 0))
    yield "nearly-touching", box + models.box((20, 20, 20), (20 + 1e-6, 0, 0))
    yield "open-box", box[:-1]
    yield "flat", with_every(models.box((20, 20, 0)), 100, lambda t: [t])
    yield "one", box[:1]
    for count in (0, 2, 3, 5, 7, 8, 9, 15, 16, 17, 31, 33, 255, 256, 257, 511, 513):
        if long or count in (0, 7, 17, 257):
            yield "first-%d" % count, plain[:count]


def unusual_numbers(triangles):
    """Binary STL whose numbers are at the ends of what a float holds."""
    data = bytearray(models.stl(triangles))
    odd = (1e-40, -1e-45, float("inf"), float("nan"), 1.0000001e9, -0.0, 1.17549435e-38)
    for i, x in enumerate(odd):
        copy = bytearray(data)
        struct.pack_into("<f", copy, 84 + 50 * (i * 29 % len(triangles)) + 12 + 4 * (i % 9), x)
        yield "number-%d" % i, bytes(copy)


def number_texts(triangles):
    """ASCII STL with numbers as several writers have them."""
    for name, form in (("plain", "%.6f"), ("exponent", "%.6e"), ("short", "%g"), ("long", "%.17g"), ("comma", "%.3f")):
        text = models.stl_text(triangles).decode()
        text = re.sub(r"-?\d+\.\d+(e-?\d+)?", lambda m: form % float(m.group()), text)
        yield "text-" + name, (text.replace(".", ",") if name == "comma" else text).encode()


def write_files(folder, long, make_mesh):
    def put(name, data):
        with open(os.path.join(folder, name), "wb") as out:
            out.write(data)
    for name, triangles in meshes(long):
        put(name + ".stl", models.stl(triangles))
        if long or len(triangles) < 1000 or name == "torus":
            put(name + "-text.stl", models.stl_text(triangles))
            models.write_3mf(os.path.join(folder, name + ".3mf"), [(1, name, triangles)])
    part = torus(24, 20, noise=1)
    for name, data in itertools.chain(unusual_numbers(part), number_texts(part)):
        put(name + ".stl", data)
    put("cut.stl", models.stl(part)[:-77])
    put("more.stl", models.stl(part) + b"more")
    put("swapped.stl", models.stl(part)[:80] + struct.pack(">I", len(part)) +
        b"".join(struct.pack(">12fH", 0, 0, 0, *a, *b, *c, 0) for a, b, c in part))
    put("wrapped.stl.gz", gzip.compress(models.stl(part), mtime=0))
    with zipfile.ZipFile(os.path.join(folder, "two.zip"), "w", zipfile.ZIP_DEFLATED) as two:
        two.writestr("a.stl", models.stl(part))
        two.writestr("b.stl", models.stl_text(part))
    models.write_3mf(os.path.join(folder, "plates.3mf"),
                     [(1, "a", part), (2, "b", models.box()), (3, "c", threemf_files.wedge())],
                     {"first": [1, 3], "second": [2]})
    if long:
        for shape, form in itertools.product(("torus", "torus-shuffled", "torus-dropped", "torus-jittered"),
                                             ("binary", "ascii", "3mf")):
            out = os.path.join(folder, "%s-%s.%s" % (shape, form, "3mf" if form == "3mf" else "stl"))
            subprocess.run([make_mesh, shape, "60000", form, out], check=True)


def seeds(long):
    root = os.path.join(HERE, "..", "..", "fuzz")
    kinds = ("stl", "threemf", "zip")
    found = [os.path.join(root, store, kind, name) for store in ("seeds", "regress") for kind in kinds
             if os.path.isdir(os.path.join(root, store, kind))
             for name in sorted(os.listdir(os.path.join(root, store, kind)))]
    return found if long else found[::8]


def offered(quote):
    """The sets that this CPU can run, from the reference upwards."""
    sets = []
    for name in ("scalar", "avx2", "avx512", "neon"):
        cube = os.path.join(HERE, "..", "..", "corpus", "models", "bracket.stl")
        run = subprocess.run([quote, "list", cube, "--json", "--isa", name], capture_output=True, check=False)
        if run.returncode == 0:
            sets.append(name)
    best = re.search(rb'"isa":"([^"]*)"', subprocess.run([quote, "version", "--json"], capture_output=True,
                                                         check=True).stdout).group(1).decode()
    assert best in sets, "the CPU's own set is refused"
    return sets


def answer(quote, command, path, isa, threads):
    run = subprocess.run([quote, *command, path, "--json", "--isa", isa, "--threads", str(threads)],
                         capture_output=True, check=False, timeout=300)
    return run.returncode, VARYING.sub(b"", run.stdout), run.stderr


def complaints(quote, path, sets, long):
    """How many comparisons were made for one file, and a line for each that failed."""
    count, lines = 0, []
    best = sets[-1]
    others = [(isa, threads) for isa in sets for threads in (1, 2, 3)][1:]
    if not long:  # each set once, each number of threads once
        others = [(isa, 1) for isa in sets[1:]] + [("scalar", 3), (best, 2)]
    for command in COMMANDS if long else COMMANDS[:3]:
        want = answer(quote, command, path, "scalar", 1)
        if want[0] not in (0, 1, 2, 3, 4, 5) or not (want[1] or want[2]):
            lines.append("%s %s: exit code %d, no answer" % (" ".join(command), path, want[0]))
        for isa, threads in others:
            count += 1
            got = answer(quote, command, path, isa, threads)
            if got != want:
                lines.append("quote %s %s --isa %s --threads %d differs from scalar on one thread"
                             % (" ".join(command), path, isa, threads))
    return count, lines


def main():
    long = "--long" in sys.argv
    quote, make_mesh = [os.path.abspath(a) for a in sys.argv[1:] if a != "--long"]
    sets = offered(quote)
    passed = failed = 0
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        write_files(folder, long, make_mesh)
        paths = [os.path.join(folder, name) for name in sorted(os.listdir(folder))] + seeds(long)
        for count, lines in pool.map(lambda path: complaints(quote, path, sets, long), paths):
            failed += len(lines)
            passed += count - len(lines)
            for line in lines:
                print(line)
    print("%d files, sets: %s" % (len(paths), ", ".join(sets)))
    print("%d passed, %d failed" % (passed, failed))
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
