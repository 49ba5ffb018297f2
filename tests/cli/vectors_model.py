"""The core model: units, transforms, references, object types, numbers, meshes."""
import threemf_files as f
from threemf_case import Case, each

CUBE = f.cube()
MESH = f.mesh(CUBE)
NESTED = 19.7  # an angle that is nobody's special case


def alone(table):
    """Rows whose one argument is itself a tuple."""
    return {name: (value,) for name, value in table.items()}


def two(first, second, **more):
    """Two objects, each placed once."""
    return f.model(first + second, f.item(1) + f.item(2), **more)


class Units(Case):
    names = {"micron": "micron", "millimeter": "mm", "centimeter": "cm", "inch": "inch", "foot": "foot", "meter": "m"}

    @each({unit: (unit, factor) for unit, factor in f.UNITS.items()})
    def test_factor(self, unit, factor):
        report = self.report(self.package(f.simple(f.mesh(f.cube(12)), unit=unit)))
        self.check(report, shape=f.placed(f.cube(12), f.scale(factor)))
        self.assertEqual((report["units"]["value"], report["units"]["source"]), (self.names[unit], "file"))

    @each({unit: (unit, factor) for unit, factor in f.UNITS.items()})
    def test_same_size_in_every_unit(self, unit, factor):
        path = self.package(f.simple(f.mesh(f.cube(20 / factor, (1 / factor,) * 3)), unit=unit))
        self.silent(path, volume=8000, area=2400, box=([1, 1, 1], [21, 21, 21]), items=1)

    def test_default_is_millimetre(self):
        path = self.package(f.simple().replace(' unit="millimeter"', ""))
        self.assertEqual(self.silent(path, volume=1000)["units"]["value"], "mm")

    def test_inch_with_translations(self):
        """Translations are lengths of the part that holds them."""
        text = f.model(f.obj(1, f.mesh(f.cube(1))) + f.obj(2, f.components((1,), (1, f.move(3)))),
                       f.item(2, f.move(1, 2, 3)), unit="inch")
        box = ([25.4, 50.8, 76.2], [25.4 * 5, 25.4 * 3, 25.4 * 4])
        self.check(self.report(self.package(text)), volume=2 * 25.4 ** 3, box=box, triangles=24, items=1)

    def test_each_part_has_its_own_unit(self):
        sub = f.model(f.obj(1, f.mesh(f.cube(1))) + f.obj(2, f.components((1, f.move(2)))), unit="inch")
        root = f.model(f.obj(5, f.components((2, f.move(100), "/3D/Objects/a.model"))), f.item(5, f.move(0, 7)),
                       spaces="p", required="p")
        path = self.package(root, f.with_rels({"3D/Objects/a.model": sub}))
        box = ([150.8, 7, 0], [176.2, 32.4, 25.4])
        self.check(self.report(path), volume=25.4 ** 3, box=box)

    def test_inch_root_and_millimetre_part(self):
        sub = f.model(f.obj(1, f.mesh(f.cube(10))))
        root = f.model(f.obj(5, f.components((1, f.move(1), "/3D/Objects/a.model"))), f.item(5, f.move(1)), unit="inch",
                       spaces="p", required="p")
        path = self.package(root, f.with_rels({"3D/Objects/a.model": sub}))
        self.check(self.report(path), volume=1000, box=([50.8, 0, 0], [60.8, 10, 10]))

    @each({"unknown": "parsec", "other_case": "Inch", "empty": ""})
    def test_unknown_unit(self, unit):
        factor = 25.4 if unit == "Inch" else 1  # another case is accepted, with the warning
        self.warned("3mf_unknown_unit", self.package(f.simple(f.mesh(f.cube(4)), unit=unit)), volume=(4 * factor) ** 3)

    def test_unit_elsewhere_is_ignored(self):
        text = f.model(f.obj(1, MESH, unit="inch"), f.item(1, unit="meter"))
        self.silent(self.package(text), volume=1000)

    def test_unit_option_wins(self):
        report = self.report(self.package(f.simple(unit="inch")), "--unit", "mm")
        self.assertEqual((report["units"]["value"], report["units"]["source"]), ("mm", "option"))
        self.check(report, volume=1000)

    @each({"tiny": (0.01, "millimeter"), "huge": (4000, "millimeter"), "tiny_unit": (10, "micron")})
    def test_suspect_size(self, side, unit):
        report = self.priced_or_reported(self.package(f.simple(f.mesh(f.cube(side)), unit=unit)))
        self.diagnostic(report, ("unit_suspect", "units_suspect_inch", "units_suspect_metre"))
        self.assertIsNotNone(report["units"]["suspect"])

    def priced_or_reported(self, path):
        return self.json(path)["report"]


class Transforms(Case):
    def place(self, matrix, shape=None):
        shape = f.wedge() if shape is None else shape
        return self.check(self.report(self.package(f.simple(f.mesh(shape), matrix))), shape=f.placed(shape, matrix))

    @each(alone({"move": f.move(3, -4, 5), "scale": f.scale(2), "thin": f.scale(1, 2, 3), "turn_x": f.turn("x", 90),
           "turn_y": f.turn("y", 90), "turn_z": f.turn("z", 90), "turned": f.turn("z", NESTED),
           "mirror_x": f.scale(-1, 1, 1), "mirror_all": f.scale(-2),
           "shear": (1, 0, 0, 0.5, 1, 0, 0.25, -0.75, 1, 1, 2, 3),
           "shear_and_mirror": (1, 0.5, 0, 0, -1, 0, 0.25, 0, 3, 0, 0, 0), "tiny": f.scale(1e-2, 1, 1e2),
           "all_twelve": (1.25, 0.5, -0.25, -0.125, 2, 0.75, 0.375, -0.625, 1.5, 7, 11, -13)}))
    def test_item(self, matrix):
        self.place(matrix)

    def test_area_under_uneven_scale(self):
        path = self.package(f.simple(transform=f.scale(1, 2, 3)))
        self.silent(path, volume=6000, area=2200, box=([0, 0, 0], [10, 20, 30]))

    def test_area_under_shear(self):
        path = self.package(f.simple(transform=(1, 0, 0, 1, 1, 0, 0, 0, 1, 0, 0, 0)))
        self.silent(path, volume=1000, area=2 * 100 + 2 * 100 + 2 * 100 * 2 ** 0.5, box=([0, 0, 0], [20, 10, 10]))

    def test_two_instances_of_different_scale(self):
        text = f.model(f.obj(1, MESH), f.item(1) + f.item(1, (1, 0, 0, 0, 2, 0, 0, 0, 3, 100, 0, 0)))
        report = self.silent(self.package(text), volume=7000, area=2800, items=2, triangles=24)
        self.assertEqual(len(report["items"]), 2)
        for one, want in zip(report["items"], (1000, 6000)):
            self.near(one["volume_mm3"], want)

    def test_the_notes_example(self):
        """Two tetrahedra, one mirrored through its component: the mirrored one counts positively."""
        shape = [(0, 0, 0), (10, 0, 0), (0, 10, 0), (0, 0, 10)]
        faces = [(0, 2, 1), (0, 1, 3), (1, 2, 3), (2, 0, 3)]
        text = f.model(f.obj(1, f.mesh_of(shape, faces), type="model") +
                       f.obj(2, f.components((1,), (1, "-1 0 0 0 1 0 0 0 1 -5 0 0")), type="model"),
                       f.item(2, "1 0 0 0 1 0 0 0 1 100 100 0"))
        report = self.report(self.package(text))
        self.check(report, volume=1000 / 3, box=([85, 100, 0], [110, 110, 10]), triangles=8,
                   centroid=[97.5, 102.5, 2.5])
        self.assertEqual((report["closed"], report["oriented"], report["shells"]), (True, True, 2))
        self.near(report["volume_by_rule_mm3"]["signed"], 1000 / 3)

    @each({"component": (f.scale(-1, 1, 1), f.IDENTITY), "item": (f.IDENTITY, f.scale(1, -1, 1)),
           "both": (f.scale(-1, 1, 1), f.scale(1, -1, 1))})
    def test_mirrored(self, inner, outer):
        text = f.model(f.obj(1, f.mesh(f.wedge())) + f.obj(2, f.components((1, inner))), f.item(2, outer))
        report = self.check(self.report(self.package(text)), shape=f.placed(f.wedge(), inner, outer))
        self.assertEqual(report["misoriented_triangles"], 0)
        self.assertNotIn("mesh_inside_out", self.codes(report))
        self.near(report["volume_by_rule_mm3"]["signed"], 5)

    def test_three_levels_with_rotation(self):
        one = f.turn("z", NESTED)[:9] + (1, 2, 3)
        half = f.turn("x", 90)[:9] + (-7, 5, 0.5)
        top = tuple(2 * x for x in f.turn("y", 33)[:9]) + (40, -3, 1)
        last = f.turn("z", -61)[:9] + (11, 13, 17)
        text = f.model(f.obj(1, f.mesh(f.wedge())) + f.obj(2, f.components((1, one))) +
                       f.obj(3, f.components((2, half))) +
                       f.obj(4, f.components((3, top))), f.item(4, last))
        self.check(self.report(self.package(text)), shape=f.placed(f.wedge(), one, half, top, last))

    def test_order_of_nesting(self):
        """Turn, then move: the other order gives another box."""
        text = f.model(f.obj(1, f.mesh(f.wedge())) + f.obj(2, f.components((1, f.turn("z", 90)))),
                       f.item(2, f.move(10)))
        self.check(self.report(self.package(text)), box=([7, 0, 0], [10, 2, 5]))
        text = f.model(f.obj(1, f.mesh(f.wedge())) + f.obj(2, f.components((1, f.move(10)))),
                       f.item(2, f.turn("z", 90)))
        self.check(self.report(self.package(text)), box=([-3, 10, 0], [0, 12, 5]))

    def test_one_object_placed_many_times(self):
        places = [f.turn("z", 10 * k)[:9] + (20.0 * k, 3.0 * k, 0) for k in range(36)]
        text = f.model(f.obj(1, f.mesh(f.wedge())) + f.obj(2, f.components(*[(1, m) for m in places])), f.item(2))
        shape = [t for m in places for t in f.placed(f.wedge(), m)]
        self.check(self.report(self.package(text)), shape=shape)

    @each({"spaces": "  1 0 0  0 1 0  0 0 1  5 0 0  ", "lines": "1 0 0\n0 1 0\r\n0 0 1\t5 0 0",
           "signs": "+1 -0 0 0 1.0 0. .0 0 1e0 5 0E1 -0"})
    def test_text_of_a_matrix(self, text):
        self.silent(self.package(f.simple(transform=text)), volume=1000, box=([5, 0, 0], [15, 10, 10]))

    @each({"none": "", "eleven": "1 0 0 0 1 0 0 0 1 0 0", "thirteen": "1 0 0 0 1 0 0 0 1 0 0 0 0",
           "sixteen": "1 0 0 0 0 1 0 0 0 0 1 0 0 0 0 1", "word": "identity"})
    def test_count_of_a_matrix(self, text):
        for place in (f.simple(transform=text),
                      f.model(f.obj(1, MESH) + f.obj(2, f.components((1, text))), f.item(2))):
            codes = ("3mf_bad_transform", "3mf_bad_number") if text == "identity" else "3mf_bad_transform"
            self.assertTrue(self.refused(codes, self.package(place))["part"].endswith("3dmodel.model"))

    @each({"nan": "1 0 0 0 1 0 0 0 1 nan 0 0", "inf": "inf 0 0 0 1 0 0 0 1 0 0 0",
           "letters": "1 0 0 0 1 0 0 0 1 5mm 0 0",
           "comma": "1,0 0 0 0 1 0 0 0 1 0 0 0", "semicolon": "1;0;0;0;1;0;0;0;1;0;0;0"})
    def test_numbers_of_a_matrix(self, text):
        self.refused(("3mf_bad_transform", "3mf_bad_number", "3mf_decimal_comma"),
                     self.package(f.simple(transform=text)))

    @each(alone({"zero": f.scale(0), "flat": f.scale(1, 1, 0), "rank_two": (1, 0, 0, 0, 1, 0, 1, 1, 0, 0, 0, 0),
           "rank_one": (1, 2, 3, 2, 4, 6, 3, 6, 9, 0, 0, 0), "nearly": (1, 0, 0, 0, 1, 0, 0, 1, 1e-14, 0, 0, 0)}))
    def test_singular(self, matrix):
        self.refused("3mf_singular_transform", self.package(f.simple(transform=matrix)))
        text = f.model(f.obj(1, MESH) + f.obj(2, f.components((1, matrix))), f.item(2))
        self.refused("3mf_singular_transform", self.package(text))

    def test_small_is_not_singular(self):
        """The determinant is compared with the rows' lengths, not with one."""
        path = self.package(f.simple(f.mesh(f.cube(1e6)), f.scale(1e-5)))
        self.silent(path, volume=1000)

    def test_product_that_is_not_finite(self):
        text = f.model(f.obj(1, MESH) + f.obj(2, f.components((1, f.scale(1e200)))) +
                       f.obj(3, f.components((2, f.scale(1e200)))), f.item(3))
        self.refused("range", self.package(text))


class References(Case):
    def test_forward(self):
        text = f.model(f.obj(2, f.components((1, f.move(5)))) + f.obj(1, MESH), f.item(2))
        self.silent(self.package(text), volume=1000, box=([5, 0, 0], [15, 10, 10]))

    def test_build_before_resources(self):
        text = f.model("", "").replace("<resources></resources><build></build>",
                                       "<build>%s</build><resources>%s</resources>" % (f.item(1), f.obj(1, MESH)))
        self.silent(self.package(text), volume=1000)

    def test_materials_after_objects(self):
        base = '<basematerials id="9"><base name="PLA" displaycolor="#FF0000FF"/></basematerials>'
        self.silent(self.package(f.model(f.obj(1, MESH, pid=9, pindex=0) + base, f.item(1))), volume=1000)

    def test_not_in_the_build_is_not_counted(self):
        path = self.package(f.model(f.obj(1, MESH) + f.obj(2, f.mesh(f.cube(50))), f.item(1)))
        self.silent(path, volume=1000, triangles=12, items=1)

    @each({"item": f.model(f.obj(1, MESH), f.item(7)),
           "component": f.model(f.obj(1, MESH) + f.obj(2, f.components((7,))), f.item(2)),
           "material": f.model('<basematerials id="7"><base name="a" displaycolor="#000000"/></basematerials>' +
                               f.obj(1, MESH), f.item(7)),
           "no_resources": f.model("", f.item(1))})
    def test_bad_reference(self, text):
        self.refused("3mf_bad_ref", self.package(text))

    def test_bad_reference_into_a_part(self):
        root = f.model(f.obj(5, f.components((2, None, "/3D/a.model"))), f.item(5), spaces="p", required="p")
        self.refused("3mf_bad_ref", self.package(root, f.with_rels({"3D/a.model": f.model(f.obj(1, MESH))})))

    @each({"objects": f.obj(1, MESH) + f.obj(1, f.mesh(f.cube(5))), "same_twice": f.obj(1, MESH) * 2,
           "material": '<basematerials id="1"><base name="a" displaycolor="#000000"/></basematerials>' + f.obj(1, MESH),
           "colours": '<m:colorgroup id="1"><m:color color="#FF0000"/></m:colorgroup>' + f.obj(1, MESH),
           "written_twice": f.obj(1, MESH) + f.obj("01", MESH)})
    def test_id_twice_in_one_part(self, resources):
        self.refused("3mf_dup_id", self.package(f.model(resources, f.item(1), spaces="m")))

    def test_id_twice_in_two_parts(self):
        subs = {"3D/Objects/a.model": f.model(f.obj(1, f.mesh(f.cube(10)))),
                "3D/Objects/b.model": f.model(f.obj(1, f.mesh(f.cube(20))))}
        root = f.model(f.obj(1, f.components((1, None, "/3D/Objects/a.model"), (1, f.move(50), "/3D/Objects/b.model"))),
                       f.item(1), spaces="p", required="p")
        self.silent(self.package(root, f.with_rels(subs)), volume=9000, box=([0, 0, 0], [70, 20, 20]))

    @each({"itself": [(1, 1)], "two": [(1, 2), (2, 1)], "three": [(1, 2), (2, 3), (3, 1)],
           "inner": [(1, 2), (2, 3), (3, 2)]})
    def test_cycle(self, arrows):
        text = f.model("".join(f.obj(a, f.components(b)) for a, b in arrows), f.item(1))
        self.refused("3mf_cycle", self.package(text))

    def test_cycle_across_files(self):
        sub = f.model(f.obj(1, f.components((5, None, "/" + f.MAIN))), spaces="p", required="p")
        root = f.model(f.obj(5, f.components((1, None, "/3D/a.model"))), f.item(5), spaces="p", required="p")
        self.refused("3mf_cycle", self.package(root, f.with_rels({"3D/a.model": sub})))

    def test_cycle_between_sub_models(self):
        a = f.model(f.obj(1, f.components((1, None, "/3D/b.model"))), spaces="p", required="p")
        b = f.model(f.obj(1, f.components((1, None, "/3D/a.model"))), spaces="p", required="p")
        root = f.model(f.obj(5, f.components((1, None, "/3D/a.model"))), f.item(5), spaces="p", required="p")
        self.refused("3mf_cycle", self.package(root, f.with_rels({"3D/a.model": a, "3D/b.model": b})))

    def test_diamond_is_no_cycle(self):
        text = f.model(f.obj(1, MESH) + f.obj(2, f.components(1)) + f.obj(3, f.components((1, f.move(20)))) +
                       f.obj(4, f.components(2, 3)), f.item(4))
        self.silent(self.package(text), volume=2000)

    @each({"none": f.obj(1, ""), "no_components": f.obj(1, "<components></components>"),
           "no_mesh": f.obj(1, "<mesh></mesh>"), "unknown_shape": f.obj(1, '<q:blob xmlns:q="urn:q" r="5"/>')})
    def test_no_content(self, resources):
        codes = "3mf_no_content" if "<mesh" not in resources else ("3mf_no_content", "mesh_empty")
        self.refused(codes, self.package(f.model(resources, f.item(1))))

    def test_no_content_below(self):
        self.refused("3mf_no_content", self.package(f.model(f.obj(1, "") + f.obj(2, f.components(1)), f.item(2))))

    @each({"mesh_first": MESH + f.components(2), "components_first": f.components(2) + MESH})
    def test_both_contents(self, content):
        self.refused("3mf_both_content", self.package(f.model(f.obj(2, f.mesh(f.cube(3))) + f.obj(1, content),
                                                              f.item(1))))

    @each({"empty": f.model(f.obj(1, MESH), ""), "none": f.model(f.obj(1, MESH), None), "nothing": f.model("", ""),
           "settings_only": f.model("", "", metadata='<metadata name="Application">PrusaSlicer-2.8.0</metadata>')})
    def test_empty_build(self, text):
        self.refused("3mf_empty_build", self.package(text))


    @each({"builds": ("</build>", "</build><build>%s</build>" % f.item(1, f.move(50))),
           "resources": ("<build>", "<resources>%s</resources><build>" % f.obj(2, f.mesh(f.cube(5))))})
    def test_exactly_one_of_each(self, old, new):
        """Readers take the first, the last or both: refused, or said."""
        path = self.package(f.model(f.obj(1, MESH), f.item(1)).replace(old, new))
        done = self.run_quote("inspect", path, "--json")
        if done.returncode:
            self.error_of(done)
        else:
            self.assertTrue([d for d in self.report(path)["diagnostics"] if d["severity"] == "warn"], "silent")


class Types(Case):
    """Section 2.6: what counts."""

    @each({"solidsupport": "solidsupport", "support": "support", "surface": "surface", "other": "other"})
    def test_left_out_beside_a_model(self, kind):
        path = self.package(two(f.obj(1, MESH), f.obj(2, f.mesh(f.cube(30, (100, 0, 0))), type=kind)))
        report = self.priced(path)["report"]
        self.check(report, volume=1000, area=600, box=([0, 0, 0], [10, 10, 10]))
        named = {"surface": ("3mf_surface_object",), "other": ("3mf_other_in_build",)}
        self.diagnostic(report, named.get(kind, ("object_type_not_model",)))

    @each({"solidsupport": "solidsupport", "support": "support", "surface": "surface", "other": "other"})
    def test_left_out_below(self, kind):
        text = f.model(f.obj(1, MESH) + f.obj(2, f.mesh(f.cube(30, (100, 0, 0))), type=kind) +
                       f.obj(3, f.components(1, 2), type="model"), f.item(3))
        self.check(self.priced(self.package(text))["report"], volume=1000, box=([0, 0, 0], [10, 10, 10]))

    @each({"solidsupport": "solidsupport", "support": "support", "surface": "surface", "other": "other"})
    def test_type_of_a_parent_does_not_matter(self, kind):
        text = f.model(f.obj(1, MESH, type="model") + f.obj(2, f.components(1), type=kind), f.item(2))
        self.check(self.priced(self.package(text))["report"], volume=1000)

    @each({"support": "support", "other": "other", "solidsupport": "solidsupport"})
    def test_nothing_else_there(self, kind):
        path = self.package(f.model(f.obj(1, MESH, type=kind), f.item(1)))
        self.refused(("mesh_empty", "3mf_no_content", "plate_empty", "3mf_empty_build"), path)

    def test_no_type_is_model(self):
        self.silent(self.package(f.model(f.obj(1, MESH), f.item(1))), volume=1000)

    def test_items_may_overlap(self):
        """Items are priced each on its own."""
        path = self.package(f.model(f.obj(1, MESH), f.item(1) + f.item(1, f.move(5))))
        self.check(self.priced(path)["report"], volume=2000, items=2, box=([0, 0, 0], [15, 10, 10]))


class Meshes(Case):
    """Section 2.7."""

    def test_cavity(self):
        shape = f.cube(20) + f.models.flipped(f.cube(10, (5, 5, 5)))
        report = self.check(self.report(self.package(f.simple(f.mesh(shape)))), volume=7000, triangles=24)
        self.assertEqual((report["shells"], report["cavities"]), (2, 1))

    def test_overlapping_shells_unite(self):
        report = self.report(self.package(f.simple(f.mesh(f.cube(20) + f.cube(20, (10, 10, 10))))))
        self.near(report["volume_mm3"], 15000, 1e-2)
        if report["volume_range_mm3"]:
            self.assertLessEqual(report["volume_range_mm3"]["low"], 15000)
            self.assertGreaterEqual(report["volume_range_mm3"]["high"], 15000)
        else:
            self.assertLessEqual(abs(report["volume_mm3"] - 15000), report["volume_error_mm3"])
        self.near(report["volume_by_rule_mm3"]["signed"], 16000)

    def test_inside_out(self):
        path = self.package(f.simple(f.mesh(f.models.flipped(CUBE))))
        report = self.warned(("mesh_inverted", "mesh_inside_out"), path, volume=1000)
        self.assertEqual(report["verdict"], "ok_repaired")

    def test_each_mesh_is_turned_by_itself(self):
        inverted = f.obj(2, f.mesh(f.models.flipped(f.cube(20, (50, 0, 0)))))
        self.warned(("mesh_inverted", "mesh_inside_out"), self.package(two(f.obj(1, MESH), inverted)), volume=9000)

    def test_inverted_instances(self):
        """A mirrored copy of an inverted mesh is turned as well."""
        text = f.model(f.obj(1, f.mesh(f.models.flipped(CUBE))),
                       f.item(1) + f.item(1, (-1, 0, 0, 0, 1, 0, 0, 0, 1, 50, 0, 0)))
        self.warned(("mesh_inverted", "mesh_inside_out"), self.package(text), volume=2000)

    @each(alone({"first": (0, 0, 1), "middle": (3, 5, 3), "all": (2, 2, 2)}))
    def test_equal_indices(self, extra):
        points, faces = f.corners(CUBE)
        for at in (0, 6, 12):
            path = self.package(f.simple(f.mesh_of(points, faces[:at] + [extra] + faces[at:])))
            report = self.priced(path)["report"]
            self.diagnostic(report, ("mesh_degenerate_index", "degenerate_triangles"))
            self.check(report, volume=1000, area=600, triangles=13)
            self.assertEqual((report["closed"], report["degenerate_triangles"]), (True, 1))

    def test_only_equal_indices(self):
        points, faces = f.corners(CUBE)
        self.refused("mesh_empty", self.package(f.simple(f.mesh_of(points, [(a, a, b) for a, b, _ in faces]))))

    def test_soup(self):
        report = self.warned("mesh_soup", self.package(f.simple(f.soup(CUBE))), severity=("warn", "info"), volume=1000)
        self.assertEqual((report["closed"], report["vertices"]), (True, 8))

    def test_open(self):
        path = self.package(f.simple(f.mesh(CUBE[:-1])))
        report = self.priced(path)["report"]
        self.diagnostic(report, ("mesh_open", "open_edges"), "warn")
        self.assertEqual((report["closed"], report["open_edges"]), (False, 3))

    def test_non_manifold(self):
        """Two cubes that share an edge, and its vertices."""
        report = self.report(self.package(f.simple(f.mesh(f.cube(10) + f.cube(10, (10, 10, 0))))))
        self.diagnostic(report, ("mesh_nonmanifold", "non_manifold_edges"))
        self.check(report, volume=2000)
        self.assertEqual((report["closed"], report["manifold"], report["non_manifold_edges"]), (True, False, 1))

    def test_misoriented(self):
        report = self.priced(self.package(f.simple(f.mesh(CUBE[:-1] + f.models.flipped(CUBE[-1:])))))["report"]
        self.diagnostic(report, ("mesh_orientation", "misoriented_triangles"), "warn")
        self.assertEqual(report["misoriented_triangles"], 1)

    def test_unused_vertices_are_not_in_the_box(self):
        points, faces = f.corners(CUBE)
        path = self.package(f.simple(f.mesh_of(points + [(500, 500, 500), (-500, 0, 0)], faces)))
        self.silent(path, volume=1000, box=([0, 0, 0], [10, 10, 10]))

    def test_one_triangle_is_no_solid(self):
        document = self.json(self.package(f.simple(f.mesh(CUBE[:1]))))
        self.diagnostic(document["report"], ("surface_not_solid", "volume_zero"), "blocker")
        self.assertEqual({o["status"] for o in document["options"]}, {"not_printable"})

    @each({"equal_count": 8, "far": 4000, "last": 2147483647})
    def test_index_out_of_range(self, index):
        points, faces = f.corners(CUBE)
        for corner in range(3):
            bad = list(faces[11])
            bad[corner] = index
            self.refused("3mf_bad_index", self.package(f.simple(f.mesh_of(points, faces[:11] + [tuple(bad)]))))

    def test_index_out_of_range_in_a_degenerate_triangle(self):
        points, faces = f.corners(CUBE)
        self.refused("3mf_bad_index", self.package(f.simple(f.mesh_of(points, faces + [(8, 8, 0)]))))

    def test_last_index(self):
        self.silent(self.package(f.simple(f.mesh_of(*f.corners(CUBE)))), volume=1000)

    def test_triangles_before_vertices(self):
        points, faces = f.corners(CUBE)
        text = "<mesh><triangles>%s</triangles><vertices>%s</vertices></mesh>" % (f.faces_of(faces),
                                                                                  f.vertices_of(points))
        self.check(self.report(self.package(f.simple(text))), volume=1000)

    def test_triangles_before_vertices_are_checked_too(self):
        points, faces = f.corners(CUBE)
        text = "<mesh><triangles>%s</triangles><vertices>%s</vertices></mesh>" % (
            f.faces_of(faces + [(0, 1, 8)]), f.vertices_of(points))
        self.refused("3mf_bad_index", self.package(f.simple(text)))

    @each({"sum": False, "mirrored": True})
    def test_many_facets(self, mirrored):
        """The fast path, across every buffer border: 20 000 facets of boxes in a grid."""
        shape = [t for i in range(1667) for t in models_box(i)]
        matrix = f.scale(-1, 1, 1) if mirrored else f.IDENTITY
        report = self.report(self.package(f.simple(f.mesh(shape), matrix)))
        self.check(report, volume=f.volume(shape), triangles=len(shape), relative=1e-8)


def models_box(i):
    return f.models.box((1.0625, 0.7, 1.3), (i % 40 * 3.7, i // 40 * 2.3, 0.1 * (i % 7)))
