"""Models as bytes, made here: boxes, with holes or in archives, whose measures are known without measuring."""
import io
import struct
import zipfile
import zlib

FACES = ((0, 2, 1), (0, 3, 2), (4, 5, 6), (4, 6, 7), (0, 1, 5), (0, 5, 4),
         (1, 2, 6), (1, 6, 5), (2, 3, 7), (2, 7, 6), (3, 0, 4), (3, 4, 7))
MODEL = "http://schemas.microsoft.com/3dmanufacturing/core/2015/02"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"


def corners(x, y, z, at=(0, 0, 0)):
    a, b, c = at
    return [(a, b, c), (a + x, b, c), (a + x, b + y, c), (a, b + y, c),
            (a, b, c + z), (a + x, b, c + z), (a + x, b + y, c + z), (a, b + y, c + z)]


def box(x=20, y=None, z=None, at=(0, 0, 0), without=0):
    """Triangles of a closed box, outside out; `without` leaves out the last ones."""
    points = corners(x, x if y is None else y, x if z is None else z, at)
    return [tuple(points[i] for i in face) for face in FACES[:len(FACES) - without]]


def stl(triangles, header=b"made by a test", count=None):
    """Binary. count: what the header claims; None: the truth."""
    out = [header.ljust(80, b"\0"), struct.pack("<I", len(triangles) if count is None else count)]
    out += [struct.pack("<12fH", 0, 0, 0, *a, *b, *c, 0) for a, b, c in triangles]
    return b"".join(out)


def stl_text(triangles):
    lines = ["solid made by a test"]
    for corner in triangles:
        lines += ["facet normal 0 0 0", "outer loop", *("vertex %r %r %r" % point for point in corner), "endloop",
                  "endfacet"]
    return "\n".join(lines + ["endsolid", ""]).encode()


def cube(side=20):
    return stl(box(side))


def many_boxes(count):
    """A binary STL of so many separate cubes of 1 mm: work for some seconds."""
    pack = struct.Struct("<" + "12fH" * 12).pack
    facets = []
    for i in range(count):
        points = corners(1, 1, 1, (i % 40 * 2, i // 40 % 40 * 2, i // 1600 * 2))
        numbers = []
        for a, b, c in FACES:
            numbers += (0, 0, 0, *points[a], *points[b], *points[c], 0)
        facets.append(pack(*numbers))
    return b"".ljust(80, b"\0") + struct.pack("<I", 12 * count) + b"".join(facets)


def archive(files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in files.items():
            made.writestr(name, content)
    return out.getvalue()


def mesh_xml(number, points):
    return ('<object id="%d" type="model"><mesh><vertices>%s</vertices><triangles>%s</triangles></mesh></object>' % (
        number, "".join('<vertex x="%r" y="%r" z="%r"/>' % point for point in points),
        "".join('<triangle v1="%d" v2="%d" v3="%d"/>' % face for face in FACES)))


def three_mf(boxes, plates=None):
    """A 3MF with one object a box (its side lengths); plates: for each plate the indices of its boxes, as Bambu's
    programs write them; None: a generic file."""
    objects = "".join(mesh_xml(i + 1, corners(*sides)) for i, sides in enumerate(boxes))
    items = "".join('<item objectid="%d" transform="1 0 0 0 1 0 0 0 1 %d 10 0" printable="1"/>' % (i + 1, 10 + 300 * i)
                    for i in range(len(boxes)))
    files = {
        "[Content_Types].xml": '<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/'
                               'package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.'
                               'openxmlformats-package.relationships+xml"/><Default Extension="model" ContentType='
                               '"application/vnd.ms-package.3dmanufacturing-3dmodel+xml"/></Types>',
        "_rels/.rels": '<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="%s"><Relationship Target='
                       '"/3D/3dmodel.model" Id="r" Type="http://schemas.microsoft.com/3dmanufacturing/2013/01/3dmodel"/>'
                       '</Relationships>' % RELATIONS,
        "3D/3dmodel.model": '<?xml version="1.0" encoding="UTF-8"?><model unit="millimeter" xmlns="%s"><metadata name='
                            '"Application">%s</metadata><resources>%s</resources><build>%s</build></model>' % (
                                MODEL, "BambuStudio-02.00.00.00" if plates else "a test", objects, items)}
    if plates:
        told = "".join('<object id="%d"><metadata key="name" value="box %d"/></object>' % (i + 1, i + 1)
                       for i in range(len(boxes)))
        for number, members in enumerate(plates, 1):
            rows = "".join('<model_instance><metadata key="object_id" value="%d"/><metadata key="instance_id" '
                           'value="0"/></model_instance>' % (i + 1) for i in members)
            told += ('<plate><metadata key="plater_id" value="%d"/><metadata key="plater_name" value="plate no. %d"/>'
                     '%s</plate>' % (number, number, rows))
        files["Metadata/model_settings.config"] = '<?xml version="1.0" encoding="UTF-8"?><config>%s</config>' % told
    return archive(files)


def three_plates():
    return three_mf([(10, 10, 10), (20, 30, 40), (15, 15, 5)], [[0], [1], [2]])


def bomb(mebibytes=2048):
    """A ZIP of some MiB that holds one STL of so many MiB, made without ever holding it: 1000 to 1."""
    zeros, deflate = bytes(1 << 20), zlib.compressobj(9, zlib.DEFLATED, -15)
    count = ((mebibytes << 20) - 84) // 50
    head, size = b"".ljust(80, b"\0") + struct.pack("<I", count), 84 + 50 * count
    tail = bytes(size - len(head) - len(zeros) * (mebibytes - 1))
    first = deflate.compress(head) + deflate.flush(zlib.Z_FULL_FLUSH)
    again = deflate.compress(zeros) + deflate.flush(zlib.Z_FULL_FLUSH)
    data = first + again * (mebibytes - 1) + deflate.compress(tail) + deflate.flush(zlib.Z_FINISH)
    crc = zlib.crc32(head)
    for _ in range(mebibytes - 1):
        crc = zlib.crc32(zeros, crc)
    crc = zlib.crc32(tail, crc)
    name, common = b"x.stl", struct.pack("<HHHHHIIIHH", 20, 0, 8, 0, 33, crc, len(data), size, 5, 0)
    local = b"PK\3\4" + common + name + data
    central = b"PK\1\2" + struct.pack("<H", 20) + common + struct.pack("<HHHII", 0, 0, 0, 0, 0) + name
    return local + central + b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(central), len(local), 0)
