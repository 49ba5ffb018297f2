"""Which geometry counts: the roles that slicers give to volumes."""
import json

import threemf_files as f
import threemf_projects as p
from threemf_case import Case, each

BODY = f.cube(20)
HOLE = f.cube(10, (5, 5, 5))
FAR = f.cube(10, (100, 0, 0))
NOTHING = ("mesh_empty", "3mf_no_content", "plate_empty", "3mf_empty_build")


class RoleCase(Case):
    def negative(self, report, whole, cut):
        """The exact difference, or the upper bound with a range that holds the truth."""
        if abs(report["volume_mm3"] - (whole - cut)) < 1e-6 * whole and cut:
            return
        self.near(report["volume_mm3"], whole)
        if cut:
            self.diagnostic(report, "negative_part", "warn")
            volumes = report["volume_range_mm3"]
            self.assertIsNotNone(volumes, "no range")
            self.assertLessEqual(volumes["low"], whole - cut + 1e-6)
            self.assertGreaterEqual(volumes["high"], whole - cut - 1e-6)


class Bambu(RoleCase):
    def project(self, *parts, items=((4,),), **more):
        return f.pack(self.path(), p.bambu({4: list(parts)}, list(items),
                                           [p.plate(1, "one", [(4, k) for k in range(len(items))])],
                                           **more))

    @each({"split": True, "together": False})
    def test_normal_parts(self, split):
        path = self.project(p.part(1, BODY), p.part(2, FAR), split=split)
        report = self.check(self.priced(path)["report"], volume=9000, triangles=24, items=1)
        self.assertEqual((report["file"]["family"], report["file"]["producer"]), ("bambu", "BambuStudio-02.05.00.66"))

    @each({s: s for s in ("modifier_part", "support_blocker", "support_enforcer")})
    def test_left_out(self, subtype):
        for kind in ("other", "model"):
            path = self.project(p.part(1, BODY), p.part(2, FAR, subtype, kind=kind))
            report = self.silent(path, volume=8000, box=([0, 0, 0], [20, 20, 20]), items=1)
            self.assertNotIn("3mf_other_in_build", self.codes(report))

    @each({"inside": (HOLE, 1000), "beside": (FAR, 0), "half": (f.cube(10, (15, 5, 5)), 500),
           "all": (f.cube(40, (-10,) * 3), 8000),
           "touching": (f.cube(10, (20, 0, 0)), 0)})
    def test_negative(self, hole, cut):
        path = self.project(p.part(1, BODY), p.part(2, hole, "negative_part"))
        report = self.json("inspect", path)
        self.negative(report, 8000, cut)
        if hole is FAR:
            self.assertIsNone(report["volume_range_mm3"], "a negative part far away changes nothing")
        self.check(report, box=([0, 0, 0], [20, 20, 20]))

    def test_negative_of_another_object(self):
        """It cuts its own object only."""
        entries = p.bambu({4: [p.part(1, BODY)], 8: [p.part(5, FAR), p.part(6, HOLE, "negative_part")]}, [(4,), (8,)],
                          [p.plate(1, "", [(4, 0), (8, 0)])])
        report = self.check(self.json("inspect", f.pack(self.path(), entries)), volume=9000)
        self.assertIsNone(report["volume_range_mm3"])

    def test_negative_before_the_body(self):
        """It cuts what comes before it in the list; here nothing does."""
        path = self.project(p.part(1, HOLE, "negative_part"), p.part(2, BODY))
        report = self.report(path)
        self.near(report["volume_mm3"], 8000)

    def test_negative_moves_with_its_component(self):
        path = self.project(p.part(1, BODY), p.part(2, f.cube(10), "negative_part", transform=f.move(5, 5, 5)),
                            items=((4, f.move(30)), (4, f.move(60))))
        report = self.json("inspect", path)
        self.negative(report, 16000, 2000)
        self.check(report, items=2)

    def test_modifier_alone(self):
        self.refused(NOTHING, self.project(p.part(1, BODY, "modifier_part")))

    def test_negative_alone(self):
        self.refused(NOTHING, self.project(p.part(1, BODY, "negative_part")))

    def test_modifier_only_object_beside_another(self):
        entries = p.bambu({4: [p.part(1, BODY)], 8: [p.part(5, FAR, "modifier_part")]}, [(4,), (8,)],
                          [p.plate(1, "", [(4, 0), (8, 0)])])
        self.check(self.priced(f.pack(self.path(), entries))["report"], volume=8000, box=([0, 0, 0], [20, 20, 20]))

    def test_unknown_subtype(self):
        for subtype in ("mystery_part", ""):
            path = self.project(p.part(1, BODY), p.part(2, FAR, subtype, kind="model"))
            self.warned("3mf_unknown_subtype", path, volume=9000)

    def test_subtype_decides_over_the_type(self):
        """A normal part that the model calls other."""
        self.silent(self.project(p.part(1, BODY, kind="other")), volume=8000)

    def test_other_without_settings(self):
        entries = p.bambu({4: [p.part(1, BODY), p.part(2, FAR, "negative_part")]}, [(4,)], config="")
        self.warned("3mf_other_in_build", f.pack(self.path(), entries), volume=8000)

    def test_other_that_the_settings_do_not_name(self):
        config = p.settings(p.config_object(4, [p.part(1, BODY)]), p.plate(1, "", [(4, 0)]))
        entries = p.bambu({4: [p.part(1, BODY), p.part(2, FAR, "modifier_part")]}, [(4,)], config=config)
        self.warned("3mf_other_in_build", f.pack(self.path(), entries), volume=8000)

    @each({"cut": "<config><object", "text": "hello", "binary": "\0\1\2"})
    def test_broken_settings(self, config):
        """Geometry is never lost; parts of type other may be negative and are left out."""
        entries = p.bambu({4: [p.part(1, BODY), p.part(2, FAR, "negative_part")]}, [(4,)], config="x")[:-1]
        path = f.pack(self.path(), entries + [(p.SETTINGS, config)])
        report = self.warned("metadata_ignored", path, volume=8000)
        self.assertIn("3mf_other_in_build", self.codes(report))

    def test_doctype_in_settings(self):
        entries = p.bambu({4: [p.part(1, BODY)]}, [(4,)], config="x")[:-1]
        config = p.settings(p.config_object(4, [p.part(1, BODY, "&a;")]))
        config = '<!DOCTYPE config [<!ENTITY a "modifier_part">]>' + config
        path = f.pack(self.path(), entries + [(p.SETTINGS, config)])
        if self.run_quote("inspect", path).returncode:
            self.refused("xml_dtd", path)
        else:
            self.warned("metadata_ignored", path, volume=8000)

    def test_undeclared_prefix_in_settings(self):
        config = p.settings(p.config_object(4, [p.part(1, BODY), p.part(2, FAR, "modifier_part")]),
                            p.plate(1, "first", [(4, 0)], more='<x:y z:w="1"/>'))
        entries = p.bambu({4: [p.part(1, BODY), p.part(2, FAR, "modifier_part")]}, [(4,)], config=config)
        report = self.check(self.report(f.pack(self.path(), entries)), volume=8000)
        self.assertNotIn("metadata_ignored", self.codes(report))
        self.assertEqual(report["selection"]["plate"]["name"], "first")

    def test_matrix_of_sixteen_numbers_is_ignored(self):
        for matrix in (p.GARBAGE_MATRIX, "0 " * 16, "nan", "1 2 3", None):
            self.check(self.report(self.project(p.part(1, BODY, matrix=matrix, transform=f.move(7)))),
                       shape=f.placed(BODY, f.move(7)))

    def test_assemble_is_ignored(self):
        self.check(self.report(self.project(p.part(1, BODY))), box=([0, 0, 0], [20, 20, 20]))

    def test_extruder_of_a_single_part(self):
        """The object's filament wins; the shape and the price know nothing of it."""
        path = self.project(p.part(1, BODY, extruder=2))
        plain = self.project(p.part(1, BODY))
        self.assertEqual(self.silent(path, volume=8000)["verdict"], "ok")
        one, two = (self.json(x)["options"] for x in (path, plain))
        self.assertEqual(one, two)

    @each({"volume_tag": ("volume", "subtype"), "part_type": ("part", "part_type"),
           "volume_type": ("part", "volume_type")})
    def test_older_spellings(self, tag, key):
        if key == "subtype":
            parts = [p.part(1, BODY), p.part(2, FAR, "modifier_part")]
        else:
            parts = [p.part(1, BODY), p.part(2, FAR, None, kind="other", more=p.meta(key, "modifier_part"))]
        self.silent(self.project(*parts, tag=tag), volume=8000)

    def test_older_spelling_overrides(self):
        path = self.project(p.part(1, BODY), p.part(2, FAR, "normal_part", more=p.meta("part_type", "modifier_part")))
        self.check(self.priced(path)["report"], volume=8000)

    def test_roles_by_id_when_the_order_differs(self):
        parts = [p.part(1, BODY), p.part(2, FAR, "modifier_part")]
        config = p.settings(p.config_object(4, parts[::-1]), p.plate(1, "", [(4, 0)]))
        self.silent(f.pack(self.path(), p.bambu({4: parts}, [(4,)], config=config)), volume=8000)

    def test_shared_mesh_with_two_roles(self):
        """One mesh, twice in an object: once as itself, once as a modifier; position decides."""
        one = p.part(1, BODY)
        root = f.model(f.obj(4, f.components((1, None, "/3D/Objects/object_4.model"),
                                             (1, f.move(50), "/3D/Objects/object_4.model"))), f.item(4), spaces="p",
                       required="p")
        subs = {"3D/Objects/object_4.model": f.model(f.obj(1, f.mesh(BODY)))}
        config = p.settings(p.config_object(4, [one, {**one, "subtype": "modifier_part"}]), p.plate(1, "", [(4, 0)]))
        entries = f.parts_of(root, f.with_rels(subs) + [(p.SETTINGS, config)])
        self.check(self.priced(f.pack(self.path(), entries))["report"], volume=8000, box=([0, 0, 0], [20, 20, 20]))

    def test_same_part_id_in_two_files(self):
        """Keys are (part, id): a modifier in one file is no modifier in another."""
        subs = {"3D/Objects/object_%d.model" % n: f.model(f.obj(1, f.mesh(s))) for n, s in ((4, BODY), (8, FAR))}
        root = f.model("".join(f.obj(n, f.components((1, None, "/3D/Objects/object_%d.model" % n))) for n in (4, 8)),
                       f.item(4) + f.item(8), spaces="p", required="p")
        config = p.settings(p.config_object(4, [p.part(1, BODY)]),
                            p.config_object(8, [p.part(1, FAR, "modifier_part")]), p.plate(1, "", [(4, 0), (8, 0)]))
        entries = f.parts_of(root, f.with_rels(subs) + [(p.SETTINGS, config)])
        self.check(self.priced(f.pack(self.path(), entries))["report"], volume=8000)

    def test_parts_that_overlap(self):
        """Text sunk into a body: the union, or a range that holds it, and it is said."""
        path = self.project(p.part(1, BODY), p.part(2, f.cube(20, (10, 10, 10))))
        report = self.warned("parts_overlap", path, severity=("warn", "info"))
        volumes = report["volume_range_mm3"]
        if volumes is None:  # then the bound holds
            self.assertLessEqual(abs(report["volume_mm3"] - 15000), report["volume_error_mm3"])
        else:
            self.assertLessEqual(volumes["low"], 15000)
            self.assertGreaterEqual(volumes["high"], 15000)

    def test_source_in_inches_is_only_a_note(self):
        more = p.meta("source_in_inches", "1") + p.meta("source_in_meters", "1")
        self.silent(self.project(p.part(1, BODY, more=more)), volume=8000)

    @each({s: (s, role) for s, role in (("normal_part", "model"), ("negative_part", "negative"),
                                        ("modifier_part", "modifier"),
                                        ("support_blocker", "support"), ("support_enforcer", "support"))})
    def test_roles_in_the_list(self, subtype, role):
        contents = self.contents(self.project(p.part(1, BODY), p.part(2, FAR, subtype)))
        found = {o["id"].split("@")[0]: o["role"] for o in contents["objects"]}
        self.assertEqual((found["1"], found["2"]), ("model", role))

    def test_names(self):
        contents = self.contents(self.project(p.part(1, BODY), names={4: "Halterung & <Würfel>"}))
        self.assertEqual({o["id"]: o["name"] for o in contents["objects"]}["4"], "Halterung & <Würfel>")


class Prusa(RoleCase):
    def project(self, shapes, *volumes, build=f.item(1), resources="", **more):
        shape = [t for s in shapes for t in s]
        return f.pack(self.path(), p.prusa(f.obj(1, f.mesh(shape)) + resources, build,
                                           p.prusa_config(p.prusa_object(1, *volumes)), **more))

    def test_model_parts(self):
        report = self.silent(self.project([BODY, FAR], p.prusa_volume(0, 11), p.prusa_volume(12, 23)), volume=9000,
                             triangles=24)
        self.assertEqual((report["file"]["family"], report["file"]["producer"]), ("prusa", "PrusaSlicer-2.8.0"))

    @each({k: k for k in ("ParameterModifier", "SupportEnforcer", "SupportBlocker", "1")})
    def test_left_out(self, kind):
        path = self.project([BODY, FAR], p.prusa_volume(0, 11), p.prusa_volume(12, 23, kind))
        self.silent(path, volume=8000, box=([0, 0, 0], [20, 20, 20]))

    @each({"0": "0", "Mystery": "Mystery", "none": None})
    def test_legacy_is_model_part(self, kind):
        self.check(self.priced(self.project([BODY, FAR], p.prusa_volume(0, 11),
                                            p.prusa_volume(12, 23, kind)))["report"], volume=9000)

    def test_legacy_modifier(self):
        more = p.prusa_meta("volume", "modifier", 1)
        self.silent(self.project([BODY, FAR], p.prusa_volume(0, 11), p.prusa_volume(12, 23, None, more)), volume=8000)

    def test_later_metadata_overrides(self):
        more = p.prusa_meta("volume", "volume_type", "ModelPart")
        path = self.project([BODY, FAR], p.prusa_volume(0, 11), p.prusa_volume(12, 23, "ParameterModifier", more))
        self.silent(path, volume=9000)

    def test_negative(self):
        path = self.project([BODY, HOLE], p.prusa_volume(0, 11), p.prusa_volume(12, 23, "NegativeVolume"))
        self.negative(self.json("inspect", path), 8000, 1000)

    def test_order_of_ranges_does_not_matter(self):
        path = self.project([BODY, FAR], p.prusa_volume(12, 23, "ParameterModifier"), p.prusa_volume(0, 11))
        self.silent(path, volume=8000)

    @each({"front": 0, "middle": 6, "end": 12})
    def test_degenerate_triangle_in_the_first_range(self, at):
        """Ranges count triangles before any is dropped."""
        points, faces = f.corners(BODY + FAR)
        mesh = f.mesh_of(points, faces[:at] + [(3, 3, 5)] + faces[at:])
        config = p.prusa_config(p.prusa_object(1, p.prusa_volume(0, 12), p.prusa_volume(13, 24, "ParameterModifier")))
        path = f.pack(self.path(), p.prusa(f.obj(1, mesh), f.item(1), config))
        report = self.check(self.priced(path)["report"], volume=8000, area=2400, box=([0, 0, 0], [20, 20, 20]))
        self.assertTrue(report["closed"])

    def test_second_instance_through_a_component(self):
        """Roles belong to the object with the mesh, not to the item's."""
        path = self.project([BODY, FAR], p.prusa_volume(0, 11), p.prusa_volume(12, 23, "ParameterModifier"),
                            resources=f.obj(2, f.components(1)), build=f.item(1) + f.item(2, f.move(0, 50)))
        self.silent(path, volume=16000, items=2, box=([0, 0, 0], [20, 70, 20]))

    @each({"last_too_far": (0, 24), "turned": (11, 0), "first_too_far": (24, 30), "huge": (0, 2147483647)})
    def test_bad_range(self, first, last):
        path = self.project([BODY, FAR], p.prusa_volume(first, last))
        self.refused("prusa_bad_range", path)

    def test_bad_range_of_what_is_not_printed(self):
        config = p.prusa_config(p.prusa_object(1, p.prusa_volume(0, 11)), p.prusa_object(2, p.prusa_volume(0, 99)))
        entries = p.prusa(f.obj(1, f.mesh(BODY)) + f.obj(2, f.mesh(FAR)), f.item(1) + f.item(2, printable=0), config)
        self.check(self.priced(f.pack(self.path(), entries))["report"], volume=8000)

    def test_range_that_is_no_number(self):
        config = "<config><object id='1'><volume firstid='x' lastid='11'/></object></config>"
        self.refused("prusa_bad_range", f.pack(self.path(), p.prusa(f.obj(1, f.mesh(BODY)), f.item(1), config)))

    def test_gap(self):
        self.warned("prusa_gap", self.project([BODY, FAR], p.prusa_volume(0, 11)), volume=8000,
                    box=([0, 0, 0], [20, 20, 20]))

    def test_no_volumes(self):
        report = self.priced(self.project([BODY, FAR]))["report"]
        self.check(report, volume=9000)

    def test_broken_settings(self):
        for config in ("<config>", "\0", "<config><object id='1'>"):
            path = f.pack(self.path(), p.prusa(f.obj(1, f.mesh(BODY)), f.item(1), config))
            self.warned("metadata_ignored", path, volume=8000)

    def test_unused_vertices(self):
        """2.4.0-alpha repeats all vertices for each volume."""
        points, faces = f.corners(BODY)
        mesh = f.mesh_of(points + [(900.0, 900.0, 900.0)] * 3, faces)
        config = p.prusa_config(p.prusa_object(1, p.prusa_volume(0, 11)))
        path = f.pack(self.path(), p.prusa(f.obj(1, mesh), f.item(1), config))
        self.silent(path, volume=8000, box=([0, 0, 0], [20, 20, 20]))

    def test_painted_triangles(self):
        mesh = f.mesh(BODY).replace("<triangle ",
                                    '<triangle slic3rpe:custom_supports="8" slic3rpe:mmu_segmentation="4C" ')
        self.silent(f.pack(self.path(), p.prusa(f.obj(1, mesh), f.item(1))), volume=8000)

    def test_not_printable(self):
        path = self.project([BODY], p.prusa_volume(0, 11), resources=f.obj(2, f.components(1)),
                            build=f.item(1) + f.item(2, f.move(50), printable=0))
        self.check(self.priced(path)["report"], volume=8000, items=1, box=([0, 0, 0], [20, 20, 20]))

    @each({n: n for n in ("Slic3r_PE", "SuperSlicer", "Slic3r")})
    def test_names_of_the_settings(self, name):
        path = self.project([BODY, FAR], p.prusa_volume(0, 11), p.prusa_volume(12, 23, "ParameterModifier"), name=name)
        report = self.silent(path, volume=8000)
        self.assertEqual(report["file"]["family"], "superslicer" if name == "SuperSlicer" else "prusa")

    def test_two_settings_that_disagree(self):
        """The first of Slic3r_PE, SuperSlicer, Slic3r that covers the object."""
        other = p.prusa_config(p.prusa_object(1, p.prusa_volume(0, 11), p.prusa_volume(12, 23)))
        for name in ("SuperSlicer", "Slic3r"):
            path = self.project([BODY, FAR], p.prusa_volume(0, 11), p.prusa_volume(12, 23, "ParameterModifier"),
                                extra=[("Metadata/%s_model.config" % name, other)])
            self.warned("mixed_metadata", path, volume=8000)

    def test_two_settings_that_agree(self):
        volumes = p.prusa_volume(0, 11), p.prusa_volume(12, 23, "ParameterModifier")
        path = self.project([BODY, FAR], *volumes, extra=[("Metadata/SuperSlicer_model.config",
                                                          p.prusa_config(p.prusa_object(1, *volumes)))])
        self.silent(path, volume=8000)

    def test_settings_alone(self):
        self.refused("3mf_empty_build", f.pack(self.path(), p.prusa("", "", p.prusa_config())))


class Prusa3(RoleCase):
    def project(self, volumes, items=f.item(90), **more):
        return f.pack(self.path(), p.prusa3(volumes, items, **more))

    def test_model_parts(self):
        report = self.silent(self.project([(BODY, "ModelPart"), (FAR, "ModelPart")]), volume=9000)
        self.assertEqual(report["file"]["family"], "prusa3")

    @each({k: k for k in ("ParameterModifier", "SupportEnforcer", "SupportBlocker")})
    def test_left_out(self, kind):
        self.silent(self.project([(BODY, "ModelPart"), (FAR, kind)]), volume=8000, box=([0, 0, 0], [20, 20, 20]))

    def test_negative(self):
        self.negative(self.json("inspect", self.project([(BODY, "ModelPart"), (HOLE, "NegativeVolume")])), 8000, 1000)

    def test_instances_that_are_not_printed(self):
        """`ord` counts all build items from 0."""
        path = self.project([(BODY, "ModelPart")], f.item(90) + f.item(90, f.move(50)) + f.item(90, f.move(0, 50)),
                            instances=[{"ord": 1, "printable": False}])
        self.check(self.priced(path)["report"], volume=16000, items=2, box=([0, 0, 0], [20, 70, 20]))

    @each({"broken": "{", "empty": "", "array": "[]", "nan": '{"objects": NaN}', "deep": "[" * 50 + "]" * 50})
    def test_broken_project(self, text):
        entries = [e for e in p.prusa3([(BODY, "ModelPart")], f.item(90)) if not e[0].endswith(".json")]
        path = f.pack(self.path(), entries + [("Metadata/PrusaSlicer3_project.json", text)])
        self.warned("metadata_ignored", path, volume=8000)

    def test_keys_that_nobody_knows(self):
        document = {"objects": [{"id": 90, "volumes": [{"id": 50, "type": "ModelPart", "x": [1, {}]}, {"type": 7}, 3],
                                 "instances": [{"ord": 99, "printable": False}, {}]}, None], "z": None}
        entries = [e for e in p.prusa3([(BODY, "ModelPart")], f.item(90)) if not e[0].endswith(".json")]
        path = f.pack(self.path(), entries + [("Metadata/PrusaSlicer3_project.json", json.dumps(document))])
        self.check(self.priced(path)["report"], volume=8000)


class Cura(RoleCase):
    FLAGS = ("infill_mesh", "cutting_mesh", "anti_overhang_mesh", "support_mesh")

    def project(self, flags, old=False):
        resources = p.cura_object(1, BODY, {"infill_mesh": "False", "extruder_nr": "0"}, old)
        resources += p.cura_object(2, FAR, flags, old)
        return f.pack(self.path(), p.cura(resources, f.item(1) + f.item(2)))

    @each({k: k for k in FLAGS})
    def test_true(self, flag):
        for old in (False, True):
            report = self.check(self.priced(self.project({flag: "True"}, old))["report"], volume=8000,
                                box=([0, 0, 0], [20, 20, 20]))
            self.assertEqual(report["file"]["family"], "cura")

    @each({k: k for k in FLAGS})
    def test_false(self, flag):
        for old in (False, True):
            self.check(self.priced(self.project({flag: "False"}, old))["report"], volume=9000, items=2)

    def test_other_settings(self):
        self.check(self.priced(self.project({"drop_to_buildplate": "True",
                                             "infill_sparse_density": "20.0"}))["report"], volume=9000)

    def test_group(self):
        resources = p.cura_object(1, BODY) + p.cura_object(2, FAR, {"infill_mesh": "True"})
        resources += f.obj(3, f.components(1, 2))
        path = f.pack(self.path(), p.cura(resources, f.item(3)))
        self.check(self.priced(path)["report"], volume=8000)
