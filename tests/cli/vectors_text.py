"""The same cube in every dress that XML and the number grammar allow, and in those that they do not."""
import re

import threemf_files as f
from threemf_case import Case, each

TEXT = f.simple()
POINTS, FACES = f.corners(f.cube())


def reorder(text, tag, names):
    """The attributes of a tag in another order."""
    def turn(match):
        found = dict(re.findall(r'(\w+)="([^"]*)"', match.group(0)))
        return "<%s %s/>" % (tag, " ".join('%s="%s"' % (n, found[n]) for n in names))
    return re.sub("<%s [^>]*/>" % tag, turn, text)


def prefixed(text, prefix="c"):
    text = re.sub(r"<(/?)(\w)", r"<\1%s:\2" % prefix, text.split("?>", 1)[1]).replace("xmlns=", "xmlns:%s=" % prefix)
    return f.DECLARATION + text


def first(text, old, new):
    assert old in text, old
    return text.replace(old, new, 1)


COMMENT = "<!-- <triangle v1=\"0\" v2=\"1\" v3=\"2\"/> <vertex x=\"99\" y=\"99\" z=\"99\"/> </triangles></vertices> -->"
DRESSES = {
    "plain": TEXT,
    "no_declaration": TEXT.split("?>\n", 1)[1],
    "encoding_in_lower_case": TEXT.replace("UTF-8", "utf-8"),
    "standalone": TEXT.replace('"?>', '" standalone="yes"?>', 1),
    "declared_without_encoding": TEXT.replace(' encoding="UTF-8"', ""),
    "byte_order_mark": "\ufeff" + TEXT,
    "single_quotes": TEXT.split("?>", 1)[1].replace('"', "'"),
    "mixed_quotes": TEXT.replace('x="0.0"', "x='0.0'").replace('v2="1"', "v2='1'"),
    "end_tags": re.sub(r"<(vertex|triangle|item)( [^>]*)/>", r"<\1\2></\1>", TEXT),
    "some_end_tags": re.sub(r'<vertex (x="10.0"[^>]*)/>', r"<vertex \1>  </vertex >", TEXT),
    "space_before_slash": TEXT.replace("/>", " />"),
    "crlf_and_indent": TEXT.replace("><", ">\r\n\t  <"),
    "one_per_line": TEXT.replace("><", ">\n<"),
    "many_spaces": re.sub(r' (\w+)="', r'  \n\t \1  =  "', TEXT),
    "space_before_end": re.sub(r'"/>', '"\n/>', TEXT),
    "order_zyx": reorder(reorder(TEXT, "vertex", "zyx"), "triangle", ("v3", "v1", "v2")),
    "more_attributes": TEXT.replace("<triangle ", '<triangle paint_color="8" pid="1" p1="0" ').replace(
        "<vertex ", '<vertex note="a > b" '),
    "attributes_after": TEXT.replace('"/><triangle', '" paint_color="4&lt;C"/><triangle'),
    "attribute_with_our_names": TEXT.replace("<vertex ", "<vertex note='x=\"77\" v1=\"9\"/>' "),
    "foreign_attributes": TEXT.replace("<vertex ", '<vertex xmlns:q="urn:q" q:x="55" q:y="55" '),
    "character_references": TEXT.replace('"10.0"', '"&#49;&#x30;"'),
    "prefixed_core": prefixed(TEXT),
    "long_prefix": prefixed(TEXT, "three-d.manufacturing_1"),
    "default_and_prefix": first(prefixed(TEXT), "xmlns:c=", 'xmlns="urn:other" xmlns:c='),
    "core_declared_below": first(first(TEXT, ' xmlns="%s"' % f.CORE, ""), "<model", "<k:model xmlns:k=\"%s\"" % f.CORE)
    .replace("<resources>", '<resources xmlns="%s">' % f.CORE).replace("<build>", '<build xmlns="%s">' % f.CORE)
    .replace("</model>", "</k:model>"),
    "comments": re.sub("<(triangle|vertex) ", lambda tag: COMMENT + tag.group(), TEXT),
    "comment_inside_lists": first(TEXT, "<vertices>", "<vertices><!-- </vertices><vertices> -->"),
    "comments_outside": first(TEXT, "<model", COMMENT + "<model") + COMMENT,
    "instructions": TEXT.replace("<triangle ", '<?x <triangle v1="0" v2="1" v3="2"/> ?><triangle '),
    "metadata_speaks_of_vertices": f.simple(metadata='<metadata name="Description">&lt;vertex x="1" y="2" z="3"/&gt;'
                                            "<![CDATA[<vertex x='5'/><triangles></mesh></object>]]></metadata>"),
    "foreign_elements": TEXT.replace("<triangle ",
                                     '<q:z xmlns:q="urn:q"><triangle v1="0" v2="1" v3="2"/></q:z><triangle '),
    "foreign_lists": first(TEXT, "</vertices>", '</vertices><q:m xmlns:q="urn:q"><mesh><triangles/></mesh></q:m>'),
    "nested_in_a_vertex": TEXT.replace("/></vertices>", '><q:n xmlns:q="urn:q"/></vertex></vertices>'),
    "exponents": TEXT.replace('"10.0"', '"1.0e1"').replace('"0.0"', '"0E+5"'),
    "plus_exponent": TEXT.replace('"10.0"', '"1E+1"'),
    "small_exponent": TEXT.replace('"10.0"', '"1000e-2"'),
    "trailing_dots": TEXT.replace('"10.0"', '"10."').replace('"0.0"', '"0."'),
    "leading_dots": TEXT.replace('"10.0"', '".1e2"').replace('"0.0"', '".0"'),
    "signs": TEXT.replace('"10.0"', '"+10"').replace('"0.0"', '"-0"'),
    "blanks_in_numbers": TEXT.replace('"10.0"', '" 10\n"').replace('"0.0"', '"\t0 "'),
    "sixty_digits": TEXT.replace('"10.0"', '"%s"' % ("10." + "0" * 58)),
    "three_hundred_digits": TEXT.replace('"10.0"', '"%s"' % ("10." + "0" * 300)).replace('"0.0"', '"%s"' % ("0" * 40)),
    "nineteen_digits": TEXT.replace('"10.0"', '"10.00000000000000000"'),
    "leading_zeros": TEXT.replace('"10.0"', '"0010"'),
    "underflow": TEXT.replace('"0.0"', '"1e-400"'),
    "signed_indices": re.sub(r'v1="(\d)"', r'v1="+\1"', TEXT),
    "zero_led_indices": re.sub(r'v2="(\d)"', r'v2="000\1"', TEXT),
    "blanks_in_indices": re.sub(r'v3="(\d)"', r'v3=" \1 "', TEXT),
    "signed_ids": first(first(TEXT, 'id="1"', 'id="+1"'), 'objectid="1"', 'objectid="01"'),
    "xml_space": first(TEXT, "<resources", '<resources xml:space="preserve"'),
    "duplicate_metadata": f.simple(metadata='<metadata name="Title">a</metadata><metadata name="Title">b</metadata>'),
    "unprefixed_metadata": f.simple(metadata='<metadata name="License">x</metadata><metadata name="Origin"/>'),
    "metadata_last": f.simple(tail='<metadata name="Title">late</metadata>'),
    "metadata_of_a_mebibyte": f.simple(metadata='<metadata name="Description">%s</metadata>' % ("lorem " * 180000)),
    "paint_of_half_a_mebibyte": first(TEXT, "<triangle ", '<triangle paint_color="%s" ' % ("4C" * 262144)),
    "languages": f.simple(metadata='<metadata name="Title">Würfel 部品 \U0001F600</metadata>'),
    "two_hundred_attributes": first(TEXT, "<triangle ", "<triangle " + "".join('a%d="" ' % i for i in range(200))),
    "fifty_levels": f.simple(tail='<q:a xmlns:q="urn:q">' + "<q:a>" * 50 + "</q:a>" * 50 + "</q:a>"),
    "names_that_repeat": TEXT.replace('id="1"', 'id="1" name="vertex" partnumber="triangle"'),
}


class Dresses(Case):
    @each(DRESSES)
    def test_cube(self, text):
        path = self.package(text.encode())
        report = self.silent(path, volume=1000, area=600, box=([0, 0, 0], [10, 10, 10]), triangles=12, items=1)
        self.assertEqual((report["closed"], report["oriented"], report["manifold"], report["vertices"]),
                         (True, True, True, 8))

    @each({"rounding": ("0.1", 0.1), "nine_digits": ("5.79750013", 5.79750013),
           "half_way": ("9007199254740993e-15", 9.007199254740993),
           "shortest": ("5e-1", 0.5), "long": ("3.14159265358979323846264338327950288", 3.141592653589793)})
    def test_numbers_are_rounded_correctly(self, text, value):
        path = self.package(TEXT.replace('"10.0"', '"%s"' % text))
        self.assertEqual(self.report(path)["bbox_mm"]["max"], [value] * 3)


def bad_vertex(text):
    """In the first, a middle and the last vertex: fast and slow readers alike."""
    return [TEXT.replace(v, v.replace('y="', 'y="%s" was="' % f.escape(text)), 1)
            for v in (f.vertices_of(POINTS[k:k + 1]) for k in (0, 4, 7))]


class BadNumbers(Case):
    @each({w: w for w in ("nan", "NaN", "-nan", "inf", "INF", "-Infinity", "1.#QNAN", "1.#INF", "1e", "1e+", "e5", ".",
                          "+", "-",
                          "--1", "+-1", "0x10", "1 0", "1.2.3", "10mm", "1e5.5", "1_0", "1e5e5", "½", "١٠", "1;0")})
    def test_coordinate(self, word):
        for text in bad_vertex(word):
            error = self.refused("3mf_bad_number", self.package(text))
            self.assertTrue(error["part"].endswith("3dmodel.model"))

    def test_empty(self):
        for text in bad_vertex(""):
            self.refused(("3mf_bad_number", "3mf_missing_attr"), self.package(text))

    @each({"half": "1,5", "whole": "10,0", "exponent": "1,5e0", "after": "10,"})
    def test_decimal_comma(self, word):
        for text in bad_vertex(word):
            self.refused("3mf_decimal_comma", self.package(text))

    def test_decimal_comma_leniently(self):
        text = TEXT.replace('"10.0"', '"10,0"')
        report = self.report(self.package(text), "--lenient")
        self.check(report, volume=1000)
        self.assertTrue([d for d in report["diagnostics"] if d["severity"] == "warn"])

    @each({"overflow": "1e400", "far": "1e8", "just": "10000001", "negative": "-3e9"})
    def test_out_of_range(self, word):
        for text in bad_vertex(word):
            self.refused(("range", "3mf_bad_number") if word == "1e400" else "range", self.package(text))

    @each({"meter": (10001, "meter", False), "inch": (400000, "inch", False), "micron": (9e9, "micron", True),
           "edge": (1e7, "millimeter", True)})
    def test_range_is_in_millimetres(self, side, unit, fine):
        path = self.package(f.simple(f.mesh(f.models.box((side, side / 2, side / 4))), unit=unit))
        if fine:
            self.report(path)
        else:
            self.refused("range", path)

    @each({w: w for w in ("-1", "1.0", "1e0", "a", "0x1", "1 2", "1,0", "2147483648", "4294967296",
                          "18446744073709551616")})
    def test_index(self, word):
        for k in (0, 11):
            old = f.faces_of(FACES[k:k + 1])
            text = first(TEXT, old, re.sub(r'v2="\d"', 'v2="%s"' % word, old))
            codes = ("3mf_bad_number", "3mf_bad_index") if word.lstrip("-").isdigit() else "3mf_bad_number"
            self.refused(codes + ("3mf_decimal_comma",) if isinstance(codes, tuple) else (codes, "3mf_decimal_comma"),
                         self.package(text))

    @each({w: w for w in ("-1", "1.0", "one", "2147483648", "99999999999999999999")})
    def test_id(self, word):
        text = first(first(TEXT, 'id="1"', 'id="%s"' % word), 'objectid="1"', 'objectid="%s"' % word)
        self.refused("3mf_bad_number", self.package(text))

    @each({"x": ("vertex", "x"), "y": ("vertex", "y"), "z": ("vertex", "z"), "v1": ("triangle", "v1"),
           "v2": ("triangle", "v2"), "v3": ("triangle", "v3"), "item": ("item", "objectid"),
           "object": ("object", "id")})
    def test_missing(self, tag, name):
        found = list(re.finditer(r'<%s [^>]*?\b%s="[^"]*"' % (tag, name), TEXT))
        for match in {found[0], found[-1]}:
            gone = re.sub(r'\b%s="[^"]*"' % name, "", match.group(0))
            self.refused("3mf_missing_attr", self.package(TEXT[:match.start()] + gone + TEXT[match.end():]))

    def test_missing_in_a_component(self):
        text = f.model(f.obj(1, f.mesh(f.cube())) + f.obj(2, "<components><component/></components>"), f.item(2))
        self.refused("3mf_missing_attr", self.package(text))

    @each({"other": "urn:q", "core": f.CORE})
    def test_prefixed_is_missing(self, space):
        """Core attributes have no prefix, not even the core's."""
        text = first(TEXT, '<vertex x="', '<vertex xmlns:q="%s" q:x="' % space)
        self.refused("3mf_missing_attr", self.package(text))


BROKEN = {
    "cut_in_a_tag": TEXT[:TEXT.index("<triangle ") + 20], "cut_in_the_list": TEXT[:TEXT.rindex("<triangle ")],
    "cut_at_the_end": TEXT[:-5], "wrong_end": first(TEXT, "</triangles>", "</triangle>"),
    "crossed": first(TEXT, "</triangles></mesh>", "</mesh></triangles>"), "empty": "", "blank": "  \n",
    "two_roots": TEXT + "<model/>", "words_after": TEXT + "words", "words_before": "words" + TEXT.split("?>", 1)[1],
    "x_twice": first(TEXT, '<vertex x="', '<vertex x="5" x="'),
    "z_twice": re.sub(r'(<vertex [^>]*)/></vertices>', r'\1 z="1"/></vertices>', TEXT),
    "v1_twice": first(TEXT, "<triangle ", '<triangle v1="3" '),
    "v3_twice": re.sub(r'(<triangle [^>]*)/></triangles>', r'\1 v3="1"/></triangles>', TEXT),
    "objectid_twice": first(TEXT, "<item ", '<item objectid="1" '),
    "id_twice": first(TEXT, "<object ", '<object id="2" '),
    "x_twice_other_quotes": first(TEXT, '<vertex x="', "<vertex x='5' x=\""),
    "entity": first(TEXT, "<build>", "<build>&nothing;"), "entity_in_a_number": first(TEXT, '"10.0"', '"&ten;"'),
    "no_quotes": first(TEXT, 'x="0.0"', "x=0.0"), "no_value": first(TEXT, "<item ", "<item printable "),
    "less_than_in_a_value": first(TEXT, "<item ", '<item a="<" '), "nul": first(TEXT, "<build>", "<build>\0"),
    "nul_in_a_vertex": first(TEXT, '<vertex x="0.0"', '<vertex x="0\0.0"'),
    "control": first(TEXT, "<build>", "<build>\x01"),
    "control_by_reference": f.simple(metadata='<metadata name="Title">&#27;[31m</metadata>'),
    "undeclared_prefix": first(TEXT, "<build>", "<build><q:z/>"), "glued_attributes": first(TEXT, '" y="', '"y="'),
    "unclosed_comment": first(TEXT, "<build>", "<!-- <build>"),
    "double_minus": first(TEXT, "<build>", "<!-- a -- b --><build>"),
    "unclosed_quote": first(TEXT, 'v3="', "v3='"), "vertex_left_open": first(TEXT, "/><vertex", "><vertex"),
}


class Broken(Case):
    """Not well-formed, not UTF-8, not allowed."""

    @each(BROKEN)
    def test_syntax(self, text):
        error = self.refused("xml_syntax", self.package(text.encode()))
        self.assertTrue(error["part"].endswith("3dmodel.model"))

    @each({"little": b"\xff\xfe" + TEXT.encode("utf-16-le"), "big": b"\xfe\xff" + TEXT.encode("utf-16-be"),
           "declared_latin": TEXT.replace("UTF-8", "ISO-8859-1").encode(),
           "declared_utf16": TEXT.replace("UTF-8", "UTF-16").encode(),
           "declared_windows": TEXT.replace("UTF-8", "windows-1252").encode(),
           "utf32": b"\xff\xfe\0\0" + TEXT.encode("utf-32-le")})
    def test_encoding(self, data):
        self.refused("xml_encoding", self.package(data))

    @each({"lone_byte": b"\xff", "overlong": b"\xc0\xaf", "surrogate": b"\xed\xa0\x80", "cut": b"\xe2\x82",
           "beyond": b"\xf5\x80\x80\x80"})
    def test_not_utf8(self, data):
        for at in (b"<object ", b"<vertex "):
            text = TEXT.encode().replace(at, at + b'name="' + data + b'" ', 1)
            self.refused(("xml_encoding", "xml_syntax"), self.package(text))

    @each({"internal": '<!DOCTYPE model [<!ENTITY a "b">]>', "external": '<!DOCTYPE model SYSTEM "file:///etc/passwd">',
           "bare": "<!DOCTYPE model>", "lower": '<!DOCTYPE html PUBLIC "-//W3C//DTD" "http://localhost/x.dtd">',
           "laughs": '<!DOCTYPE lolz [<!ENTITY a "0"><!ENTITY b "%s"><!ENTITY c "%s">]>' % ("&a;" * 99, "&b;" * 99)})
    def test_doctype(self, doctype):
        self.refused("xml_dtd", self.package(TEXT.replace("<model", doctype + "<model", 1)))

    def test_doctype_in_a_sub_model(self):
        sub = f.model(f.obj(1, f.mesh(f.cube()))).replace("<model", "<!DOCTYPE model><model", 1)
        root = f.model(f.obj(5, f.components((1, None, "/3D/a.model"))), f.item(5), spaces="p", required="p")
        error = self.refused("xml_dtd", self.package(root, f.with_rels({"3D/a.model": sub})))
        self.assertIn("a.model", error["part"])

    @each({"html": "<html><body/></html>", "other_space": TEXT.replace(f.CORE, "urn:mine"),
           "other_root": TEXT.replace("<model", "<modell", 1).replace("</model>", "</modell>"),
           "relations": f.relations(), "newer_core": TEXT.replace(f.CORE, f.MICROSOFT + "core/2031/01")})
    def test_root(self, text):
        self.refused("3mf_root", self.package(text))

    @each({"beta": f.MICROSOFT + "2013/01", "none": ""})
    def test_old_namespace(self, core):
        text = f.simple(core=core) if core else f.simple().replace(' xmlns="%s"' % f.CORE, "")
        self.warned("3mf_old_namespace", self.package(text), volume=1000, items=1)

    @each({"in_model": TEXT.replace("<resources>", "<sparkle><object id='9'/></sparkle><resources>"),
           "in_object": TEXT.replace("<mesh>", "<sparkle/><mesh>"),
           "in_build": TEXT.replace("<item", "<sparkle/><item"),
           "in_resources": TEXT.replace("<resources>", "<resources><sparkle id='4'/>"),
           "in_mesh": TEXT.replace("</mesh>", "<sparkle><triangle v1='0' v2='1' v3='2'/></sparkle></mesh>"),
           "in_triangles": TEXT.replace("<triangles>", "<triangles><sparkle/>")})
    def test_unknown_element(self, text):
        self.warned("3mf_unknown_element", self.package(text), volume=1000, triangles=12)

    def test_unknown_element_elsewhere_is_silent(self):
        self.silent(self.package(TEXT.replace("<resources>", '<q:z xmlns:q="urn:q"/><resources>')), volume=1000)
