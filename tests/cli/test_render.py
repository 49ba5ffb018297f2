#!/usr/bin/env python3
"""quote render from outside: python3 tests/cli/test_render.py PATH_TO_QUOTE [TEST...]

The PNG files are read by a decoder of their own, written from the specification. Closes with "N passed, N failed".
"""
import os
import struct
import sys
import zlib

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import models  # noqa: E402
import test_cli as cli  # noqa: E402


class Png:
    """8 bits per channel, not interlaced: rows of bytes."""

    def __init__(self, data):
        assert data[:8] == b"\x89PNG\r\n\x1a\n"
        self.chunks, at = [], 8
        while at < len(data):
            size, kind = struct.unpack(">I4s", data[at:at + 8])
            body = data[at + 8:at + 8 + size]
            assert struct.unpack(">I", data[at + 8 + size:at + 12 + size])[0] == zlib.crc32(kind + body)
            self.chunks.append((kind, body))
            at += 12 + size
        self.width, self.height, depth, color, _, _, interlaced = struct.unpack(">IIBBBBB", self.chunks[0][1])
        assert depth == 8 and not interlaced and self.chunks[-1][0] == b"IEND"
        self.channels = {2: 3, 6: 4}[color]
        self.rows = self.unfilter(zlib.decompress(b"".join(b for k, b in self.chunks if k == b"IDAT")))

    def unfilter(self, raw):
        step, wide, rows = self.channels, self.width * self.channels, []
        before = bytes(wide)
        for y in range(self.height):
            kind, row = raw[y * (wide + 1)], bytearray(raw[y * (wide + 1) + 1:(y + 1) * (wide + 1)])
            for i in range(wide):
                left, up = row[i - step] if i >= step else 0, before[i]
                corner = before[i - step] if i >= step else 0
                guess = left + up - corner
                nearest = min((abs(guess - left), 0, left), (abs(guess - up), 1, up), (abs(guess - corner), 2, corner))
                row[i] = row[i] + (0, left, up, (left + up) // 2, nearest[2])[kind] & 0xFF
            before = bytes(row)
            rows.append(before)
        return rows

    def pixel(self, x, y):
        return tuple(self.rows[y][x * self.channels:(x + 1) * self.channels])


class Render(cli.Case):
    def picture(self, path, *arguments, **more):
        out = os.path.join(self.folder, "out.png")
        self.quote("render", path, "-o", out, *arguments, **more)
        with open(out, "rb") as file:
            return Png(file.read())

    def setUp(self):
        self.cube = self.write("cube.stl", models.stl(models.box()))

    def test_size_and_transparent_ground(self):
        out = os.path.join(self.folder, "large.png")
        self.quote("render", self.cube, "-o", out)
        with open(out, "rb") as file:
            self.assertEqual(struct.unpack(">II", file.read()[16:24]), (1024, 1024))
        picture = self.picture(self.cube, "--size", "90")
        self.assertEqual((picture.width, picture.height, picture.channels), (90, 90, 4))
        self.assertEqual(picture.pixel(0, 0), (0, 0, 0, 0))
        self.assertEqual(picture.pixel(45, 42)[3], 255)

    def test_white_ground_has_no_alpha(self):
        picture = self.picture(self.cube, "--ground", "white", "--size", "300x200")
        self.assertEqual((picture.width, picture.height, picture.channels), (300, 200, 3))
        self.assertEqual(picture.pixel(0, 0), (255, 255, 255))

    def test_view_shows_what_is_there(self):
        plate = self.write("plate.stl", models.stl(models.box((40, 20, 2))))
        for view, across, down in (("top", 40, 20), ("front", 40, 2), ("left", 20, 2)):
            picture = self.picture(plate, "--view", view, "--size", "100", "--no-scale")
            columns = [x for x in range(100) if any(picture.pixel(x, y)[3] > 127 for y in range(100))]
            rows = [y for y in range(100) if any(picture.pixel(x, y)[3] > 127 for x in range(100))]
            wide, high = columns[-1] - columns[0] + 1, rows[-1] - rows[0] + 1
            self.assertLess(abs(wide * down - high * across), 1.5 * across, "%s: %d x %d" % (view, wide, high))

    def test_json(self):
        out = os.path.join(self.folder, "j.png")
        self.assertEqual(self.quote("render", self.cube, "-o", out, "--size", "64", "--json").json(),
                         {"schema": "libquote.render/1", "output": out, "width": 64, "height": 64})

    def test_same_bytes_for_any_threads(self):
        pictures = []
        for threads in ("1", "2", "3"):
            self.picture(self.cube, "--size", "120", "--threads", threads)
            with open(os.path.join(self.folder, "out.png"), "rb") as file:
                pictures.append(file.read())
        self.assertEqual(pictures[0], pictures[1])
        self.assertEqual(pictures[0], pictures[2])

    def test_defects_are_red(self):
        open_box = self.write("open.stl", models.stl(models.box()[:-1]))
        reds = [sum(1 for row in self.picture(open_box, "--size", "100", *more).rows for i in range(0, 400, 4)
                    if row[i + 3] == 255 and row[i] > 2 * row[i + 1]) for more in ((), ("--defects",))]
        self.assertEqual(reds[0], 0)
        self.assertGreater(reds[1], 100)

    def test_plates_and_objects(self):
        project = os.path.join(self.folder, "two.3mf")
        models.write_3mf(project, [(1, "flat", models.box((40, 40, 1))), (2, "tall", models.box((1, 1, 40)))],
                         {"a": [1], "b": [2]})
        covered = []
        for more in (("--plate", "a"), ("--plate", "b"), ()):
            rows = self.picture(project, "--view", "front", "--size", "100", "--no-scale", *more).rows
            covered.append(sum(1 for row in rows for i in range(3, 400, 4) if row[i] > 127))
        self.assertGreater(covered[2], 0)
        self.assertNotEqual(covered[0], covered[2])

    def test_wrong_requests(self):
        out = os.path.join(self.folder, "never.png")
        for arguments in (("render", self.cube), ("render", self.cube, "-o", "x.jpg"), ("render", "-o", out),
                          ("render", self.cube, self.cube, "-o", out),
                          ("render", self.cube, "-o", out, "--size", "0"),
                          ("render", self.cube, "-o", out, "--size", "4097"),
                          ("render", self.cube, "-o", out, "--size", "10x"),
                          ("render", self.cube, "-o", out, "--view", "inside"),
                          ("render", self.cube, "-o", out, "--ground", "black")):
            self.quote(*arguments, code=2)
        self.assertFalse(os.path.exists(out))

    def test_a_broken_file_leaves_no_picture(self):
        out = os.path.join(self.folder, "none.png")
        broken = self.write("broken.stl", models.stl(models.box())[:-10])
        self.error("stl_truncated", 1, "render", broken, "-o", out)
        self.error("not_found", 4, "render", os.path.join(self.folder, "no.stl"), "-o", out)
        self.assertFalse(os.path.exists(out))

    def test_what_cannot_be_written_is_told(self):
        self.error("not_found", 4, "render", self.cube, "-o", os.path.join(self.folder, "no", "x.png"))
        full = os.path.join(self.folder, "full.png")
        os.symlink("/dev/full", full)
        self.error("io", 4, "render", self.cube, "-o", full)


if __name__ == "__main__":
    cli.run(sys.modules[__name__])
