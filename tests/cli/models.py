"""Small models written from scratch, for the tests of the command line."""
import struct
import zipfile

# The faces of a cube, seen from outside, as corners of the unit cube.
QUADS = [((0, 0, 0), (0, 1, 0), (1, 1, 0), (1, 0, 0)), ((0, 0, 1), (1, 0, 1), (1, 1, 1), (0, 1, 1)),
         ((0, 0, 0), (1, 0, 0), (1, 0, 1), (0, 0, 1)), ((0, 1, 0), (0, 1, 1), (1, 1, 1), (1, 1, 0)),
         ((0, 0, 0), (0, 0, 1), (0, 1, 1), (0, 1, 0)), ((1, 0, 0), (1, 1, 0), (1, 1, 1), (1, 0, 1))]


def box(size=(20, 20, 20), origin=(0, 0, 0)):
    """Twelve triangles, outside to the outside."""
    triangles = []
    for a, b, c, d in QUADS:
        corners = [tuple(o + s * k for o, s, k in zip(origin, size, p)) for p in (a, b, c, d)]
        triangles += [(corners[0], corners[1], corners[2]), (corners[0], corners[2], corners[3])]
    return triangles


def flipped(triangles):
    return [(a, c, b) for a, b, c in triangles]


def stl(triangles, header=b"made for a test", count=None, normals=None):
    normals = normals or [(0, 0, 0)] * len(triangles)
    body = b"".join(struct.pack("<12fH", *n, *a, *b, *c, 0) for (a, b, c), n in zip(triangles, normals))
    return header.ljust(80, b" ")[:80] + struct.pack("<I", len(triangles) if count is None else count) + body


def stl_text(triangles, name="part"):
    lines = ["solid " + name]
    for facet in triangles:
        lines += ["facet normal 0 0 0", " outer loop"]
        lines += ["  vertex %r %r %r" % tuple(float(x) for x in p) for p in facet]
        lines += [" endloop", "endfacet"]
    return "\n".join(lines + ["endsolid " + name, ""]).encode()


def mesh_xml(triangles):
    points = sorted({p for facet in triangles for p in facet})
    index = {p: i for i, p in enumerate(points)}
    vertices = "".join('<vertex x="%r" y="%r" z="%r"/>' % p for p in points)
    faces = "".join('<triangle v1="%d" v2="%d" v3="%d"/>' % tuple(index[p] for p in f) for f in triangles)
    return "<mesh><vertices>%s</vertices><triangles>%s</triangles></mesh>" % (vertices, faces)


TYPES = ('<?xml version="1.0" encoding="UTF-8"?>'
         '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
         '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
         '<Default Extension="model" ContentType="application/vnd.ms-package.3dmanufacturing-3dmodel+xml"/></Types>')
RELATIONS = ('<?xml version="1.0" encoding="UTF-8"?>'
             '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
             '<Relationship Id="r" Target="/3D/3dmodel.model" '
             'Type="http://schemas.microsoft.com/3dmanufacturing/2013/01/3dmodel"/></Relationships>')


def write_3mf(path, objects, plates=None):
    """objects: [(id, name, triangles)], each placed once; plates: {name: [object id, ...]} as Bambu Studio says it."""
    resources = "".join('<object id="%d" name="%s" type="model">%s</object>' % (i, n, mesh_xml(t))
                        for i, n, t in objects)
    items = "".join('<item objectid="%d"/>' % i for i, _, _ in objects)
    model = ('<?xml version="1.0" encoding="UTF-8"?><model unit="millimeter" xml:lang="en-US" '
             'xmlns="http://schemas.microsoft.com/3dmanufacturing/core/2015/02">'
             "<resources>%s</resources><build>%s</build></model>" % (resources, items))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", TYPES)
        package.writestr("_rels/.rels", RELATIONS)
        package.writestr("3D/3dmodel.model", model)
        if plates:
            package.writestr("Metadata/model_settings.config", plates_xml(plates))


def plates_xml(plates):
    text = '<?xml version="1.0" encoding="UTF-8"?><config>'
    for number, (name, members) in enumerate(plates.items(), 1):
        text += '<plate><metadata key="plater_id" value="%d"/><metadata key="plater_name" value="%s"/>' % (number, name)
        for member in members:
            text += ('<model_instance><metadata key="object_id" value="%d"/>'
                     '<metadata key="instance_id" value="0"/></model_instance>' % member)
        text += "</plate>"
    return text + "</config>"


def price_book():
    """One material of each kind at rates whose worked examples were calculated by hand."""
    fdm = {"kind": "extrusion", "machine_per_hour": "2.40", "shell_um": 1200, "layer_ms": 1500,
           "flow_mm3_ks": {"100": 4500, "200": 8500, "300": 12000}, "support_density_pct": 15,
           "support_removal_per_cm2": "0.020", "base_days": 2, "buffer_days": 2, "capacity_h_per_day": 40}
    sla = {"kind": "vat", "machine_per_hour": "4.50", "bed_um": [192000, 120000], "gap_um": 3000, "plate_ms": 900000,
           "layer_ms": 9000, "support_density_pct": 100, "support_removal_per_cm2": "0.050", "base_days": 3,
           "buffer_days": 2, "capacity_h_per_day": 20}
    sls = {"kind": "powder", "envelope_per_cm3": "0.100", "clearance_um": 1000, "box": "aabb", "base_days": 5,
           "buffer_days": 2, "capacity_h_per_day": 0}
    pla = {"id": "mat_pla", "process": "fdm", "name": "PLA", "family": "PLA", "status": "active",
           "density_mg_cm3": 1240, "price_per_kg": "22.00", "waste_ppm": 50000, "handling_ms": 120000, "setup": "3.50",
           "min_unit_price": "2.00", "min_line_price": "6.00", "layer_heights_um": [100, 200, 300],
           "default_layer_um": 200, "infill": {"min": 5, "max": 100, "default": 20},
           "limits": {"max_mm": [250, 210, 210], "min_wall_mm": 0.8, "min_wire_mm": 1.0},
           "colors": [{"id": "col_black", "name": "Black", "hex": "#101010", "surcharge": "0"},
                      {"id": "col_gold", "name": "Gold", "hex": "#d4af37", "surcharge": "1.00"}],
           "finishes": [], "restrictions": []}
    resin = {"id": "mat_resin", "process": "sla", "name": "Resin", "family": "Resin", "status": "active",
             "density_mg_cm3": 1120, "price_per_kg": "95.00", "waste_ppm": 150000, "handling_ms": 300000,
             "setup": "4.00", "min_unit_price": "3.00", "min_line_price": "8.00", "layer_heights_um": [50],
             "default_layer_um": 50, "limits": {"max_mm": [192, 120, 200], "min_wall_mm": 0.5, "min_wire_mm": 0.5},
             "colors": [{"id": "col_grey", "name": "Grey", "hex": "#808080", "surcharge": "0"}], "finishes": [],
             "restrictions": []}
    nylon = {"id": "mat_pa12", "process": "sls", "name": "PA12", "family": "PA", "status": "active",
             "density_mg_cm3": 1010, "price_per_kg": "65.00", "waste_ppm": 0, "handling_ms": 180000, "setup": "9.00",
             "min_unit_price": "4.00", "min_line_price": "15.00",
             "limits": {"max_mm": [300, 300, 300], "min_wall_mm": 0.8, "min_wire_mm": 0.8},
             "colors": [{"id": "col_white", "name": "White", "hex": "#ffffff", "surcharge": "0"}],
             "finishes": [{"id": "fin_dyed", "name": "Dyed", "extra_days": 1, "per_part": "1.20",
                           "per_cm2": "0.006"}], "restrictions": []}
    return {"version": "pb_test", "currency": "EUR", "timezone": "Europe/Berlin", "cutoff": "14:00",
            "fx": {"EUR": {"rate": "1", "increment_minor": 1}, "JPY": {"rate": "162.5", "increment_minor": 1},
                   "BHD": {"rate": "0.41", "increment_minor": 5}},
            "min_order": "15.00", "priority_ppm": 300000, "priority_days": 2, "max_quantity": 100000,
            "tiers": [{"min_qty": 1, "discount_ppm": 0}, {"min_qty": 10, "discount_ppm": 50000},
                      {"min_qty": 50, "discount_ppm": 100000}, {"min_qty": 100, "discount_ppm": 150000}],
            "discount_codes": [
                {"code": "WELCOME10", "ppm": 100000, "from": "2000-01-01", "to": "2099-12-31", "accounts": None},
                {"code": "OLD", "ppm": 100000, "from": "2000-01-01", "to": "2000-12-31", "accounts": None}],
            "overhead_ppm": 80000, "markup_ppm": 350000, "labour_per_hour": "33.00",
            "processes": {"fdm": fdm, "sla": sla, "sls": sls}, "materials": [pla, resin, nylon],
            "shipping": {"tare_g": 150, "volumetric_divisor": 5000, "methods": [
                {"id": "ship_standard", "name": "Standard", "carrier": "dhl", "tracked": True, "max_kg": "31.5",
                 "zones": [{"countries": ["DE"], "postcodes": None, "base": "5.90", "included_g": 1000, "step_g": 500,
                            "per_step": "1.50", "transit_days": [2, 4]}]}]},
            "tax": [{"country": "DE", "rate_ppm": 190000, "name": "VAT"}], "holidays": ["2026-12-25", "2026-12-26"]}
