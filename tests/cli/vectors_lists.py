"""Long lists of vertices and triangles in which one tag is unusual, or wrong: readers for the usual and for the rest
must agree wherever they hand over."""
import random
import re

import threemf_files as f
from threemf_case import Case, each

SHAPE = [t for k in range(90) for t in f.models.box((1.25, 0.7, 1.3), (k % 10 * 3.7, k // 10 * 2.3, 0.0625 * k))]
TEXT = f.simple(f.mesh(SHAPE))
TAGS = {name: [m.span() for m in re.finditer("<%s [^>]*/>" % name, TEXT)] for name in ("vertex", "triangle")}


def named(tag):
    return re.findall(r'(\w+)="([^"]*)"', tag)


def rebuilt(tag, pairs, separator=" ", quote='"', end="/>"):
    name = re.match(r"<(\w+)", tag).group(1)
    return "<%s%s%s" % (name, "".join("%s%s=%s%s%s" % (separator, k, quote, v, quote) for k, v in pairs), end)


# One tag in another dress that means the same.
SAME = {
    "single_quotes": lambda t: rebuilt(t, named(t), quote="'"),
    "turned_round": lambda t: rebuilt(t, named(t)[::-1]),
    "two_spaces": lambda t: rebuilt(t, named(t), separator="  "),
    "lines": lambda t: rebuilt(t, named(t), separator="\n\t"),
    "end_tag": lambda t: rebuilt(t, named(t), end="></%s>" % re.match(r"<(\w+)", t).group(1)),
    "space_at_the_end": lambda t: rebuilt(t, named(t), end=" />"),
    "attribute_before": lambda t: rebuilt(t, [("a", "x > y")] + named(t)),
    "attribute_between": lambda t: rebuilt(t, named(t)[:1] + [("paint_color", "4C")] + named(t)[1:]),
    "attribute_behind": lambda t: rebuilt(t, named(t) + [("paint_color", "8" * 300)]),
    "attribute_like_ours": lambda t: rebuilt(t, named(t) + [("xx", "9"), ("v11", "9"), ("X", "9")]),
    "quotes_in_a_value": lambda t: rebuilt(t, named(t), end=" a='x=\"7\" v1=\"7\"/>'/>"),
    "comment_before": lambda t: '<!-- <vertex x="9" y="9" z="9"/><triangle v1="0" v2="1" v3="2"/> -->' + t,
    "comment_behind": lambda t: t + "<!--/>-->",
    "instruction": lambda t: "<?a <vertex/> ?>" + t,
    "foreign_element": lambda t: t + '<q:a xmlns:q="urn:q"><vertex x="1" y="1" z="1"/></q:a>',
    "line_behind": lambda t: t + "\r\n   ",
    "blanks": lambda t: t + " " * 200,
    "long_numbers": lambda t: rebuilt(t, [(k, ("000" + v + "0" * 20) if "." in v else "0" * 20 + v) for k,
                                          v in named(t)]),
    "exponents": lambda t: rebuilt(t, [(k, v + "e0" if "." in v else v) for k, v in named(t)]),
    "signs": lambda t: rebuilt(t, [(k, "+" + v) for k, v in named(t)]),
    "references": lambda t: rebuilt(t, [(k, "".join("&#%d;" % ord(c) for c in v)) for k, v in named(t)]),
    "blanks_in_values": lambda t: rebuilt(t, [(k, " %s\t" % v) for k, v in named(t)]),
}
# One tag that is wrong, and what it is called.
WRONG = {
    "letter": (lambda t: rebuilt(t, [(k, v + "a") for k, v in named(t)]), ("3mf_bad_number",)),
    "comma": (lambda t: rebuilt(t, [(k, v + ",5") for k, v in named(t)]), ("3mf_decimal_comma", "3mf_bad_number")),
    "empty": (lambda t: rebuilt(t, [(k, "") for k, v in named(t)]), ("3mf_bad_number", "3mf_missing_attr")),
    "two_minus": (lambda t: rebuilt(t, [(k, "--" + v) for k, v in named(t)]), ("3mf_bad_number",)),
    "nan": (lambda t: rebuilt(t, [(k, "nan") for k, v in named(t)]), ("3mf_bad_number",)),
    "first_missing": (lambda t: rebuilt(t, named(t)[1:]), ("3mf_missing_attr",)),
    "last_missing": (lambda t: rebuilt(t, named(t)[:-1]), ("3mf_missing_attr",)),
    "first_twice": (lambda t: rebuilt(t, named(t)[:1] + named(t)), ("xml_syntax",)),
    "last_twice": (lambda t: rebuilt(t, named(t) + named(t)[-1:]), ("xml_syntax",)),
    "twice_far_behind": (lambda t: rebuilt(t, named(t) + [("a", "b" * 500)] + named(t)[1:2]), ("xml_syntax",)),
    "other_twice": (lambda t: rebuilt(t, named(t) + [("a", "b"), ("a", "b")]), ("xml_syntax",)),
    "no_quotes": (lambda t: t.replace('"', ""), ("xml_syntax",)),
    "quotes_differ": (lambda t: t.replace('"', "'", 1), ("xml_syntax", "3mf_bad_number")),
    "glued": (lambda t: t.replace('" ', '"'), ("xml_syntax",)),
    "less_than": (lambda t: rebuilt(t, named(t) + [("a", "<")]), ("xml_syntax",)),
    "ampersand": (lambda t: rebuilt(t, named(t) + [("a", "&")]), ("xml_syntax",)),
    "nul": (lambda t: rebuilt(t, named(t) + [("a", "\0")]), ("xml_syntax",)),
    "not_closed": (lambda t: t.replace("/>", ">"), ("xml_syntax",)),
    "closed_twice": (lambda t: t + "</vertices>", ("xml_syntax",)),
    "slash_alone": (lambda t: t.replace("/>", "/"), ("xml_syntax",)),
    "words_between": (lambda t: t + "</", ("xml_syntax",)),
    "bad_utf8": (lambda t: rebuilt(t, named(t) + [("a", "\udcff")]), ("xml_syntax", "xml_encoding")),
}


def spoiled(name, index, change):
    start, end = TAGS[name][index]
    return (TEXT[:start] + change(TEXT[start:end]) + TEXT[end:]).encode("utf-8", "surrogateescape")


def places(name, seed):
    """The first, the last, and three drawn by lot."""
    count = len(TAGS[name])
    return [0, count - 1] + random.Random(seed).sample(range(1, count - 1), 3)


class Lists(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plain = cls.facts(cls().report(f.pack(cls.folder + "/plain.3mf", f.parts_of(TEXT))))

    def runTest(self):
        """unittest wants a name for the instance that setUpClass uses."""

    @staticmethod
    def facts(report):
        return {k: v for k, v in report.items() if k not in ("timing_ms", "file", "selection")}

    def test_plain(self):
        self.check(self.plain | {"selection": {"items": 1}}, shape=SHAPE)

    @each({"%s_%s" % (word, name): (name, change) for word, change in SAME.items() for name in TAGS})
    def test_same(self, name, change):
        """To the bit."""
        for index in places(name, len(name)):
            report = self.report(self.package(spoiled(name, index, change)))
            self.assertEqual(self.facts(report), self.plain, "at %d" % index)

    @each({"%s_%s" % (word, name): (name, *row) for word, row in WRONG.items() for name in TAGS})
    def test_wrong(self, name, change, codes):
        for index in places(name, len(name)):
            done = self.run_quote("inspect", self.package(spoiled(name, index, change)), "--json", code=1)
            self.assertIn(self.error_of(done)["code"], codes, "at %d" % index)

    @each({str(k): k for k in range(0, 64, 3)})
    def test_shifted(self, count):
        """Every tag at every place of a register."""
        text = TEXT.replace("<vertices>", "<vertices>" + " " * count).replace("<triangles>", "<triangles>" +
                                                                              "\n" * (count // 2))
        for more in ((), ("--isa", "scalar")):
            self.assertEqual(self.facts(self.report(self.package(text), *more)), self.plain)

    def test_all_changed_by_lot(self):
        for seed in range(12):
            lot, at, pieces = random.Random(seed), 0, []
            for start, end in sorted(span for spans in TAGS.values() for span in spans):
                change = lot.choice(list(SAME.values()) + [str] * 40)
                pieces += [TEXT[at:start], change(TEXT[start:end])]
                at = end
            report = self.report(self.package("".join(pieces) + TEXT[at:]))
            self.assertEqual(self.facts(report), self.plain, "seed %d" % seed)

    @each({"vertex": "vertex", "triangle": "triangle"})
    def test_cut_anywhere(self, name):
        start, end = TAGS[name][50]
        for at in range(start, end + 1):
            self.assertEqual(self.error_of(self.run_quote("inspect", self.package(TEXT[:at]), "--json",
                                                          code=1))["code"], "xml_syntax")
