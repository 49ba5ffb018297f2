#!/usr/bin/env python3
"""Compares `quote inspect --json` with the manifest of a folder of real model files.

    python3 tests/corpus/check_corpus.py PATH_TO_QUOTE CORPUS_DIR [--plates] [--only TEXT] [--verbose]

CORPUS_DIR holds a MANIFEST.tsv (see its README for the columns). One line is printed per deviation, then a table by
folder, then `N passed, N failed`. Python 3 and its standard library are all it needs.

The manifest was made by another reader with its own ideas of what to count. Where these differ from the report's, a
rule below says so; no rule looks at the name of a file.
"""
import argparse
import csv
import json
import math
import os
import subprocess
import sys
import time
import xml.etree.ElementTree
import zipfile

import negatives

SECONDS_MAX = 10.0
VOLUME_RELATIVE = 1e-6  # the manifest allows 1e-5; we ask more of ourselves
BOX_RELATIVE = 1e-6     # of the diagonal
UNITS = {"millimeter": "mm", "centimeter": "cm", "meter": "m", "inch": "inch", "micron": "micron", "foot": "foot"}
# What a file may be refused for although its triangles could be summed: they are not its shape. The letter must be
# among the extensions that the manifest saw in the file.
EXTENSIONS = {"3mf_lowres_mesh": "s", "3mf_beamlattice": "b", "3mf_boolean": "bo", "3mf_displacement": "d",
              "3mf_volumetric": "v", "3mf_encrypted": "sc"}
COUNTS = {"open": "open_edges", "nonman": "non_manifold_edges", "degen": "degenerate_triangles"}


class Deviation(Exception):
    """The sentence that is printed."""


def refuse_constant(word):
    raise Deviation(f"{word} in the JSON")


def run_quote(quote, arguments):
    """Exit code, the documents on stdout, seconds. Anything that is not JSON is a deviation."""
    start = time.monotonic()
    try:
        done = subprocess.run([quote, "inspect", "--json", *arguments], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=4 * SECONDS_MAX, check=False)
    except subprocess.TimeoutExpired:
        raise Deviation(f"still running after {4 * SECONDS_MAX:g} s") from None
    seconds = time.monotonic() - start
    if done.returncode < 0 or done.returncode >= 128:
        raise Deviation(f"crashed with {done.returncode}: {done.stderr[-200:].decode('utf-8', 'replace')}")
    if done.returncode not in (0, 1, 3):
        raise Deviation(f"exit {done.returncode}: {done.stderr[-200:].decode('utf-8', 'replace')}")
    if seconds > SECONDS_MAX:
        raise Deviation(f"took {seconds:.1f} s")
    try:
        text = done.stdout.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Deviation(f"stdout is not UTF-8: {error}") from None
    documents = []
    decoder = json.JSONDecoder(parse_constant=refuse_constant)
    at = 0
    while at < len(text):
        while at < len(text) and text[at].isspace():
            at += 1
        if at == len(text):
            break
        try:
            document, at = decoder.raw_decode(text, at)
        except ValueError as error:
            raise Deviation(f"stdout is not JSON: {error}") from None
        documents.extend(document if isinstance(document, list) else [document])
    if not documents:
        raise Deviation(f"exit {done.returncode} and nothing on stdout")
    return done.returncode, documents, seconds


def error_of(code, documents):
    """The error of a refused file; its shape is part of the contract."""
    document = documents[0]
    if document.get("schema") != "libquote.error/1":
        raise Deviation(f"exit {code} without libquote.error/1")
    error = document.get("error", {})
    if not error.get("code") or not error.get("message"):
        raise Deviation("an error without code or message")
    if error["code"] == "internal":
        raise Deviation(f"an internal error: {error['message']}")
    return error


def diagnostics_of(reports):
    return {d["code"]: d for r in reports for d in r.get("diagnostics", [])}


def parts_of(row):
    """normal_part:6 negative_part:1 -> {normal_part: 6, negative_part: 1}"""
    return {k: int(v) for k, v in (p.split(":") for p in row["parts"].split())}


def other_parts_of(row):
    return {k: n for k, n in parts_of(row).items() if k not in ("normal_part", "ModelPart")}


def total(reports, *path):
    """Sum over the reports of a file (one per plate); None when one of them did not examine it."""
    result = 0
    for report in reports:
        value = report
        for key in path:
            value = value.get(key) if isinstance(value, dict) else None
        if value is None:
            return None
        result += value
    return result


def box_of(reports):
    low = [min(r["bbox_mm"]["min"][k] for r in reports) for k in range(3)]
    high = [max(r["bbox_mm"]["max"][k] for r in reports) for k in range(3)]
    return low, high


def check_finite(value, path="report"):
    if isinstance(value, float) and not math.isfinite(value):
        raise Deviation(f"{path} is {value}")
    if isinstance(value, dict):
        for key, child in value.items():
            check_finite(child, f"{path}.{key}")
    if isinstance(value, list):
        for child in value:
            check_finite(child, path)


# ---- the facts ------------------------------------------------------------------------------------------------------

def check_triangles(row, reports, deviations):
    expected, actual = int(row["triangles"]), total(reports, "triangles")
    if actual == expected:
        return
    # The manifest counts the facets of modifier, support and negative parts, and of objects that are no model, too;
    # a report counts what is measured. It also counts build items that are not to be printed.
    left_out = other_parts_of(row) or {"object_type_not_model", "3mf_other_in_build", "negative_part",
                                       "item_not_printable"} & set(diagnostics_of(reports))
    if row["format"].startswith("3MF") and left_out and actual < expected:
        return
    # A polygon is one facet of the file, but the triangles it is cut into are measured.
    if "stl_polygon" in diagnostics_of(reports):
        return
    deviations.append(f"triangles {actual}, not {expected}")


def check_volume(row, reports, deviations):
    if row["closed"] != "1" or not row["volume_mm3"]:
        return  # of an open mesh the sum depends on the origin: no two programs agree
    expected = float(row["volume_mm3"])
    signed = total(reports, "volume_by_rule_mm3", "signed")
    allowed = VOLUME_RELATIVE * abs(expected) + 1e-12
    if signed is None:
        deviations.append("no signed volume")
        return
    if row["format"].startswith("3MF"):
        # Mirrored items count positively in the manifest.
        if abs(abs(signed) - abs(expected)) <= allowed:
            return
        # Negative parts are left out there and taken away here.
        if "negative_part" in other_parts_of(row):
            volume = total(reports, "volume_mm3")
            if volume is not None and volume <= expected + allowed:
                return
    elif abs(signed - expected) <= allowed:
        return
    deviations.append(f"signed volume {signed!r}, not {expected!r}"
                      f" ({abs(signed - expected) / max(abs(expected), 1e-300):.1e} relative)")


def check_box(row, reports, deviations):
    if not row["bbox_mm"]:
        return
    numbers = [float(x) for x in row["bbox_mm"].split()]
    low, high = box_of(reports)
    diagonal = math.dist(numbers[:3], numbers[3:])
    # The manifest's box holds the parts that the report leaves out.
    if other_parts_of(row):
        inside = all(low[k] >= numbers[k] - BOX_RELATIVE * diagonal and
                     high[k] <= numbers[3 + k] + BOX_RELATIVE * diagonal for k in range(3))
        if inside:
            return
    worst = max(abs(a - b) for a, b in zip(low + high, numbers))
    # Printed with nine digits: far from the origin that is coarser than the diagonal's millionth.
    printed = max(abs(n) for n in numbers) * 1e-8
    if worst > BOX_RELATIVE * diagonal + printed:
        deviations.append(f"box {low + high}, not {numbers} (off by {worst:.3g})")


def comparable_mesh(row):
    """Counts of shells and defects: the manifest counts each distinct mesh of a 3MF once, whatever its part is for and
    however often it is placed; a report counts every placed one that is measured. They agree where there is one of
    everything."""
    if not row["format"].startswith("3MF"):
        return True
    return row["meshes"] == row["items"] == row["objects"] == "1" and not other_parts_of(row)


def check_topology(row, reports, deviations):
    diagnostics = diagnostics_of(reports)
    # `closed` of the manifest means every edge walked equally often both ways: closed and oriented here.
    closed = all(r["closed"] and r["oriented"] for r in reports)
    manifold = all(r["manifold"] for r in reports)
    alone = comparable_mesh(row)
    if alone and row["closed"] and closed != (row["closed"] == "1"):
        deviations.append(f"closed and oriented {closed}, not {row['closed']}")
    if alone and row["watertight"] and manifold != (row["watertight"] == "1"):
        # `watertight` looks at edges alone; `manifold` asks for one fan per vertex besides.
        if not (row["watertight"] == "1" and closed and "non_manifold_vertices" in diagnostics):
            deviations.append(f"manifold {manifold}, watertight {row['watertight']}")
    for report in reports:
        certificate = report.get("certificate") or {}
        for key in ("closed", "oriented"):
            if certificate.get(key) is not None and certificate[key] != report[key]:
                deviations.append(f"the certificate says {key} {certificate[key]}, the edges say {report[key]}")
    if alone and row["shells"]:
        # The manifest's shells hang together through points, a report's through edges: fans that meet in one point
        # are more shells here.
        shells, pinched = total(reports, "shells"), not manifold
        if shells != int(row["shells"]) and not (pinched and shells > int(row["shells"])):
            deviations.append(f"shells {shells}, not {row['shells']}")
    defects = {k.replace("_xyz", ""): int(v) for k, v in (d.split(":") for d in row["defects"].split())}
    for name, field in COUNTS.items():
        actual = total(reports, field)
        if alone and actual != defects.get(name, 0):
            deviations.append(f"{field} {actual}, not {defects.get(name, 0)}")
        elif not alone and not other_parts_of(row) and bool(actual) and not defects.get(name):
            deviations.append(f"{field} {actual}, but the meshes have none")
    # `dup` counts facets in one place whichever way they face; a report tells copies from opposite pairs.
    if alone:
        same = total(reports, "duplicate_triangles")
        opposite = diagnostics.get("opposite_triangle_pairs", {"count": 0})["count"]
        if not same <= defects.get("dup", 0) <= same + opposite:
            deviations.append(f"{same} duplicate triangles and {opposite} opposite pairs, not {defects.get('dup', 0)}")
    # `misor` counts edges walked twice the same way; a report counts the triangles to turn. Both or neither, and a
    # surface with one side has such edges although nothing can be turned.
    if alone:
        turned = total(reports, "misoriented_triangles")
        if bool(turned) != bool(defects.get("misor")) and "non_orientable" not in diagnostics:
            deviations.append(f"misoriented triangles {turned}, misoriented edges {defects.get('misor', 0)}")
    if defects.get("nonfinite"):
        found = diagnostics.get("stl_nonfinite") or diagnostics.get("non_finite_coordinate") or {"count": 0}
        if found["count"] != defects["nonfinite"]:
            deviations.append(f"{found['count']} facets not finite, not {defects['nonfinite']}")


def check_facts(row, reports):
    deviations = []
    for report in reports:
        if report.get("schema") != "libquote.report/1":
            raise Deviation(f"exit 0 with {report.get('schema')}")
        check_finite(report)
    check_triangles(row, reports, deviations)
    check_volume(row, reports, deviations)
    check_box(row, reports, deviations)
    check_topology(row, reports, deviations)
    if row["unit"] and reports[0]["units"]["value"] != UNITS[row["unit"]]:
        deviations.append(f"unit {reports[0]['units']['value']}, not {row['unit']}")
    return deviations


# ---- what a file must do ---------------------------------------------------------------------------------------------

def check_archive(quote, path, row, code, documents):
    """A plain ZIP: one model is read, several must be chosen from; together they have the triangles that are known."""
    deviations = []
    names = [None]
    if code == 1:
        return [f"refused: {error_of(code, documents)['code']}"]
    if code == 3:
        error = error_of(code, documents)
        if error["code"] != "need_selection":
            return [f"exit 3 with {error['code']}"]
        names = error.get("candidates") or []
    expected = int(row["objects"]) if row["objects"] else None
    if expected is not None and len(names) != expected:
        deviations.append(f"{len(names)} models, not {expected}: {names}")
    triangles = 0
    for name in names:
        if name is not None:
            code, documents, _ = run_quote(quote, ["--entry", name, path])
        if code != 0:
            deviations.append(f"{name}: {error_of(code, documents)['code']}")
            continue
        for report in documents:
            check_finite(report)
        triangles += total(documents, "triangles")
    if row["triangles"] and not deviations and triangles != int(row["triangles"]):
        deviations.append(f"triangles {triangles}, not {row['triangles']}")
    return deviations


def check_bad_archive(quote, path, code, documents):
    """The archive is refused, or those of its members that are bad are."""
    if code == 1:
        error_of(code, documents)
        return []
    if code == 0:
        return ["read without a word"] if not documents[0].get("diagnostics") else []
    refused = 0
    for name in error_of(code, documents).get("candidates") or []:
        code, documents, _ = run_quote(quote, ["--entry", name, path])
        if code != 0:
            error_of(code, documents)
            refused += 1
    return [] if refused else ["every member was read"]


def rightly_refused(path, row, error):
    """Refusals that the format asks for, where a reader that only sums triangles sees nothing wrong."""
    if error["code"] in EXTENSIONS:
        return EXTENSIONS[error["code"]] in row["format"].split()[1:] + row["required"].split()
    if error["code"] == "3mf_dup_id":
        with zipfile.ZipFile(path) as archive:
            root = xml.etree.ElementTree.fromstring(archive.read(error["part"].lstrip("/")))
        ids = [child.get("id") for group in root if group.tag.endswith("}resources") for child in group]
        return len(ids) != len(set(ids))
    return False


def check_file(quote, corpus, row):
    """A list of deviations, and the seconds of the first run."""
    path = os.path.join(corpus, row["file"])
    expect = row["expect"]
    code, documents, seconds = run_quote(quote, [path])
    if row["format"].startswith("ZIP"):
        if expect.startswith("ok"):
            return check_archive(quote, path, row, code, documents), seconds
        return check_bad_archive(quote, path, code, documents), seconds
    if code == 3:
        return [f"asks for a selection: {error_of(code, documents)['code']}"], seconds
    may_refuse = "refuse" in expect or expect.startswith("no ")
    must_refuse = expect.startswith("no ") or (expect.startswith("refuse") and " or " not in expect)
    # "ok" with nothing to measure: what a required extension describes is not triangles.
    if expect.startswith("ok") and row["triangles"] == "0":
        may_refuse = must_refuse = True
    if code == 1:
        error = error_of(code, documents)
        fine = may_refuse or rightly_refused(path, row, error)
        return ([] if fine else [f"refused: {error['code']}: {error['message']}"]), seconds
    if must_refuse:
        return [f"accepted, with {total(documents, 'triangles')} triangles"], seconds
    # What the specification calls invalid is measured for a reason that is known, or not at all.
    if row["format"].startswith("3MF") and expect.startswith("spec-invalid"):
        if not negatives.reasons(path, set(diagnostics_of(documents))):
            return ["invalid, but measured for no known reason"], seconds
    if may_refuse:
        # Read nevertheless: every number is finite, and what was mended or left out is said.
        for report in documents:
            check_finite(report)
        silent = not any(d["severity"] != "info" for d in diagnostics_of(documents).values())
        must_warn = "warn" in expect and row["closed"] == "0"
        return (["damaged, but read without a warning"] if silent and must_warn else []), seconds
    return check_facts(row, documents), seconds


# ---- plates and members ----------------------------------------------------------------------------------------------

def compare_numbers(row, reports, prefix=""):
    deviations = []
    triangles, volume = total(reports, "triangles"), total(reports, "volume_by_rule_mm3", "signed")
    if row.get("triangles") and triangles != int(row["triangles"]) and not row.get("modifiers"):
        deviations.append(f"{prefix}triangles {triangles}, not {row['triangles']}")
    if row.get("volume_mm3") and all(r["closed"] and r["oriented"] for r in reports):
        expected = float(row["volume_mm3"])
        # These tables carry nine digits.
        if abs(volume - expected) > 1e-5 * abs(expected):
            deviations.append(f"{prefix}volume {volume!r}, not {expected!r}")
    return deviations


def check_plates(quote, corpus, manifest, results):
    for row in read_table(os.path.join(corpus, "PLATES.tsv")):
        name = f"{row['file']} plate {row['plate']}"
        try:
            code, documents, seconds = run_quote(quote, ["--plate", row["plate"], os.path.join(corpus, row["file"])])
            if row["printable_instances"] == "0":
                deviations = [] if code == 1 else ["an empty plate was read"]
            elif code != 0:
                deviations = [f"refused: {error_of(code, documents)['code']}"]
            else:
                # The facets of modifiers and of what is not to be printed are in the table, not in the report.
                more = other_parts_of(manifest[row["file"]]) or row["instances"] != row["printable_instances"]
                facts = {"triangles": row["triangles"], "volume_mm3": row["printable_volume_mm3"], "modifiers": more}
                deviations = compare_numbers(facts, documents)
        except Deviation as deviation:
            deviations, seconds = [str(deviation)], 0
        results.add("plates", name, deviations, seconds)


def check_members(quote, corpus, results):
    for row in read_table(os.path.join(corpus, "ZIP_MEMBERS.tsv")):
        name = f"{row['archive']} : {row['member']}"
        if not row["member"]:
            continue
        try:
            path = os.path.join(corpus, row["archive"])
            code, documents, seconds = run_quote(quote, ["--entry", row["member"], path])
            readable = row["kind"].startswith(("stl", "3mf")) and "trunc" not in row["kind"]
            # Names that lead out of the archive are never keys.
            hostile = row["member"].startswith(("/", "..")) or "\\" in row["member"]
            if not readable or hostile:
                deviations = [] if code in (1, 3) else ["read, although it is no model"]
                if code in (1, 3):
                    error_of(code, documents)
            elif code != 0:
                deviations = [f"refused: {error_of(code, documents)['code']}"]
            else:
                deviations = compare_numbers(row, documents)
        except Deviation as deviation:
            deviations, seconds = [str(deviation)], 0
        results.add("members", name, deviations, seconds)


# ---- the whole -------------------------------------------------------------------------------------------------------

def read_table(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


class Results:
    def __init__(self, verbose):
        self.folders = {}
        self.verbose = verbose

    def add(self, folder, name, deviations, seconds):
        line = self.folders.setdefault(folder, {"passed": 0, "failed": 0, "seconds": 0.0, "worst": 0.0})
        line["failed" if deviations else "passed"] += 1
        line["seconds"] += seconds
        line["worst"] = max(line["worst"], seconds)
        for deviation in deviations:
            print(f"{name}: {deviation}")
        if self.verbose and not deviations:
            print(f"{name}: ok, {seconds:.3f} s")
        sys.stdout.flush()

    def close(self):
        print(f"\n{'folder':<12}{'files':>7}{'passed':>8}{'failed':>8}{'seconds':>10}{'longest':>10}")
        for folder, line in self.folders.items():
            print(f"{folder:<12}{line['passed'] + line['failed']:>7}{line['passed']:>8}{line['failed']:>8}"
                  f"{line['seconds']:>10.2f}{line['worst']:>10.2f}")
        passed = sum(line["passed"] for line in self.folders.values())
        failed = sum(line["failed"] for line in self.folders.values())
        print(f"\n{passed} passed, {failed} failed")
        return 1 if failed or not passed else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("quote")
    parser.add_argument("corpus")
    parser.add_argument("--plates", action="store_true", help="also PLATES.tsv and ZIP_MEMBERS.tsv")
    parser.add_argument("--only", default="", help="only files whose name contains this")
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    rows = [r for r in read_table(os.path.join(options.corpus, "MANIFEST.tsv")) if options.only in r["file"]]
    results = Results(options.verbose)
    for row in rows:
        try:
            deviations, seconds = check_file(options.quote, options.corpus, row)
        except Deviation as deviation:
            deviations, seconds = [str(deviation)], 0
        except (KeyError, TypeError, AttributeError) as error:
            deviations, seconds = [f"the JSON is not what the contract says: {error!r}"], 0
        results.add(row["file"].split("/", maxsplit=1)[0], row["file"], deviations, seconds)
    if options.plates:
        check_plates(options.quote, options.corpus, {r["file"]: r for r in rows}, results)
        check_members(options.quote, options.corpus, results)
    return results.close()


if __name__ == "__main__":
    sys.exit(main())
