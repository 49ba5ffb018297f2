"""Solids and what is done to them, as triangles of points that are floats of 32 bits to the bit."""
import array
import math
import random

import models


def rounded(triangles):
    """Every point rounded once to floats of 32 bits; -0 becomes 0."""
    known = {}

    def one(point):
        if point not in known:
            known[point] = tuple(x + 0.0 for x in array.array("f", point))
        return known[point]
    return [tuple(one(p) for p in t) for t in triangles]


def box(size=(20, 20, 20), at=(0, 0, 0)):
    return rounded(models.box(size, at))


def cube(side, at=(0, 0, 0)):
    return box((side,) * 3, at)


def other_diagonals(size, at):
    """The same box with every square face cut the other way."""
    return [t for i in range(0, 12, 2) for t in recut(*box(size, at)[i:i + 2])]


def recut(first, second):
    (a, b, c), d = first, second[2]
    return [(a, b, d), (b, c, d)]


def tetrahedron(side=20.0):
    o, x, y, z = (0.0, 0.0, 0.0), (side, 0.0, 0.0), (0.0, side, 0.0), (0.0, 0.0, side)
    return rounded([(o, y, x), (o, x, z), (o, z, y), (x, y, z)])


def torus(along, around, ring=20.0, tube=7.0):
    points = []
    for i in range(along):
        u = 2 * math.pi * i / along
        for j in range(around):
            v = 2 * math.pi * j / around
            r = ring + tube * math.cos(v)
            points.append((r * math.cos(u), r * math.sin(u), tube * math.sin(v)))
    triangles = []
    for i in range(along):
        k = (i + 1) % along
        for j in range(around):
            m = (j + 1) % around
            a, b, c, d = (points[p * around + q] for p, q in ((i, j), (k, j), (k, m), (i, m)))
            triangles += [(a, b, c), (a, c, d)]
    return rounded(triangles)


def ball(rings, sides, radius=15.0):
    """Latitudes and longitudes; with an even number of rings the equator lies in z = 0 to the bit."""
    def point(i, j):
        if i in (0, rings):
            return (0.0, 0.0, -radius if i == 0 else radius)
        u, v = 2 * math.pi * (j % sides) / sides, math.pi * i / rings - math.pi / 2
        z = 0.0 if 2 * i == rings else radius * math.sin(v)
        return (radius * math.cos(v) * math.cos(u), radius * math.cos(v) * math.sin(u), z)
    triangles = []
    for i in range(rings):
        for j in range(sides):
            a, b, c, d = point(i, j), point(i, j + 1), point(i + 1, j + 1), point(i + 1, j)
            if i > 0:
                triangles.append((a, b, c))
            if i < rings - 1:
                triangles.append((a, c, d))
    return rounded(triangles)


def sheet(cells, side=20.0):
    step = side / cells
    triangles = []
    for i in range(cells):
        for j in range(cells):
            a, b, c, d = ((step * (i + p), step * (j + q), 0.0) for p, q in ((0, 0), (1, 0), (1, 1), (0, 1)))
            triangles += [(a, b, c), (a, c, d)]
    return rounded(triangles)


def moebius(steps, ring=20.0, width=8.0):
    def point(i, side):
        if i == steps:
            i, side = 0, -side
        u, w = 2 * math.pi * i / steps, side * width / 2
        r = ring + w * math.cos(u / 2)
        return (r * math.cos(u), r * math.sin(u), w * math.sin(u / 2))
    triangles = []
    for i in range(steps):
        a, b, c, d = point(i, -1), point(i + 1, -1), point(i + 1, 1), point(i, 1)
        triangles += [(a, b, c), (a, c, d)]
    return rounded(triangles)


# ---- the same solid elsewhere, larger, turned, in another order ------------------------------------------------------

def moved(triangles, x, y=None, z=None):
    shift = (x, x if y is None else y, x if z is None else z)
    return rounded([tuple(tuple(c + s for c, s in zip(p, shift)) for p in t) for t in triangles])


def scaled(triangles, factor):
    return rounded([tuple(tuple(c * factor for c in p) for p in t) for t in triangles])


def turned(triangles, x, y, z):
    """About the three axes in turn, in degrees."""
    rows = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    for axis, degrees in enumerate((x, y, z)):
        c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
        i, j = (axis + 1) % 3, (axis + 2) % 3
        rows[i], rows[j] = ([c * p - s * q for p, q in zip(rows[i], rows[j])],
                            [s * p + c * q for p, q in zip(rows[i], rows[j])])
    return rounded([tuple(tuple(sum(m * c for m, c in zip(row, p)) for row in rows) for p in t) for t in triangles])


flipped = models.flipped


def shuffled(triangles, seed):
    """Random order, random first corner; the orientation stays."""
    source = random.Random(seed)
    result = [t[k:] + t[:k] for t in triangles for k in (source.randrange(3),)]
    source.shuffle(result)
    return result


# ---- damage ----------------------------------------------------------------------------------------------------------

class Damaged:
    """A mesh with known defects. `spots`: {kind: points}, the corners of the triangles that were hurt."""

    def __init__(self, triangles, before):
        self.triangles = triangles
        self.before = before  # the sound solid
        self.spots = {}
        self.counts = {}

    def ordered(self, seed):
        if seed is not None:
            self.triangles = shuffled(self.triangles, seed)
        return self


KINDS = "removed flipped duplicated opposed degenerate jittered split".split()


def hurt(triangles, seed=1, jitter=1e-4, **counts):
    """counts: how many of each of KINDS. No two hurt triangles share a point, so that defects add up."""
    source = random.Random(seed)
    whole = list(range(len(triangles)))
    source.shuffle(whole)
    taken, picked = set(), []
    for i in whole:
        if len(picked) == sum(counts.values()):
            break
        if not taken.intersection(triangles[i]):
            taken.update(triangles[i])
            picked.append(i)
    assert len(picked) == sum(counts.values()), "the solid is too small for so many defects"
    result = Damaged(None, triangles)
    facets = list(triangles)
    gone = set()
    for kind in KINDS:
        spots = result.spots[kind] = set()
        result.counts[kind] = counts.get(kind, 0)
        for _ in range(result.counts[kind]):
            i = picked.pop()
            a, b, c = triangles[i]
            spots.update((a, b, c))
            if kind == "removed":
                gone.add(i)
            elif kind == "flipped":
                facets[i] = (a, c, b)
            elif kind == "duplicated":
                facets.append((b, c, a))
            elif kind == "opposed":
                facets.append((a, c, b))
            elif kind == "degenerate":
                facets.append((a, a, b))
            elif kind == "jittered":
                away = rounded([((a[0] + jitter, a[1] - jitter, a[2] + jitter),) * 3])[0][0]
                assert away != a, "the jitter is lost in rounding"
                spots.add(away)
                facets[i] = (away, b, c)
            else:
                middle = rounded([(tuple((p + q) / 2 for p, q in zip(a, b)),) * 3])[0][0]
                assert middle not in (a, b)
                spots.add(middle)
                facets[i] = (a, middle, c)
                facets.append((middle, b, c))
    result.triangles = [t for i, t in enumerate(facets) if i not in gone]
    return result
