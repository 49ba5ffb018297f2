"""Hostile packages: bombs, depths, cycles, counts, names. Each ends with a code, soon, and with little memory."""
import json
import os
import resource
import struct
import subprocess

import threemf_case
import threemf_files as f
import threemf_projects as p
import zip_raw
from threemf_case import Case, each
from zip_raw import Entry

MESH = f.mesh(f.cube())
CUBE = f.obj(1, MESH)
GIB = 1 << 30


def chain(levels):
    """Object 1 is a cube; object k + 1 holds object k."""
    text = CUBE + "".join(f.obj(k + 1, f.components(k)) for k in range(1, levels + 1))
    return f.model(text, f.item(levels + 1))


def tree(width, levels):
    """width ** levels cubes in levels * width components."""
    text = CUBE + "".join(f.obj(k + 1, f.components(*[k] * width)) for k in range(1, levels + 1))
    return f.model(text, f.item(levels + 1))


class HostileCase(Case):
    def run_quote(self, *arguments, code=None):
        """A minute of CPU time is more than any of these may need; the system is never to blame."""
        def limits():
            resource.setrlimit(resource.RLIMIT_CPU, (60, 60))
        try:
            done = subprocess.run([threemf_case.QUOTE, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE, timeout=90, cwd=self.folder, check=False, preexec_fn=limits)
        except subprocess.TimeoutExpired:
            self.fail("still running: %s" % " ".join(arguments))
        done.text, done.words = done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")
        self.assertGreaterEqual(done.returncode, 0, done.words[-300:])
        self.assertIn(done.returncode, (0, 1, 3), "hostile input is never the system's fault: %s" % done.words[-300:])
        if code is not None:
            self.assertEqual(done.returncode, code, done.text[:500])
        return done


class Bombs(HostileCase):
    def bomb(self, text, mebibytes):
        """A package whose model holds so many blanks."""
        head, tail = text.split("<resources>", 1)
        packed = zip_raw.deflate(head.encode() + b" " * (mebibytes << 20) + b"<resources>" + tail.encode(), 9)
        whole = head.encode() + b" " * (mebibytes << 20) + b"<resources>" + tail.encode()

        def change(entry):
            if entry.name == f.MAIN:
                entry.payload = packed
        return self.raw_package(whole, change=change)

    def test_ratio(self):
        self.refused("zip_bomb", self.bomb(f.simple(), 80))

    def test_ratio_of_a_small_part_is_fine(self):
        self.check(self.report(self.bomb(f.simple(), 4)), volume=1000)

    def test_ratio_of_a_sub_model(self):
        root = f.model(f.obj(2, f.components((1, None, "/3D/a.model"))), f.item(2), spaces="p", required="p")
        sub = f.model(CUBE) + "\n" * (80 << 20)
        self.refused("zip_bomb", self.package(root, f.with_rels({"3D/a.model": sub})))

    def test_ratio_of_settings(self):
        """Vendor files are no way around the limit; the geometry may still be read."""
        path = self.package(f.simple(), {p.SETTINGS: " " * (80 << 20) + "<config/>"})
        if self.run_quote("inspect", path).returncode:
            self.refused("zip_bomb", path)
        else:
            self.warned("metadata_ignored", path, volume=1000)

    @each({"thumbnail": "Metadata/thumbnail.png", "gcode": "Metadata/plate_1.gcode", "attachment": "Auxiliaries/a.stl",
           "unused_model": "3D/Objects/unused.model"})
    def test_ratio_of_what_nobody_needs(self, name):
        self.check(self.priced(self.package(f.simple(), {name: b"\0" * (80 << 20)}))["report"], volume=1000)

    @each({"three_gib": 3 * GIB, "four_gib": 4 * GIB - 2, "just_over": 2 * GIB + 1})
    def test_declared_size(self, size):
        def change(entry):
            if entry.name == f.MAIN:
                entry.size = size
        self.refused(("zip_bomb", "zip_crc"), self.raw_package(change=change))

    @each({"exbibyte": 1 << 60, "all_ones": (1 << 64) - 1, "negative": 1 << 63})
    def test_declared_size_in_64_bits(self, size):
        def change(entry):
            if entry.name == f.MAIN:
                entry.zip64, entry.size = True, size
        self.refused(("zip_bomb", "zip_crc", "zip_corrupt"), self.raw_package(change=change))

    def test_total_of_many_parts(self):
        """Five sub-models that each claim nine tenths of 1 GiB."""
        names = ["3D/%d.model" % k for k in range(5)]
        root = f.model(f.obj(9, f.components(*[(1, None, "/" + n) for n in names])), f.item(9), spaces="p",
                       required="p")

        def change(entry):
            if entry.name in names:
                entry.size = GIB * 9 // 10
        path = self.raw_package(root, f.with_rels(dict.fromkeys(names, f.model(CUBE))), change=change)
        self.refused(("zip_bomb", "zip_crc"), path)

    def test_stl_in_an_archive(self):
        entries = [Entry("a.stl", struct.pack("<80sI", b"", 2_000_000) + b"\0" * 100_000_000)]
        self.refused("zip_bomb", self.raw(entries, suffix=".zip"))

    @each({"inflated_bytes": ("inflated_bytes", 500), "archive_entries": ("archive_entries", 2),
           "input_bytes": ("input_bytes", 100),
           "xml_depth": ("xml_depth", 3), "component_depth": ("component_depth", 1), "instances": ("instances", 3),
           "triangles": ("triangles", 30), "vertices": ("vertices", 7)})
    def test_every_limit_is_kept(self, name, value):
        path = self.package(tree(2, 2))
        codes = {"inflated_bytes": "zip_bomb", "archive_entries": "zip_bomb", "xml_depth": "xml_depth",
                 "component_depth": "3mf_depth",
                 "instances": "3mf_instances"}
        error = self.refused(("limit", codes.get(name, "limit")), path, "--limit", "%s=%d" % (name, value))
        allowed = (value, 2 * value) if name == "inflated_bytes" else (value,)  # twice for a whole archive
        self.assertIn(error.get("limit"), allowed)

    def test_memory_is_kept(self):
        done = self.run_quote("inspect", self.package(tree(2, 2)), "--limit", "memory_bytes=5000", "--json", code=1)
        self.assertEqual(self.error_of(done)["code"], "limit")

    @each({"instances": ("instances", 4), "triangles": ("triangles", 48), "archive_entries": ("archive_entries", 3),
           "component_depth": ("component_depth", 3), "xml_depth": ("xml_depth", 10), "vertices": ("vertices", 32)})
    def test_at_the_limit_is_fine(self, name, value):
        self.check(self.report(self.package(tree(2, 2)), "--limit", "%s=%d" % (name, value)), volume=4000)


class Directories(HostileCase):
    def test_too_many_entries(self):
        entries = [Entry(n, d) for n, d in f.parts_of(f.simple())] + [Entry("x/%d" % k, b"", method=0)
                                                                      for k in range(66000)]
        self.refused("zip_bomb", self.raw(entries, zip64_end=True))

    def test_many_entries(self):
        entries = [Entry(n, d) for n, d in f.parts_of(f.simple())] + [Entry("x/%d" % k, b"", method=0)
                                                                      for k in range(60000)]
        self.check(self.report(self.raw(entries)), volume=1000)

    def test_entries_that_are_told_and_not_there(self):
        self.refused(("zip_bomb", "zip_corrupt"), self.raw_package(zip64_end=True, count=1 << 40))

    def test_long_name(self):
        entries = [Entry(n, d) for n, d in f.parts_of(f.simple())] + [Entry("x" * 5000, b"a")]
        self.refused("zip_bomb", self.raw(entries))

    def test_name_of_four_kibibytes(self):
        entries = [Entry(n, d) for n, d in f.parts_of(f.simple())] + [Entry("x" * 4000, b"a")]
        self.check(self.report(self.raw(entries)), volume=1000)

    def test_large_directory(self):
        entries = [Entry(n, d) for n, d in f.parts_of(f.simple())]
        entries += [Entry("x/%d" % k, b"", method=0, comment=b"c" * 60000) for k in range(1200)]
        self.refused("zip_bomb", self.raw(entries))

    def test_quine_like_overlap(self):
        """Many names for one stretch of data: the sum would be the size times the names."""
        names = ["3D/%d.model" % k for k in range(500)]
        root = f.model(f.obj(9, f.components(*[(1, None, "/" + n) for n in names])), f.item(9), spaces="p",
                       required="p")
        entries = [Entry(n, d) for n, d in f.parts_of(root)] + [Entry(names[0], f.model(CUBE))]
        entries += [Entry(n, f.model(CUBE), same_as=names[0]) for n in names[1:]]
        self.refused("zip_overlap", self.raw(entries))

    def test_extra_field_beyond_the_header(self):
        for extra in (b"\1\0\xff\xff" + b"\0" * 8, b"\1\0", b"\x75\x70\xff\0\1", struct.pack("<HHI", 1, 4, 5)):
            entries = [Entry(n, d, extra=extra) for n, d in f.parts_of(f.simple())]
            done = self.run_quote("inspect", self.raw(entries), "--json")
            if done.returncode:
                self.assertEqual(self.error_of(done)["code"], "zip_corrupt")


class Depths(HostileCase):
    @each({"elements": '<q:a xmlns:q="urn:q">' + "<q:a>" * 100 + "</q:a>" * 100 + "</q:a>",
           "core_elements": "<metadatagroup>" * 100 + "</metadatagroup>" * 100,
           "hundred_thousand": '<q:a xmlns:q="urn:q">' + "<q:a>" * 100000})
    def test_xml(self, text):
        self.refused("xml_depth", self.package(f.simple(tail=text)))

    def test_xml_inside_a_mesh(self):
        deep = '<q:a xmlns:q="urn:q">' + "<q:a>" * 80 + "</q:a>" * 80 + "</q:a>"
        self.refused("xml_depth", self.package(f.simple().replace("</vertices>", deep + "</vertices>")))

    @each({"vertex": "vertex", "triangle": "triangle", "item": "item"})
    def test_attributes(self, tag):
        many = "<%s %s" % (tag, "".join('a%d="" ' % k for k in range(2000)))
        self.refused("xml_depth", self.package(f.simple().replace("<%s " % tag, many, 1)))

    def test_long_attribute(self):
        for tag in ("triangle", "object"):
            text = f.simple().replace("<%s " % tag, '<%s paint="%s" ' % (tag, "4" * (2 << 20)), 1)
            self.refused("xml_depth", self.package(text))

    def test_components(self):
        self.refused("3mf_depth", self.package(chain(40)))
        self.refused("3mf_depth", self.package(chain(20000)))

    def test_components_that_are_fine(self):
        self.silent(self.package(chain(30)), volume=1000, triangles=12)

    def test_components_across_files(self):
        subs = {}
        for k in range(60):
            child = f.components((k + 2, None, "/3D/%d.model" % (k + 1)))
            subs["3D/%d.model" % k] = f.model(f.obj(k + 1, child if k < 59 else MESH), spaces="p", required="p")
        root = f.model(f.obj(1, f.components((1, None, "/3D/0.model"))), f.item(1), spaces="p", required="p")
        self.refused("3mf_depth", self.package(root, f.with_rels(subs)))

    def test_json(self):
        for text in ("[" * 20 + "]" * 20, '{"a":' * 20 + "1" + "}" * 20, "[" * 100000):
            self.ignored(text)

    def test_long_json(self):
        self.ignored(json.dumps({"printable_area": ["0x0"], "x": "y" * (5 << 20)}))

    @each({"mark": "\ufeff{}", "nan": '{"a": NaN}', "infinity": '{"a": Infinity}', "twice": '{"a": "1", "a": "2"}',
           "cut": '{"a": ',
           "trailing": '{"a": 1} x', "single_quotes": "{'a': 1}", "not_utf8": b'{"a": "\xff"}', "list": "[1]",
           "word": "null"})
    def test_odd_json(self, text):
        if text in ("[1]", "null"):
            path = f.pack(self.path(), p.bambu({4: [p.part(1, f.cube())]}, [(4,)], [p.plate(1, "", [(4, 0)])], text))
            self.check(self.priced(path)["report"], volume=1000)
        else:
            self.ignored(text)

    def ignored(self, text):
        path = f.pack(self.path(), p.bambu({4: [p.part(1, f.cube())]}, [(4,)], [p.plate(1, "", [(4, 0)])], text))
        self.warned("metadata_ignored", path, volume=1000)


class Counts(HostileCase):
    @each({"ten_to_the_ten": (10, 10), "two_to_the_thirty": (2, 30), "thousand_cubed": (1000, 3),
           "hundred_to_the_thirty": (100, 30)})
    def test_instances(self, width, levels):
        self.refused("3mf_instances", self.package(tree(width, levels)))

    def test_instances_of_nothing(self):
        """No leaf has a mesh: still no work without end."""
        text = f.obj(1, "") + "".join(f.obj(k + 1, f.components(*[k] * 10)) for k in range(1, 21))
        self.refused(("3mf_instances", "3mf_no_content"), self.package(f.model(text, f.item(21))))

    def test_instances_of_what_is_left_out(self):
        """Leaves that are not counted are placed all the same."""
        text = f.obj(1, MESH, type="support") + "".join(f.obj(k + 1, f.components(*[k] * 10))
                                                        for k in range(1, 21)) + f.obj(99, MESH)
        done = self.run_quote("inspect", self.package(f.model(text, f.item(21) + f.item(99))), "--json")
        if done.returncode:
            self.assertEqual(self.error_of(done)["code"], "3mf_instances")

    def test_instances_of_objects_that_are_not_used(self):
        text = CUBE + "".join(f.obj(k + 1, f.components(*[k] * 10)) for k in range(1, 21))
        self.check(self.report(self.package(f.model(text, f.item(1)))), volume=1000)

    def test_instances_through_items(self):
        """A thousand items of a thousand and one components each."""
        text = f.model(CUBE + f.obj(2, f.components(*[1] * 1001)), f.item(2) * 1000)
        self.refused("3mf_instances", self.package(text))

    def test_ten_thousand_instances_are_fine(self):
        report = self.report(self.package(tree(100, 2)))
        self.near(report["volume_by_rule_mm3"]["signed"], 1e7)
        self.assertEqual(report["triangles"], 120000)

    def test_triangles_that_are_repeated(self):
        """Few bytes, many triangles: 40 000 of one mesh in 20 000 places."""
        points, faces = f.corners(f.cube())
        mesh = f.mesh_of(points, faces * 3400)
        text = f.model(f.obj(1, mesh) + f.obj(2, f.components(*[1] * 200)) + f.obj(3, f.components(*[2] * 100)),
                       f.item(3))
        self.refused(("limit", "3mf_instances"), self.package(text))

    def test_components_without_number(self):
        """Wide, not deep: 300 000 components in one object are no attack."""
        count = 300000
        text = f.model(CUBE + f.obj(2, f.components(*[1] * count)), f.item(2))
        self.refused("limit", self.package(text), "--limit", "triangles=1000000")

    def test_work_is_kept(self):
        """Overlapping shells with next to no budget: a code or a range, and an end."""
        path = self.package(f.simple(f.mesh([t for k in range(40) for t in f.cube(10, (k, 0.5 * k, 0.25 * k))])))
        done = self.run_quote("inspect", path, "--limit", "work_units=1", "--json")
        if done.returncode:
            self.assertEqual(self.error_of(done)["code"], "limit")
        else:
            self.assertIsNotNone(json.loads(done.text)["volume_range_mm3"])

    def test_self_reference(self):
        self.refused("3mf_cycle", self.package(f.model(f.obj(1, f.components(1, 1)), f.item(1))))

    def test_long_cycle(self):
        count = 30
        text = "".join(f.obj(k, f.components(k % count + 1)) for k in range(1, count + 1))
        self.refused("3mf_cycle", self.package(f.model(text, f.item(1))))

    def test_huge_ranges(self):
        """A count that is told and not there reserves nothing."""
        config = p.prusa_config(p.prusa_object(1, p.prusa_volume(0, 2147483647),
                                               p.prusa_volume(2147483647, 2147483647)))
        self.refused("prusa_bad_range", f.pack(self.path(), p.prusa(CUBE, f.item(1), config)))

    def test_many_ranges(self):
        volumes = [p.prusa_volume(0, 11) for _ in range(20000)]
        path = f.pack(self.path(), p.prusa(CUBE, f.item(1), p.prusa_config(p.prusa_object(1, *volumes))))
        self.run_quote("inspect", path)

    def test_many_rows_and_plates(self):
        plates = [p.plate(k, "p%d" % k, [(4, k), (4, 5)]) for k in range(1, 3000)]
        self.run_quote("inspect", f.pack(self.path(), p.bambu({4: [p.part(1, f.cube())]}, [(4,)], plates)))

    def test_many_namespaces(self):
        spaces = " ".join('xmlns:n%d="urn:%d"' % (k, k) for k in range(200))
        text = f.simple().replace("<model ", "<model %s " % spaces, 1)
        self.check(self.report(self.package(text)), volume=1000)

    def test_many_required_prefixes(self):
        text = f.simple(required="p " * 100000, spaces="p")
        self.check(self.report(self.package(text)), volume=1000)


class Packages(HostileCase):
    """What readers disagree about is refused or said: a price must not depend on the reader."""

    def test_entity_bomb(self):
        entities = "".join('<!ENTITY a%d "%s">' % (k, "&a%d;" % (k - 1) * 10) for k in range(1, 12))
        text = f.simple().replace("<model", '<!DOCTYPE model [<!ENTITY a0 "x">%s]><model' % entities, 1)
        self.refused("xml_dtd", self.package(text))

    @each({"settings": p.SETTINGS, "relations": "_rels/.rels", "types": "[Content_Types].xml", "slices": p.SLICE_INFO,
           "part_relations": "3D/_rels/3dmodel.model.rels"})
    def test_entity_bomb_elsewhere(self, name):
        """Never expanded: refused, ignored with a warning, or not read at all."""
        entities = "".join('<!ENTITY a%d "%s">' % (k, "&a%d;" % (k - 1) * 10) for k in range(1, 12))
        text = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a0 "x">%s]><x>&a11;</x>' % entities
        entries = [e for e in f.parts_of(f.simple()) if e[0] != name] + [(name, text)]
        done = self.run_quote("inspect", f.pack(self.path(), entries), "--json")
        if done.returncode:
            self.assertEqual(self.error_of(done)["code"], "xml_dtd")

    def test_external_entity(self):
        secret = os.path.join(self.folder, "secret")
        with open(secret, "w", encoding="utf-8") as file:
            file.write("do not tell")
        text = f.simple(metadata='<metadata name="Application">&x;</metadata>').replace(
            "<model", '<!DOCTYPE model [<!ENTITY x SYSTEM "file://%s">]><model' % secret, 1)
        path = self.package(text)
        self.refused("xml_dtd", path)
        self.assertNotIn("do not tell", self.run_quote(path).text)

    @each({"relations": ("_rels/.rels", "_rels/.RELS"), "start": (f.MAIN, "3D/3DMODEL.model"),
           "types": ("[Content_Types].xml", "[content_types].xml"), "sub_model": ("3D/a.model", "3D/A.model")})
    def test_two_names_that_differ_in_case(self, name, other):
        root = f.model(f.obj(2, f.components((1, None, "/3D/a.model"))), f.item(2), spaces="p", required="p")
        entries = f.parts_of(root, f.with_rels({"3D/a.model": f.model(CUBE)}))
        data = dict(entries)[name].replace("10.0", "20.0").replace('Target="/3D/3dmodel.model"',
                                                                   'Target="/3D/a.model"') + " "
        path = f.pack(self.path(), entries + [(other, data)])
        done = self.run_quote("inspect", path, "--json")
        if done.returncode:
            self.assertIn(self.error_of(done)["code"], ("opc_case_clash", "zip_duplicate"))
        elif not name.startswith("["):
            self.warned("opc_case_clash", path, volume=1000)

    def test_names_in_the_output(self):
        """What a file says about itself reaches no terminal as a command, and not at any length."""
        evil = "a\u202egpj.exe\u2066\u200b"
        text = f.model(f.obj(1, MESH, name=evil + "x" * 100000), f.item(1),
                       metadata='<metadata name="Application">%s%s</metadata>' % (evil, "y" * 100000))
        path = self.package(text)
        for words in ([path], ["inspect", path], ["list", path], ["inspect", path, "--json"], ["list", path, "--json"]):
            done = self.run_quote(*words, code=0)
            self.assertLess(len(done.text), 30000)
            for bad in ("\u202e", "\u2066", "\x1b"):
                if "--json" not in words:
                    self.assertNotIn(bad, done.text)
        self.assertLessEqual(len(self.report(path)["file"]["producer"].encode()), 256)

    def test_quotes_and_braces_in_names(self):
        evil = '"}],"volume_mm3":0,{"\\u0000\\'
        text = f.model(f.obj(1, MESH, name=evil), f.item(1))
        path = self.package(text)
        self.assertEqual(self.contents(path)["objects"][0]["name"], evil)
        self.check(self.report(path), volume=1000)

    def test_names_of_parts_in_messages(self):
        path = self.package(f.model(f.obj(2, f.components((1, None, "/3D/\u202e" + "z" * 3000 + ".model"))), f.item(2),
                                    spaces="p",
                                    required="p"))
        self.assertLess(len(self.refused("opc_missing_part", path)["message"]), 1000)
        self.assertNotIn("\u202e", self.run_quote(path).words)

    def test_rubbish(self):
        """A good package with bytes changed here and there: a code each time, never a crash."""
        whole = zip_raw.archive([Entry(n, d) for n, d in f.parts_of(f.simple())])
        for at in range(0, len(whole), 23):
            spoiled = whole[:at] + bytes([whole[at] ^ 0x5A]) + whole[at + 1:]
            done = self.run_quote("inspect", self.file(spoiled), "--json")
            if done.returncode:
                self.error_of(done)

    def test_every_part_spoiled(self):
        """The same with the archive's sums right: the XML itself is changed."""
        text = f.simple().encode()
        for at in range(0, len(text), 11):
            spoiled = text[:at] + bytes([text[at] ^ 0x14]) + text[at + 1:]
            done = self.run_quote("inspect", self.package(spoiled), "--json")
            if done.returncode:
                self.error_of(done)

    def test_every_truncation_of_the_text(self):
        text = f.simple().encode()
        for at in range(0, len(text) - 8, 37):
            self.assertEqual(self.run_quote("inspect", self.package(text[:at])).returncode, 1, at)
