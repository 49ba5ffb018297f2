"""A results.tsv, read back: one dict per row of a comparison, with the numbers of each tool."""
PEERS = ("admesh", "prusa-slicer")
TITLES = {"binary": "binary STL", "shuffled": "binary STL, shuffled", "dropped": "binary STL, 1 % missing",
          "jittered": "binary STL, jittered", "ascii": "ASCII STL", "3mf": "3MF",
          "hash-flood": "points made to collide", "one-vertex": "all on one point", "two-hubs": "double cone",
          "degenerate": "all degenerate", "distinct": "no shared point", "one-edge": "all on one edge",
          "random-1000": "any three of 1,000 points"}
NAMES = {"admesh": "ADMesh", "prusa-slicer": "PrusaSlicer"}


class Results:
    def __init__(self, path):
        self.head, self.found = {}, {}
        with open(path, encoding="utf-8") as file:
            lines = file.read().splitlines()
        for line in lines:
            if line.startswith("# "):
                key, _, value = line[2:].partition(": ")
                self.head[key] = value
        cells = [line.split("\t") for line in lines if line and not line.startswith("#")]
        for row in cells[1:]:
            self.add(dict(zip(cells[0], row)))

    def add(self, row):
        key = (row["group"], row["case"], int(row["triangles"]))
        tool = {name: float(row[name]) for name in ("cpu_s", "cpu_min_s", "wall_s", "wall_min_s")}
        tool["runs"], tool["code"] = int(row["runs"]), row["code"]
        tool["kb"] = int(row["anonymous_kb"]) if row["anonymous_kb"] else None
        self.found.setdefault(key, {})[row["tool"]] = tool

    def rows(self, *groups):
        return [{"group": group, "case": case, "triangles": triangles, "tools": tools}
                for (group, case, triangles), tools in self.found.items() if group in groups]

    def note(self):
        machine = self.head.get("machine", "").split(";")[0]
        return "%s; %s; commit %s" % (machine, self.head.get("compiler", ""), self.head.get("commit", "none"))


def title(case):
    return TITLES.get(case, case)


def peer(row):
    """The better peer and its numbers; None where none can read the file. One that was cut off has no figure."""
    found = [(name, row["tools"][name]) for name in PEERS if name in row["tools"] and row["tools"][name]["code"] != "cut"]
    return min(found, key=lambda item: item[1]["cpu_s"]) if found else None


def short(count):
    for unit, word in ((1000000, "M"), (1000, "k")):
        if count >= unit:
            return "%g %s" % (count / unit, word)
    return str(count)
