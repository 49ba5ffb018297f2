"""3MF packages written from scratch: meshes, model text, parts, and what they measure, for the tests of the command."""
import math
import zipfile

import models

CORE = "http://schemas.microsoft.com/3dmanufacturing/core/2015/02"
MICROSOFT = "http://schemas.microsoft.com/3dmanufacturing/"
CONSORTIUM = "http://schemas.3mf.io/3dmanufacturing/"
NAMESPACES = {"m": MICROSOFT + "material/2015/02", "p": MICROSOFT + "production/2015/06",
              "pa": MICROSOFT + "production/alternatives/2021/04", "b": MICROSOFT + "beamlattice/2017/02",
              "b2": MICROSOFT + "beamlattice/balls/2020/07", "s": MICROSOFT + "slice/2015/07",
              "sc": MICROSOFT + "securecontent/2019/04", "t": MICROSOFT + "trianglesets/2021/07",
              "mm": MICROSOFT + "mirroring/2021/07", "bo": CONSORTIUM + "booleanoperations/2023/07",
              "d": CONSORTIUM + "displacement/2023/10", "v": CONSORTIUM + "volumetric/2022/01",
              "i": CONSORTIUM + "implicit/2023/12", "cura": "http://software.ultimaker.com/xml/cura/3mf/2015/10",
              "slic3rpe": "http://schemas.slic3r.org/3mf/2017/06",
              "BambuStudio": "http://schemas.bambulab.com/package/2021"}
START = MICROSOFT + "2013/01/3dmodel"
UNITS = {"micron": 0.001, "millimeter": 1, "centimeter": 10, "inch": 25.4, "foot": 304.8, "meter": 1000}
IDENTITY = (1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0)
DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
MAIN = "3D/3dmodel.model"


# ---- shapes and what they measure ------------------------------------------------------------------------------------

def cube(side=10.0, at=(0, 0, 0)):
    return models.box((side, side, side), at)


def wedge(a=2.0, b=3.0, c=5.0):
    """A corner of a box: no two axes look alike, so a wrong transform shows. Volume a b c / 6."""
    o, x, y, z = (0, 0, 0), (a, 0, 0), (0, b, 0), (0, 0, c)
    return [(o, y, x), (o, x, z), (x, y, z), (y, o, z)]


def apply(matrix, point):
    """Row vectors: x' = x m00 + y m10 + z m20 + m30, ..."""
    x, y, z = point
    return tuple(x * matrix[k] + y * matrix[3 + k] + z * matrix[6 + k] + matrix[9 + k] for k in range(3))


def placed(triangles, *matrices):
    """Innermost matrix first. A mirrored shape keeps its outside outside."""
    for matrix in matrices:
        triangles = [tuple(apply(matrix, p) for p in t) for t in triangles]
    return models.flipped(triangles) if volume(triangles) < 0 else triangles


def cross(u, v):
    return (u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0])


def less(a, b):
    return tuple(x - y for x, y in zip(a, b))


def volume(triangles):
    return math.fsum(sum(x * y for x, y in zip(a, cross(b, c))) for a, b, c in triangles) / 6


def area(triangles):
    return math.fsum(math.hypot(*cross(less(b, a), less(c, a))) for a, b, c in triangles) / 2


def bounds(triangles):
    points = [p for t in triangles for p in t]
    return [min(p[k] for p in points) for k in range(3)], [max(p[k] for p in points) for k in range(3)]


def centroid(triangles):
    whole, sums = 0.0, [0.0, 0.0, 0.0]
    for a, b, c in triangles:
        part = sum(x * y for x, y in zip(a, cross(b, c))) / 6
        whole += part
        for k in range(3):
            sums[k] += part * (a[k] + b[k] + c[k]) / 4
    return [s / whole for s in sums]


def move(x=0.0, y=0.0, z=0.0):
    return (1, 0, 0, 0, 1, 0, 0, 0, 1, x, y, z)


def scale(x, y=None, z=None):
    return (x, 0, 0, 0, x if y is None else y, 0, 0, 0, x if z is None else z, 0, 0, 0)


def turn(axis, degrees):
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return {"x": (1, 0, 0, 0, c, s, 0, -s, c, 0, 0, 0), "y": (c, 0, -s, 0, 1, 0, s, 0, c, 0, 0, 0),
            "z": (c, s, 0, -s, c, 0, 0, 0, 1, 0, 0, 0)}[axis]


# ---- model text ------------------------------------------------------------------------------------------------------

def number(value):
    return repr(value)


def attributes(values):
    """{name: value or None}; `p__path` writes p:path."""
    return "".join(' %s="%s"' % (k.rstrip("_").replace("__", ":"), escape(str(v))) for k, v in values.items()
                   if v is not None)


def escape(text):
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")


def matrix_text(matrix):
    return matrix if matrix is None or isinstance(matrix, str) else " ".join(number(x) for x in matrix)


def corners(triangles):
    """Distinct positions in order of first use, and the triangles as indices."""
    index, points = {}, []
    faces = []
    for t in triangles:
        for p in t:
            if p not in index:
                index[p] = len(points)
                points.append(p)
        faces.append(tuple(index[p] for p in t))
    return points, faces


def vertices_of(points, prefix=""):
    return "".join('<%svertex x="%s" y="%s" z="%s"/>' % ((prefix,) + tuple(number(x) for x in p)) for p in points)


def faces_of(faces, prefix=""):
    return "".join('<%striangle v1="%d" v2="%d" v3="%d"/>' % ((prefix,) + f) for f in faces)


def mesh_of(points, faces, more="", prefix=""):
    return "<{0}mesh><{0}vertices>{1}</{0}vertices><{0}triangles>{2}</{0}triangles>{3}</{0}mesh>".format(
        prefix, vertices_of(points, prefix), faces_of(faces, prefix), more)


def mesh(triangles, more="", prefix=""):
    points, faces = corners(triangles)
    return mesh_of(points, faces, more, prefix)


def soup(triangles):
    """Every facet with corners of its own."""
    return mesh_of([p for t in triangles for p in t], [(3 * i, 3 * i + 1, 3 * i + 2) for i in range(len(triangles))])


def obj(number_, content, **more):
    return "<object%s>%s</object>" % (attributes({"id": number_, **more}), content)


def component(objectid, transform=None, path=None, **more):
    return "<component%s/>" % attributes({"objectid": objectid, "transform": matrix_text(transform), "p__path": path,
                                          **more})


def components(*parts):
    """Each an object id or the arguments of component()."""
    return "<components>%s</components>" % "".join(
        p if isinstance(p, str) else component(*p) if isinstance(p, tuple) else component(p) for p in parts)


def item(objectid, transform=None, **more):
    return "<item%s/>" % attributes({"objectid": objectid, "transform": matrix_text(transform), **more})


def model(resources, build="", unit="millimeter", spaces="", required=None, recommended=None, metadata="", core=CORE,
          tail=""):
    """The text of a model part; build None: no <build> at all. spaces: prefixes of NAMESPACES to declare."""
    head = attributes({"unit": unit, "xml__lang": "en-US", "xmlns": core,
                       **{"xmlns__" + s: NAMESPACES[s] for s in spaces.split()}, "requiredextensions": required,
                       "recommendedextensions": recommended})
    return "%s<model%s>%s<resources>%s</resources>%s%s</model>" % (
        DECLARATION, head, metadata, resources, "" if build is None else "<build>%s</build>" % build, tail)


def simple(content=None, transform=None, **more):
    """One object, placed once."""
    return model(obj(1, mesh(cube()) if content is None else content, type="model"), item(1, transform), **more)


# ---- packages --------------------------------------------------------------------------------------------------------

def relation(target, kind=START, number_="rel0", **more):
    return "<Relationship%s/>" % attributes({"Target": target, "Id": number_, "Type": kind, **more})


def relations(*inner):
    space = "http://schemas.openxmlformats.org/package/2006/relationships"
    return '%s<Relationships xmlns="%s">%s</Relationships>' % (DECLARATION, space, "".join(inner))


def parts_of(start, more=(), types=models.TYPES, rels=None, name=MAIN):
    """The entries of a package, in order: content types, root relationships, the start part, and `more`."""
    entries = []
    if types is not None:
        entries.append(("[Content_Types].xml", types))
    if rels is None:
        rels = relations(relation("/" + name))
    if rels:
        entries.append(("_rels/.rels", rels))
    if start is not None:
        entries.append((name, start))
    return entries + list(more.items() if isinstance(more, dict) else more)


def with_rels(subs):
    """Sub-models and the file that lists them."""
    listed = [relation("/" + name, number_="rel%d" % i) for i, name in enumerate(subs)]
    return list(subs.items()) + [("3D/_rels/3dmodel.model.rels", relations(*listed))]


def pack(path, entries, method=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in entries:
            archive.writestr(zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0)), data, compress_type=method)
    return path
