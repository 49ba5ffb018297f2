#!/usr/bin/env python3
"""quote batch from outside: python3 tests/cli/test_batch.py PATH_TO_QUOTE [TEST...]

Folders, order, threads, broken neighbours, the output file, interruption. Closes with "N passed, N failed".
"""
import json
import os
import re
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import zipfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import models  # noqa: E402
import test_cli as cli  # noqa: E402


def peak_kb(arguments):
    """The largest resident set of one run, in KiB. A sanitizer must not keep what was freed."""
    sanitizer = os.environ.get("ASAN_OPTIONS", "") + ":quarantine_size_mb=1"
    process = subprocess.Popen([cli.QUOTE, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                               env=cli.environment(ASAN_OPTIONS=sanitizer))
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, usage.ru_maxrss


class BatchCase(cli.Case):
    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.tree = holder.name

    def put(self, name, data=None):
        path = os.path.join(self.tree, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(models.stl(models.box()) if data is None else data)
        return path

    def put_project(self, name="project.3mf"):
        path = os.path.join(self.tree, name)
        models.write_3mf(path, [(4, "bracket", models.box()), (7, "pin", models.box((10, 10, 10), (300, 0, 0)))],
                         {"first": [4], "second": [7]})
        return path

    def batch(self, *arguments, **more):
        return self.quote("batch", *arguments, "--book", self.book, **more)

    def lines(self, *arguments, **more):
        return self.batch(*arguments, **more).lines()

    def paths(self, *arguments, **more):
        return [os.path.relpath(line["path"], self.tree) for line in self.lines(*arguments, **more)]


class Lines(BatchCase):
    def test_each_line_is_a_quote_with_its_path(self):
        self.put("a.stl")
        self.put("b.stl", models.stl(models.box((10, 10, 10))))
        first, second = self.lines(self.tree)
        for line in (first, second):
            self.assertEqual(line["schema"], "libquote.quote/1")
        self.assertEqual(first["path"], os.path.join(self.tree, "a.stl"))
        self.assertAlmostEqual(first["report"]["volume_mm3"], 8000)
        self.assertAlmostEqual(second["report"]["volume_mm3"], 1000)

    def test_same_prices_as_quote(self):
        path = self.put("a.stl")
        arguments = ("--material", "mat_pla", "--quantity", "1,10", "--infill", "30")
        self.assertEqual(self.lines(self.tree, *arguments)[0]["options"], self.priced(path, *arguments)["options"])

    def test_a_single_file_too_has_its_path(self):
        path = self.put("a.stl")
        self.assertEqual(self.lines(path)[0]["path"], path)

    def test_plates_are_an_array_on_one_line(self):
        path = self.put_project()
        plates = self.lines(self.tree)[0]
        self.assertEqual([plate["report"]["selection"]["plate"]["index"] for plate in plates], [1, 2])
        self.assertEqual({plate["path"] for plate in plates}, {path})

    def test_failures_are_lines_too(self):
        self.put("a.stl")
        broken = self.put("b.stl", b"solid x\nfacet normal 0 0 1\nouter loop\nvertex 1 2 3\n")
        self.put("c.stl")
        first, error, last = self.lines(self.tree, code=1)
        self.assertEqual(error["schema"], "libquote.error/1")
        self.assertEqual(error["path"], broken)
        self.assertEqual(error["error"]["code"], "stl_truncated")
        self.assertEqual(first["options"], last["options"])

    def test_names_that_json_must_escape(self):
        names = ['quo"te.stl', "back\\slash.stl", "new\nline.stl", "Stück 部品.stl", "-leading.stl", " .stl"]
        for name in names:
            self.put(name)
        self.assertEqual(self.paths(self.tree), sorted(names, key=str.encode))


class Folders(BatchCase):
    def test_depth_and_order(self):
        names = ["a/z.stl", "a.stl", "a/b/c/d/e.stl", "b.stl", "Z.stl", "a-b.stl", "10.stl", "9.stl"]
        for name in names:
            self.put(name)
        # At every level the bytes of the names decide; a folder stands where its name does.
        expected = ["10.stl", "9.stl", "Z.stl", "a/b/c/d/e.stl", "a/z.stl", "a-b.stl", "a.stl", "b.stl"]
        for threads in ("1", "2", "7"):
            self.assertEqual(self.paths(self.tree, "--threads", threads), expected)

    def test_paths_keep_the_order_they_were_given_in(self):
        one, two = self.put("one/a.stl"), self.put("two/a.stl")
        for order in ([one, two], [two, one], [two, one, two]):
            self.assertEqual([line["path"] for line in self.lines(*order)], order)

    def test_trailing_slash(self):
        self.put("a.stl")
        self.assertEqual(self.lines(self.tree + "/")[0]["path"], os.path.join(self.tree, "a.stl"))

    def test_content_decides(self):
        for name in ("cube.dat", "noname", "picture.png"):
            self.put(name)
        for name, data in (("readme.txt", b"These are my parts.\n"), ("photo.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 99),
                           ("part.obj", b"v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n"), ("empty", b"")):
            self.put(name, data)
        with zipfile.ZipFile(os.path.join(self.tree, "letters.docx"), "w") as archive:
            archive.writestr("word/document.xml", "<a/>")
        result = self.batch(self.tree)
        self.assertEqual([os.path.basename(line["path"]) for line in result.lines()],
                         ["cube.dat", "noname", "picture.png"])
        self.assertRegex(result.err, r"no model +5")

    def test_what_calls_itself_a_model_is_never_left_out(self):
        self.put("a.stl", b"<html>Sign in first</html>")
        self.put("b.3MF", b"")
        os.symlink("nowhere", os.path.join(self.tree, "c.stl"))
        codes = [line["error"]["code"] for line in self.lines(self.tree, code=1)]
        self.assertEqual(codes, ["unsupported_format", "empty_file", "not_found"])

    def test_what_was_named_is_never_left_out(self):
        path = self.put("notes.txt", b"These are my parts.\n")
        self.put("a.stl")
        self.assertEqual(len(self.lines(self.tree)), 1)
        self.assertEqual(self.lines(path, self.tree, code=1)[0]["error"]["code"], "unsupported_format")

    def test_hidden_names_are_left_out(self):
        self.put("a.stl")
        for name in (".hidden.stl", ".git/b.stl", "__MACOSX/c.stl", "._a.stl"):
            self.put(name)
        self.assertEqual(self.paths(self.tree), ["a.stl"])
        self.assertEqual(self.paths(os.path.join(self.tree, ".git")), [".git/b.stl"])

    def test_links_and_loops(self):
        self.put("a/part.stl")
        self.put("b/part.stl")
        os.symlink("..", os.path.join(self.tree, "a", "up"))
        os.symlink(".", os.path.join(self.tree, "b", "self"))
        os.symlink(os.path.join(self.tree, "a"), os.path.join(self.tree, "b", "again"))
        os.symlink("part.stl", os.path.join(self.tree, "b", "same.stl"))
        os.symlink("loop.stl", os.path.join(self.tree, "loop.stl"))
        paths = self.paths(self.tree, code=1)
        self.assertEqual(paths, ["a/part.stl", "b/part.stl", "b/same.stl", "loop.stl"])

    def test_many_links_between_folders_do_not_multiply(self):
        for i in range(30):
            self.put("%02d/part.stl" % i)
            for name in ("x", "y"):
                os.symlink("../%02d" % (i + 1), os.path.join(self.tree, "%02d" % i, name))
        paths = self.paths(self.tree)
        self.assertEqual(len(paths), 30)

    def test_pipes_in_folders_are_not_read(self):
        self.put("a.stl")
        os.mkfifo(os.path.join(self.tree, "pipe.stl"))
        self.assertEqual(self.paths(self.tree), ["a.stl"])

    def test_folder_without_models(self):
        self.assertEqual(self.batch(self.tree).out, "")
        self.put("readme.txt", b"nothing\n")
        self.assertEqual(self.batch(self.tree).out, "")

    def test_folder_that_cannot_be_read(self):
        self.put("a.stl")
        self.put("locked/b.stl")
        locked = os.path.join(self.tree, "locked")
        os.chmod(locked, 0)
        self.addCleanup(os.chmod, locked, 0o755)
        if os.geteuid() == 0:
            self.skipTest("nothing is locked for root")
        first, second = self.lines(self.tree, code=1)
        self.assertEqual(second["error"]["code"], "permission")

    def test_deep_folders(self):
        here = os.open(self.tree, os.O_RDONLY)
        name, depth = "d" * 200, 40  # longer than a path may be
        for _ in range(depth):
            os.mkdir(name, dir_fd=here)
            deeper = os.open(name, os.O_RDONLY, dir_fd=here)
            os.close(here)
            here = deeper
        os.close(here)
        self.addCleanup(subprocess.run, ["rm", "-rf", os.path.join(self.tree, name)], check=True)
        self.put("z.stl")
        lines = self.lines(self.tree, code=1)
        self.assertEqual([line["schema"] for line in lines], ["libquote.error/1", "libquote.quote/1"])


class Exits(BatchCase):
    def test_no_path(self):
        self.assertTrue(self.quote("batch", code=2).err)

    def test_path_that_is_not_there(self):
        error = self.error("not_found", 4, "batch", os.path.join(self.tree, "nothing"))
        self.assertTrue(error["file"].endswith("nothing"))
        self.put("a.stl")
        self.batch(os.path.join(self.tree, "nothing"), self.tree, code=1)

    def test_choice_is_needed(self):
        path = os.path.join(self.tree, "two.zip")
        with zipfile.ZipFile(path, "w") as archive:
            for name in ("a.stl", "b.stl"):
                archive.writestr(name, models.stl(models.box()))
        self.assertEqual(self.lines(path, code=3)[0]["error"]["candidates"], ["a.stl", "b.stl"])
        self.put("a.stl")
        self.assertEqual(len(self.lines(self.tree, code=1)), 2)

    def test_wrong_option_ends_it(self):
        for i in range(20):
            self.put("%02d.stl" % i)
        self.put("00-not-a-part.stl", b"none")
        for threads in ("1", "2"):
            result = self.batch(self.tree, "--material", "mat_nothing", "--threads", threads, code=2)
            lines = result.lines()
            self.assertEqual([line["error"]["code"] for line in lines], ["unsupported_format", "material_unknown"])
            self.assertIn("mat_nothing", result.err)

    def test_option_of_other_commands(self):
        path = self.put("a.stl")
        for command in ([], ["inspect"], ["list"]):
            self.assertIn("-o", self.quote(*command, path, "-o", "x", code=2).err)
        self.assertIn("-o", self.quote("batch", path, "-o", code=2).err)

    @unittest.skipUnless(os.path.exists("/dev/full"), "no /dev/full")
    def test_full_disk(self):
        path = self.put("a.stl")
        self.batch(path, "-o", "/dev/full", code=4)
        with open("/dev/full", "wb") as full:
            done = subprocess.run([cli.QUOTE, "batch", path], stdout=full, stderr=subprocess.PIPE,
                                  env=cli.environment(), timeout=60)
        self.assertEqual(done.returncode, 4)

    def test_closed_pipe_ends_it(self):
        for i in range(50):
            self.put("%02d.stl" % i)
        read_end, write_end = os.pipe()
        os.close(read_end)
        done = subprocess.run([cli.QUOTE, "batch", "--quiet", self.tree], stdout=write_end, stderr=subprocess.PIPE,
                              env=cli.environment(), timeout=60)
        os.close(write_end)
        self.assertEqual(done.stderr, b"")
        self.assertEqual(done.returncode, 0)


class Output(BatchCase):
    def setUp(self):
        super().setUp()
        self.put("parts/a.stl")
        self.put("parts/b.stl")
        self.parts = os.path.join(self.tree, "parts")
        self.out = os.path.join(self.tree, "out.ndjson")

    def read(self):
        with open(self.out, encoding="utf-8") as file:
            return [json.loads(line) for line in file]

    def test_file_instead_of_standard_output(self):
        for arguments in (["-o", self.out], ["-o" + self.out]):
            self.assertEqual(self.batch(self.parts, *arguments).out, "")
            self.assertEqual(len(self.read()), 2)
            os.unlink(self.out)
        self.assertEqual(sorted(os.listdir(self.tree)), ["parts"])

    def test_rights_are_those_of_any_new_file_or_of_the_old_one(self):
        self.batch(self.parts, "-o", self.out)
        mask = os.umask(0)
        os.umask(mask)
        self.assertEqual(os.stat(self.out).st_mode & 0o777, 0o666 & ~mask)
        os.chmod(self.out, 0o640)
        self.batch(self.parts, "-o", self.out)
        self.assertEqual(os.stat(self.out).st_mode & 0o777, 0o640)

    def test_link_stays_a_link(self):
        real = self.put("elsewhere/real.ndjson", b"old\n")
        os.symlink(real, self.out)
        self.batch(self.parts, "-o", self.out)
        self.assertTrue(os.path.islink(self.out))
        self.assertEqual(len(self.read()), 2)

    def test_folder_of_the_file_is_not_there(self):
        path = os.path.join(self.tree, "nowhere", "out.ndjson")
        self.assertEqual(self.error("not_found", 4, "batch", self.parts, "-o", path)["file"], path)

    def test_wrong_option_leaves_the_old_file(self):
        self.put("out.ndjson", b"old\n")
        self.batch(self.parts, "-o", self.out, "--material", "mat_nothing", code=2)
        with open(self.out, "rb") as file:
            self.assertEqual(file.read(), b"old\n")
        self.assertEqual(sorted(os.listdir(self.tree)), ["out.ndjson", "parts"])

    def test_broken_files_are_in_it(self):
        self.put("parts/c.stl", b"none")
        self.batch(self.parts, "-o", self.out, code=1)
        self.assertEqual([line["schema"] for line in self.read()],
                         ["libquote.quote/1", "libquote.quote/1", "libquote.error/1"])

    def test_device(self):
        self.batch(self.parts, "-o", "/dev/null")


class Interrupted(BatchCase):
    def interrupt(self, *arguments):
        """Ctrl-C while standard input gives nothing; returns what came out."""
        first, last = self.put("a.stl"), self.put("b.stl")
        process = subprocess.Popen([cli.QUOTE, "batch", "--threads", "1", first, "-", last, *arguments],
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   env=cli.environment())
        try:
            time.sleep(0.7)
            process.send_signal(signal.SIGINT)
            self.assertEqual(process.wait(timeout=20), 130)
            return process.stdout.read()
        finally:
            process.kill()
            for stream in (process.stdin, process.stdout, process.stderr):
                stream.close()
            process.wait()

    def test_whole_lines_stay(self):
        lines = self.interrupt().splitlines()
        self.assertEqual([os.path.basename(json.loads(line)["path"]) for line in lines], ["a.stl"])

    def test_no_file_is_left(self):
        self.assertEqual(self.interrupt("-o", os.path.join(self.tree, "out.ndjson")), b"")
        self.assertEqual(sorted(os.listdir(self.tree)), ["a.stl", "b.stl"])

    def test_old_file_stays(self):
        path = self.put("out.ndjson", b"old\n")
        self.interrupt("-o", path)
        with open(path, "rb") as file:
            self.assertEqual(file.read(), b"old\n")


class People(BatchCase):
    def test_summary(self):
        self.put("a.stl")
        self.put("b.stl", models.stl(models.flipped(models.box())))
        self.put("c.stl", models.stl(models.box()[:-1]))
        self.put("d.stl", b"none")
        result = self.batch(self.tree, "--threads", "1", code=1)
        self.assertRegex(result.err, r"\ball +4\b")
        self.assertRegex(result.err, r"failed +1\b")
        self.assertIn("d.stl", result.err)
        self.assertIn("1 thread", result.err)
        self.assertNotIn("\x1b", result.err)

    def test_quiet(self):
        self.put("a.stl")
        self.put("b.stl", b"none")
        self.assertEqual(self.batch(self.tree, "--quiet", code=1).err, "")

    def test_only_the_first_failures_are_named(self):
        for i in range(30):
            self.put("%02d.stl" % i, b"none")
        result = self.batch(self.tree, code=1)
        self.assertIn("19.stl", result.err)
        self.assertNotIn("20.stl", result.err)
        self.assertIn("10 more", result.err)

    def test_control_characters_in_names(self):
        self.put("a\x1b[31m.stl", b"none")
        self.assertNotIn("\x1b", self.batch(self.tree, code=1).err)

    def test_summary_on_a_narrow_terminal(self):
        self.put("a" * 100 + ".stl", b"none")
        shown = cli.on_terminal(["batch", self.tree, "-o", "/dev/null"], cli.environment(), 60)
        for line in re.sub(r"\x1b\[[0-9;]*[mK]", "", shown).split("Files")[-1].splitlines():
            self.assertLessEqual(cli.width(line), 60, line)


class Bar(BatchCase):
    """A pipe in the list holds the run up for as long as the bar needs to appear."""

    def run_slowly(self, columns, *more):
        self.put("a.stl")
        pipe = os.path.join(self.tree, "slow")
        os.mkfifo(pipe)

        def feed():
            try:
                end = os.open(pipe, os.O_WRONLY)  # which makes no file where the pipe is gone already
            except FileNotFoundError:
                return
            with open(end, "wb") as file:
                time.sleep(0.7)
                file.write(models.stl(models.box()))
        feeder = threading.Thread(target=feed, daemon=True)  # where there is no terminal nobody ever reads the pipe
        feeder.start()
        try:
            shown = cli.on_terminal(["batch", self.tree, pipe, "-o", "/dev/null", "--threads", "1", *more],
                                    cli.environment(NO_COLOR="1"), columns)
        finally:
            os.unlink(pipe)
        feeder.join()
        return shown

    def test_totals_on_a_terminal(self):
        shown = self.run_slowly(100)
        self.assertIn("1/2 files", shown)
        self.assertIn("left", shown)
        bar, _, rest = shown.rpartition("\r\x1b[K")
        self.assertIn("quoting", bar)
        self.assertTrue(rest.lstrip().startswith("Files"), "the bar is gone before the summary")

    def test_bar_fits_a_narrow_terminal(self):
        for columns in (40, 60):
            with self.subTest(columns=columns):
                for line in self.run_slowly(columns).split("\n")[0].split("\r\x1b[K"):
                    self.assertLess(cli.width(line), columns, line)

    def test_quiet_shows_none(self):
        self.assertEqual(self.run_slowly(100, "--quiet"), "")

    def test_lines_without_a_terminal(self):
        self.put("a.stl")
        process = subprocess.Popen([cli.QUOTE, "batch", "--progress", "--threads", "1", self.tree, "-"],
                                   stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                                   env=cli.environment())
        time.sleep(0.7)
        _, said = process.communicate(models.stl(models.box()), timeout=30)
        self.assertEqual(process.returncode, 0)
        self.assertIn(b"quote: 1/2 files", said)


class Scale(BatchCase):
    def test_two_thousand_files_take_no_more_memory_than_two_hundred(self):
        path = self.put("0000.stl")
        for i in range(1, 200):
            os.link(path, os.path.join(self.tree, "%04d.stl" % i))
        code, few = peak_kb(["batch", self.tree, "--threads", "2"])
        self.assertEqual(code, 0)
        for i in range(200, 2000):
            os.link(path, os.path.join(self.tree, "%04d.stl" % i))
        code, many = peak_kb(["batch", self.tree, "--threads", "2"])
        self.assertEqual(code, 0)
        self.assertLess(many, few + 8192, "KiB for 2000 files, after %d for 200" % few)

    def test_order_holds_when_the_first_file_is_the_slowest(self):
        self.put("a.stl", models.stl(models.box() * 20000))
        names = ["b%03d.stl" % i for i in range(200)]
        for name in names:
            self.put(name)
        self.assertEqual(self.paths(self.tree, "--threads", "4"), ["a.stl", *names])

    def test_more_threads_than_files(self):
        self.put("a.stl")
        self.put("b.stl")
        self.assertEqual(self.paths(self.tree, "--threads", "64"), ["a.stl", "b.stl"])

    def test_no_descriptor_is_lost(self):
        for i in range(100):
            self.put("%03d.stl" % i, None if i % 2 else b"none")
        limit = (48, 48)
        done = subprocess.run([cli.QUOTE, "batch", "--quiet", self.tree], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, env=cli.environment(), timeout=60,
                              preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, limit))
        codes = [json.loads(line).get("error", {}).get("code") for line in done.stdout.splitlines()]
        self.assertEqual(codes, ["unsupported_format", None] * 50)


if __name__ == "__main__":
    cli.run(sys.modules[__name__])
