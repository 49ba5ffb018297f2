"""Projects as slicers write them: Bambu Studio and OrcaSlicer, PrusaSlicer 2 and 3, Cura."""
import json
import math

import threemf_files as f

SETTINGS = "Metadata/model_settings.config"
PROJECT = "Metadata/project_settings.config"
SLICE_INFO = "Metadata/slice_info.config"
GARBAGE_MATRIX = "298 9 3 -77 0 9e-10 0 55 1 0 3e-11 1234 0 0 0 1"


def meta(key, value):
    return '<metadata key="%s" value="%s"/>' % (key, f.escape(str(value)))


# ---- Bambu Studio, OrcaSlicer ----------------------------------------------------------------------------------------

def part(number, shape, subtype="normal_part", transform=None, kind=None, extruder=None, matrix=GARBAGE_MATRIX,
         more=""):
    """One volume of an object. kind: the object type in the model; as the slicer writes it unless given."""
    return {"id": number, "shape": shape, "subtype": subtype, "transform": transform, "extruder": extruder,
            "kind": kind or ("model" if subtype == "normal_part" else "other"), "matrix": matrix, "more": more}


def config_part(one, tag="part"):
    text = '<%s id="%d"%s>' % (tag, one["id"], "" if one["subtype"] is None else ' subtype="%s"' % one["subtype"])
    text += meta("name", "part %d" % one["id"])
    if one["matrix"]:
        text += meta("matrix", one["matrix"])
    if one["extruder"] is not None:
        text += meta("extruder", one["extruder"])
    return text + one["more"] + '<mesh_stat face_count="12" edges_fixed="0"/></%s>' % tag


def config_object(number, parts, name="thing", extruder=1, tag="part"):
    return '<object id="%d">%s%s<metadata face_count="24"/>%s</object>' % (
        number, meta("name", name), meta("extruder", extruder), "".join(config_part(p, tag) for p in parts))


def plate(number, name="", rows=(), more=""):
    """rows: (object id, instance)."""
    text = "<plate>" + meta("plater_id", number) + meta("plater_name", name)
    text += meta("locked", "false") + meta("gcode_file", "")
    for one, instance in rows:
        text += "<model_instance>%s%s%s</model_instance>" % (meta("object_id", one), meta("instance_id", instance),
                                                             meta("identify_id", 100 + instance))
    return text + more + "</plate>"


def settings(*inner):
    return '%s<config>%s<assemble><assemble_item object_id="4" instance_id="0" transform="5 0 0 0 5 0 0 0 5 9 9 9" ' \
           'offset="1 2 3"/></assemble></config>' % (f.DECLARATION, "".join(inner))


def bed(width, depth, x=0, y=0, height="250", **more):
    corners = (x, y), (x + width, y), (x + width, y + depth), (x, y + depth)
    area = ["%sx%s" % (f.number(a), f.number(b)) for a, b in corners]
    return json.dumps({"printable_area": area, "printable_height": height, "printer_model": "Test", **more})


def bambu(objects, items, plates=None, project=None, split=True, extra=(), config=None, tag="part", names=None,
          application="BambuStudio-02.05.00.66", sub_build=""):
    """objects: {id: [part, ...]}, items: [(id, transform, more)], plates: [plate(...)]. Returns package entries."""
    resources, subs = "", {}
    for number, parts in objects.items():
        held = "".join(f.obj(p["id"], f.mesh(p["shape"]), type=p["kind"]) for p in parts)
        path = "/3D/Objects/object_%d.model" % number
        if split:
            subs[path[1:]] = f.model(held, sub_build, spaces="BambuStudio p", required="p")
        else:
            resources += held
        resources += f.obj(number, f.components(*[(p["id"], p["transform"], path if split else None) for p in parts]),
                           type="model", p__UUID="0000000%d-61cb-4c03-9d28-80fed5dfa1dc" % (number % 10))
    build = "".join(f.item(i[0], i[1] if len(i) > 1 else None, **({"printable": 1, **(i[2] if len(i) > 2 else {})}))
                    for i in items)
    root = f.model(resources, build, spaces="BambuStudio p", required="p",
                   metadata='<metadata name="Application">%s</metadata>' % application)
    entries = f.parts_of(root, f.with_rels(subs) if subs else ())
    if config is None:
        described = [config_object(n, p, (names or {}).get(n, "thing %d" % n), tag=tag) for n, p in objects.items()]
        config = settings(*described, *(plates or ()))
    if config:
        entries.append((SETTINGS, config))
    if project:
        entries.append((PROJECT, project))
    return entries + list(extra)


def grid_origin(index, count, width, depth):
    """Where plate `index` (from 0) of `count` begins: columns of ceil(sqrt(count)), rows go down, gaps of a fifth."""
    columns = math.ceil(math.sqrt(count))
    return index % columns * 1.2 * width, -(index // columns) * 1.2 * depth


def slice_info(*plates):
    text = '%s<config><header><header_item key="X-BBL-Client-Type" value="slicer"/></header>' % f.DECLARATION
    for index, prediction, weight in plates:
        text += "<plate>%s%s%s" % (meta("index", index), meta("prediction", prediction), meta("weight", weight))
        text += ('<object identify_id="208" name="shell" skipped="false" /><filament id="1" type="PLA" color="#2850E0" '
                 'used_m="3.39" used_g="10.18"/><warning msg="x" level="3" error_code ="1000C001"  /></plate>')
    return text + "</config>"


# ---- PrusaSlicer 2 and its kin ---------------------------------------------------------------------------------------

def prusa_meta(kind, key, value):
    return '<metadata type="%s" key="%s" value="%s"/>' % (kind, key, value)


def prusa_volume(first, last, kind="ModelPart", more=""):
    text = '<volume firstid="%d" lastid="%d">' % (first, last) + prusa_meta("volume", "name", "v")
    if kind is not None:
        text += prusa_meta("volume", "volume_type", kind)
    return text + prusa_meta("volume", "matrix", GARBAGE_MATRIX) + more + '<mesh edges_fixed="0"/></volume>'


def prusa_object(number, *volumes):
    name = prusa_meta("object", "name", "thing")
    return '<object id="%d" instances_count="1">%s%s</object>' % (number, name, "".join(volumes))


def prusa_config(*objects):
    return "%s<config>%s</config>" % (f.DECLARATION, "".join(objects))


def prusa(resources, build, config=None, application="PrusaSlicer-2.8.0", ini=None, name="Slic3r_PE", extra=()):
    metadata = '<metadata name="slic3rpe:Version3mf">1</metadata>'
    metadata += '<metadata name="Application">%s</metadata>' % application
    root = f.model(resources, build, spaces="slic3rpe", metadata=metadata)
    entries = f.parts_of(root)
    if config:
        entries.append(("Metadata/%s_model.config" % name, config))
    if ini:
        entries.append(("Metadata/%s.config" % name, "".join("; %s = %s\n" % pair for pair in ini.items())))
    return entries + list(extra)


def prusa_bed(width, depth):
    return {"bed_shape": "0x0,%sx0,%sx%s,0x%s" % (width, width, depth, depth), "printer_technology": "FFF"}


PRUSA_CELLS = [(0, 0), (1, 0), (0, 1), (1, 1), (2, 0), (2, 1), (0, 2), (1, 2), (2, 2)]


def prusa_origin(bed_index, width, depth):
    gap = min(100.0, 0.3 * math.hypot(width, depth))
    x, y = PRUSA_CELLS[bed_index]
    return x * (width + gap), y * (depth + gap)


# ---- PrusaSlicer 3 ---------------------------------------------------------------------------------------------------

def prusa3(volumes, items, instances=(), extra=()):
    """One object (id 90) of wrapped volumes: [(shape, type)], as PrusaSlicer 3 lays them out."""
    resources, wrapped, listed = "", [], []
    for k, (shape, kind) in enumerate(volumes):
        resources += f.obj(10 + k, f.mesh(shape)) + f.obj(50 + k, f.components(10 + k))
        wrapped.append(50 + k)
        listed.append({"id": 50 + k, "type": kind, "name": "v%d" % k})
    resources += f.obj(90, f.components(*wrapped))
    thing = {"id": 90, "name": "thing", "volumes": listed, "instances": list(instances)}
    document = {"project": {}, "objects": [thing], "config_containers": []}
    root = f.model(resources, items, metadata='<metadata name="Application">PrusaSlicer-3.0.0-alpha1</metadata>')
    return f.parts_of(root, [("Metadata/PrusaSlicer3_project.json", json.dumps(document))] + list(extra))


# ---- Cura ------------------------------------------------------------------------------------------------------------

def cura_object(number, shape, flags=None, old=False):
    flags = flags or {}
    if old:
        inner = "<settings>%s</settings>" % "".join('<setting key="%s">%s</setting>' % pair for pair in flags.items())
    else:
        inner = "<metadatagroup>%s</metadatagroup>" % "".join(
            '<metadata name="cura:%s" preserve="true" type="xs:string">%s</metadata>' % pair for pair in flags.items())
    return f.obj(number, inner + f.mesh(shape), type="model", name="thing %d" % number)


def cura(resources, build, extra=()):
    root = f.model(resources, build, spaces="cura", metadata='<metadata name="Application">Ultimaker Cura</metadata>')
    return f.parts_of(root, [("Cura/version.ini", "[versions]\ncura_version = 5.6.0\n"),
                             ("Metadata/packages.json", "{}")] + list(extra))
