"""Why a 3MF that its specification calls invalid may be measured all the same.

A reader that prices parts may accept what cannot change a shape or a size, and what it mends and says. reasons() looks
into the package itself, with a reader of its own, for flaws of that kind; a flaw that must be said counts only when the
report says it. No rule looks at the name of a file.
"""
import re
import xml.etree.ElementTree
import zipfile

CORE = "{http://schemas.microsoft.com/3dmanufacturing/core/2015/02}"
MATERIAL = "{http://schemas.microsoft.com/3dmanufacturing/material/2015/02}"
RELATION = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
MODEL_TYPE = "application/vnd.ms-package.3dmanufacturing-3dmodel+xml"
KNOWN_METADATA = {"Title", "Designer", "Description", "Copyright", "LicenseTerms", "Rating", "CreationDate",
                  "ModificationDate", "Application"}
OBJECT_TYPES = {"model", "solidsupport", "support", "surface", "other"}
# What each material resource must have besides its id.
NEEDED = {MATERIAL + "color": ["color"], MATERIAL + "texture2d": ["path", "contenttype"],
          MATERIAL + "texture2dgroup": ["texid"], MATERIAL + "compositematerials": ["matid", "matindices"],
          MATERIAL + "multiproperties": ["pids"], CORE + "base": ["name", "displaycolor"]}


def parsed(archive, name):
    try:
        return xml.etree.ElementTree.fromstring(archive.read(name))
    except (KeyError, xml.etree.ElementTree.ParseError, zipfile.BadZipFile):
        return None


def relations_of(archive, name):
    root = parsed(archive, name)
    return [] if root is None else [r for r in root.iter(RELATION)]


def doubled(values):
    return len(values) != len(set(values))


# ---- the package ----------------------------------------------------------------------------------------------------

def package_flaws(archive):
    """(the warning that must be there or None, what is wrong)"""
    names = archive.namelist()
    starts = [r.get("Target", "") for r in relations_of(archive, "_rels/.rels")
              if r.get("Type", "").endswith("/3dmodel")]
    if not starts:
        yield "opc_no_rels", "no relationship names the model"
    if len(starts) > 1:
        yield "opc_multiple_start", "several relationships name a model"
    if doubled([n.lower() for n in names]) and not doubled(names):
        yield "opc_case_clash", "part names differ in case alone"
    types = parsed(archive, "[Content_Types].xml")
    if types is None or MODEL_TYPE not in {t.get("ContentType") for t in types}:
        yield "opc_content_types", "content types do not name the model"
    for name in names:
        if name.endswith(".rels") and name != "_rels/.rels":
            listed = relations_of(archive, name)
            if doubled([r.get("Id") for r in listed]):
                yield None, "relationships of a part, a hint only: an Id twice"
            if sum(r.get("Type", "").endswith("/printticket") for r in listed) > 1:
                yield None, "relationships of a part, a hint only: several print tickets"


# ---- the model ------------------------------------------------------------------------------------------------------

def metadata_flaws(root):
    names = [m.get("name") for m in root.findall(CORE + "metadata")]
    if doubled(names):
        yield None, "metadata twice"
    if None in names:
        yield None, "metadata without a name"
    if any(n is not None and ":" not in n and n not in KNOWN_METADATA for n in names):
        yield None, "metadata of an unknown name"


def object_flaws(root):
    kinds = {o.get("type", "model") for o in root.iter(CORE + "object")}
    if "other" in kinds:
        yield "3mf_other_in_build", "an object of type other is placed"
    if kinds - OBJECT_TYPES:
        yield "3mf_unknown_element", "an object of an unknown type"
    unknown = {e.tag for t in root.iter(CORE + "triangles") for e in t if e.tag != CORE + "triangle"}
    if any(tag.startswith(CORE) for tag in unknown):
        yield "3mf_unknown_element", "an unknown element among triangles"


def material_flaws(root):
    """Colours and textures never change a shape: they are skipped, right or wrong."""
    resources = [r for group in root.findall(CORE + "resources") for r in group]
    materials = [r for r in resources if r.tag != CORE + "object"]
    kinds = {r.get("id"): r.tag for r in materials}
    if doubled([r.get("id") for r in materials]):
        yield "3mf_dup_id", "an id of two materials"
    for one in (e for r in materials for e in r.iter()):
        if any(not one.get(name) for name in NEEDED.get(one.tag, ())):
            yield None, "a material lacks what it needs: " + one.tag.split("}")[-1]
    for one in root.iter(MATERIAL + "compositematerials"):
        if kinds.get(one.get("matid")) != CORE + "basematerials":
            yield None, "a composite of what are no base materials"
    for one in root.iter(MATERIAL + "multiproperties"):
        used = [kinds.get(p) for p in one.get("pids", "").split()]
        if sum(k in (CORE + "basematerials", MATERIAL + "compositematerials") for k in used) > 1:
            yield None, "multiproperties of two sets of materials"
        if used.count(MATERIAL + "colorgroup") > 1:
            yield None, "multiproperties of two colour groups"
    sizes = {}
    for one in materials:
        sizes[one.get("id")] = max(len(one), sizes.get(one.get("id"), 0))
    for one in root.iter(CORE + "triangle"):
        if any(re.fullmatch(r"\d+", one.get(p, "")) and int(one.get(p)) >= sizes[one.get("pid")]
               for p in ("p1", "p2", "p3") if one.get("pid") in sizes):
            yield None, "a colour that is not in its group"
            return


def text_flaws(text):
    if re.search(rb"\sxml:space\s*=", text):
        yield None, "xml:space"


# ---- the whole ------------------------------------------------------------------------------------------------------

def reasons(path, codes):
    """What is wrong with the file that a reader may accept; codes: the diagnostics of the report."""
    found = []
    with zipfile.ZipFile(path) as archive:
        flaws = list(package_flaws(archive))
        for name in archive.namelist():
            if name.lower().endswith(".model"):
                flaws += text_flaws(archive.read(name))
                root = parsed(archive, name)
                if root is not None:
                    flaws += [*metadata_flaws(root), *object_flaws(root), *material_flaws(root)]
    for code, sentence in flaws:
        if (code is None or code in codes) and sentence not in found:
            found.append(sentence)
    return found
