"""What a mesh is, by the plainest means: integers, dictionaries and fractions. Nothing is shared with the library."""
import math
from collections import Counter, defaultdict
from fractions import Fraction


# ---- measures --------------------------------------------------------------------------------------------------------

def volume(triangles):
    """Exact, as a fraction: signed tetrahedra over integers of one common scale."""
    points = {p for t in triangles for p in t}
    scale = max((x.as_integer_ratio()[1] for p in points for x in p), default=1)
    whole = {p: tuple(n * (scale // d) for n, d in (x.as_integer_ratio() for x in p)) for p in points}
    six = 0
    for t in triangles:
        (ax, ay, az), (bx, by, bz), (cx, cy, cz) = (whole[p] for p in t)
        six += ax * (by * cz - bz * cy) + ay * (bz * cx - bx * cz) + az * (bx * cy - by * cx)
    return Fraction(six, 6 * scale ** 3)


def normal_of(triangle):
    """Twice as long as the facet is large."""
    a, b, c = triangle
    u, v = [q - p for p, q in zip(a, b)], [q - p for p, q in zip(a, c)]
    return u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]


def area_of(triangle):
    return math.hypot(*normal_of(triangle)) / 2


def area(triangles):
    return math.fsum(area_of(t) for t in triangles)


def bounds(triangles):
    points = [p for t in triangles for p in t]
    return [min(p[k] for p in points) for k in range(3)], [max(p[k] for p in points) for k in range(3)]


def box_rules(boxes):
    """[(size, at, sign)] -> the volume by each rule: winding numbers summed over the cells of the boxes' own grid."""
    scale = max(Fraction(x).denominator for size, at, _ in boxes for x in (*size, *at))
    sides = []
    for size, at, sign in boxes:
        low = [int(Fraction(x) * scale) for x in at]
        sides.append((low, [a + int(Fraction(s) * scale) for a, s in zip(low, size)], sign))
    cuts = [sorted({side[end][k] for side in sides for end in (0, 1)}) for k in range(3)]
    rules = dict.fromkeys(("signed", "positive", "nonzero", "even_odd"), 0)
    for x in zip(cuts[0], cuts[0][1:]):
        slab = [b for b in sides if b[0][0] <= x[0] and x[1] <= b[1][0]]
        for y in zip(cuts[1], cuts[1][1:]):
            bar = [b for b in slab if b[0][1] <= y[0] and y[1] <= b[1][1]]
            for z in zip(cuts[2], cuts[2][1:]):
                winding = sum(sign for low, high, sign in bar if low[2] <= z[0] and z[1] <= high[2])
                size = (x[1] - x[0]) * (y[1] - y[0]) * (z[1] - z[0])
                rules["signed"] += winding * size
                rules["positive"] += (winding > 0) * size
                rules["nonzero"] += (winding != 0) * size
                rules["even_odd"] += (winding % 2) * size
    rules = {rule: Fraction(value, scale ** 3) for rule, value in rules.items()}
    return rules


# ---- counts ----------------------------------------------------------------------------------------------------------

class Groups:
    """Union-find over anything that can be a key, with the side each stands on relative to its root."""

    def __init__(self, members=()):
        self.parent = {m: (m, 0) for m in members}
        self.contradictions = set()

    def root(self, m):
        path, side = [], 0
        while self.parent[m][0] != m:
            path.append((m, side))
            side ^= self.parent[m][1]
            m = self.parent[m][0]
        for step, before in path:
            self.parent[step] = (m, side ^ before)
        return m, side

    def join(self, a, b, other=0):
        for m in (a, b):
            self.parent.setdefault(m, (m, 0))
        (a, x), (b, y) = self.root(a), self.root(b)
        if a != b:
            self.parent[a] = (b, x ^ y ^ other)
        elif x ^ y != other:
            self.contradictions.add(a)

    def lists(self):
        groups = defaultdict(list)
        for m in self.parent:
            groups[self.root(m)[0]].append(m)
        return list(groups.values())


def first_of(face):
    """The same for the three ways to begin a face."""
    return min(face[k:] + face[:k] for k in range(3))


def without_pairs(triangles):
    """Without the facets that lie back to back: as many pairs as there are, the first of each facet first."""
    waiting, left = defaultdict(list), set(range(len(triangles)))
    for number, facet in enumerate(triangles):
        turned = first_of(facet[::-1])
        if waiting[turned]:
            left -= {number, waiting[turned].pop(0)}
        else:
            waiting[first_of(facet)].append(number)
    return [triangles[number] for number in sorted(left)]


def count(triangles):
    """The counts of a report for the mesh as it stands, by the words of the contract, and what diagnostics count."""
    index = {}
    faces = [tuple(index.setdefault(p, len(index)) for p in t) for t in triangles]
    kept = [f for f in faces if len(set(f)) == 3]
    copies = Counter(first_of(f) for f in kept)
    uses = defaultdict(list)
    for number, f in enumerate(kept):
        for k in range(3):
            a, b = f[k], f[(k + 1) % 3]
            uses[(a, b) if a < b else (b, a)].append((number, a < b))
    shells, sides = Groups(range(len(kept))), Groups(range(len(kept)))
    fans, rim, ends = Groups((i, v) for i, f in enumerate(kept) for v in f), Groups(), Counter()
    for edge, users in uses.items():
        for number, _ in users[1:]:
            shells.join(users[0][0], number)
        if len(users) == 2:
            sides.join(users[0][0], users[1][0], int(users[0][1] == users[1][1]))
            for v in edge:
                fans.join((users[0][0], v), (users[1][0], v))
        if len(users) == 1:
            rim.join(*edge)
            ends.update(edge)
    balanced = all(sum(1 if forward else -1 for _, forward in users) == 0 for users in uses.values())
    two_sided = all(len(users) == 2 for users in uses.values())
    fan_count = Counter(fan[0][1] for fan in fans.lists())
    loops = len(rim.lists()) if rim.parent else 0
    turned = 0
    for group in sides.lists():
        wrong = sum(sides.root(m)[1] for m in group)
        turned += min(wrong, len(group) - wrong)
    return {
        "triangles": len(triangles), "vertices": len(index),
        "closed": all(len(users) % 2 == 0 for users in uses.values()), "oriented": balanced,
        "manifold": two_sided and balanced and max(fan_count.values(), default=1) == 1,
        "open_edges": sum(len(users) == 1 for users in uses.values()),
        "non_manifold_edges": sum(len(users) > 2 for users in uses.values()),
        "degenerate_triangles": len(faces) - len(kept),
        "duplicate_triangles": sum(n - 1 for n in copies.values()),
        "shells": len(shells.lists()),
        # Where loops meet in a point, how many there are is a matter of how they are walked: least and most.
        "boundary_loops": (loops, loops + sum(n // 2 - 1 for n in ends.values())),
        "misoriented_triangles": turned, "two_sided": two_sided, "orientable": not sides.contradictions,
        "opposite_triangle_pairs": sum(min(n, copies[first_of(f[::-1])]) for f, n in list(copies.items())) // 2,
        "non_manifold_vertices": sum(n > 1 for n in fan_count.values()) if two_sided else None,
    }
