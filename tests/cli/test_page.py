#!/usr/bin/env python3
"""quote --html from outside: python3 tests/cli/test_page.py PATH_TO_QUOTE [TEST...]

Pages are read by Python's own HTML parser. Closes with "N passed, N failed".
"""
import base64
import html.parser
import json
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import models  # noqa: E402
import test_cli as cli  # noqa: E402
from test_render import Png  # noqa: E402

VOID = {"meta", "img", "br", "link", "input", "hr"}


class Page(html.parser.HTMLParser):
    """Every element with its attributes and its own text; tags must close in order."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.elements, self.open = [], []
        self.feed(text)
        self.close()
        assert not self.open, self.open

    def handle_starttag(self, tag, attributes):
        element = {"tag": tag, "text": "", **dict(attributes)}
        self.elements.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag):
        assert self.open and self.open.pop()["tag"] == tag, tag

    def handle_data(self, data):
        for element in self.open:
            element["text"] += data

    def all(self, tag, **attributes):
        return [e for e in self.elements if e["tag"] == tag and
                all(value in (e.get(name.rstrip("_")) or "").split(" ") for name, value in attributes.items())]


class Pages(cli.Case):
    def page(self, *arguments, **more):
        out = os.path.join(self.folder, "out.html")
        done = self.quote(*arguments, "--html", out, **more)
        with open(out, encoding="utf-8") as file:
            return done, Page(file.read())

    def setUp(self):
        self.cube = self.write("cube.stl", models.stl(models.box()))
        self.open_cube = self.write("open.stl", models.stl(models.box()[:-1]))

    def test_page_says_what_the_terminal_says(self):
        done, page = self.page(self.cube, "--material", "mat_pla,mat_petg", "--quantity", "1,10")
        document = json.loads(self.quote(self.cube, "--material", "mat_pla,mat_petg", "--quantity", "1,10",
                                         "--json").out)
        self.assertEqual(page.all("h1")[0]["text"], "cube.stl")
        self.assertIn("20 × 20 × 20 mm", page.all("dl")[0]["text"])
        totals = ["€%.2f" % (o["line_total"]["amount"] / 100) for o in document["options"]]
        self.assertEqual([c["text"] for c in page.all("td", class_="total")], totals)
        for total in totals:
            self.assertIn(total, done.out)

    def test_page_stands_alone(self):
        page = self.page(self.cube)[1]
        self.assertFalse(page.all("script") + page.all("link") + page.all("a") + page.all("iframe"))
        for picture in page.all("img"):
            self.assertTrue(picture["src"].startswith("data:image/png;base64,"))
        self.assertNotIn("url(", page.all("style")[0]["text"])
        self.assertNotIn("http", "".join(e["text"] for e in page.elements))
        self.assertTrue(page.all("meta", name="viewport"))

    def test_picture_is_the_part(self):
        picture = self.page(self.cube)[1].all("img")[0]
        png = Png(base64.b64decode(picture["src"].split(",")[1], validate=True))
        self.assertEqual((str(png.width), str(png.height)), (picture["width"], picture["height"]))
        self.assertEqual(png.pixel(png.width // 2, png.height // 2)[3], 255)
        self.assertEqual(png.pixel(2, 2)[3], 0)

    def test_broken_parts_have_a_picture_more_and_findings(self):
        page = self.page(self.open_cube)[1]
        self.assertEqual(len(page.all("img")), 3)
        self.assertEqual(len(self.page(self.cube)[1].all("img")), 2)
        findings = json.loads(self.quote("inspect", self.open_cube, "--json").out)["diagnostics"]
        listed = page.all("li")
        self.assertEqual(len(listed), len(findings))
        for finding, item in zip(findings, listed):
            self.assertIn(finding["message"], item["text"])
            self.assertEqual(item["class"], finding["severity"])

    def test_names_are_text(self):
        name = "<script>alert(1)</script>&\"'.stl"
        path = self.write(name.replace("/", "∕"), models.stl(models.box()))
        page = self.page(path)[1]
        self.assertEqual(page.all("h1")[0]["text"], os.path.basename(path))
        self.assertFalse(page.all("script"))

    def test_control_characters_do_not_reach_the_page(self):
        path = self.write("a\x1b[31m\x07b.stl", models.stl(models.box()))
        title = self.page(path)[1].all("h1")[0]["text"]
        self.assertFalse([c for c in title if ord(c) < 32])

    def test_what_cannot_be_made_says_why(self):
        path = self.write("long.stl", models.stl(models.box((2000, 20, 20))))
        page = self.page(path)[1]
        self.assertTrue([e for e in page.all("td", class_="note") if e["text"].startswith("Not printable: ")])

    def test_several_files_are_several_articles(self):
        self.assertEqual(len(self.page(self.cube, self.open_cube)[1].all("article")), 2)

    def test_a_bad_file_leaves_the_others(self):
        bad = self.write("bad.stl", b"nothing of a part at all")
        page = self.page(bad, self.cube, code=1)[1]
        self.assertEqual([h["text"] for h in page.all("h1")], ["cube.stl"])

    def test_no_part_no_page(self):
        bad, out = self.write("bad.stl", b"nothing of a part at all"), os.path.join(self.folder, "none.html")
        self.quote(bad, "--html", out, code=1)
        self.assertFalse(os.path.exists(out))

    def test_json_stays_json(self):
        done = self.page(self.cube, "--json")[0]
        self.assertEqual(json.loads(done.out)["schema"], "libquote.quote/1")

    def test_same_part_same_page(self):
        texts = []
        for threads in "1", "3":
            out = os.path.join(self.folder, "out%s.html" % threads)
            self.quote(self.cube, "--html", out, "--threads", threads)
            with open(out, "rb") as file:
                texts.append(file.read())
        self.assertEqual(texts[0], texts[1])

    def test_only_for_quotes(self):
        for command in "inspect", "batch", "list":
            self.quote(command, self.cube, "--html", os.path.join(self.folder, "x.html"), code=2)

    def test_what_is_read_is_never_overwritten(self):
        odd = self.write("cube.part", models.stl(models.box()))
        link = os.path.join(self.folder, "link.html")
        os.symlink(odd, link)
        for arguments in ([odd, "--html", odd], [odd, "--html", link], [odd, "--html", self.open_cube],
                          ["--html", os.path.join(self.folder, "none.3MF"), odd], ["batch", odd, "-o", odd]):
            self.quote(*arguments, code=2)
        for path, soup in ((odd, models.box()), (self.open_cube, models.box()[:-1])):
            with open(path, "rb") as file:
                self.assertEqual(file.read(), models.stl(soup))
        self.assertFalse(os.path.exists(os.path.join(self.folder, "none.3MF")))
        self.quote("repair", self.cube, "-o", self.cube)

    def test_folder_that_is_not_there(self):
        self.quote(self.cube, "--html", os.path.join(self.folder, "none", "x.html"), code=4)


if __name__ == "__main__":
    cli.run(sys.modules[__name__])
