#include "format/sniff.h"

#include <string.h>

#include "base/decimal.h"
#include "base/fail.h"
#include "format/ascii_token.h"
#include "format/stl_layout.h"

#define TEXT_SCAN_MAX ((size_t)64 << 10)

typedef struct magic {
    const char *bytes;
    size_t size;
    const char *name;
} magic;

#define MAGIC(text, name)            \
    {                                \
        text, sizeof(text) - 1, name \
    }

static const magic compressions[] = {
    MAGIC("\x28\xB5\x2F\xFD", "zstd"),
    MAGIC("\xFD"
          "7zXZ\0",
          "xz"),
    MAGIC("BZh", "bzip2"),
    MAGIC("7z\xBC\xAF\x27\x1C", "7z"),
    MAGIC("Rar!\x1A\x07", "rar"),
};

static const magic binaries[] = {
    MAGIC("glTF", "glb"),
    MAGIC("Kaydara FBX Binary  ", "fbx"),
    MAGIC("AutoCAD Binary DXF", "dxf"),
    MAGIC("AC10", "dwg"),
    MAGIC("BLENDER", "blender"),
    MAGIC("**ABCDEFGHIJKLMNOPQRSTUVWXYZ", "parasolid"),
    MAGIC("ACIS BinaryFile", "sab"),
    MAGIC("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "ole"),
    MAGIC("3D Geometry File Format ", "3dm"),
    MAGIC("PXR-USDC", "usd"),
    MAGIC("#usda 1.0", "usd"),
    MAGIC("GCDE", "bgcode"),
    MAGIC("OCTM", "ctm"),
    MAGIC("%PDF-", "pdf"),
    MAGIC("\x89PNG", "png"),
    MAGIC("\xFF\xD8\xFF", "jpeg"),
    MAGIC("MZ", "exe"),
};

static const magic texts[] = {
    MAGIC("iso-10303-21;", "step"), MAGIC("$meshformat", "msh"), MAGIC("# vtk datafile", "vtk"),
    MAGIC("#vrml v", "vrml"),       MAGIC("; fbx", "fbx"),       MAGIC("<!doctype html", "html"),
    MAGIC("<html", "html"),         MAGIC("<amf", "amf"),        MAGIC("<x3d", "x3d"),
    MAGIC("<collada", "collada"),
};

static const magic *find_magic(const magic *list, size_t count, const uint8_t *data, size_t size)
{
    for (size_t i = 0; i < count; i++)
        if (size >= list[i].size && memcmp(data, list[i].bytes, list[i].size) == 0) return &list[i];
    return NULL;
}

static const char *skip_bom_and_space(const uint8_t *head, size_t size)
{
    const char *p = (const char *)head, *end = p + size;
    if (size >= 3 && memcmp(p, "\xEF\xBB\xBF", 3) == 0) p += 3;
    return lqi_skip_space(p, end);
}

static bool is_text(const uint8_t *data, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (data[i] < '\t' || (data[i] > '\r' && data[i] < ' ' && data[i] != 0x1A && data[i] != 0x1B)) return false;
    return true;
}

/* ---- other formats written as text ---- */

static bool number_follows(const char **p, const char *end)
{
    double value;
    *p = lqi_skip_space(*p, end);
    size_t size = lqi_decimal_to_double(*p, end, 0, &value);
    *p += size;
    return size != 0;
}

/* A `v` line with three numbers, and lines that only OBJ has before it. */
static bool is_obj(const char *p, const char *end)
{
    while (p < end) {
        p = lqi_skip_space(p, end);
        if (lqi_token_starts(p, end, "v ")) {
            p += 2;
            return number_follows(&p, end) && number_follows(&p, end) && number_follows(&p, end);
        }
        const char *word_end = lqi_token_end(p, end);
        size_t size = (size_t)(word_end - p);
        bool known = p < end && (*p == '#' || (size == 1 && (*p == 'o' || *p == 'g' || *p == 's')) ||
                                 lqi_token_starts(p, end, "mtllib") || lqi_token_starts(p, end, "usemtl"));
        if (!known) return false;
        p = lqi_line_end(p, end);
    }
    return false;
}

static bool is_off(const char *p, const char *end)
{
    const char *stop = lqi_token_end(p, end);
    size_t size = (size_t)(stop - p);
    if (size < 3 || size > 6 || memcmp(stop - 3, "OFF", 3) != 0) return false;
    for (const char *q = p; q < stop - 3; q++)
        if (!strchr("STCN4n", *q)) return false;
    const char *next = stop;
    return number_follows(&next, end);
}

static bool is_ply(const char *p, const char *end)
{
    return end - p > 4 && memcmp(p, "ply", 3) == 0 && (p[3] == '\n' || p[3] == '\r') &&
           lqi_token_starts(lqi_skip_space(p + 3, end), end, "format ");
}

static bool is_gcode(const char *p, const char *end)
{
    for (int line = 0; line < 200 && p < end; line++) {
        p = lqi_skip_space(p, end);
        if (p < end && *p != ';') {
            if ((*p == 'G' || *p == 'M') && p + 1 < end && p[1] >= '0' && p[1] <= '9') return true;
            return false;
        }
        p = lqi_line_end(p, end);
    }
    return false;
}

static bool is_iges(const uint8_t *head, size_t size)
{
    return size >= 80 && head[72] == 'S' && memcmp(head + 73, "      1", 7) == 0;
}

static bool contains(const char *p, const char *end, const char *lower_word)
{
    for (; p < end; p++)
        if (lqi_token_starts(p, end, lower_word)) return true;
    return false;
}

static const char *xml_kind(const char *p, const char *end)
{
    if (end - p > 1024) end = p + 1024;
    static const char *const roots[][2] = {{"<amf", "amf"},           {"<collada", "collada"}, {"<x3d", "x3d"},
                                           {"<html", "html"},         {"<model", "3mf_model"}, {"<svg", "svg"},
                                           {"<!doctype html", "html"}};
    for (size_t i = 0; i < sizeof roots / sizeof roots[0]; i++)
        if (contains(p, end, roots[i][0])) return roots[i][1];
    return "xml";
}

static const char *foreign_text(const uint8_t *head, size_t size)
{
    const char *end = (const char *)head + size;
    const char *p = skip_bom_and_space(head, size);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (lqi_token_starts(p, end, texts[i].bytes)) return texts[i].name;
    if (is_ply(p, end)) return "ply";
    if (lqi_token_starts(p, end, "<?xml")) return xml_kind(p, end);
    if (is_off(p, end)) return "off";
    if (is_iges(head, size)) return "iges";
    if (lqi_token_starts(p, end, "/*")) { /* STEP may begin with a comment */
        const char *stop = end - p > 1024 ? p + 1024 : end;
        if (contains(p, stop, "iso-10303-21;")) return "step";
    }
    if (p < end && *p == '{' && contains(p, end - p > 4096 ? p + 4096 : end, "\"asset\"")) return "gltf";
    if (end - p > 2 && p[0] == '0' && lqi_is_space(p[1]) &&
        lqi_token_starts(lqi_skip_space(p + 1, end), end, "section"))
        return "dxf";
    if (!is_text(head, size)) return NULL;
    if (is_obj(p, end)) return "obj";
    if (is_gcode(p, end)) return "gcode";
    return NULL;
}

/* ---- ASCII STL ---- */

/* The words of a facet, near enough to the beginning. The line of the name is passed over, unless it holds all. */
static bool facet_words_follow(const char *p, const char *end)
{
    const char *stop = (size_t)(end - p) > TEXT_SCAN_MAX ? p + TEXT_SCAN_MAX : end;
    while (p < stop) {
        p = lqi_skip_space(p, stop);
        if (p == stop) return false;
        if ((unsigned char)*p < '\t') return false;
        lqi_stl_word word = lqi_stl_keyword(p, end);
        if (word == LQI_WORD_FACET || word == LQI_WORD_VERTEX || word >= LQI_WORD_END) return true;
        p = lqi_token_end(p, stop);
    }
    return false;
}

static bool is_ascii_stl(const char *p, const char *end)
{
    if (!lqi_token_starts(p, end, "solid")) return false;
    const char *line_end = lqi_line_end(p, end);
    return facet_words_follow(line_end, end) || facet_words_follow(p + 5, line_end);
}

static bool is_fragment(const char *p, const char *end)
{
    lqi_stl_word word = lqi_stl_keyword(p, end);
    return word == LQI_WORD_FACET || word == LQI_WORD_OUTER || word == LQI_WORD_VERTEX;
}

static bool is_plausible_binary(const uint8_t *head, size_t head_size, uint64_t size)
{
    if (head_size < LQI_STL_HEADER_SIZE + LQI_STL_RECORD_SIZE) return false;
    uint64_t declared = lqi_load_u32(head + 80);
    uint64_t records = (head_size - LQI_STL_HEADER_SIZE) / LQI_STL_RECORD_SIZE;
    if (declared && declared < records) records = declared;
    if (lqi_stl_records_plausible(head + LQI_STL_HEADER_SIZE, records, false)) return true;
    return lqi_stl_is_swapped(head, (size_t)size);
}

/* A text file whose numbers happen to look like small floats must not pass for binary. */
static bool is_printable(const uint8_t *head, size_t size)
{
    size_t count = size < 4096 ? size : 4096;
    for (size_t i = 0; i < count; i++)
        if ((head[i] < ' ' && !lqi_is_space((char)head[i])) || head[i] == 0x7F) return false;
    return true;
}

lqi_sniffed lqi_sniff(const uint8_t *head, size_t head_size, uint64_t size)
{
    if (size == 0) return (lqi_sniffed){LQI_KIND_EMPTY, NULL};
    if (head_size >= 4 && head[0] == 'P' && head[1] == 'K' &&
        ((head[2] == 3 && head[3] == 4) || (head[2] == 5 && head[3] == 6) || (head[2] == 7 && head[3] == 8)))
        return (lqi_sniffed){LQI_KIND_ZIP, NULL};
    if (head_size >= 3 && head[0] == 0x1F && head[1] == 0x8B && head[2] == 8) return (lqi_sniffed){LQI_KIND_GZIP, NULL};
    if (head_size >= LQI_STL_HEADER_SIZE && size <= SIZE_MAX && lqi_stl_is_exact(head, (size_t)size))
        return (lqi_sniffed){LQI_KIND_STL_BINARY, NULL};
    const magic *found = find_magic(compressions, sizeof compressions / sizeof compressions[0], head, head_size);
    if (found) return (lqi_sniffed){LQI_KIND_COMPRESSED, found->name};
    bool big_endian;
    if (lqi_text_is_utf16(head, head_size, &big_endian)) return (lqi_sniffed){LQI_KIND_STL_ASCII, NULL};
    const char *text = skip_bom_and_space(head, head_size), *end = (const char *)head + head_size;
    if (is_ascii_stl(text, end)) return (lqi_sniffed){LQI_KIND_STL_ASCII, NULL};
    found = find_magic(binaries, sizeof binaries / sizeof binaries[0], head, head_size);
    if (found && (found->size >= 3 || !is_plausible_binary(head, head_size, size)))
        return (lqi_sniffed){LQI_KIND_FOREIGN, found->name};
    if (head_size >= 6 && head[0] == 'M' && head[1] == 'M' && lqi_load_u32(head + 2) == size)
        return (lqi_sniffed){LQI_KIND_FOREIGN, "3ds"};
    const char *foreign = foreign_text(head, head_size);
    if (foreign) return (lqi_sniffed){LQI_KIND_FOREIGN, foreign};
    if (is_fragment(text, end)) return (lqi_sniffed){LQI_KIND_STL_ASCII, NULL};
    if (!is_printable(head, head_size) && is_plausible_binary(head, head_size, size))
        return (lqi_sniffed){LQI_KIND_STL_BINARY, NULL};
    if (head_size >= LQI_STL_HEADER_SIZE && size == LQI_STL_HEADER_SIZE && lqi_load_u32(head + 80) == 0)
        return (lqi_sniffed){LQI_KIND_STL_BINARY, NULL};
    if (lqi_token_starts(text, end, "solid")) return (lqi_sniffed){LQI_KIND_STL_ASCII, NULL};
    return (lqi_sniffed){LQI_KIND_UNKNOWN, NULL};
}

lq_status lqi_sniff_fail(lq_context *context, lqi_sniffed sniffed)
{
    if (sniffed.kind == LQI_KIND_EMPTY) return lqi_fail(context, LQI_EMPTY_FILE, 0, "The file is empty.");
    lq_status status;
    if (sniffed.kind == LQI_KIND_COMPRESSED)
        status = lqi_fail(context, LQI_UNSUPPORTED_COMPRESSION, 0,
                          "The file is compressed with %s; unpack it first, or use ZIP or gzip.", sniffed.name);
    else if (sniffed.name)
        status = lqi_fail(context, LQI_UNSUPPORTED_FORMAT, 0, "This is a %s file; upload the part as STL or 3MF.",
                          sniffed.name);
    else
        status = lqi_fail(context, LQI_UNSUPPORTED_FORMAT, 0, "This is no STL, 3MF or ZIP file.");
    lqi_fail_detected(context, sniffed.name);
    return status;
}
