#!/usr/bin/env python3
"""The command line from outside: python3 tests/cli/test_cli.py PATH_TO_QUOTE

Options, exit codes, JSON, selection, prices and what a terminal sees. Closes with "N passed, N failed".
"""
import json
import os
import pty
import re
import select
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
import unicodedata
import unittest
import zipfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import models  # noqa: E402

QUOTE = None
NUMBER = (int, float)
OPTIONAL_NUMBER = (int, float, type(None))
OPTIONAL_TEXT = (str, type(None))
OPTIONAL_BOOL = (bool, type(None))
OPTIONAL_COUNT = (int, type(None))
LIMITS = ("input_bytes memory_bytes triangles vertices inflated_bytes inflate_ratio archive_entries xml_depth "
          "component_depth instances work_units").split()


class Result:
    def __init__(self, code, out, err):
        self.code = code
        self.out, self.err = (text.decode("utf-8", "replace") for text in (out, err))

    def json(self):
        return json.loads(self.out)

    def lines(self):
        return [json.loads(line) for line in self.out.splitlines()]


def environment(**more):
    base = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "TERM": "xterm"}
    for key in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS", "LD_LIBRARY_PATH"):
        if key in os.environ:
            base[key] = os.environ[key]
    base.update(more)
    return base


class Case(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.folder = cls.temporary.name
        cls.cube = cls.write("cube.stl", models.stl(models.box()))
        cls.book = cls.write("book.json", json.dumps(models.price_book()).encode())

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    @classmethod
    def write(cls, name, data):
        path = os.path.join(cls.folder, name)
        with open(path, "wb") as file:
            file.write(data)
        return path

    @classmethod
    def zip(cls, name, members):
        path = os.path.join(cls.folder, name)
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for member, data in members:
                archive.writestr(member, data)
        return path

    @classmethod
    def project(cls):
        """A 3MF of two plates: a cube of 20 mm on the first, one of 10 mm on the second."""
        path = os.path.join(cls.folder, "project.3mf")
        models.write_3mf(path, [(4, "bracket", models.box()), (7, "pin", models.box((10, 10, 10), (300, 0, 0)))],
                         {"first": [4], "second": [7]})
        return path

    def quote(self, *arguments, stdin=b"", env=None, code=0):
        done = subprocess.run([QUOTE, *arguments], input=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              env=env or environment(), timeout=120, cwd=self.folder)
        result = Result(done.returncode, done.stdout, done.stderr)
        if code is not None:
            self.assertEqual(result.code, code, "quote %s\n%s%s" % (" ".join(arguments), result.out, result.err))
        return result

    def error(self, code, exit_code, *arguments, **more):
        """Runs with --json and checks the error document; returns its `error`."""
        result = self.quote(*arguments, "--json", code=exit_code, **more)
        document = result.json()
        self.assertEqual(document["schema"], "libquote.error/1")
        error = document["error"]
        self.assertIsInstance(error["message"], str)
        self.assertTrue(error["message"])
        self.assertIn("file", error)
        self.assertEqual(error["code"], code, error["message"])
        self.assertTrue(result.err, "a message for people goes to stderr")
        return error

    def report(self, *arguments, **more):
        return self.quote("inspect", *arguments, "--json", **more).json()

    def priced(self, *arguments, **more):
        return self.quote(*arguments, "--book", self.book, "--json", **more).json()

    def check_shape(self, value, shape, where=""):
        """shape: a type or tuple of types, {key: shape} with every key present, [shape], or None for anything."""
        if shape is None:
            return
        if isinstance(shape, dict):
            self.assertIsInstance(value, dict, where)
            for key, inner in shape.items():
                self.assertIn(key, value, where)
                self.check_shape(value[key], inner, where + "." + key)
        elif isinstance(shape, list):
            self.assertIsInstance(value, list, where)
            for i, item in enumerate(value):
                self.check_shape(item, shape[0], "%s[%d]" % (where, i))
        else:
            if shape == int or shape == NUMBER:
                self.assertNotIsInstance(value, bool, where)
            self.assertIsInstance(value, shape, where)


FILE = {"name": str, "bytes": int, "xxh3_128": str, "format": str, "container": OPTIONAL_TEXT, "family": str,
        "producer": OPTIONAL_TEXT}
REPORT = {
    "schema": str, "engine_version": str, "file": FILE,
    "selection": {"entry": OPTIONAL_TEXT, "plate": (dict, type(None)), "items": int, "objects": [str]},
    "units": {"value": str, "source": str, "suspect": OPTIONAL_TEXT},
    "triangles": int, "vertices": OPTIONAL_COUNT, "closed": OPTIONAL_BOOL, "oriented": OPTIONAL_BOOL,
    "manifold": OPTIONAL_BOOL, "certificate": {"closed": OPTIONAL_BOOL, "oriented": OPTIONAL_BOOL},
    "open_edges": OPTIONAL_COUNT, "boundary_loops": OPTIONAL_COUNT, "non_manifold_edges": OPTIONAL_COUNT,
    "misoriented_triangles": OPTIONAL_COUNT, "degenerate_triangles": OPTIONAL_COUNT,
    "duplicate_triangles": OPTIONAL_COUNT, "shells": OPTIONAL_COUNT, "cavities": OPTIONAL_COUNT,
    "volume_mm3": OPTIONAL_NUMBER, "volume_error_mm3": OPTIONAL_NUMBER, "volume_range_mm3": (dict, type(None)),
    "volume_by_rule_mm3": {"signed": OPTIONAL_NUMBER, "positive": OPTIONAL_NUMBER, "nonzero": OPTIONAL_NUMBER,
                           "even_odd": OPTIONAL_NUMBER},
    "area_mm2": NUMBER, "bbox_mm": {"min": [NUMBER], "max": [NUMBER], "size": [NUMBER]},
    "centroid_mm": (list, type(None)), "inertia_mm5": (dict, type(None)), "walls": (dict, type(None)),
    "overhang": (dict, type(None)), "orientations": (list, type(None)), "voids": (dict, type(None)),
    "verdict": str, "repairs": [{"code": str, "count": int}],
    "diagnostics": [{"code": str, "severity": str, "count": int, "message": str, "measure": (dict, type(None)),
                     "threshold": None, "source": None, "effect": (dict, type(None)), "repairable": bool,
                     "repaired": bool, "location": (dict, type(None))}],
    "timing_ms": {"open": NUMBER, "read": NUMBER, "measure": NUMBER, "total": NUMBER}}
MONEY = {"amount": int, "currency": str}
BREAKDOWN = {key: int for key in ("materials machine labour finishing overhead markup priority discount setup hardware "
                                  "revenue_share adjustment").split()}
OPTION = {"material_id": str, "color_id": OPTIONAL_TEXT, "finish_id": OPTIONAL_TEXT,
          "layer_height_mm": OPTIONAL_NUMBER, "infill_percent": OPTIONAL_COUNT, "quantity": int, "status": str,
          "issues": list, "unit_price": MONEY, "setup": MONEY, "line_total": MONEY, "breakdown": BREAKDOWN,
          "mass_g": NUMBER, "material_volume_mm3": NUMBER, "time_s": NUMBER,
          "lead_time": {"business_days_min": int, "business_days_max": int}}
CONTENTS = {"schema": str, "file": {"name": str, "bytes": int, "format": str},
            "entries": [{"name": str, "bytes": int, "format": str, "quotable": bool}],
            "objects": [{"id": str, "name": str, "triangles": int, "role": str}],
            "plates": [{"index": int, "name": str, "source": str,
                        "items": [{"object_id": str, "instance": int, "name": str, "printable": bool}],
                        "sliced": (dict, type(None))}],
            "filaments": list}


class Usage(Case):
    """Section 2: commands, options, exit 2."""

    def test_bare_prints_help_and_exits_2(self):
        self.assertIn("quote FILE", self.quote(code=2).out)

    def test_help(self):
        for arguments in (["--help"], ["-h"], ["help"]):
            result = self.quote(*arguments)
            self.assertIn("quote FILE", result.out)
            self.assertEqual(result.err, "")

    def test_help_of_every_command(self):
        for command in "inspect list repair render estimate materials batch book version".split():
            result = self.quote(command, "--help")
            self.assertIn("quote " + command, result.out)
            self.assertEqual(self.quote("help", command).out, result.out)

    def test_help_fits_80_columns(self):
        for command in ([], ["inspect"], ["list"], ["repair"], ["estimate"], ["batch"], ["materials"], ["book"], ["version"]):
            for line in self.quote(*command, "--help").out.splitlines():
                self.assertLessEqual(len(line), 80, line)

    def test_help_names_every_option_and_limit(self):
        text = self.quote("--help").out
        for name in ("--json --entry --plate --object --unit --scale --material --color --finish --quantity --infill "
                     "--layer --priority --country --currency --book --discount --fill --topology --lenient --threads "
                     "--isa --limit --quiet --no-color --progress --profile --set --process").split() + LIMITS:
            self.assertIn(name, text)

    def test_no_file(self):
        for arguments in (["inspect"], ["list"], ["repair", "-o", "out.stl"], ["book"], ["--json"], ["--material", "mat_pla"]):
            self.assertTrue(self.quote(*arguments, code=2).err)

    def test_profile_where_none_is_taken(self):
        for arguments in (["--profile", "a.ini"], ["--set", "layer_height=0.2"], ["--profile=a.ini"]):
            self.assertIn("profile", self.quote("inspect", self.cube, *arguments, code=2).err)

    def test_unknown_option_suggests(self):
        for wrong, right in (("--quantty", "--quantity"), ("--jsn", "--json"), ("--mat", "--material"),
                             ("--colour", "--color"), ("--treads=2", "--threads"), ("-json", "--json")):
            self.assertIn(right, self.quote(self.cube, wrong, code=2).err)

    def test_unknown_option_far_from_all(self):
        result = self.quote(self.cube, "--xyzzyplugh", code=2)
        self.assertIn("--xyzzyplugh", result.err)
        self.assertNotIn("mean", result.err)

    def test_wrong_values(self):
        wrong = {"--unit": ["km", "MM", ""], "--scale": ["0", "-1", "1,5", "nan", "inf", "0x10", "1e999", "", "1 "],
                 "--quantity": ["0", "-1", "1.5", "1,", ",1", "1,,2", "ten", "99999999999", ""],
                 "--infill": ["-1", "101", "20%", "0.5", ""], "--layer": ["0", "-0.2", "0.0001", "0,2", "thin", ""],
                 "--fill": ["even_odd", "all"], "--topology": ["none"], "--threads": ["0", "-1", "two", "100000"],
                 "--isa": ["sse9", ""], "--limit": ["triangles", "triangles=", "triangles=-1", "triangles=0",
                                                    "triangle=5", "=5", "triangles=1e6", "triangles=" + "9" * 20],
                 "--material": ["", "mat_pla,"], "--entry": [""], "--plate": [""], "--object": [""], "--book": [""]}
        for option, values in wrong.items():
            for value in values:
                with self.subTest(option=option, value=value):
                    result = self.quote(self.cube, option, value, code=2)
                    self.assertIn(option.lstrip("-"), result.err)
                    self.assertEqual(result.out, "")

    def test_value_missing(self):
        for option in ("--material", "--limit", "--plate", "--unit"):
            self.assertIn(option, self.quote(self.cube, option, code=2).err)

    def test_flag_with_value(self):
        self.assertIn("--json", self.quote(self.cube, "--json=yes", code=2).err)

    def test_equals_form_and_order_do_not_matter(self):
        one = self.quote("--json", "inspect", "--scale=2", self.cube).json()
        two = self.quote("inspect", self.cube, "--scale", "2", "--json").json()
        self.assertEqual(one["volume_mm3"], two["volume_mm3"])

    def test_double_dash_ends_options(self):
        path = self.write("--json", models.stl(models.box()))
        self.assertIn("volume", self.quote("--", os.path.basename(path)).out)
        self.write("inspect", models.stl(models.box()))
        self.assertIn("PLA", self.quote("--book", self.book, "--", "inspect").out)

    def test_usage_error_as_json(self):
        for arguments in (["--bogus", self.cube], ["inspect"], ["batch"], [self.cube, "--unit", "km"]):
            error = self.error("argument", 2, *arguments)
            self.assertIsNone(error["file"])

    def test_mistyped_command(self):
        self.assertIn("inspect", self.quote("inspct", self.cube, code=None).err)

    def test_limit_names(self):
        for name in LIMITS:
            self.quote("inspect", self.cube, "--limit", name + "=1000000000")

    def test_stdin_only_once(self):
        self.quote("-", "-", code=2)

    def test_every_option_at_once(self):
        self.priced(self.cube, "--unit", "mm", "--scale", "1", "--material", "mat_pla", "--color", "col_black",
                    "--quantity", "1,2", "--infill", "20", "--layer", "0.2", "--priority", "--country", "DE",
                    "--currency", "EUR", "--discount", "WELCOME10", "--fill", "positive", "--topology", "full",
                    "--lenient", "--threads", "2", "--isa", "scalar", "--limit", "triangles=100", "--quiet",
                    "--no-color")


class Failures(Case):
    """Exit codes 1, 3, 4, 130 and the error document."""

    def test_not_found(self):
        error = self.error("not_found", 4, os.path.join(self.folder, "nothing.stl"))
        self.assertTrue(error["file"].endswith("nothing.stl"))
        for command in ("inspect", "list"):
            self.error("not_found", 4, command, "nothing.stl")

    def test_permission(self):
        path = self.write("secret.stl", models.stl(models.box()))
        os.chmod(path, 0)
        if os.geteuid() != 0:
            self.error("permission", 4, path)
            return
        command = os.path.join(self.folder, "quote")  # root may read everything: become nobody
        shutil.copy(QUOTE, command)
        os.chmod(command, 0o755)
        os.chmod(self.folder, 0o755)
        done = subprocess.run([command, path, "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, user=65534,
                              group=65534, extra_groups=[], env=environment(), timeout=60)
        self.assertEqual((done.returncode, json.loads(done.stdout)["error"]["code"]), (4, "permission"))

    def test_a_folder_is_no_file(self):
        self.error("io", 4, self.folder)

    def test_message_names_file_and_next_step(self):
        err = self.quote("nothing.stl", code=4).err.splitlines()
        self.assertTrue(err[0].startswith("quote: nothing.stl: "), err)
        self.assertGreaterEqual(len(err), 2)

    def test_empty_file(self):
        self.error("empty_file", 1, self.write("empty.stl", b""))

    def test_mesh_empty(self):
        self.error("mesh_empty", 1, self.write("none.stl", b"solid x\nendsolid x\n"))
        self.error("mesh_empty", 1, self.write("degenerate.stl", models.stl([((0, 0, 0),) * 3] * 4)))

    def test_unsupported_formats(self):
        files = {"ply": b"ply\nformat ascii 1.0\nelement vertex 0\nend_header\n",
                 "obj": b"v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n",
                 "step": b"ISO-10303-21;\nHEADER;\nENDSEC;\nEND-ISO-10303-21;\n",
                 "html": b"<!DOCTYPE html><html><body>404</body></html>"}
        for detected, data in files.items():
            error = self.error("unsupported_format", 1, self.write("wrong.stl", data))
            self.assertEqual(error["detected"], detected)

    def test_text_and_ten_bytes_are_no_model(self):
        for data in (b"hello, this is a letter\n" * 20, b"0123456789"):
            self.error("unsupported_format", 1, self.write("x.stl", data))

    def test_truncated_binary(self):
        whole = models.stl(models.box())
        for size in (len(whole) - 1, len(whole) - 50, len(whole) - 25, 84 + 50):
            path = self.write("cut.stl", whole[:size])
            self.error("stl_truncated", 1, path)
            report = self.report(path, "--lenient")
            self.assertEqual(report["triangles"], (size - 84) // 50)
            self.assertIn("stl_truncated", [d["code"] for d in report["diagnostics"]])

    def test_truncated_text(self):
        text = models.stl_text(models.box())
        for cut in (text.rindex(b"endfacet"), text.rindex(b"endloop"), text.rindex(b"vertex") + 9):
            path = self.write("cut.stl", text[:cut])
            self.error("stl_truncated", 1, path)
            self.quote("inspect", path, "--lenient")

    def test_count_of_streaming_writers(self):
        for count in (0, 0xFFFFFFFF):
            path = self.write("streamed.stl", models.stl(models.box(), count=count))
            self.assertEqual(self.report(path)["triangles"], 12)

    def test_limit(self):
        error = self.error("limit", 1, self.cube, "--limit", "triangles=5")
        self.assertEqual(error["limit"], 5)
        self.assertIn(error["actual"], range(6, 13))  # a reader may stop at the first one too many
        error = self.error("limit", 1, self.cube, "--limit", "input_bytes=100")
        self.assertEqual((error["limit"], error["actual"]), (100, 684))

    def test_limit_on_stdin(self):
        with open(self.cube, "rb") as file:
            data = file.read()
        error = self.error("limit", 1, "-", "--limit", "input_bytes=100", stdin=data)
        self.assertEqual(error["limit"], 100)

    def test_memory_limit_is_the_files_fault(self):
        self.error("limit", 1, "inspect", self.cube, "--limit", "memory_bytes=2000")

    def test_zip_bomb(self):
        path = self.zip("bomb.zip", [("a.stl", b"\0" * (80 << 20))])
        result = self.quote(path, "--json", "--limit", "inflated_bytes=1000000", code=1)
        self.assertIn(result.json()["error"]["code"], ("zip_bomb", "limit"))

    def test_interrupted(self):
        process = subprocess.Popen([QUOTE, "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   env=environment())
        try:
            process.stdin.write(b"solid x\n")
            process.stdin.flush()
            time.sleep(0.5)
            process.send_signal(signal.SIGINT)
            self.assertEqual(process.wait(timeout=20), 130)
            self.assertEqual(process.stdout.read(), b"")
        finally:
            process.kill()
            process.stdin.close()
            process.stdout.close()
            process.stderr.close()
            process.wait()

    def test_closed_pipe_is_quiet(self):
        read_end, write_end = os.pipe()
        os.close(read_end)
        done = subprocess.run([QUOTE, self.cube, self.cube], stdout=write_end, stderr=subprocess.PIPE,
                              env=environment(), timeout=60)
        os.close(write_end)
        self.assertEqual(done.stderr, b"")
        self.assertIn(done.returncode, (0, -signal.SIGPIPE))

    @unittest.skipUnless(os.path.exists("/dev/full"), "no /dev/full")
    def test_full_disk(self):
        with open("/dev/full", "wb") as full:
            done = subprocess.run([QUOTE, self.cube, "--json"], stdout=full, stderr=subprocess.PIPE, env=environment(),
                                  timeout=60)
        self.assertEqual(done.returncode, 4)
        self.assertTrue(done.stderr)

    def test_quiet_json_error_has_empty_stderr(self):
        self.assertEqual(self.quote("nothing.stl", "--json", "--quiet", code=4).err, "")


class Options(Case):
    """Wrong values that only the price book knows: exit 2 with their own code."""

    def test_price_choices(self):
        for code, arguments in (("material_unknown", ["--material", "mat_wood"]),
                                ("color_not_in_material", ["--material", "mat_pla", "--color", "col_pink"]),
                                ("finish_not_in_material", ["--material", "mat_pla", "--finish", "fin_dyed"]),
                                ("layer_height_unsupported", ["--material", "mat_pla", "--layer", "0.15"]),
                                ("infill_unsupported", ["--material", "mat_pla", "--infill", "4"]),
                                ("currency_unsupported", ["--currency", "KWD"]),
                                ("quantity_unsupported", ["--material", "mat_pla", "--quantity", "100001"]),
                                ("discount_invalid", ["--discount", "NOSUCH"]),
                                ("discount_invalid", ["--discount", "OLD"]),
                                ("invalid_country", ["--country", "Germany"]),
                                ("invalid_country", ["--country", "de "])):
            with self.subTest(code=code, arguments=arguments):
                self.error(code, 2, self.cube, "--book", self.book, *arguments)

    def test_book_that_is_wrong(self):
        book = models.price_book()
        book["materials"][0]["colour"] = "red"
        for data in (b"", b"{", b"[]", json.dumps(book).encode()):
            self.error("book_invalid", 2, self.cube, "--book", self.write("wrong.json", data))

    def test_book_that_is_not_there(self):
        self.error("not_found", 4, self.cube, "--book", "nothing.json")

    def test_isa(self):
        self.quote("inspect", self.cube, "--isa", "scalar")
        machine = os.uname().machine
        lacking = "neon" if machine == "x86_64" else "avx2"
        self.error("isa_unavailable", 2, "inspect", self.cube, "--isa", lacking)


class Report(Case):
    """Section 3: libquote.report/1."""

    def test_every_field_and_type(self):
        for data in (models.stl(models.box()), models.stl_text(models.box())):
            report = self.report(self.write("part.stl", data))
            self.check_shape(report, REPORT, "report")
            self.assertEqual(report["schema"], "libquote.report/1")
            self.assertRegex(report["file"]["xxh3_128"], "^[0-9a-f]{32}$")
            self.assertEqual(report["file"]["bytes"], len(data))
            self.assertEqual(report["file"]["name"], "part.stl")

    def test_cube(self):
        report = self.report(self.cube)
        exact = {"triangles": 12, "vertices": 8, "closed": True, "oriented": True, "manifold": True,
                 "certificate": {"closed": True, "oriented": True}, "open_edges": 0, "boundary_loops": 0,
                 "non_manifold_edges": 0, "misoriented_triangles": 0, "degenerate_triangles": 0,
                 "duplicate_triangles": 0, "shells": 1, "cavities": 0, "volume_range_mm3": None,
                 "bbox_mm": {"min": [0, 0, 0], "max": [20, 20, 20], "size": [20, 20, 20]}, "verdict": "ok",
                 "repairs": []}
        for key, value in exact.items():
            self.assertEqual(report[key], value, key)
        self.assertAlmostEqual(report["volume_mm3"], 8000, delta=1e-6)
        self.assertAlmostEqual(report["area_mm2"], 2400, delta=1e-6)
        self.assertLessEqual(abs(report["volume_mm3"] - 8000), report["volume_error_mm3"])
        for got in report["centroid_mm"]:
            self.assertAlmostEqual(got, 10, delta=1e-9)
        for axis, want in (("xx", 8000 * 800 / 12), ("yy", 8000 * 800 / 12), ("zz", 8000 * 800 / 12), ("xy", 0),
                           ("yz", 0), ("zx", 0)):
            self.assertAlmostEqual(report["inertia_mm5"][axis], want, delta=1e-3)
        for rule in ("signed", "positive", "nonzero", "even_odd"):
            self.assertAlmostEqual(report["volume_by_rule_mm3"][rule], 8000, delta=1e-6)
        self.assertEqual(report["file"]["format"], "stl_binary")
        self.assertEqual(report["units"]["value"], "mm")
        self.assertEqual(report["units"]["source"], "assumed")
        self.assertEqual(self.report(self.write("t.stl", models.stl_text(models.box())))["file"]["format"], "stl_ascii")

    def test_inside_out(self):
        report = self.report(self.write("inside_out.stl", models.stl(models.flipped(models.box()))))
        for rule, want in (("signed", -8000), ("positive", 0), ("nonzero", 8000), ("even_odd", 8000)):
            self.assertAlmostEqual(report["volume_by_rule_mm3"][rule], want, delta=1e-6, msg=rule)
        self.assertAlmostEqual(report["volume_mm3"], 8000, delta=1e-6)
        self.assertEqual(report["misoriented_triangles"], 0)
        self.assertTrue(report["oriented"])
        self.assertIn("mesh_inside_out", [r["code"] for r in report["repairs"]])
        self.assertEqual(report["verdict"], "ok_repaired")

    def test_one_facet_missing(self):
        report = self.report(self.write("open.stl", models.stl(models.box()[:-1])))
        self.assertEqual((report["closed"], report["open_edges"], report["boundary_loops"]), (False, 3, 1))
        self.assertEqual(report["triangles"], 11)
        self.assertIn("open_edges", [d["code"] for d in report["diagnostics"]])

    def test_one_facet_flipped(self):
        box = models.box()
        report = self.report(self.write("flip.stl", models.stl(box[:-1] + models.flipped(box[-1:]))))
        self.assertEqual((report["closed"], report["oriented"], report["manifold"]), (True, False, False))
        self.assertEqual(report["misoriented_triangles"], 1)

    def test_shells_are_listed_one_by_one(self):
        parts = [models.box((20, 20, 20)), models.flipped(models.box((5, 5, 5), (2, 2, 2))),
                 models.box((3, 3, 3), (10, 10, 10)), models.flipped(models.box((15, 5, 5), (35, 5, 5)))]
        shells = self.report(self.write("four.stl", models.stl(sum(parts, []))))["shell_list"]
        self.assertEqual([(s["kind"], s["triangles"]) for s in shells],
                         [("solid", 12), ("cavity", 12), ("nested", 12), ("inverted", 12)])
        for shell, volume in zip(shells, (8000, 125, 27, 375)):
            self.assertAlmostEqual(shell["volume_mm3"], volume, delta=1e-9 * volume)
            self.assertEqual(len(shell["point_mm"]), 3)
        self.assertNotIn("shell_list", self.report(self.cube))

    def test_cavity(self):
        hollow = models.box() + models.flipped(models.box((10, 10, 10), (5, 5, 5)))
        report = self.report(self.write("hollow.stl", models.stl(hollow)))
        self.assertEqual((report["shells"], report["cavities"]), (2, 1))
        self.assertAlmostEqual(report["volume_mm3"], 7000, delta=1e-6)

    def test_duplicate_and_degenerate(self):
        box = models.box()
        report = self.report(self.write("more.stl", models.stl(box + box[:2] + [((0, 0, 0), (0, 0, 0), (1, 0, 0))])))
        counts = [report[key] for key in ("triangles", "duplicate_triangles", "degenerate_triangles")]
        self.assertEqual(counts, [15, 2, 1])

    def test_sheet_is_rejected_not_failed(self):
        sheet = [((0, 0, 0), (50, 0, 0), (0, 50, 0)), ((50, 0, 0), (50, 50, 0), (0, 50, 0))]
        path = self.write("sheet.stl", models.stl(sheet))
        report = self.report(path)
        self.assertEqual(report["verdict"], "reject")
        self.assertTrue({"surface_not_solid", "volume_zero"} & {d["code"] for d in report["diagnostics"]})
        quote = self.priced(path)
        self.assertEqual({o["status"] for o in quote["options"]}, {"not_printable"})

    def test_unit_and_scale(self):
        report = self.report(self.cube, "--unit", "inch")
        self.assertEqual(report["units"], {"value": "inch", "source": "option", "suspect": report["units"]["suspect"]})
        for unit, factor in (("mm", 1), ("cm", 10), ("m", 1000), ("inch", 25.4), ("micron", 0.001)):
            size = self.report(self.cube, "--unit", unit)["bbox_mm"]["size"]
            for got in size:
                self.assertAlmostEqual(got, 20 * factor, delta=1e-9 * factor)
        self.assertAlmostEqual(self.report(self.cube, "--scale", "0.5")["volume_mm3"], 1000, delta=1e-6)
        self.assertAlmostEqual(self.report(self.cube, "--unit", "inch", "--scale", "2")["bbox_mm"]["size"][0], 1016,
                               delta=1e-9)

    def test_certificate_leaves_counts_out(self):
        report = self.report(self.cube, "--topology", "certificate")
        self.check_shape(report, REPORT, "report")
        self.assertEqual(report["certificate"], {"closed": True, "oriented": True})
        for key in ("open_edges", "boundary_loops", "non_manifold_edges", "shells"):
            self.assertIsNone(report[key], key)
        self.assertAlmostEqual(report["volume_mm3"], 8000, delta=1e-6)

    def test_fill_rules(self):
        nested = self.write("nested.stl", models.stl(models.box() + models.box((10, 10, 10), (5, 5, 5))))
        for rule, want in (("positive", 8000), ("nonzero", 8000), ("even-odd", 7000)):
            self.assertAlmostEqual(self.report(nested, "--fill", rule)["volume_mm3"], want, delta=1, msg=rule)

    def test_diagnostics_are_ordered(self):
        report = self.report(self.write("open.stl", models.stl(models.box()[:-1])))
        rank = {"blocker": 0, "warn": 1, "info": 2}
        keys = [(rank[d["severity"]], d["code"]) for d in report["diagnostics"]]
        self.assertIn(keys, (sorted(keys), sorted(keys, key=lambda k: (-k[0], k[1]))))

    def test_stdin(self):
        with open(self.cube, "rb") as file:
            data = file.read()
        report = self.report("-", stdin=data)
        self.assertEqual(report["triangles"], 12)
        self.assertAlmostEqual(report["volume_mm3"], 8000, delta=1e-6)
        self.error("empty_file", 1, "-")

    def test_named_pipe(self):
        path = os.path.join(self.folder, "pipe")
        os.mkfifo(path)
        with open(self.cube, "rb") as file:
            data = file.read()
        copy = "import sys; open(sys.argv[1], 'wb').write(sys.stdin.buffer.read())"
        writer = subprocess.Popen([sys.executable, "-c", copy, path], stdin=subprocess.PIPE)
        writer.stdin.write(data)
        writer.stdin.close()
        self.assertEqual(self.report(path)["triangles"], 12)
        self.assertEqual(writer.wait(timeout=20), 0)


class SameEverywhere(Case):
    """Threads, instruction set and locale change nothing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        boxes = [f for i in range(400) for f in models.box((1.1, 0.7, 1.3), (i % 20 * 3.7, i // 20 * 2.3, 0.1))]
        cls.many = cls.write("many.stl", models.stl_text(boxes))

    def neutral(self, *arguments, env=None):
        document = self.quote(self.many, "--book", self.book, "--json", *arguments, env=env).json()
        document["report"].pop("timing_ms")
        return document

    def test_threads(self):
        self.assertEqual(self.neutral("--threads", "1"), self.neutral("--threads", "4"))

    def test_isa(self):
        self.assertEqual(self.neutral(), self.neutral("--isa", "scalar"))

    def test_twice(self):
        self.assertEqual(self.neutral(), self.neutral())

    def test_locale(self):
        english = self.neutral()
        for locale in ("de_DE.UTF-8", "de_DE", "C", "tr_TR.UTF-8"):
            self.assertEqual(english, self.neutral(env=environment(LC_ALL=locale, LANG=locale, LC_NUMERIC=locale)))
        table = self.quote(self.many, "--book", self.book, env=environment(LC_ALL="de_DE.UTF-8")).out
        self.assertEqual(table, self.quote(self.many, "--book", self.book).out)


class Price(Case):
    """Section 4: libquote.quote/1 and the worked examples."""

    def option(self, *arguments, **more):
        options = self.priced(self.cube, "--material", "mat_pla", *arguments, **more)["options"]
        self.assertEqual(len(options), 1)
        return options[0]

    def test_every_field_and_type(self):
        for book in (["--book", self.book], []):
            quote = self.quote(self.cube, *book, "--json").json()
            self.assertEqual(quote["schema"], "libquote.quote/1")
            shape = {"engine_version": str, "report": REPORT, "book": {"version": str, "currency": str}}
            self.check_shape(quote, shape, "quote")
            self.assertTrue(quote["options"])
            for option in quote["options"]:
                self.assertIn(option["status"], ("printable", "needs_review", "not_printable"))
                if option["status"] != "not_printable":
                    self.check_shape(option, OPTION, "option")
                    self.assertEqual(sum(option["breakdown"].values()), option["line_total"]["amount"])

    def test_example_1(self):
        option = self.option()
        self.assertEqual(option["unit_price"], {"amount": 236, "currency": "EUR"})
        self.assertEqual(option["setup"], {"amount": 350, "currency": "EUR"})
        self.assertEqual(option["line_total"], {"amount": 600, "currency": "EUR"})
        self.assertEqual(option["breakdown"], {"materials": 11, "machine": 40, "labour": 110, "finishing": 0,
                                               "overhead": 12, "markup": 61, "priority": 0, "discount": 0, "setup": 350,
                                               "hardware": 0, "revenue_share": 0, "adjustment": 16})
        self.assertEqual((option["mass_g"], option["material_volume_mm3"]), (5.083, 3904))
        self.assertAlmostEqual(option["time_s"], 609.295, delta=0.01)
        self.assertEqual(option["lead_time"], {"business_days_min": 3, "business_days_max": 5})
        self.assertEqual((option["color_id"], option["finish_id"], option["layer_height_mm"], option["infill_percent"],
                          option["quantity"], option["status"]), ("col_black", None, 0.2, 20, 1, "printable"))

    def test_examples_2_and_3(self):
        options = self.priced(self.cube, "--material", "mat_pla", "--quantity", "1,10,100")["options"]
        self.assertEqual([o["quantity"] for o in options], [1, 10, 100])
        self.assertEqual([o["unit_price"]["amount"] for o in options], [236, 224, 201])
        self.assertEqual([o["line_total"]["amount"] for o in options], [600, 2590, 20450])
        self.assertEqual([o["breakdown"]["adjustment"] for o in options], [16, 0, 49])

    def test_sums_in_other_currencies(self):
        for currency in ("EUR", "JPY", "BHD"):
            for option in self.priced(self.cube, "--currency", currency, "--quantity", "1,7,50")["options"]:
                self.assertEqual(option["line_total"]["currency"], currency)
                self.assertEqual(sum(option["breakdown"].values()), option["line_total"]["amount"])

    def test_all_materials_or_some(self):
        names = [o["material_id"] for o in self.priced(self.cube)["options"]]
        self.assertEqual(names, ["mat_pla", "mat_resin", "mat_pa12"])
        names = [o["material_id"] for o in self.priced(self.cube, "--material", "mat_pa12,mat_pla")["options"]]
        self.assertEqual(sorted(names), ["mat_pa12", "mat_pla"])

    def test_choices_reach_the_price(self):
        plain = self.option("--quantity", "10")["unit_price"]["amount"]
        self.assertGreater(self.option("--quantity", "10", "--color", "col_gold")["unit_price"]["amount"], plain)
        self.assertGreater(self.option("--quantity", "10", "--infill", "100")["unit_price"]["amount"], plain)
        self.assertLess(self.option("--quantity", "10", "--layer", "0.3")["unit_price"]["amount"], plain)
        self.assertEqual(self.option("--layer", "0.3")["layer_height_mm"], 0.3)
        self.assertEqual(self.option("--infill", "35")["infill_percent"], 35)
        fast, slow = self.option("--quantity", "10", "--priority"), self.option("--quantity", "10")
        self.assertGreater(fast["breakdown"]["priority"], 0)
        self.assertLess(fast["lead_time"]["business_days_min"], slow["lead_time"]["business_days_min"])
        self.assertLess(self.option("--quantity", "10", "--discount", "WELCOME10")["breakdown"]["discount"],
                        self.option("--quantity", "10")["breakdown"]["discount"])
        dyed = self.priced(self.cube, "--material", "mat_pa12", "--finish", "fin_dyed")["options"][0]
        self.assertEqual(dyed["finish_id"], "fin_dyed")
        self.assertGreater(dyed["breakdown"]["finishing"], 0)

    def test_infill_is_absent_where_there_is_none(self):
        for option in self.priced(self.cube, "--material", "mat_resin,mat_pa12")["options"]:
            self.assertIsNone(option.get("infill_percent"))

    def test_too_large_is_a_result(self):
        options = {o["material_id"]: o for o in self.priced(self.cube, "--scale", "11")["options"]}
        self.assertEqual(options["mat_pla"]["status"], "not_printable")
        self.assertIn("part_too_large_for_material", [i["code"] for i in options["mat_pla"]["issues"]])
        self.assertEqual(options["mat_pa12"]["status"], "printable")

    def test_fits_rotated(self):
        path = self.write("tall.stl", models.stl(models.box((20, 20, 240))))
        option = self.priced(path, "--material", "mat_pla")["options"][0]
        self.assertEqual(option["status"], "printable")
        self.assertIn("fits_rotated", [i["code"] for i in option["issues"]])


class Selection(Case):
    """Archives, plates, objects."""

    def setUp(self):
        small = models.stl(models.box((10, 10, 10)))
        self.two = self.zip("two.zip", [("parts/a.stl", models.stl(models.box())), ("parts/b.stl", small),
                                        ("readme.txt", b"read me")])
        self.one = self.zip("one.zip", [("only.stl", models.stl(models.box())), ("readme.txt", b"read me")])

    def test_archive_needs_selection(self):
        for command in ([], ["inspect"]):
            error = self.error("need_selection", 3, *command, self.two)
            self.assertEqual(error["candidates"], ["parts/a.stl", "parts/b.stl"])
        text = self.quote(self.two, code=3).err
        for part in ("parts/a.stl", "parts/b.stl", "--entry"):
            self.assertIn(part, text)

    def test_entry(self):
        report = self.report(self.two, "--entry", "parts/b.stl")
        self.assertAlmostEqual(report["volume_mm3"], 1000, delta=1e-6)
        self.assertEqual(report["selection"]["entry"], "parts/b.stl")
        error = self.error("entry_not_found", 1, self.two, "--entry", "parts/c.stl")
        self.assertEqual(error["candidates"], ["parts/a.stl", "parts/b.stl"])

    def test_archive_of_one(self):
        self.assertAlmostEqual(self.report(self.one)["volume_mm3"], 8000, delta=1e-6)

    def test_archive_without_model(self):
        self.error("archive_no_model", 1, self.zip("none.zip", [("readme.txt", b"read me")]))

    def test_hostile_names_reach_no_terminal(self):
        path = self.zip("hostile.zip", [("a\x1b]0;owned\x07\x1b[31m.stl", models.stl(models.box())),
                                        ("b\u202e.stl", models.stl(models.box()))])
        for arguments in ([path], ["list", path]):
            result = self.quote(*arguments, code=None)
            for bad in ("\x1b", "\x07", "\u202e"):
                self.assertNotIn(bad, result.out + result.err)

    def test_several_plates_are_an_array(self):
        for arguments in ([], ["--plate", "all"]):
            reports = self.report(self.project(), *arguments)
            self.assertIsInstance(reports, list)
            self.assertEqual([r["selection"]["plate"] for r in reports],
                             [{"index": 1, "name": "first"}, {"index": 2, "name": "second"}])
            for report, volume in zip(reports, (8000, 1000)):
                self.check_shape(report, REPORT, "report")
                self.assertAlmostEqual(report["volume_mm3"], volume, delta=1e-6)

    def test_plate_by_number_and_name(self):
        for wanted in ("2", "second"):
            report = self.report(self.project(), "--plate", wanted)
            self.assertIsInstance(report, dict)
            self.assertAlmostEqual(report["volume_mm3"], 1000, delta=1e-6)
            quote = self.priced(self.project(), "--plate", wanted)
            self.assertEqual(quote["schema"], "libquote.quote/1")

    def test_plate_not_found(self):
        for wanted in ("3", "third"):
            error = self.error("plate_not_found", 1, self.project(), "--plate", wanted)
            self.assertEqual(len(error["candidates"]), 2)

    def test_plate_all_of_a_plain_file_is_an_array(self):
        reports = self.report(self.cube, "--plate", "all")
        self.assertEqual(len(reports), 1)

    def test_object(self):
        self.assertAlmostEqual(self.report(self.project(), "--object", "7")["volume_mm3"], 1000, delta=1e-6)
        error = self.error("object_not_found", 1, self.project(), "--object", "99")
        self.assertTrue(error["candidates"])

    def test_people_see_each_plate(self):
        text = self.quote(self.project(), "--book", self.book).out
        for part in ("plate 1", "first", "plate 2", "second"):
            self.assertIn(part, text)


class Listing(Case):
    """Section 6: libquote.contents/1."""

    def test_stl(self):
        contents = self.quote("list", self.cube, "--json").json()
        self.check_shape(contents, CONTENTS, "contents")
        self.assertEqual(contents["schema"], "libquote.contents/1")
        self.assertEqual(len(contents["objects"]), 1)
        self.assertEqual(contents["objects"][0]["triangles"], 12)

    def test_archive(self):
        cube = models.stl(models.box())
        path = self.zip("list.zip", [("a.stl", cube), ("b.stl", cube), ("readme.txt", b"read me"),
                                     ("__MACOSX/._a.stl", b"junk")])
        contents = self.quote("list", path, "--json").json()
        self.check_shape(contents, CONTENTS, "contents")
        entries = {e["name"]: e for e in contents["entries"]}
        self.assertEqual(entries["a.stl"], {"name": "a.stl", "bytes": 684, "format": "stl_binary", "quotable": True})
        self.assertNotIn("__MACOSX/._a.stl", entries)
        text = self.quote("list", path).out
        self.assertIn("a.stl", text)
        self.assertIn("b.stl", text)

    def test_project(self):
        contents = self.quote("list", self.project(), "--json").json()
        self.check_shape(contents, CONTENTS, "contents")
        self.assertEqual([(o["id"], o["name"], o["triangles"], o["role"]) for o in contents["objects"]],
                         [("4", "bracket", 12, "model"), ("7", "pin", 12, "model")])
        self.assertEqual([(p["index"], p["name"], p["source"]) for p in contents["plates"]],
                         [(1, "first", "file"), (2, "second", "file")])
        self.assertEqual(contents["plates"][0]["items"],
                         [{"object_id": "4", "instance": 0, "name": "bracket", "printable": True}])
        text = self.quote("list", self.project()).out
        for part in ("bracket", "pin", "first", "second"):
            self.assertIn(part, text)


class OtherDocuments(Case):
    """Section 7: materials, version, several files."""

    def test_materials(self):
        document = self.quote("materials", "--book", self.book, "--json").json()
        self.assertEqual(document["schema"], "libquote.materials/1")
        self.assertEqual(document["book"], {"version": "pb_test", "currency": "EUR"})
        self.check_shape(document["materials"], [{"id": str, "name": str, "family": str, "process": str, "kind": str,
                                                  "status": str, "density_g_cm3": NUMBER, "limits": dict,
                                                  "layer_heights_mm": list, "colors": [{"id": str, "name": str}],
                                                  "finishes": [{"id": str, "name": str}], "pricing": dict,
                                                  "lead_time": dict, "restrictions": list}], "materials")
        self.assertEqual([(m["id"], m["process"], m["kind"]) for m in document["materials"]],
                         [("mat_pla", "fdm", "extrusion"), ("mat_resin", "sla", "vat"), ("mat_pa12", "sls", "powder")])
        self.assertEqual(document["materials"][0]["density_g_cm3"], 1.24)

    def test_materials_for_people(self):
        for arguments in ([], ["--book", self.book]):
            text = self.quote("materials", *arguments).out
            self.assertIn("mat_pla", text)
            for line in text.splitlines():
                self.assertLessEqual(width(line), 80, line)

    def test_version(self):
        document = self.quote("version", "--json").json()
        self.check_shape(document, {"schema": str, "version": str, "isa": str, "libraries": dict}, "version")
        self.assertEqual(document["schema"], "libquote.version/1")
        self.assertRegex(document["version"], r"^\d+\.\d+\.\d+$")
        self.assertTrue(document["libraries"])
        self.assertIn(document["version"], self.quote("version").out)
        self.assertIn(document["version"], self.quote("--version").out)

    def test_several_files(self):
        result = self.quote(self.cube, "nothing.stl", self.cube, "--book", self.book, "--json", code=1)
        lines = result.lines()
        self.assertEqual([line["path"] for line in lines], [self.cube, "nothing.stl", self.cube])
        self.assertEqual([line["schema"] for line in lines],
                         ["libquote.quote/1", "libquote.error/1", "libquote.quote/1"])
        self.assertEqual(lines[1]["error"]["code"], "not_found")

    def test_several_good_files(self):
        for command in ("inspect", "list"):
            lines = self.quote(command, self.cube, self.cube, "--json").lines()
            self.assertEqual([line["path"] for line in lines], [self.cube] * 2)

    def test_several_files_with_plates(self):
        lines = self.quote("inspect", self.project(), self.cube, "--json").lines()
        self.assertEqual([[d["path"] for d in line] if isinstance(line, list) else line["path"] for line in lines],
                         [[os.path.join(self.folder, "project.3mf")] * 2, self.cube])

    def test_one_failed_file_of_many_for_people(self):
        result = self.quote("nothing.stl", self.cube, "--book", self.book, code=1)
        self.assertIn("PLA", result.out)
        self.assertIn("nothing.stl", result.err)

    def test_single_file_is_one_document(self):
        self.assertEqual(len(self.quote(self.cube, "--json").out.splitlines()), 1)


def width(text):
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def on_terminal(arguments, env, columns=100):
    """Runs under a pseudo-terminal of a given width; returns all that was shown."""
    import fcntl
    import termios
    try:
        master, slave = pty.openpty()
    except OSError as error:
        raise unittest.SkipTest("no terminals here: %s" % error)
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    process = subprocess.Popen([QUOTE, *arguments], stdin=slave, stdout=slave, stderr=slave, env=env, close_fds=True)
    os.close(slave)
    shown = b""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        if not select.select([master], [], [], 0.2)[0]:
            if process.poll() is not None:
                break
            continue
        try:
            piece = os.read(master, 65536)
        except OSError:
            break
        if not piece:
            break
        shown += piece
    process.wait(timeout=20)
    os.close(master)
    return shown.decode("utf-8", "replace").replace("\r\n", "\n")


class Terminal(Case):
    """What people see."""

    def table(self, **more):
        return self.quote(self.cube, "--book", self.book, env=environment(**more)).out

    def test_no_escapes_without_a_terminal(self):
        for arguments in ([self.cube], ["inspect", self.cube], ["list", self.cube], ["materials"], ["version"]):
            self.assertNotIn("\x1b", self.quote(*arguments).out)
        self.assertNotIn("\x1b", self.quote("nothing.stl", code=4).err)

    def test_header_and_table(self):
        text = self.table()
        for part in ("cube.stl", "20 × 20 × 20 mm", "8 cm³", "24 cm²", "12 triangles", "1 shell", "PLA", "Resin",
                     "PA12", "2.36", "3.50", "€6.00", "5.08 g", "10 min", "FDM", "SLA", "SLS"):
            self.assertIn(part, text)

    def test_ascii_where_utf8_is_not_shown(self):
        for locale in ("C", "POSIX"):
            text = self.table(LC_ALL=locale)
            self.assertTrue(text.isascii(), text)
            for part in ("20 x 20 x 20 mm", "8 cm3", "EUR 6.00", "---"):
                self.assertIn(part, text)

    def test_light_rules_in_utf8(self):
        self.assertIn("─", self.table())

    def test_fits_the_width(self):
        for columns in (80, 100, 132):
            for line in self.table(COLUMNS=str(columns)).splitlines():
                self.assertLessEqual(width(line), columns, line)
        for line in self.quote(self.cube, "--quantity", "1,10,100").out.splitlines():
            self.assertLessEqual(width(line), 80, line)

    def test_quantities_are_rows(self):
        text = self.quote(self.cube, "--book", self.book, "--material", "mat_pla", "--quantity", "1,10,100").out
        for part in ("€6.00", "€25.90", "€204.50"):
            self.assertIn(part, text)

    def test_reason_for_not_printable(self):
        text = self.quote(self.cube, "--book", self.book, "--scale", "11").out
        self.assertIn("not printable", text)

    def test_inspect_has_units(self):
        text = self.quote("inspect", self.cube).out
        for part in ("8000 mm³", "2400 mm²", "triangles", "12", "closed", "yes", "mm⁵"):
            self.assertIn(part, text)

    def test_colour_on_a_terminal_only(self):
        arguments = [self.cube, "--book", self.book]
        self.assertIn("\x1b[", on_terminal(arguments, environment()))
        for env, more in ((environment(NO_COLOR="1"), []), (environment(TERM="dumb"), []),
                          (environment(), ["--no-color"])):
            self.assertNotIn("\x1b[", on_terminal(arguments + more, env))

    def test_terminal_width_is_used(self):
        shown = on_terminal([self.cube, "--book", self.book, "--no-color"], environment(), columns=60)
        for line in shown.splitlines():
            self.assertLessEqual(width(line), 60, line)

    def test_short_work_shows_no_progress(self):
        self.assertNotIn("\r", on_terminal([self.cube, "--no-color"], environment()))
        self.assertEqual(self.quote(self.cube, "--progress").err, "")

    def test_quiet_keeps_the_result(self):
        text = self.quote(self.cube, "--book", self.book, "--quiet").out
        self.assertIn("€6.00", text)

    def test_json_leaves_stdout_alone(self):
        result = self.quote(self.cube, "--json", "--progress")
        self.assertEqual(len(result.out.splitlines()), 1)
        result.json()


class Counter(unittest.TextTestResult):
    """Counts tests, a test with failing subtests once."""

    def summary(self):
        broken = {re.sub(r" [\[(].*", "", t.id()) for t, _ in self.failures + self.errors}
        passed = self.testsRun - len(broken) - len(self.skipped)
        return passed, len(broken)


def run(module):
    """What each test file ends with: PATH_TO_QUOTE [TEST...] from the command line, and the closing count."""
    global QUOTE
    if len(sys.argv) < 2:
        sys.exit("python3 tests/cli/%s PATH_TO_QUOTE [TEST...]" % os.path.basename(sys.argv[0]))
    QUOTE = os.path.abspath(sys.argv[1])
    loader, names = unittest.defaultTestLoader, sys.argv[2:]
    suite = loader.loadTestsFromNames(names, module) if names else loader.loadTestsFromModule(module)
    result = unittest.TextTestRunner(stream=sys.stderr, resultclass=Counter, verbosity=0).run(suite)
    passed, failed = result.summary()
    print("%d passed, %d failed" % (passed, failed))
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    run(sys.modules[__name__])
