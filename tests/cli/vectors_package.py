"""The package: ZIP in all its forms, part names, relationships, content types."""
import json
import subprocess

import models
import threemf_case
import threemf_files as f
import zip_raw
from threemf_case import Case, each
from zip_raw import Entry, extra_field, unicode_path

TEXT = f.simple()
SMALL = f.simple(f.mesh(f.cube(5)))
SUB = f.model(f.obj(1, f.mesh(f.cube())))
SUB_PATH = "3D/Objects/object_1.model"


def root_of(path=SUB_PATH, objectid=1, **more):
    return f.model(f.obj(2, f.components((objectid, None, "/" + path))), f.item(2), spaces="p", required="p", **more)


def on_model(**changes):
    """Changes the entry of the start part."""
    def change(entry):
        if entry.name == f.MAIN:
            for key, value in changes.items():
                setattr(entry, key, value)
    return change


def on_all(**changes):
    def change(entry):
        for key, value in changes.items():
            setattr(entry, key, value)
    return change


def encrypted(entry):
    entry.flags |= 1


class Forms(Case):
    """Archives that are unusual and sound."""

    @each({"stored": {"method": 0}, "zip64": {"zip64": True}, "version_45": {"version": 45},
           "zip64_placeholder": {"local_extra": extra_field(0x9999, b"\0" * 16)},
           "descriptor_12": {"descriptor": 12}, "descriptor_16": {"descriptor": 16},
           "descriptor_20": {"descriptor": 20},
           "descriptor_24": {"descriptor": 24}, "stored_with_descriptor": {"method": 0, "descriptor": 16},
           "zip64_with_descriptor": {"zip64": True, "descriptor": 24},
           "unsaturated_zip64_extra": {"extra": extra_field(1, b""), "local_extra": extra_field(1, b"\1" * 16),
                                       "version": 45},
           "unknown_extras": {"extra": extra_field(0x5455, b"\1abcd") + extra_field(0xCAFE, b"x" * 999),
                              "local_extra": extra_field(0x7875, b"\1" * 11)},
           "comments": {"comment": b"a comment \xff"}, "symlink_bits": {"external": 0xA1FF << 16, "version": 0x031E},
           "read_only_dos": {"external": 1}, "descriptor_not_told_locally": {"descriptor": 16, "local_extra": b""}})
    def test_every_entry(self, changes):
        for more in ({}, {"zip64_end": True}):
            self.silent(self.raw_package(change=on_all(**changes), **more), volume=1000)

    @each({"comment": {"comment": b"made for a test"}, "longest_comment": {"comment": b"x" * 65535},
           "comment_with_signature": {"comment": b"PK\x05\x06" + b"\0" * 10}, "zip64_end": {"zip64_end": True},
           "extractor": {"prefix": b"#!/bin/sh\nexit 0\n" * 10},
           "counted_extractor": {"prefix": b"front\n" * 100, "prefix_counted": True},
           "extractor_and_zip64": {"prefix": b"#!front\n", "zip64_end": True, "prefix_counted": True}})
    def test_around_the_entries(self, options):
        self.check(self.report(self.raw_package(**options)), volume=1000)

    def test_junk_behind(self):
        self.check(self.report(self.raw_package(tail=b"\0" * 1000)), volume=1000)

    def test_any_order_of_entries(self):
        entries = f.parts_of(root_of(), f.with_rels({SUB_PATH: SUB}))
        for order in (entries, entries[::-1], entries[2:] + entries[:2]):
            self.silent(f.pack(self.path(), order), volume=1000)

    def test_directory_entries(self):
        path = self.package(TEXT, [("3D/", b""), ("_rels/", b""), ("Metadata/", b"")])
        self.silent(path, volume=1000)

    def test_local_name_that_differs(self):
        """The central directory speaks; the local header tells only where the data starts."""
        path = self.raw_package(change=on_model(local_name=b"another/name/of/another/length"))
        self.check(self.report(path), volume=1000)

    @each({"none": 0, "fast": 1, "best": 9})
    def test_deflate_levels(self, level):
        def change(entry):
            entry.payload = zip_raw.deflate(entry.bytes_of()[0], level)
        self.silent(self.raw_package(change=change), volume=1000)

    def test_backslashes(self):
        def change(entry):
            entry.name = entry.name.replace("/", "\\")
        path = self.raw_package(root_of(), f.with_rels({SUB_PATH: SUB}), change=change)
        self.check(self.report(path), volume=1000)


    @each({"stl": ".stl", "zip": ".zip", "none": "", "upper": ".3MF"})
    def test_suffix_does_not_matter(self, suffix):
        self.silent(self.package(TEXT, suffix=suffix), volume=1000)

    def test_from_standard_input(self):
        with open(self.package(TEXT), "rb") as file:
            data = file.read()
        done = subprocess.run([threemf_case.QUOTE, "inspect", "-", "--json"], input=data, stdout=subprocess.PIPE,
                              check=True, timeout=60)
        self.check(json.loads(done.stdout), volume=1000)


class BadZip(Case):
    def test_no_end_record(self):
        self.refused("zip_corrupt", self.raw_package(end=False))

    @each({"tail": -10, "directory": -100, "half": None, "four": 4, "thirty": 30})
    def test_truncated(self, size):
        entries = [Entry(n, d) for n, d in f.parts_of(TEXT)]
        whole = zip_raw.archive(entries)
        self.refused("zip_corrupt", self.file(whole[:len(whole) // 2 if size is None else size]))

    @each({"beyond": {"directory_offset": 10 ** 6}, "before": {"directory_offset": 0}, "more_told": {"count": 99}})
    def test_directory(self, options):
        self.refused("zip_corrupt", self.raw_package(**options))

    @each({"offset_beyond": {"offset": 10 ** 8}, "offset_at_nothing": {"offset": 7},
           "packed_beyond": {"packed_size": 10 ** 7},
           "no_deflate": {"payload": b"\xff" * 400}, "cut_deflate": {"payload": zip_raw.deflate(TEXT.encode())[:-20]},
           "reserved_block": {"payload": b"\x07" + b"\0" * 300}, "empty_payload": {"payload": b""}})
    def test_model_data(self, changes):
        self.refused(("zip_corrupt", "zip_crc", "zip_overlap"), self.raw_package(change=on_model(**changes)))

    @each({"deflate64": 9, "bzip2": 12, "lzma": 14, "zstd": 93, "imploded": 6, "unknown": 200})
    def test_method(self, method):
        self.refused("zip_method", self.raw_package(change=on_model(told_method=method)))

    @each({"bit_0": {"flags": 1}, "bit_13": {"flags": 0x2001}, "strong": {"flags": 0x41},
           "aes": {"told_method": 99, "flags": 1}})
    def test_encrypted(self, changes):
        self.refused("zip_encrypted", self.raw_package(change=on_model(**changes)))

    @each({"bit_13_alone": {"flags": 0x2000}, "aes_alone": {"told_method": 99}})
    def test_encrypted_by_one_sign(self, changes):
        self.refused(("zip_encrypted", "zip_method"), self.raw_package(change=on_model(**changes)))

    @each({"deflated": {"crc": 0x12345678}, "stored": {"crc": 1, "method": 0}, "zero": {"crc": 0},
           "descriptor": {"crc": 5, "descriptor": 16}})
    def test_wrong_crc(self, changes):
        error = self.refused("zip_crc", self.raw_package(change=on_model(**changes)))
        self.assertTrue(error["part"].endswith("3dmodel.model"))

    def test_wrong_crc_of_a_sub_model(self):
        def change(entry):
            if entry.name == SUB_PATH:
                entry.crc = 77
        error = self.refused("zip_crc", self.raw_package(root_of(), f.with_rels({SUB_PATH: SUB}), change=change))
        self.assertIn("object_1.model", error["part"])

    @each({"less": -7, "more": 7, "half": -len(TEXT) // 2, "zero": None, "one_less": -1, "one_more": 1})
    def test_lying_sizes(self, delta):
        size = len(TEXT.encode())
        path = self.raw_package(change=on_model(size=0 if delta is None else size + delta))
        self.refused(("zip_crc", "zip_corrupt"), path)

    def test_lying_sizes_stored(self):
        for size in (10, len(TEXT) - 1, len(TEXT) + 100):
            self.refused(("zip_crc", "zip_corrupt"), self.raw_package(change=on_model(method=0, size=size)))

    @each({"wrong_crc": {"crc": 1}, "encrypted": {"flags": 1}, "method": {"told_method": 12},
           "no_deflate": {"payload": b"\xff" * 40},
           "lying_size": {"size": 10 ** 6}})
    def test_parts_that_are_not_needed(self, changes):
        for name in ("Metadata/thumbnail.png", "Metadata/plate_1.gcode", "Auxiliaries/readme.pdf"):
            path = self.raw_package(more=[(name, b"\x89PNG\r\n" + b"data" * 50)], change=self.only(name, changes))
            self.check(self.priced(path)["report"], volume=1000)

    @staticmethod
    def only(name, changes):
        def change(entry):
            if entry.name == name:
                on_all(**changes)(entry)
        return change

    def test_duplicate_of_the_same_bytes(self):
        for name in (f.MAIN, "_rels/.rels"):
            entries = [Entry(n, d) for n, d in f.parts_of(TEXT)]
            entries.append(Entry(name, next(e.data for e in entries if e.name == name)))
            self.warned("zip_duplicate", self.raw(entries), volume=1000)

    @each({"start": f.MAIN, "relations": "_rels/.rels", "sub_model": SUB_PATH})
    def test_duplicate_of_other_bytes(self, name):
        entries = [Entry(n, d) for n, d in f.parts_of(root_of(), f.with_rels({SUB_PATH: SUB}))]
        other = f.relations(f.relation("/" + SUB_PATH)) if name.endswith(".rels") else SMALL
        for at in (0, len(entries)):
            self.refused("zip_duplicate", self.raw(entries[:at] + [Entry(name, other)] + entries[at:]))

    def test_duplicate_that_nobody_needs(self):
        path = self.raw_package(more=[("Metadata/plate_1.png", b"one"), ("Metadata/plate_1.png", b"two")])
        self.check(self.priced(path)["report"], volume=1000)

    def test_overlap(self):
        """Two parts from the same bytes."""
        root = f.model(f.obj(5, f.components((1, None, "/3D/a.model"), (1, f.move(50), "/3D/b.model"))), f.item(5),
                       spaces="p", required="p")
        entries = [Entry(n, d) for n, d in f.parts_of(root, f.with_rels({"3D/a.model": SUB}))]
        shared = Entry("3D/b.model", SUB, same_as="3D/a.model")
        self.refused("zip_overlap", self.raw(entries + [shared]))

    def test_overlap_in_the_middle(self):
        """A stored part that holds, byte by byte, the local header and data of another one."""
        inner = zip_raw.archive([Entry("3D/b.model", SUB)], end=False)
        local = inner[:inner.index(b"PK\x01\x02")]
        sub = SUB.replace("</model>", "<!--%s--></model>").encode()
        at = sub.index(b"%s")
        cover = sub.replace(b"%s", b"?" * 10 + b"\n")  # text alone; the covered bytes lie in the stored payload
        entries = [Entry(n, d) for n, d in f.parts_of(self.two_paths(), f.with_rels({"3D/a.model": SUB}))]
        whole = next(e for e in entries if e.name == "3D/a.model")
        whole.method, whole.data = 0, cover
        whole.payload = cover[:at] + local + cover[at:]
        whole.packed_size = whole.size = len(whole.payload)
        probe = zip_raw.archive(entries)
        entries.append(Entry("3D/b.model", SUB, write_local=False, offset=probe.index(local)))
        self.refused("zip_overlap", self.raw(entries))

    @staticmethod
    def two_paths():
        return f.model(f.obj(5, f.components((1, None, "/3D/a.model"), (1, f.move(50), "/3D/b.model"))), f.item(5),
                       spaces="p", required="p")

    @each({"up": "../../etc/evil.model", "inside": "3D/../../evil.model", "absolute": "/etc/passwd",
           "drive": "C:\\evil.stl",
           "drive_slash": "C:/evil.stl", "backslash_up": "..\\..\\evil.stl", "nul": b"a\0b.model",
           "bell": b"a\x07b.model",
           "escape": b"\x1b[31m.stl", "newline": b"a\nb.stl"})
    def test_bad_names(self, name):
        entries = [Entry(n, d) for n, d in f.parts_of(TEXT)] + [Entry(name, SMALL)]
        path = self.raw(entries)
        done = self.run_quote(path)
        for bad in ("\x1b", "\x07"):
            self.assertNotIn(bad, done.text + done.words)
        self.warned("zip_bad_name", path, volume=1000)

    def test_spanned(self):
        self.refused(("zip_corrupt", "unsupported_format"), self.file(b"PK\x07\x08" + zip_raw.archive(
            [Entry(n, d) for n, d in f.parts_of(TEXT)])[4:]))

    def test_empty_archive(self):
        self.refused(("3mf_no_model", "archive_no_model"), self.file(zip_raw.archive([])))

    def test_front_of_no_constant_length(self):
        def change(entry):
            if entry.name == f.MAIN:
                entry.offset = 13
        self.refused(("zip_corrupt", "zip_overlap"), self.raw_package(change=change, prefix=b"#!front\n"))


class Names(Case):
    """Section 1.2: how a target finds its part."""

    def sub(self, entry_name, path, **more):
        entries = f.parts_of(root_of(path), [(entry_name, SUB)] if isinstance(entry_name, str) else [])
        raw = [Entry(n, d) for n, d in entries]
        if not isinstance(entry_name, str):
            raw.append(Entry(entry_name, SUB, **more))
        return self.raw(raw)

    @each({"relative": "3D/3dmodel.model", "absolute": "/3D/3dmodel.model", "other_case": "/3d/3DModel.MODEL",
           "dot": "/3D/./3dmodel.model", "dot_dot": "/3D/Objects/../3dmodel.model", "clamped": "../../3D/3dmodel.model",
           "percent": "/3D/%33dmodel.model"})
    def test_target(self, target):
        self.check(self.priced(self.package(TEXT, rels=f.relations(f.relation(target))))["report"], volume=1000)

    @each({"other_folder": "Somewhere/else.model", "root": "part.model", "no_suffix": "3D/thing",
           "spaces": "3D/my model.model",
           "umlaut": "3D/Würfel.model", "cjk": "部品/箱.model"})
    def test_start_part_of_another_name(self, name):
        self.check(self.report(self.package(TEXT, name=name)), volume=1000)

    @each({"percent_target": ("3D/my model.model", "/3D/my%20model.model"),
           "percent_both": ("3D/my%20model.model", "/3D/my%20model.model"),
           "utf8_target": ("3D/W%C3%BCrfel.model", "/3D/W%C3%BCrfel.model"),
           "utf8_decoded": ("3D/Würfel.model", "/3D/W%C3%BCrfel.model")})
    def test_percent(self, name, target):
        path = self.package(TEXT, rels=f.relations(f.relation(target)), name=name)
        self.check(self.report(path), volume=1000)

    @each({"ascii": "3D/Objects/Cube_1.model", "umlaut": "3D/Objects/Würfel_1.model", "cjk": "3D/Objects/立方体_1.model",
           "brackets": "3D/Objects/a (1) [x]&y.model", "no_folder": "a.model", "emoji": "3D/\U0001F600.model"})
    def test_sub_model(self, name):
        self.check(self.report(self.sub(name, name)), volume=1000)

    def test_sub_model_in_other_case(self):
        self.check(self.report(self.sub("3D/objects/OBJECT_1.model", SUB_PATH)), volume=1000)

    def test_sub_model_path_without_slash(self):
        root = root_of().replace('p:path="/', 'p:path="')
        self.check(self.report(self.package(root, f.with_rels({SUB_PATH: SUB}))), volume=1000)

    def test_utf8_without_the_bit(self):
        self.check(self.report(self.sub("3D/Würfel.model".encode(), "3D/Würfel.model")), volume=1000)

    def test_code_page_437(self):
        self.check(self.report(self.sub(b"3D/W\x81rfel.model", "3D/Würfel.model")), volume=1000)

    def test_unicode_path(self):
        raw = b"3D/\xc1\xa2.model"
        path = self.sub(raw, "3D/立方体.model", extra=unicode_path(raw, "3D/立方体.model"))
        self.check(self.report(path), volume=1000)

    def test_unicode_path_that_does_not_match(self):
        """Its CRC is of another name: the raw one counts."""
        for extra in (unicode_path(b"x", "3D/b.model"), unicode_path(b"3D/a.model", "3D/b.model", version=2),
                      extra_field(0x7075, b"\1"), extra_field(0x7075, b"")):
            self.check(self.report(self.sub(b"3D/a.model", "3D/a.model", extra=extra)), volume=1000)

    @each({"quoted_exact_first": True, "quoted_exact_last": False})
    def test_case_clash_with_an_exact_one(self, first):
        entries = f.parts_of(TEXT)
        other = [("3D/3DMODEL.model", SMALL)]
        self.warned("opc_case_clash", f.pack(self.path(), entries + other if first else other + entries), volume=1000)

    def test_case_clash_without(self):
        entries = f.parts_of(TEXT, [("3D/3DMODEL.model", SMALL)], rels=f.relations(f.relation("/3D/3dModel.Model")))
        self.refused("opc_case_clash", f.pack(self.path(), entries))

    def test_case_clash_of_roots(self):
        """Two sets of root relationships that differ in case alone: what is quoted must be what is printed."""
        more = [("3D/other.model", SMALL), ("_RELS/.RELS", f.relations(f.relation("/3D/other.model")))]
        entries = f.parts_of(TEXT, more)
        done = self.run_quote("inspect", f.pack(self.path(), entries), "--json")
        if done.returncode == 0:
            self.warned("opc_case_clash", f.pack(self.path(), entries), volume=1000)
        else:
            self.refused(("opc_case_clash", "zip_duplicate"), f.pack(self.path(), entries))


class Relations(Case):
    """Sections 1.3 and 1.4."""

    def test_no_content_types(self):
        self.warned("opc_content_types", self.package(TEXT, types=None), volume=1000)

    @each({"empty": "", "broken": "<Types", "no_model": models.TYPES.replace('Extension="model"', 'Extension="mod"'),
           "wrong": models.TYPES.replace("3dmanufacturing-3dmodel", "spreadsheet"),
           "other_space": models.TYPES.replace("schemas.openxmlformats.org", "example.org")})
    def test_odd_content_types(self, types):
        self.warned("opc_content_types", self.package(TEXT, types=types), volume=1000)

    MODEL_TYPE = "application/vnd.ms-package.3dmanufacturing-3dmodel+xml"

    @each({"override": models.TYPES.replace(
        "</Types>", '<Override PartName="/3D/3dmodel.model" ContentType="%s"/></Types>' % MODEL_TYPE),
           "override_alone": models.TYPES.replace('Default Extension="model"', 'Override PartName="/3D/3dmodel.model"'),
           "upper_case": models.TYPES.replace('"model"', '"MODEL"').replace('"rels"', '"RELS"'),
           "more": models.TYPES.replace("</Types>", '<Default Extension="png" ContentType="image/png"/></Types>')})
    def test_good_content_types(self, types):
        self.silent(self.package(TEXT, types=types), volume=1000)

    @each({"usual": f.MAIN, "other_case": "3D/3DModel.model", "only_one": "3D/part.model"})
    def test_no_relations(self, name):
        self.warned("opc_no_rels", self.package(TEXT, rels="", name=name), volume=1000)

    @each({"empty": " ", "broken": "<Relationships"})
    def test_damaged_relations(self, rels):
        """Damaged XML, or nothing usable: both readings are fair, silence is not."""
        path = self.package(TEXT, rels=rels)
        if self.run_quote("inspect", path).returncode:
            self.refused("xml_syntax", path)
        else:
            self.warned("opc_no_rels", path, volume=1000)

    @each({"of_others": f.relations(f.relation("/x.png", "urn:thumbnail")),
           "none": f.relations()})
    def test_useless_relations(self, rels):
        self.warned("opc_no_rels", self.package(TEXT, rels=rels), volume=1000)

    def test_no_relations_and_two_models(self):
        path = self.package(TEXT, [("3D/b.model", SMALL)], rels="", name="3D/a.model")
        self.refused(("3mf_no_model", "archive_no_model"), path)

    def test_no_model_and_no_relation(self):
        """Nothing but its content types says that this is a 3MF."""
        path = f.pack(self.path(), f.parts_of(None, rels=f.relations()))
        self.refused(("3mf_no_model", "archive_no_model"), path)

    @each({"rels_only": f.parts_of(None), "other_target": f.parts_of(
        None, [("readme.txt", "x")], rels=f.relations(f.relation("/3D/gone.model")))})
    def test_no_model(self, entries):
        self.refused("3mf_no_model", f.pack(self.path(), entries))

    def test_two_starts(self):
        rels = f.relations(f.relation("/3D/a.model"), f.relation("/3D/b.model", number_="rel1"))
        path = self.package(TEXT, [("3D/b.model", SMALL)], rels=rels, name="3D/a.model")
        self.warned("opc_multiple_start", path, volume=1000)

    def test_two_starts_in_the_other_order(self):
        rels = f.relations(f.relation("/3D/b.model"), f.relation("/3D/a.model", number_="rel1"))
        path = self.package(TEXT, [("3D/b.model", SMALL)], rels=rels, name="3D/a.model")
        self.warned("opc_multiple_start", path, volume=125)

    def test_two_starts_one_with_a_build(self):
        rels = f.relations(f.relation("/3D/b.model"), f.relation("/3D/a.model", number_="rel1"))
        path = self.package(TEXT, [("3D/b.model", f.model(f.obj(1, f.mesh(f.cube(5))), ""))], rels=rels,
                            name="3D/a.model")
        self.warned("opc_multiple_start", path, volume=1000)

    def test_type_of_another_year(self):
        rels = f.relations(f.relation("/" + f.MAIN, f.MICROSOFT + "2027/09/3dmodel"))
        self.check(self.priced(self.package(TEXT, rels=rels))["report"], volume=1000)

    def test_exact_type_before_another_year(self):
        rels = f.relations(f.relation("/3D/b.model", f.MICROSOFT + "2027/09/3dmodel"),
                           f.relation("/" + f.MAIN, number_="rel1"))
        self.check(self.priced(self.package(TEXT, [("3D/b.model", SMALL)], rels=rels))["report"], volume=1000)

    def test_external_start(self):
        for target in ("http://localhost/3dmodel.model", "/" + f.MAIN):
            rels = f.relations(f.relation(target, TargetMode="External"))
            self.refused("opc_external", self.package(TEXT, rels=rels))

    def test_external_elsewhere(self):
        rels = f.relations(f.relation("/" + f.MAIN), f.relation("http://localhost/a.png", "urn:thumbnail", "rel1",
                                                                TargetMode="External"))
        self.silent(self.package(TEXT, rels=rels), volume=1000)

    def test_internal_is_said(self):
        self.silent(self.package(TEXT, rels=f.relations(f.relation("/" + f.MAIN, TargetMode="Internal"))), volume=1000)

    def test_doctype_in_relations(self):
        rels = f.relations(f.relation("/" + f.MAIN)).replace("<Relationships", "<!DOCTYPE x><Relationships", 1)
        self.refused("xml_dtd", self.package(TEXT, rels=rels))

    def test_attachments_are_no_models(self):
        stl = models.stl(f.cube(30))
        more = [("Auxiliaries/.thumbnails/a.png", b"\x89PNG"), ("Auxiliaries/Model Pictures/part.stl", stl),
                ("Auxiliaries/other.3mf", b"PK\x03\x04rubbish"), ("Metadata/part.stl", stl)]
        self.silent(self.package(TEXT, more), volume=1000, items=1)

    @each({"empty": b"", "huge": b"\x89PNG\r\n\x1a\n" + b"\0" * 9000000, "text": b"hello",
           "rubbish": b"\x89PNG\r\n\x1a\n" + b"\xff" * 500})
    def test_thumbnails_are_not_decoded(self, data):
        kind = "http://schemas.openxmlformats.org/package/2006/relationships/metadata/thumbnail"
        rels = f.relations(f.relation("/" + f.MAIN), f.relation("/Metadata/thumbnail.png", kind, "rel1"))
        self.silent(self.package(TEXT, [("Metadata/thumbnail.png", data)], rels=rels), volume=1000)

    def test_missing_thumbnail(self):
        kind = "http://schemas.openxmlformats.org/package/2006/relationships/metadata/thumbnail"
        rels = f.relations(f.relation("/" + f.MAIN), f.relation("/Metadata/gone.png", kind, "rel1"))
        self.silent(self.package(TEXT, rels=rels), volume=1000)


class SubModels(Case):
    """The production extension as specified and as written."""

    def test_through_a_component(self):
        self.silent(self.package(root_of(), f.with_rels({SUB_PATH: SUB})), volume=1000, items=1, triangles=12)

    def test_through_an_item(self):
        root = f.model("", f.item(1, f.move(5), p__path="/" + SUB_PATH), spaces="p", required="p")
        self.silent(self.package(root, f.with_rels({SUB_PATH: SUB})), volume=1000, box=([5, 0, 0], [15, 10, 10]))

    @each({"none": None, "empty": "", "full": f.item(1) * 5})
    def test_build_of_a_sub_model_is_ignored(self, build):
        sub = f.model(f.obj(1, f.mesh(f.cube())), build)
        self.silent(self.package(root_of(), f.with_rels({SUB_PATH: sub})), volume=1000, items=1)

    def test_bad_build_of_a_sub_model_is_ignored(self):
        sub = f.model(f.obj(1, f.mesh(f.cube())), f.item(99))
        self.check(self.report(self.package(root_of(), f.with_rels({SUB_PATH: sub}))), volume=1000)

    def test_lower_case_uuid(self):
        """As the first Bambu Studio wrote it: lower case, short, on some elements only."""
        root = f.model(f.obj(2, f.components((1, None, "/" + SUB_PATH)),
                             **{"p__uuid": "0000001-b206-40ff-9872-83e8017abed1"}),
                       f.item(2, p__uuid="0000002-b206"), spaces="p", required="p")
        self.silent(self.package(root, f.with_rels({SUB_PATH: SUB})), volume=1000)

    @each({"twice": "a" * 36, "rubbish": "not a uuid", "empty": ""})
    def test_uuids_are_not_looked_at(self, word):
        root = f.model(f.obj(2, f.components((1, None, "/" + SUB_PATH)), p__UUID=word), f.item(2, p__UUID=word),
                       spaces="p", required="p")
        self.silent(self.package(root, f.with_rels({SUB_PATH: SUB})), volume=1000)

    def test_shared_mesh_and_an_empty_sub_model(self):
        """Bambu Studio 2: the second object points into the first one's file, and its own file is empty."""
        other = "3D/Objects/object_2.model"
        root = f.model(f.obj(2, f.components((1, None, "/" + SUB_PATH))) +
                       f.obj(4, f.components((1, f.move(30), "/" + SUB_PATH))), f.item(2) + f.item(4), spaces="p",
                       required="p")
        path = self.package(root, f.with_rels({SUB_PATH: SUB, other: f.model("", "")}))
        self.silent(path, volume=2000, items=2, box=([0, 0, 0], [40, 10, 10]))

    @each({"missing": None, "broken": b"<model", "not_xml": b"\0\1\2"})
    def test_listed_and_unused_parts_are_not_read(self, data):
        subs = {SUB_PATH: SUB, "3D/Objects/unused.model": data}
        entries = [e for e in f.with_rels(subs) if e[1] is not None]
        self.silent(self.package(root_of(), entries), volume=1000)

    def test_unlisted_part(self):
        self.warned("opc_unlisted_part", self.package(root_of(), {SUB_PATH: SUB}), severity=("warn", "info"),
                    volume=1000)
        rels = ("3D/_rels/3dmodel.model.rels", f.relations(f.relation("/3D/Objects/other.model")))
        self.warned("opc_unlisted_part", self.package(root_of(), [(SUB_PATH, SUB), rels]), severity=("warn", "info"),
                    volume=1000)

    def test_missing_part(self):
        error = self.refused("opc_missing_part", self.package(root_of()))
        self.assertIn("object_1.model", error["part"] + error["message"])

    def test_missing_part_through_an_item(self):
        root = f.model(f.obj(1, f.mesh(f.cube())), f.item(1) + f.item(1, p__path="/3D/gone.model"), spaces="p",
                       required="p")
        self.refused("opc_missing_part", self.package(root))

    def test_nested_path(self):
        middle = f.model(f.obj(3, f.components((1, f.move(0, 20), "/3D/leaf.model"))), spaces="p", required="p")
        root = root_of("3D/middle.model", 3)
        path = self.package(root, f.with_rels({"3D/middle.model": middle, "3D/leaf.model": SUB}))
        self.warned("3mf_nested_path", path, volume=1000, box=([0, 20, 0], [10, 30, 10]))

    def test_component_without_a_path_stays_in_its_part(self):
        """Object 1 of the root must not be taken for object 1 of the sub-model."""
        sub = f.model(f.obj(1, f.mesh(f.cube())) + f.obj(3, f.components((1,))))
        root = f.model(f.obj(1, f.mesh(f.cube(50))) + f.obj(2, f.components((3, None, "/" + SUB_PATH))), f.item(2),
                       spaces="p", required="p")
        self.silent(self.package(root, f.with_rels({SUB_PATH: sub})), volume=1000)

    def test_other_prefix(self):
        root = root_of().replace("p:path", "prod:path").replace("xmlns:p=", "xmlns:prod=").replace(
            'requiredextensions="p"', 'requiredextensions="prod"')
        self.silent(self.package(root, f.with_rels({SUB_PATH: SUB})), volume=1000)

    def test_path_of_another_namespace_is_no_path(self):
        root = f.model(f.obj(1, f.mesh(f.cube())) + f.obj(2, f.components((1,))).replace(
            "<component ", '<component xmlns:q="urn:q" q:path="/3D/gone.model" '), f.item(2))
        self.silent(self.package(root), volume=1000)

    def test_metadata_of_a_sub_model_is_ignored(self):
        sub = f.model(f.obj(1, f.mesh(f.cube())), None, metadata='<metadata name="Application">Sub 9</metadata>')
        root = root_of(metadata='<metadata name="Application">Root 1</metadata>')
        self.assertEqual(self.report(self.package(root, f.with_rels({SUB_PATH: sub})))["file"]["producer"], "Root 1")

    def test_many_sub_models(self):
        """More parts than threads: the sum does not care."""
        subs = {"3D/Objects/object_%d.model" % k: f.model(f.obj(1, f.mesh(f.cube(1 + k % 7)))) for k in range(60)}
        parts = [(1, f.move(10 * k), "/" + name) for k, name in enumerate(subs)]
        root = f.model(f.obj(2, f.components(*parts)), f.item(2), spaces="p", required="p")
        path = self.package(root, f.with_rels(subs))
        want = sum((1 + k % 7) ** 3 for k in range(60))
        one, four = (self.report(path, "--threads", n) for n in ("1", "4"))
        self.check(one, volume=want)
        one.pop("timing_ms"), four.pop("timing_ms")
        self.assertEqual(one, four)
