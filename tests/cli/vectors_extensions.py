"""Extensions: what is required, what is used, and what changes the shape."""
import threemf_files as f
from threemf_case import Case, each

MESH = f.mesh(f.cube())
CUBE = f.obj(1, MESH)
ITEM = f.item(1)
BEAMS = ('<b:beamlattice minlength="0.001" radius="1" cap="sphere">'
         '<b:beams><b:beam v1="0" v2="1"/><b:beam v1="1" v2="6"/></b:beams></b:beamlattice>')
BALLS = BEAMS.replace(' cap="sphere"', ' cap="sphere" b2:ballmode="all" b2:ballradius="2"')
LATTICE = f.mesh_of(f.corners(f.cube())[0], [], BEAMS).replace("<triangles></triangles>", "")
BOOLEAN = '<bo:booleanshape objectid="1" operation="difference"><bo:boolean objectid="2"/></bo:booleanshape>'
DISPLACED = ('<d:displacementmesh><d:vertices><d:vertex x="0" y="0" z="0"/></d:vertices><d:triangles did="4">'
             '<d:triangle v1="0" v2="0" v3="0"/></d:triangles></d:displacementmesh>')
LEVELSET = '<v:levelset functionid="4" channel="shape" meshid="1" minfeaturesize="0.1"/>'
MIRROR = '<mm:mirrormesh objectid="1" nx="1" ny="0" nz="0" d="0"/>'
SLICES = ('<s:slicestack id="4" zbottom="0"><s:slice ztop="1">'
          '<s:vertices><s:vertex x="0" y="0"/><s:vertex x="1" y="0"/><s:vertex x="0" y="1"/></s:vertices>'
          '<s:polygon startv="0"><s:segment v2="1"/><s:segment v2="2"/><s:segment v2="0"/></s:polygon>'
          "</s:slice></s:slicestack>")
SECOND = f.obj(2, f.mesh(f.cube(5)))
# Name: the code, the object of id 9 and what stands before it, the prefixes to declare.
SHAPES = {
    "lattice": ("3mf_beamlattice", "", f.obj(9, LATTICE), "b"),
    "lattice_and_mesh": ("3mf_beamlattice", "", f.obj(9, f.mesh(f.cube(), BEAMS)), "b"),
    "balls": ("3mf_beamlattice", "", f.obj(9, f.mesh(f.cube(), BALLS)), "b b2"),
    "boolean": ("3mf_boolean", CUBE + SECOND, f.obj(9, BOOLEAN), "bo"),
    "displacement": ("3mf_displacement", "", f.obj(9, DISPLACED), "d"),
    "levelset": ("3mf_volumetric", CUBE, f.obj(9, LEVELSET), "v"),
    "mirror": ("3mf_mirrormesh", CUBE, f.obj(9, MIRROR), "mm"),
    "lowres": ("3mf_lowres_mesh", SLICES, f.obj(9, MESH, s__slicestackid=4, s__meshresolution="lowres"), "s"),
}
UNKNOWN = "urn:example:nobody-knows"


def declared(text, prefix="zz", uri=UNKNOWN):
    return text.replace("<model ", '<model xmlns:%s="%s" ' % (prefix, uri), 1)


class Shapes(Case):
    """The table of section 4.1: each extension used or not, required or not."""

    @each(SHAPES)
    def test_used(self, code, before, shape, spaces):
        for required in (spaces, None):
            text = f.model(before + shape, f.item(9), spaces=spaces, required=required)
            self.refused(code, self.package(text))

    @each(SHAPES)
    def test_used_below_a_component(self, code, before, shape, spaces):
        text = f.model(before + shape + f.obj(10, f.components((9, f.move(1)))), f.item(10), spaces=spaces,
                       required=spaces)
        self.refused(code, self.package(text))

    @each(SHAPES)
    def test_used_in_a_sub_model(self, code, before, shape, spaces):
        sub = f.model(before + shape, spaces=spaces, required=spaces)
        root = f.model(f.obj(1, f.components((9, None, "/3D/a.model"))), ITEM, spaces="p", required="p")
        error = self.refused(code, self.package(root, f.with_rels({"3D/a.model": sub})))
        self.assertIn("a.model", error["part"])

    @each(SHAPES)
    def test_there_but_not_used(self, code, before, shape, spaces):
        del code
        before = before or CUBE
        if "object" not in before:
            before += CUBE
        text = f.model(before + shape, f.item(1), spaces=spaces, required=spaces)
        self.silent(self.package(text), volume=1000, items=1)

    @each({p: p for p in "m p t s b bo d v i sc pa mm".split()})
    def test_required_and_not_used(self, prefix):
        text = f.model(CUBE, ITEM, spaces=prefix, required=prefix)
        self.silent(self.package(text), volume=1000)

    def test_balls_required_and_not_used(self):
        self.silent(self.package(f.model(CUBE, ITEM, spaces="b b2", required="b b2")), volume=1000)

    def test_all_at_once(self):
        every = "m p t s b b2 bo d v i sc pa mm"
        self.silent(self.package(f.model(CUBE, ITEM, spaces=every, required=every)), volume=1000)

    @each({p: p for p in "m p t s b bo d v i sc pa mm cura slic3rpe BambuStudio".split()})
    def test_declared_alone(self, prefix):
        self.silent(self.package(f.model(CUBE, ITEM, spaces=prefix)), volume=1000)

    def test_shape_of_another_prefix(self):
        """Names are resolved, not compared."""
        shape = SHAPES["lattice_and_mesh"][2].replace("b:", "lattice:")
        text = declared(f.model(shape, f.item(9), required="lattice"), "lattice", f.NAMESPACES["b"])
        self.refused("3mf_beamlattice", self.package(text))

    def test_same_name_in_another_namespace(self):
        shape = f.obj(9, f.mesh(f.cube(), BEAMS))
        text = declared(f.model(shape, f.item(9)), "b", UNKNOWN)
        self.silent(self.package(text), volume=1000)

    def test_representation_mesh_is_not_priced(self):
        beams = BEAMS.replace("<b:beamlattice ", '<b:beamlattice representationmesh="1" ')
        text = f.model(CUBE + f.obj(9, f.mesh_of(f.corners(f.cube())[0], [], beams)), f.item(9), spaces="b",
                       required="b")
        self.refused("3mf_beamlattice", self.package(text))

    def test_lattice_vertices_of_an_unused_object(self):
        shape = f.obj(9, f.mesh_of([(900, 900, 900), (0, 0, 0)], [], BEAMS))
        text = f.model(CUBE + shape, ITEM, spaces="b", required="b")
        self.silent(self.package(text), box=([0, 0, 0], [10, 10, 10]))


class Required(Case):
    def test_unknown_uri(self):
        text = declared(f.simple(required="zz"))
        error = self.refused("3mf_required_extension", self.package(text))
        self.assertIn(UNKNOWN, error["message"])

    def test_unknown_uri_leniently(self):
        report = self.report(self.package(declared(f.simple(required="zz"))), "--lenient")
        self.check(report, volume=1000)
        self.diagnostic(report, "3mf_required_extension", "warn")

    def test_unknown_among_known(self):
        text = declared(f.simple(required="p zz m", spaces="p m"))
        self.refused("3mf_required_extension", self.package(text))

    @each({"x": "x", "xyz": "xyz", "P": "P", "core": "core"})
    def test_undeclared_prefix(self, prefix):
        self.refused("3mf_required_extension", self.package(f.simple(required=prefix)))

    @each({p: p for p in "pmsb"})
    def test_undeclared_well_known_prefix(self, prefix):
        self.warned("3mf_undeclared_prefix", self.package(f.simple(required=prefix)), volume=1000)

    def test_undeclared_lattice_is_still_found(self):
        """The object itself must declare its prefix, or the XML would be broken."""
        shape = f.obj(9, f.mesh(f.cube(), BEAMS.replace("<b:beamlattice ",
                                                        '<b:beamlattice xmlns:b="%s" ' % f.NAMESPACES["b"])))
        self.refused("3mf_beamlattice", self.package(f.model(shape, f.item(9), required="b")))

    @each({"empty": "", "blank": "  ", "spaces": "  p   m  "})
    def test_white_space(self, required):
        self.silent(self.package(f.simple(required=required, spaces="p m")), volume=1000)

    def test_required_p_that_nobody_uses(self):
        self.silent(self.package(f.simple(required="p", spaces="p")), volume=1000)

    def test_p_used_and_not_required(self):
        root = f.model(f.obj(2, f.components((1, None, "/3D/a.model"))), f.item(2), spaces="p")
        self.silent(self.package(root, f.with_rels({"3D/a.model": f.model(CUBE)})), volume=1000)

    def test_sub_model_requires(self):
        sub = declared(f.model(CUBE, required="zz"))
        root = f.model(f.obj(2, f.components((1, None, "/3D/a.model"))), f.item(2), spaces="p", required="p")
        error = self.refused("3mf_required_extension", self.package(root, f.with_rels({"3D/a.model": sub})))
        self.assertIn("a.model", error["part"])

    def test_unused_sub_model_requires(self):
        sub = declared(f.model(CUBE, required="zz"))
        self.silent(self.package(f.simple(), f.with_rels({"3D/a.model": sub})), volume=1000)

    def test_same_prefix_for_another_uri(self):
        self.refused("3mf_required_extension", self.package(declared(f.simple(required="p"), "p")))

    def test_recommended(self):
        self.warned("3mf_recommended_extension", self.package(declared(f.simple(recommended="zz"))),
                    severity=("warn", "info"), volume=1000)

    def test_recommended_and_known(self):
        self.silent(self.package(f.simple(recommended="m p", spaces="m p")), volume=1000)

    def test_vendor_namespaces(self):
        text = declared(f.simple(spaces="cura slic3rpe BambuStudio"))
        self.silent(self.package(text), volume=1000)


class Slices(Case):
    @each({"absent": None, "fullres": "fullres"})
    def test_full_mesh(self, resolution):
        shape = f.obj(9, MESH, s__slicestackid=4, s__meshresolution=resolution)
        for required in ("s", None):
            text = f.model(SLICES + shape, f.item(9), spaces="s", required=required)
            self.silent(self.package(text), volume=1000)


class Materials(Case):
    RESOURCES = (
        '<basematerials id="20"><base name="PLA" displaycolor="#FF0000"/>'
        '<base name="PETG" displaycolor="#00FF0080"/></basematerials>'
        '<m:colorgroup id="21"><m:color color="#FF0000FF"/><m:color color="#00FF00"/></m:colorgroup>'
        '<m:texture2d id="22" path="/3D/Textures/a.png" contenttype="image/png"/>'
        '<m:texture2dgroup id="23" texid="22"><m:tex2coord u="0" v="0"/><m:tex2coord u="1.5" v="-2"/>'
        "</m:texture2dgroup>"
        '<m:compositematerials id="24" matid="20" matindices="0 1"><m:composite values="0.5 0.5"/>'
        "</m:compositematerials>"
        '<m:multiproperties id="25" pids="20 21"><m:multi pindices="0 1"/></m:multiproperties>'
        '<m:pbspeculardisplayproperties id="26">'
        '<m:pbspecular name="a" specularcolor="#FFFFFF" glossiness="0.5"/></m:pbspeculardisplayproperties>'
        '<m:pbmetallicdisplayproperties id="27">'
        '<m:pbmetallic name="a" metallicness="1" roughness="0"/></m:pbmetallicdisplayproperties>')

    def test_skipped(self):
        mesh = MESH.replace('<triangle v1="0"', '<triangle pid="21" p1="0" p2="1" p3="0" v1="0"')
        text = f.model(self.RESOURCES + f.obj(1, mesh, pid=20, pindex=1), ITEM, spaces="m", required="m")
        self.silent(self.package(text), volume=1000, triangles=12)

    @each({str(k): k for k in (20, 21, 22, 23, 24, 25, 26, 27)})
    def test_ids_are_shared_with_objects(self, number):
        text = f.model(self.RESOURCES + f.obj(number, MESH), f.item(number), spaces="m", required="m")
        self.refused("3mf_dup_id", self.package(text))

    def test_id_of_two_materials(self):
        """An id twice is an error; files that are right otherwise have it: refused or said, never silent."""
        more = '<m:colorgroup id="20"><m:color color="#FF0000FF"/></m:colorgroup>'
        path = self.package(f.model(self.RESOURCES + more + CUBE, ITEM, spaces="m", required="m"))
        if self.run_quote("inspect", path).returncode:
            self.refused("3mf_dup_id", path)
        else:
            self.warned("3mf_dup_id", path, volume=1000)

    @each({str(k): k for k in (20, 21, 23, 25)})
    def test_material_is_no_object(self, number):
        text = f.model(self.RESOURCES + CUBE + f.obj(2, f.components(number)), f.item(2), spaces="m", required="m")
        self.refused("3mf_bad_ref", self.package(text))

    def test_triangle_sets(self):
        sets = ('<t:trianglesets><t:triangleset name="a" identifier="b"><t:ref index="0"/><t:refrange startindex="1" '
                'endindex="5"/></t:triangleset></t:trianglesets>')
        self.silent(self.package(f.simple(f.mesh(f.cube(), sets), spaces="t", recommended="t")), volume=1000,
                    triangles=12)


class Alternatives(Case):
    """Section 4.3."""

    @staticmethod
    def alternatives(*rows):
        return "<pa:alternatives>%s</pa:alternatives>" % "".join(
            "<pa:alternative%s/>" % f.attributes({"objectid": number, "p__UUID": "x", "modelresolution": resolution})
            for number, resolution in rows)

    def model(self, own, *rows):
        others = f.obj(1, MESH) + f.obj(2, f.mesh(f.cube(5)))
        shape = f.obj(9, f.mesh(f.cube(20)) + self.alternatives(*rows), pa__modelresolution=own)
        return self.package(f.model(others + shape, f.item(9), spaces="p pa", required="p pa"))

    @each({"absent": None, "fullres": "fullres"})
    def test_own_content(self, own):
        self.silent(self.model(own, (1, "fullres"), (2, "lowres")), volume=8000)

    @each({"lowres": "lowres", "obfuscated": "obfuscated"})
    def test_first_full_alternative(self, own):
        self.silent(self.model(own, (2, "lowres"), (1, "fullres")), volume=1000)

    def test_full_is_the_default_of_an_alternative(self):
        self.silent(self.model("lowres", (1, None)), volume=1000)

    @each({"lowres": ("lowres", "obfuscated"), "obfuscated": ("obfuscated", "lowres"), "none": ("lowres",)})
    def test_no_full_one(self, own, *rows):
        self.refused("3mf_lowres_mesh", self.model(own, *[(1, r) for r in rows]))

    def test_alternative_in_another_part(self):
        shape = f.obj(9, f.mesh(f.cube(20)) +
                      '<pa:alternatives><pa:alternative objectid="1" p:path="/3D/full.model" p:UUID="x" '
                      'modelresolution="fullres"/></pa:alternatives>', pa__modelresolution="obfuscated")
        root = f.model(shape, f.item(9), spaces="p pa", required="p pa")
        self.check(self.report(self.package(root, f.with_rels({"3D/full.model": f.model(CUBE)}))), volume=1000)

    def test_alternative_that_is_not_reachable(self):
        """The next full one counts."""
        shape = f.obj(9, f.mesh(f.cube(20)) +
                      '<pa:alternatives><pa:alternative objectid="1" p:path="/3D/gone.model" p:UUID="x"/>'
                      '<pa:alternative objectid="1" p:UUID="y"/></pa:alternatives>', pa__modelresolution="obfuscated")
        root = f.model(CUBE + shape, f.item(9), spaces="p pa", required="p pa")
        self.check(self.report(self.package(root)), volume=1000)


class Volumetric(Case):
    def test_colour_data_alone(self):
        data = ('<v:image3d id="30" name="a"><v:imagestack rowcount="1" columncount="1" sheetcount="1">'
                '<v:imagesheet path="/3D/v.png"/></v:imagestack></v:image3d>'
                '<v:volumedata id="31"><v:color functionid="30" channel="color"/></v:volumedata>')
        text = f.model(data + f.obj(1, f.mesh(f.cube()).replace("<mesh>", '<mesh volumeid="31">')), ITEM, spaces="v",
                       required="v")
        report = self.check(self.priced(self.package(text))["report"], volume=1000)
        self.assertTrue([d for d in report["diagnostics"] if d["severity"] == "warn"],
                        "colour data is left out in silence")


class Secure(Case):
    KEYSTORE = f.MICROSOFT + "2019/04/keystore"
    ENCRYPTED = "http://schemas.openxmlformats.org/package/2006/relationships/encryptedfile"
    STORE = '<keystore xmlns="%s" UUID="b7aa9c75-5fbd-48c1-a786-40f0b1a4f2b7"/>' % f.NAMESPACES["sc"]

    def build(self, needed, encrypted):
        resources = f.obj(2, f.components((1, None, "/3D/secret.model"))) if needed else f.obj(2, MESH)
        root = f.model(resources, f.item(2), spaces="p sc", required="p sc")
        rels = f.relations(f.relation("/" + f.MAIN), f.relation("/Secure/keystore.xml", self.KEYSTORE, "rel1"))
        inner = f.relations(f.relation("/3D/secret.model"),
                            *([f.relation("/3D/secret.model", self.ENCRYPTED, "rel1")] if encrypted else []))
        more = [("Secure/keystore.xml", self.STORE), ("3D/_rels/3dmodel.model.rels", inner),
                ("3D/secret.model", b"%3McF\1\0\0\0" + b"\x95" * 300 if encrypted else f.model(CUBE))]
        return self.package(root, more, rels=rels)

    def test_needed_part(self):
        self.refused("3mf_encrypted", self.build(True, True))

    def test_part_that_is_not_needed(self):
        self.check(self.report(self.build(False, True)), volume=1000)

    def test_keystore_alone(self):
        self.check(self.report(self.build(True, False)), volume=1000)


# What makes an object or its item unquotable without making the file unreadable (severity E): the code, what the
# resources hold (the object is number 9), and the attributes of the item.
UNQUOTABLE = {name: (code, before + shape, {}, spaces) for name, (code, before, shape, spaces) in SHAPES.items()}
UNQUOTABLE.update({
    "singular": ("3mf_singular_transform", f.obj(9, MESH), {"transform": f.scale(1, 1, 0)}, ""),
    "no_content": ("3mf_no_content", f.obj(9, ""), {}, ""),
    "both_contents": ("3mf_both_content", CUBE + f.obj(9, MESH + f.components(1)), {}, ""),
    "missing_part": ("opc_missing_part", f.obj(9, f.components((1, None, "/3D/gone.model"))), {}, "p"),
    "only_degenerate": ("mesh_empty", f.obj(9, f.mesh_of([(0, 0, 0), (1, 0, 0), (0, 1, 0)], [(0, 0, 1)])), {}, ""),
})


class Unquotable(Case):
    """What cannot be quoted stops what it belongs to, and nothing else."""

    GOOD = f.obj(50, f.mesh(f.cube(20)))

    def both(self, resources, options, spaces, **more):
        return f.model(resources + self.GOOD, f.item(50, f.move(30)) + f.item(9, **{**options, **more}), spaces=spaces)

    @each(UNQUOTABLE)
    def test_alone(self, code, resources, options, spaces):
        self.refused(code, self.package(f.model(resources, f.item(9, **options), spaces=spaces)))

    @each(UNQUOTABLE)
    def test_beside_a_good_one(self, code, resources, options, spaces):
        """No price for half of what was sent, without a word."""
        path = self.package(self.both(resources, options, spaces))
        if code == "mesh_empty" and self.run_quote("inspect", path).returncode == 0:
            report = self.check(self.report(path), volume=8000)
            self.diagnostic(report, ("mesh_empty", "mesh_degenerate_index", "degenerate_triangles"))
        else:
            self.refused(code, path)

    @each(UNQUOTABLE)
    def test_not_printable(self, code, resources, options, spaces):
        del code
        path = self.package(self.both(resources, options, spaces, printable=0))
        self.check(self.priced(path)["report"], volume=8000, box=([30, 0, 0], [50, 20, 20]), items=1)

    @each(UNQUOTABLE)
    def test_other_object_selected(self, code, resources, options, spaces):
        path = self.package(self.both(resources, options, spaces))
        self.check(self.report(path, "--object", "50"), volume=8000)
        if code != "3mf_singular_transform":  # that is the item's, not the object's
            self.refused(code, path, "--object", "9")

    @each(UNQUOTABLE)
    def test_other_plate_selected(self, code, resources, options, spaces):
        settings = f.models.plates_xml({"good": [50], "bad": [9]})
        path = self.package(self.both(resources, options, spaces), {"Metadata/model_settings.config": settings})
        self.check(self.report(path, "--plate", "1"), volume=8000)
        self.refused(code, path, "--plate", "2")

    @each(UNQUOTABLE)
    def test_listing_does_not_fail(self, code, resources, options, spaces):
        del code
        contents = self.contents(self.package(self.both(resources, options, spaces)))
        self.assertIn("50", [o["id"] for o in contents["objects"]])
