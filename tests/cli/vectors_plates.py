"""Plates: rows, geometry, beds, selection, and that plates add up."""
import threemf_files as f
import threemf_projects as p
from threemf_case import Case, each

W, D = 256, 256


def lone(number, side, at=(0, 0, 0)):
    """An object of one part: {id: [part]}; part ids lie far from object ids."""
    return {number: [p.part(number + 100, f.cube(side, at))]}


class PlateCase(Case):
    def file_of(self, objects, items, plates=None, project=None, **more):
        return f.pack(self.path(), p.bambu(objects, items, plates, project, **more))

    def volumes(self, path, *arguments):
        """{plate number: volume} of everything that is quoted."""
        document = self.json("inspect", path, *arguments)
        documents = document if isinstance(document, list) else [document]
        return {d["selection"]["plate"]["index"]: round(d["volume_mm3"], 6) for d in documents}

    def plate_report(self, path, number):
        return self.report(path, "--plate", str(number))


class Rows(PlateCase):
    """Membership as the file says it."""

    def three(self):
        objects = {**lone(4, 10), **lone(7, 20, (300, 0, 0)), **lone(9, 5, (0, 400, 0))}
        plates = [p.plate(2, "second", [(7, 0)]), p.plate(1, "first", [(4, 0)]), p.plate(3, "third", [(9, 0), (4, 1)])]
        return self.file_of(objects, [(4,), (4, f.move(0, 380)), (7,), (9,)], plates)

    def test_each_plate(self):
        path = self.three()
        self.assertEqual(self.volumes(path), {1: 1000, 2: 8000, 3: 1125})
        reports = self.reports(path)
        self.assertEqual([r["selection"]["plate"]["name"] for r in reports], ["first", "second", "third"])
        self.assertEqual([r["selection"]["items"] for r in reports], [1, 1, 2])
        self.assertEqual(self.volumes(path, "--plate", "all"), self.volumes(path))

    def test_by_number_and_name(self):
        path = self.three()
        for word in ("3", "third"):
            self.check(self.report(path, "--plate", word), volume=1125, items=2, box=([0, 380, 0], [10, 405, 10]))

    def test_the_list(self):
        plates = self.contents(self.three())["plates"]
        self.assertEqual([(x["index"], x["name"], x["source"]) for x in plates],
                         [(1, "first", "file"), (2, "second", "file"), (3, "third", "file")])
        self.assertEqual([(i["object_id"], i["instance"], i["printable"]) for i in plates[2]["items"]],
                         [("9", 0, True), ("4", 1, True)] if plates[2]["items"][0]["object_id"] == "9" else
                         [("4", 1, True), ("9", 0, True)])

    def test_not_found(self):
        for word in ("4", "0", "fourth", "99999999999", "-1"):
            error = self.refused("plate_not_found", self.three(), "--plate", word)
            self.assertEqual(len(error["candidates"]), 3, error["candidates"])

    def test_instances_are_counted_in_the_order_of_the_build(self):
        objects = {**lone(4, 10), **lone(7, 20)}
        items = [(4, f.scale(1)), (7,), (4, f.scale(2)), (4, f.scale(3))]
        path = self.file_of(objects, items, [p.plate(1, "", [(4, 0), (7, 0)]), p.plate(2, "", [(4, 2)]),
                                             p.plate(3, "", [(4, 1)])])
        self.assertEqual(self.volumes(path), {1: 9000, 2: 27000, 3: 8000})

    def test_dangling_rows(self):
        path = self.file_of(lone(4, 10), [(4,)], [p.plate(1, "", [(4, 0), (99, 0), (4, 7)])])
        self.warned("plate_row_dangling", path, volume=1000, items=1)

    def test_conflicting_rows(self):
        path = self.file_of({**lone(4, 10), **lone(7, 20)}, [(4,), (7,)],
                            [p.plate(1, "", [(4, 0)]), p.plate(2, "", [(4, 0), (7, 0)])])
        self.assertEqual(self.volumes(path), {1: 1000, 2: 8000})
        self.assertIn("plate_row_conflict", {c for r in self.reports(path) for c in self.codes(r)})

    def test_row_twice_on_one_plate(self):
        path = self.file_of(lone(4, 10), [(4,)], [p.plate(1, "", [(4, 0), (4, 0)])])
        report = self.check(self.priced(path)["report"], volume=1000, items=1)
        self.assertNotIn("plate_row_conflict", self.codes(report))

    def test_number_twice(self):
        path = self.file_of({**lone(4, 10), **lone(7, 20)}, [(4,), (7,)],
                            [p.plate(1, "a", [(4, 0)]), p.plate(1, "b", [(7, 0)])])
        done = self.run_quote("inspect", path, "--json", code=0)
        self.assertIn('"severity":"warn"', done.text.replace(" ", ""))

    def test_no_plates(self):
        path = self.file_of({**lone(4, 10), **lone(7, 20)}, [(4,), (7,)], [])
        report = self.check(self.json(path)["report"], volume=9000, items=2)
        self.diagnostic(report, "no_plates", ("info", "warn"))
        self.assertEqual([x["source"] for x in self.contents(path)["plates"]], ["implicit"])
        self.check(self.report(path, "--plate", "1"), volume=9000)

    def test_an_empty_plate(self):
        path = self.file_of(lone(4, 10), [(4,)], [p.plate(1, "", [(4, 0)]), p.plate(2, "nothing")])
        for word in ("2", "nothing"):
            self.refused("plate_empty", path, "--plate", word)
        self.assertEqual(self.volumes(path, "--plate", "all"), {1: 1000})

    def test_a_plate_of_what_is_not_printed(self):
        path = self.file_of({**lone(4, 10), **lone(7, 20)}, [(4,), (7, None, {"printable": 0})],
                            [p.plate(1, "", [(4, 0)]), p.plate(2, "", [(7, 0)])])
        self.refused("plate_empty", path, "--plate", "2")
        self.assertEqual(self.volumes(path, "--plate", "all"), {1: 1000})

    def test_four_items_and_one_row(self):
        """As files are saved again: the row of the first instance is all that is left."""
        items = [(4, f.move(20 * k)) for k in range(4)]
        path = self.file_of(lone(4, 10), items, [p.plate(1, "", [(4, 0)])])
        self.warned("plate_guessed", path, volume=4000, items=4)

    def test_four_items_and_one_row_with_a_bed(self):
        items = [(4, f.move(20 + 20 * k, 20)) for k in range(4)]
        path = self.file_of(lone(4, 10), items, [p.plate(1, "", [(4, 0)])], p.bed(W, D))
        self.warned("plate_by_geometry", path, severity=("info", "warn"), volume=4000, items=4)

    def test_rows_win_over_geometry(self):
        """The item lies on plate 2; its row says 1."""
        path = self.file_of(lone(4, 10), [(4, f.move(350, 50))], [p.plate(1, "", [(4, 0)]), p.plate(2)], p.bed(W, D))
        self.assertEqual(self.volumes(path), {1: 1000})

    def test_items_that_no_row_names(self):
        """No bed is known and rows of that object name no plate."""
        path = self.file_of({**lone(4, 10), **lone(7, 20)}, [(4,), (7,)], [p.plate(1, "", [(4, 0)])])
        self.warned("item_outside_plates", path, volume=1000, items=1)

    def test_rows_that_name_two_plates(self):
        """Two of three instances have rows, on two plates: the third is not guessed."""
        path = self.file_of(lone(4, 10), [(4,), (4, f.move(20)), (4, f.move(40))],
                            [p.plate(1, "", [(4, 0)]), p.plate(2, "", [(4, 1)])])
        self.assertEqual(self.volumes(path), {1: 1000, 2: 1000})
        self.assertIn("item_outside_plates", {c for r in self.reports(path) for c in self.codes(r)})


class Family(PlateCase):
    """Bambu's kin is known by its settings, never by what Application says."""

    @each({"orca": "OrcaSlicer-2.4.0", "orca_as_bambu": "BambuStudio-2.3.1", "snapmaker": "Snapmaker_Orca-1.0",
           "qidi": "QIDIStudio-02.01",
           "nobody": "", "another": "PrusaSlicer-2.8.0"})
    def test_application(self, application):
        objects = {**lone(4, 10), **lone(7, 20)}
        path = self.file_of(objects, [(4, None, {"auto_drop": 1}), (7,)],
                            [p.plate(1, "", [(4, 0)]), p.plate(2, "", [(7, 0)])],
                            application=application)
        self.assertEqual(self.volumes(path), {1: 1000, 2: 8000})
        self.assertEqual({r["file"]["family"] for r in self.reports(path)}, {"bambu"})

    def test_names_of_its_files_in_any_case_and_order(self):
        entries = p.bambu({**lone(4, 10), **lone(7, 20)}, [(4, f.move(20, 20)), (7, f.move(330, 20))],
                          [p.plate(1), p.plate(2)], p.bed(W, D))
        entries = [(n.replace("Metadata/model_settings", "metadata/MODEL_Settings").replace("project_", "Project_"), d)
                   for n, d in entries]
        self.assertEqual(self.volumes(f.pack(self.path(), entries[::-1])), {1: 1000, 2: 8000})

    def test_plate_numbers_with_a_gap(self):
        path = self.file_of({**lone(4, 10), **lone(7, 20)}, [(4,), (7,)],
                            [p.plate(2, "", [(4, 0)]), p.plate(5, "", [(7, 0)])])
        self.assertEqual(self.volumes(path), {2: 1000, 5: 8000})
        self.check(self.report(path, "--plate", "5"), volume=8000)
        self.refused("plate_not_found", path, "--plate", "1")

    def test_large_ids(self):
        """Autosaved projects: count << 16 | id."""
        number = 3 << 16 | 4
        path = self.file_of(lone(number, 10), [(number,)], [p.plate(1, "", [(number, 0)])])
        self.silent(path, volume=1000)

    def test_meshes_in_the_root(self):
        path = self.file_of({**lone(4, 10), **lone(7, 20)}, [(4,), (7,)],
                            [p.plate(1, "", [(4, 0)]), p.plate(2, "", [(7, 0)])], split=False)
        self.assertEqual(self.volumes(path), {1: 1000, 2: 8000})

    def test_full_builds_in_sub_models(self):
        """What a reader of every build section would print twice."""
        path = self.file_of(lone(4, 10), [(4,)], [p.plate(1, "", [(4, 0)])], sub_build=f.item(104) * 3)
        self.silent(path, volume=1000, items=1)

    def test_settings_of_two_families(self):
        """Bambu's come first, and that they disagree is said."""
        config = p.prusa_config(p.prusa_object(104, p.prusa_volume(0, 11, "ParameterModifier")))
        path = self.file_of(lone(4, 10), [(4,)], [p.plate(1, "", [(4, 0)])], split=False,
                            extra=[("Metadata/Slic3r_PE_model.config", config)])
        self.warned("mixed_metadata", path, volume=1000)

    def test_item_with_a_foreign_path_is_not_counted_as_an_instance(self):
        """Its id belongs to another part."""
        subs = {"3D/other.model": f.model(f.obj(4, f.mesh(f.cube(20))))}
        root = f.model(f.obj(4, f.mesh(f.cube(10))), f.item(4, p__path="/3D/other.model") + f.item(4, f.move(40)),
                       spaces="p", required="p")
        config = p.settings(p.plate(1, "", [(4, 0)]), p.plate(2))
        path = f.pack(self.path(), f.parts_of(root, f.with_rels(subs) + [(p.SETTINGS, config)]))
        self.assertEqual(self.volumes(path, "--plate", "1"), {1: 1000})


class NotPrinted(PlateCase):
    def test_left_out_and_listed(self):
        path = self.file_of(lone(4, 10), [(4,), (4, f.move(50), {"printable": 0})], [p.plate(1, "", [(4, 0), (4, 1)])])
        self.check(self.priced(path)["report"], volume=1000, items=1, box=([0, 0, 0], [10, 10, 10]), triangles=12)
        self.assertEqual([i["printable"] for i in self.contents(path)["plates"][0]["items"]], [True, False])

    @each({"0": ("0", 1), "1": ("1", 2), "true": ("true", 2), "empty": ("", 2)})
    def test_values(self, value, items):
        path = self.package(f.model(f.obj(1, f.mesh(f.cube())), f.item(1) + f.item(1, f.move(50), printable=value)))
        self.check(self.priced(path)["report"], volume=1000 * items, items=items)

    def test_listed_in_a_plain_file(self):
        path = self.package(f.model(f.obj(1, f.mesh(f.cube())), f.item(1) + f.item(1, f.move(50), printable=0)))
        self.assertEqual([i["printable"] for i in self.contents(path)["plates"][0]["items"]], [True, False])

    def test_nothing_left(self):
        path = self.package(f.simple().replace("<item ", '<item printable="0" '))
        self.refused(("plate_empty", "3mf_empty_build", "mesh_empty"), path)

    def test_object_not_printed_may_be_asked_for(self):
        path = self.package(f.model(f.obj(1, f.mesh(f.cube())) + f.obj(2, f.mesh(f.cube(20))), f.item(1) +
                                    f.item(2, printable=0)))
        self.check(self.report(path, "--object", "2"), volume=8000)


class Geometry(PlateCase):
    """Membership by place: grids of 1, 2, 3, 4, 5, 7 and 10 plates."""

    def grid(self, count, width=W, depth=D, x=0.0, y=0.0, rows=False):
        objects, items, plates = {}, [], []
        for k in range(count):
            left, front = p.grid_origin(k, count, width, depth)
            objects.update(lone(k + 1, 5 + k))
            items.append((k + 1, f.move(left + x + 0.4 * width, front + y + 0.6 * depth)))
            plates.append(p.plate(k + 1, "", [(k + 1, 0)] if rows else []))
        return objects, items, plates

    @each({str(n): n for n in (1, 2, 3, 4, 5, 7, 10)})
    def test_plates(self, count):
        path = self.file_of(*self.grid(count), p.bed(W, D))
        self.assertEqual(self.volumes(path), {k + 1: (5 + k) ** 3 for k in range(count)})
        for k in range(count):
            self.diagnostic(self.plate_report(path, k + 1), "plate_by_geometry")

    @each({str(n): n for n in (2, 3, 5)})
    def test_other_beds(self, count):
        for bed in ((180, 180, -90, -90), (350, 300, 0, 0), (250, 210, 10, 20)):
            objects, items, plates = self.grid(count, *bed)
            self.assertEqual(self.volumes(self.file_of(objects, items, plates, p.bed(*bed))),
                             {k + 1: (5 + k) ** 3 for k in range(count)})

    def test_rows_and_geometry_agree(self):
        with_rows, without = (self.file_of(*self.grid(5, rows=rows), p.bed(W, D)) for rows in (True, False))
        self.assertEqual(self.volumes(with_rows), self.volumes(without))
        for report in self.reports(with_rows):
            self.assertNotIn("plate_by_geometry", self.codes(report))

    def test_empty_plates_count_for_the_grid(self):
        """Five plates have three columns, also when only one holds something."""
        left, front = p.grid_origin(3, 5, W, D)
        path = self.file_of(lone(4, 10), [(4, f.move(left + 50, front + 50))], [p.plate(k) for k in range(1, 6)],
                            p.bed(W, D))
        self.assertEqual(self.volumes(path), {4: 1000})

    def test_width_is_cut_to_an_integer(self):
        """180.9 counts as 180: the second plate begins at 216, not at 217.08."""
        path = self.file_of(lone(4, 1.5), [(4, f.move(215, 50))], [p.plate(1), p.plate(2)], p.bed(180.9, 180.9))
        self.assertEqual(self.volumes(path), {2: 3.375})

    def test_touching_is_enough(self):
        path = self.file_of(lone(4, 10), [(4, f.move(-10, 50))], [p.plate(1)], p.bed(W, D))
        self.assertEqual(self.volumes(path), {1: 1000})

    def test_on_two_plates(self):
        """A long item: where its centre is, and it is said."""
        objects = {4: [p.part(1, f.models.box((60, 10, 10)))]}
        for left, plate in ((75, 1), (80, 2), (62, 1), (94, 2)):
            path = self.file_of(objects, [(4, f.move(left, 50))], [p.plate(1), p.plate(2)], p.bed(100, 100))
            found = self.volumes(path)
            if left in (62, 94):  # the centre lies on a plate
                self.assertEqual(found, {plate: 6000}, left)
            self.assertEqual(sum(found.values()), 6000)
            self.diagnostic(self.plate_report(path, list(found)[0]), ("plate_by_geometry", "plate_guessed"))

    def test_outside(self):
        path = self.file_of({**lone(4, 10), **lone(7, 20)}, [(4, f.move(50, 50)), (7, f.move(-500, 0))],
                            [p.plate(1), p.plate(2)],
                            p.bed(W, D))
        self.assertEqual(self.volumes(path), {1: 1000})
        self.diagnostic(self.plate_report(path, 1), "item_outside_plates")

    def test_instances_of_one_object_on_several_plates(self):
        items = [(4, f.move(50 + p.grid_origin(k, 3, W, D)[0], 50 + p.grid_origin(k, 3, W, D)[1]))
                 for k in (0, 1, 2, 2)]
        path = self.file_of(lone(4, 10), items, [p.plate(k) for k in (1, 2, 3)], p.bed(W, D))
        self.assertEqual(self.volumes(path), {1: 1000, 2: 1000, 3: 2000})

    @each({"json": "{", "no_area": '{"printable_height": "200"}', "words": '{"printable_area": ["axb", "c"]}',
           "numbers": '{"printable_area": [0, 1]}',
           "nan": '{"printable_area": ["0x0","nanx0","10x10","0x10"]}',
           "flat": '{"printable_area": ["0x0","0x0","0x0","0x0"]}',
           "huge": '{"printable_area": ["0x0","1e300x0","1e300x1e300","0x1e300"]}', "empty": '{"printable_area": []}'})
    def test_beds_that_are_no_beds(self, project):
        path = self.file_of(lone(4, 10), [(4,), (4, f.move(50))], [p.plate(1, "", [(4, 0)]), p.plate(2)], project)
        self.check(self.report(path, "--plate", "1"), volume=2000 if project != '{"huge' else None)


class PrusaBeds(PlateCase):
    """PrusaSlicer stores no plates: where items lie decides."""

    def beds(self, used, application="PrusaSlicer-2.9.1", width=250, depth=210, origin=p.prusa_origin, ini=True):
        resources = "".join(f.obj(k + 1, f.mesh(f.cube(5 + k))) for k in used)
        places = {k: origin(k, width, depth) for k in used}
        items = "".join(f.item(k + 1, f.move(x + 0.3 * width, y + 0.6 * depth)) for k, (x, y) in places.items())
        config = p.prusa_config(*[p.prusa_object(k + 1, p.prusa_volume(0, 11)) for k in used])
        settings = p.prusa_bed(width, depth) if ini else None
        return f.pack(self.path(), p.prusa(resources, items, config, application, settings))

    def test_nine_beds(self):
        path = self.beds(range(9))
        self.assertEqual(self.volumes(path), {k + 1: (5 + k) ** 3 for k in range(9)})
        self.assertEqual({x["source"] for x in self.contents(path)["plates"]}, {"geometry"})

    @each({"two": (0, 1), "three": (0, 1, 2), "skipped": (0, 2), "far": (0, 8), "not_the_first": (1, 3)})
    def test_beds(self, *used):
        self.assertEqual(self.volumes(self.beds(used)), {k + 1: (5 + k) ** 3 for k in used})

    def test_other_size(self):
        """The gap is at most 100 mm."""
        for size in ((360, 360), (120, 120), (180, 180)):
            self.assertEqual(self.volumes(self.beds((0, 1, 2, 3), width=size[0], depth=size[1])),
                             {k + 1: (5 + k) ** 3 for k in range(4)})

    def test_one_bed_is_one_plate(self):
        path = self.beds((0,))
        report = self.check(self.priced(path)["report"], volume=125)
        self.assertNotIn("item_outside_plates", self.codes(report))

    def test_older_versions_lie_in_a_row(self):
        path = self.beds((0, 1, 2), "PrusaSlicer-2.8.1", origin=lambda k, w, d: (k * 1.2 * w, 0))
        self.assertEqual(self.volumes(path), {1: 125, 2: 216, 3: 343})

    def test_no_bed_is_known(self):
        path = self.beds((0, 1, 2), ini=False)
        self.check(self.priced(path)["report"], volume=125 + 216 + 343, items=3)

    def test_outside(self):
        path = self.beds((0, 1), origin=lambda k, w, d: (0, 0) if k == 0 else (-5000, -5000))
        report = self.check(self.json("inspect", path), volume=125)
        self.diagnostic(report, "item_outside_plates")
        self.assertIn("2", [o["id"] for o in self.contents(path)["objects"]])


class Sliced(PlateCase):
    """Claims of the slicer, and files that hold nothing else."""

    def gcode_file(self, suffix=".gcode.3mf", resources="", build="", rows=()):
        config = p.settings(p.plate(1, "", rows, more=p.meta("gcode_file", "Metadata/plate_1.gcode")))
        entries = f.parts_of(f.model(resources, build,
                                     metadata='<metadata name="Application">BambuStudio-02.00</metadata>'))
        entries += [(p.SETTINGS, config), (p.SLICE_INFO, p.slice_info((1, 1958, "10.18"))),
                    ("Metadata/plate_1.gcode", "G28\n" * 100),
                    ("Metadata/plate_1.gcode.md5", "0" * 32)]
        return f.pack(self.path(suffix), entries)

    def test_gcode_only(self):
        for suffix in (".gcode.3mf", ".3mf"):
            self.refused("3mf_gcode_only", self.gcode_file(suffix))

    def test_gcode_and_mesh(self):
        self.check(self.priced(self.gcode_file(resources=f.obj(1, f.mesh(f.cube())), build=f.item(1),
                                               rows=[(1, 0)]))["report"],
                   volume=1000)

    def test_gcode_is_never_inflated(self):
        more = [("Metadata/plate_1.gcode", b"\0" * (100 << 20))]
        self.check(self.priced(self.package(f.simple(), more))["report"], volume=1000)

    def sliced(self, *claims):
        return self.file_of({**lone(4, 20), **lone(7, 20)}, [(4,), (7,)],
                            [p.plate(1, "a", [(4, 0)]), p.plate(2, "b", [(7, 0)])],
                            extra=[(p.SLICE_INFO, p.slice_info(*claims))])

    def test_claims_are_listed(self):
        path = self.sliced((1, 1958, "10.18"), (2, 60, ""))
        plates = self.contents(path)["plates"]
        self.assertEqual({key: plates[0]["sliced"][key] for key in ("time_s", "mass_g")},
                         {"time_s": 1958, "mass_g": 10.18})
        self.assertEqual(plates[1]["sliced"]["time_s"], 60)
        self.diagnostic(self.plate_report(path, 1), "slice_info_present", "info")

    def test_claims_do_not_price(self):
        plain, sliced = self.sliced(), self.sliced((1, 999999, "8.00"))
        one, two = (self.json(x, "--plate", "1")["options"] for x in (plain, sliced))
        self.assertEqual(one, two)

    def test_claim_that_cannot_be(self):
        path = self.sliced((1, 1958, "500.00"))
        self.diagnostic(self.plate_report(path, 1), "slice_info_mismatch", "warn")

    @each({"broken": "<config>", "text": "x", "empty_weight": p.slice_info((1, "", "")),
           "words": p.slice_info((1, "soon", "heavy")),
           "huge": p.slice_info((1, "9" * 400, "1e400")), "negative": p.slice_info((1, -5, "-7"))})
    def test_odd_claims(self, text):
        path = self.file_of(lone(4, 20), [(4,)], [p.plate(1, "a", [(4, 0)])], extra=[(p.SLICE_INFO, text)])
        self.check(self.priced(path)["report"], volume=8000)
        self.contents(path)

    def test_filaments(self):
        project = p.bed(W, D, filament_type=["PLA", "PETG-CF", "TPU"], filament_colour=["#00AE42", "#FFFFFFFF"])
        path = self.file_of(lone(4, 20), [(4, f.move(50, 50))], [p.plate(1, "a", [(4, 0)])], project)
        found = self.contents(path)["filaments"]
        self.assertEqual([(x["index"], x["type"]) for x in found], [(1, "PLA"), (2, "PETG-CF"), (3, "TPU")])
        self.assertEqual([x["color"] for x in found], ["#00AE42", "#FFFFFFFF", "#00AE42"],
                         "short lists repeat the first")


class AddUp(PlateCase):
    """Every plate by itself, all of them, and a file of everything give the same sums."""

    def project(self, plates=3):
        objects = {**lone(1, 20), **lone(2, 10), **lone(3, 15), **lone(4, 12)}
        items = [(1,), (2, f.move(25)), (2, f.move(40)), (3, f.move(55)), (4, f.move(75)),
                 (1, f.move(0, 40), {"printable": 0})]
        rows = [[(1, 0)], [(2, 0), (2, 1), (1, 1)], [(3, 0), (4, 0)]]
        if plates == 1:
            rows = [sum(rows, [])]
        return self.file_of(objects, items, [p.plate(k + 1, "plate %d" % (k + 1), r) for k, r in enumerate(rows)])

    @staticmethod
    def timeless(document):
        document["report"].pop("timing_ms")
        return document

    def test_each_equals_its_place_in_all(self):
        path = self.project()
        whole = [self.timeless(d) for d in self.priced(path, "--plate", "all")]
        self.assertEqual(len(whole), 3)
        for k, one in enumerate(whole, 1):
            for word in (str(k), "plate %d" % k):
                self.assertEqual(self.timeless(self.priced(path, "--plate", word)), one)
        self.assertEqual([self.timeless(d) for d in self.priced(path)], whole)

    def test_sums(self):
        plates, whole = self.priced(self.project()), self.priced(self.project(1))
        reports = [d["report"] for d in plates]
        for key in ("triangles", "shells", "volume_mm3", "area_mm2"):
            self.near(sum(r[key] for r in reports), whole["report"][key], what=key)
        self.near(sum(r["volume_mm3"] for r in reports), 8000 + 2000 + 3375 + 1728)
        self.assertEqual(sum(r["selection"]["items"] for r in reports), 5)
        names = [[o["material_id"] for o in d["options"]] for d in plates]
        self.assertEqual(names[0], names[1])
        self.assertEqual(names[0], [o["material_id"] for o in whole["options"]])
        for k, option in enumerate(whole["options"]):
            if option.get("infill_percent") is None:  # poured or fused: the mass is that of the volume
                parts = [d["options"][k] for d in plates]
                self.near(sum(o["material_volume_mm3"] for o in parts), option["material_volume_mm3"], 1e-3, 3)

    def test_same_currency_and_book(self):
        for one in self.priced(self.project()):
            self.assertEqual(one["book"], self.priced(self.project(1))["book"])


class Selection(PlateCase):
    def test_object(self):
        path = self.file_of({**lone(4, 10), **lone(7, 20)}, [(4,), (7,)], [p.plate(1, "", [(4, 0), (7, 0)])])
        report = self.check(self.report(path, "--object", "7"), volume=8000, triangles=12)
        self.assertEqual(len(report["selection"]["objects"]), 1)

    def test_every_listed_object_can_be_asked_for(self):
        path = self.file_of({**lone(4, 10), **lone(7, 20)}, [(4,), (7,)], [p.plate(1, "", [(4, 0), (7, 0)])])
        found = {o["id"]: self.report(path, "--object", o["id"])["volume_mm3"] for o in self.contents(path)["objects"]}
        self.assertEqual(sorted(round(v) for v in found.values()), [1000, 1000, 8000, 8000])

    def test_object_without_an_item(self):
        path = self.package(f.model(f.obj(1, f.mesh(f.cube())) + f.obj(2, f.mesh(f.cube(5))), f.item(1)))
        self.check(self.report(path, "--object", "2"), volume=125)

    def test_object_not_found(self):
        path = self.package(f.simple())
        for word in ("2", "one", "-1", "1.0", "4294967297"):
            self.assertEqual(self.refused("object_not_found", path, "--object", word)["candidates"], ["1"])

    def test_plate_of_a_plain_file(self):
        self.check(self.report(self.package(f.simple()), "--plate", "1"), volume=1000)
        self.assertEqual(len(self.reports(self.package(f.simple()), "--plate", "all")), 1)
        self.refused("plate_not_found", self.package(f.simple()), "--plate", "2")

    def test_entry_of_a_plain_file(self):
        self.refused("entry_not_found", self.package(f.simple()), "--entry", "nothing.stl")

    def test_unit_and_scale(self):
        path = self.file_of({**lone(4, 10), **lone(7, 20)}, [(4,), (7,)],
                            [p.plate(1, "", [(4, 0)]), p.plate(2, "", [(7, 0)])])
        self.check(self.report(path, "--plate", "2", "--scale", "0.5"), volume=1000)

    def test_human_text(self):
        path = self.file_of({**lone(4, 10), **lone(7, 20)}, [(4,), (7,)],
                            [p.plate(1, "left", [(4, 0)]), p.plate(2, "right", [(7, 0)])])
        text = self.run_quote(path, code=0).text
        for word in ("left", "right"):
            self.assertIn(word, text)
