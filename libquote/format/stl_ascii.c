/* ASCII STL as it is found in the wild: driven by vertices, tolerant of everything that does not change the shape.
 * A facet is the vertices since the last marker (facet, loop or end); white space and lines carry no meaning, except
 * that a name runs to the end of its line. */
#include <math.h>
#include <string.h>

#include "base/bytes.h"
#include "base/context.h"
#include "base/decimal.h"
#include "base/fail.h"
#include "base/memory.h"
#include "format/ascii_token.h"
#include "format/stl.h"
#include "format/stl_normals.h"
#include "format/stl_polygon.h"
#include "kernel/kernel_list.h"
#include "kernel/number_text.h"

/* How many facets come is guessed from the first bytes, or else by what most writers need at most; a guess too small
 * only costs one more growth. */
#define GUESS_SIZE ((size_t)64 << 10)
#define BYTES_PER_FACET 290
#define BYTES_PER_FACET_MIN 39 /* three times "vertex 0 0 0" and a line end */
#define NAME_SCAN_MAX ((size_t)64 << 10)
#define BAD_FACETS_PER_MILLE_MAX 1
#define JUNK_LINES_PERCENT_MAX 1
#define REPORT_BYTES ((size_t)1 << 18) /* between two reports of progress */
#define ORDINARY_WAIT_MAX 255

_Static_assert((int64_t)LQI_FACET_TEXT_MAX <= (int64_t)LQI_STL_COORDINATE_MAX,
               "what the kernel takes needs no further look");

typedef struct reader {
    lq_context *context;
    lqi_notes *notes;
    const char *begin, *p, *end;
    const char *vertex_ahead; /* a "vertex" token found while looking ahead, so that looking again is free */
    int lenient;
    lqi_facet_buffer facets;
    float loop[3 * LQI_POLYGON_MAX]; /* corners since the last marker */
    uint32_t loop_count;
    bool loop_ended; /* its end was seen: the next vertex begins another */
    const char *loop_start;
    lqi_text_normal normal; /* of the open facet */
    bool facet_open;        /* `facet` seen, its end not yet */
    uint32_t facet_loops;   /* loops finished in it */
    bool any_marker, any_endfacet;
    bool facet_closed_by_next; /* some facet had no endfacet of its own: the file's style */
    bool cut_in_vertex;        /* the file ended among the numbers of a vertex */
    bool solid_open, any_solid, any_endsolid, ended_without_endsolid;
    uint64_t bad_facets, polygons, junk_lines, separators, decimal_commas, decimal_dots;
    const char *bad_facet_first;
    uint32_t ordinary_wait, ordinary_wait_next; /* facets until the kernel is tried again; more after each failure */
} reader;

static lq_status fail_at(reader *r, lqi_reason reason, const char *where, const char *message)
{
    lq_status status = lqi_fail(r->context, reason, where - r->begin, "%s", message);
    lqi_fail_line(r->context, lqi_line_at(r->begin, where));
    return status;
}

/* ---- numbers ---- */

static bool is_nonfinite_word(const char *p, const char *end)
{
    if (p < end && (*p == '+' || *p == '-')) p++;
    return lqi_token_starts(p, end, "nan") || lqi_token_starts(p, end, "inf") || lqi_token_starts(p, end, "1.#") ||
           lqi_token_starts(p, end, "#");
}

/* "0,5" as some locales print it: every number of the file must look so, and the caller must have asked for it. */
static lq_status read_decimal_comma(reader *r, float *value)
{
    if (!r->lenient)
        return fail_at(r, LQI_STL_DECIMAL_COMMA, r->p,
                       "Numbers are written with a decimal comma; save the file with decimal points.");
    char copy[LQI_DECIMAL_TOKEN_MAX + 1];
    size_t size = 0;
    for (const char *p = r->p; p < r->end && !lqi_is_space(*p) && *p != ';'; p++) {
        if (size == sizeof copy) return fail_at(r, LQI_STL_SYNTAX, r->p, "A coordinate is not a number.");
        copy[size++] = *p == ',' ? '.' : *p;
    }
    if (lqi_decimal_to_float(copy, copy + size, LQI_DECIMAL_FORTRAN, value) != size)
        return fail_at(r, LQI_STL_SYNTAX, r->p, "A coordinate is not a number.");
    r->decimal_commas++;
    r->p += size;
    return LQ_OK;
}

static lq_status read_number(reader *r, float *value)
{
    r->p = lqi_skip_space(r->p, r->end);
    if (r->p == r->end) {
        r->cut_in_vertex = true;
        return LQ_OK;
    }
    const char *after;
    bool quick = r->end - r->p >= LQI_NUMBER_MARGIN && lqi_number_quick_float(r->p, value, &after);
    if (!quick || (*after | 0x20) == 'd') after = r->p + lqi_decimal_to_float(r->p, r->end, LQI_DECIMAL_FORTRAN, value);
    size_t size = (size_t)(after - r->p);
    if (size && (after == r->end || lqi_is_space(*after))) {
        if (!r->decimal_dots && memchr(r->p, '.', size)) r->decimal_dots++;
        r->p = after;
        return LQ_OK;
    }
    if (is_nonfinite_word(r->p, r->end)) {
        *value = NAN;
        r->p = lqi_token_end(r->p, r->end);
        return LQ_OK;
    }
    if (size && (*after == ',' || *after == ';')) {
        bool digit_follows = after + 1 < r->end && after[1] >= '0' && after[1] <= '9';
        bool has_dot = memchr(r->p, '.', size) != NULL;
        if (*after == ',' && !has_dot && digit_follows) return read_decimal_comma(r, value);
        r->decimal_dots += has_dot;
        r->separators++;
        r->p = after + 1;
        return LQ_OK;
    }
    return fail_at(r, LQI_STL_SYNTAX, r->p, "A coordinate is not a number.");
}

/* ---- facets ---- */

static void count_bad_facet(reader *r, const char *where)
{
    if (!r->bad_facets++) r->bad_facet_first = where;
}

static lq_status finish_loop(reader *r)
{
    uint32_t count = r->loop_count;
    if (count == 0) return LQ_OK;
    r->loop_count = 0;
    r->loop_ended = false;
    r->facet_loops++;
    int64_t offset = r->loop_start - r->begin;
    if (count < 3) {
        count_bad_facet(r, r->loop_start);
        return LQ_OK;
    }
    if (count > 3) {
        if (!lqi_polygon_is_convex(r->loop, count))
            return fail_at(r, LQI_STL_SYNTAX, r->loop_start,
                           "A facet has more than three corners and is not flat and convex.");
        r->polygons++;
    }
    for (uint32_t i = 2; i < count; i++) {
        float corners[9];
        memcpy(corners, r->loop, 3 * sizeof(float));
        memcpy(corners + 3, r->loop + (size_t)3 * (i - 1), 6 * sizeof(float));
        LQI_TRY(lqi_facet_buffer_add(&r->facets, corners, &r->normal, offset));
    }
    return LQ_OK;
}

static lq_status close_facet(reader *r, bool by_endfacet)
{
    LQI_TRY(finish_loop(r));
    if (r->facet_open && r->facet_loops == 0) count_bad_facet(r, r->p);
    if (r->facet_open && !by_endfacet) r->facet_closed_by_next = true;
    r->facet_open = false;
    r->normal.text = NULL;
    return LQ_OK;
}

static lq_status read_vertex(reader *r, const char *token)
{
    float xyz[3] = {0, 0, 0};
    for (int i = 0; i < 3; i++) LQI_TRY(read_number(r, &xyz[i]));
    if (r->cut_in_vertex) return LQ_OK;
    if (r->loop_ended) LQI_TRY(finish_loop(r));
    if (r->loop_count == 0) r->loop_start = token;
    if (r->loop_count == LQI_POLYGON_MAX) return fail_at(r, LQI_STL_SYNTAX, token, "A facet has too many corners.");
    memcpy(r->loop + (size_t)3 * r->loop_count, xyz, sizeof xyz);
    r->loop_count++;
    return r->loop_count == 3 && !r->any_marker ? finish_loop(r) : LQ_OK;
}

/* The stored normal changes nothing: whatever stands there is passed over up to the loop. */
static lq_status open_facet(reader *r)
{
    LQI_TRY(close_facet(r, false));
    r->facet_open = true;
    r->facet_loops = 0;
    r->normal.text = NULL;
    for (;;) {
        const char *p = lqi_skip_space(r->p, r->end);
        lqi_stl_word word = p == r->end ? LQI_WORD_FACET : lqi_stl_keyword(p, r->end);
        if (word >= LQI_WORD_FACET) return LQ_OK;
        r->p = lqi_token_end(p, r->end);
        if (word == LQI_WORD_NORMAL) r->normal = (lqi_text_normal){r->p, LQI_MINUS_UNKNOWN};
    }
}

/* ---- everything around them ---- */

static bool number_at(const char *p, const char *end)
{
    float value;
    p = lqi_skip_space(p, end);
    return lqi_decimal_to_float(p, end, LQI_DECIMAL_FORTRAN, &value) != 0;
}

/* The next "vertex" token with a number on this line, or NULL. Files on a single line are the reason to look. */
static const char *vertex_on_line(reader *r, const char *from)
{
    if (r->vertex_ahead && r->vertex_ahead >= from) return r->vertex_ahead;
    const char *stop = (size_t)(r->end - from) > NAME_SCAN_MAX ? from + NAME_SCAN_MAX : r->end;
    for (const char *p = from; p < stop && *p != '\n' && *p != '\r';) {
        if (lqi_is_space(*p)) {
            p++;
            continue;
        }
        if (lqi_stl_keyword(p, r->end) == LQI_WORD_VERTEX && number_at(lqi_token_end(p, r->end), r->end))
            return r->vertex_ahead = p;
        p = lqi_token_end(p, r->end);
    }
    return NULL;
}

static void skip_line(reader *r) { r->p = lqi_line_end(r->p, r->end); }

/* A line that goes on beyond what was looked at could hide facets: it is not passed over. */
static lq_status skip_short_line(reader *r)
{
    const char *from = r->p;
    skip_line(r);
    if ((size_t)(r->p - from) <= NAME_SCAN_MAX) return LQ_OK;
    return fail_at(r, LQI_STL_SYNTAX, from, "A line is longer than 64 KiB and is not part of the format.");
}

/* A name runs to the end of the line; on a single-line file it ends where the first facet begins. */
static lq_status skip_name(reader *r)
{
    const char *vertex = vertex_on_line(r, r->p);
    for (const char *p = r->p; vertex && p < vertex; p = lqi_token_end(p, r->end)) {
        p = lqi_skip_space(p, r->end);
        if (lqi_stl_keyword(p, r->end) == LQI_WORD_FACET) {
            r->p = p;
            return LQ_OK;
        }
    }
    return skip_short_line(r);
}

static lq_status skip_comment(reader *r)
{
    const char *p = r->p;
    while (r->end - p >= 2 && !(p[0] == '*' && p[1] == '/')) p++;
    if (r->end - p < 2) return fail_at(r, LQI_STL_TRUNCATED, r->p, "A comment has no end; facets may be missing.");
    r->p = p + 2;
    return LQ_OK;
}

static lq_status skip_junk(reader *r)
{
    r->junk_lines++;
    const char *p = r->p;
    if (lqi_token_starts(p, r->end, "/*")) return skip_comment(r);
    if (*p == '#' || *p == ';' || lqi_token_starts(p, r->end, "//") || !vertex_on_line(r, p)) return skip_short_line(r);
    r->p = lqi_token_end(p, r->end);
    return LQ_OK;
}

static lq_status begin_solid(reader *r)
{
    LQI_TRY(close_facet(r, false));
    if (r->solid_open) r->ended_without_endsolid = true;
    r->solid_open = r->any_solid = true;
    return skip_name(r);
}

static lq_status end_solid(reader *r)
{
    LQI_TRY(close_facet(r, false));
    r->solid_open = false;
    r->any_endsolid = true;
    return skip_name(r);
}

static lq_status end_facet(reader *r)
{
    LQI_TRY(close_facet(r, true));
    r->any_endfacet = true;
    return LQ_OK;
}

/* The facet is handed on when it is complete, not before: a file may be cut off right here. */
static lq_status end_loop(reader *r)
{
    r->loop_ended = r->loop_count != 0;
    return LQ_OK;
}

/* "end loop", "end facet", "end solid" with a blank between. */
static lq_status split_end(reader *r)
{
    const char *p = lqi_skip_space(r->p, r->end);
    lqi_stl_word word = lqi_stl_keyword(p, r->end);
    if (word != LQI_WORD_LOOP && word != LQI_WORD_FACET && word != LQI_WORD_SOLID) return LQ_OK; /* a word cut short */
    r->p = lqi_token_end(p, r->end);
    return word == LQI_WORD_LOOP ? end_loop(r) : word == LQI_WORD_FACET ? end_facet(r) : end_solid(r);
}

static lq_status read_token(reader *r)
{
    const char *token = r->p;
    lqi_stl_word word = lqi_stl_keyword(token, r->end);
    if (word == LQI_WORD_OTHER) return skip_junk(r);
    if (word != LQI_WORD_VERTEX && word != LQI_WORD_SOLID && word != LQI_WORD_ENDSOLID) r->any_marker = true;
    r->p = lqi_token_end(token, r->end);
    switch (word) {
    case LQI_WORD_VERTEX: return read_vertex(r, token);
    case LQI_WORD_FACET: return open_facet(r);
    case LQI_WORD_OUTER: return finish_loop(r);
    case LQI_WORD_ENDLOOP: return end_loop(r);
    case LQI_WORD_ENDFACET: return end_facet(r);
    case LQI_WORD_SOLID: r->p = token + 5; return begin_solid(r);
    case LQI_WORD_ENDSOLID: r->p = token + 8; return end_solid(r);
    case LQI_WORD_END: return split_end(r);
    default: return LQ_OK;
    }
}

/* Between facets, where nothing is begun: the kernel takes as many ordinary ones as there are. What it leaves, and what
 * comes anywhere else, goes token by token. */
static lq_status read_ordinary_facets(reader *r, const char *end, bool *any)
{
    *any = false;
    if ((*r->p | 0x20) != 'f' || r->facet_open || r->loop_count) return LQ_OK;
    if (r->ordinary_wait) {
        r->ordinary_wait--;
        return LQ_OK;
    }
    size_t room;
    lqi_facet_text facets = {.text = r->p, .end = end};
    float *corners = lqi_facet_buffer_room(&r->facets, &room, &facets.normals);
    size_t count = r->context->kernels->facet_text(&facets, corners, room);
    *any = count != 0;
    r->ordinary_wait_next = count ? 0 : 2 * r->ordinary_wait_next + 1;
    if (r->ordinary_wait_next > ORDINARY_WAIT_MAX) r->ordinary_wait_next = ORDINARY_WAIT_MAX;
    r->ordinary_wait = r->ordinary_wait_next;
    if (!count) return LQ_OK;
    r->p = facets.text;
    r->any_marker = r->any_endfacet = true;
    r->decimal_dots += facets.any_dot;
    return lqi_facet_buffer_took(&r->facets, count);
}

/* Is the last facet incomplete? One without its own endfacet counts as cut off, unless the whole file is so. */
static bool ends_inside_facet(const reader *r)
{
    if (r->cut_in_vertex || r->loop_count == 1 || r->loop_count == 2) return true;
    if (!r->facet_open) return false;
    if (r->loop_count == 0 && r->facet_loops == 0) return true;
    return r->any_endfacet || !r->facet_closed_by_next;
}

static lq_status finish_file(reader *r)
{
    const char *message = "The file was cut off in the middle: facets are missing at its end.";
    if (ends_inside_facet(r)) {
        if (!r->lenient) return fail_at(r, LQI_STL_TRUNCATED, r->end, message);
        r->loop_count = 0;
        r->facet_open = false;
        LQI_TRY(lqi_notes_add(r->notes, "stl_truncated", LQ_SEVERITY_WARN, 1, r->end - r->begin, NULL, "%s", message));
    }
    LQI_TRY(close_facet(r, false));
    if (r->facets.stored == 0 && r->bad_facets == 0) {
        if (r->any_solid && !r->any_endsolid) return fail_at(r, LQI_STL_TRUNCATED, r->end, message);
        return fail_at(r, LQI_MESH_EMPTY, r->end, "The file holds no facet.");
    }
    return LQ_OK;
}

static lq_status note_bad_facets(reader *r)
{
    if (!r->bad_facets) return LQ_OK;
    if (r->bad_facets * 1000 > (r->facets.stored + r->bad_facets) * BAD_FACETS_PER_MILLE_MAX)
        return fail_at(r, LQI_STL_SYNTAX, r->bad_facet_first,
                       "Facets with fewer than three corners: the file is damaged.");
    return lqi_notes_add(r->notes, "stl_bad_facet", LQ_SEVERITY_WARN, r->bad_facets, r->bad_facet_first - r->begin,
                         NULL, "Facets with fewer than three corners were left out.");
}

static lq_status add_notes(reader *r)
{
    LQI_TRY(note_bad_facets(r));
    if (r->decimal_commas && r->decimal_dots)
        return fail_at(r, LQI_STL_SYNTAX, r->begin, "Numbers are written with decimal commas and with decimal points.");
    uint64_t lines = r->junk_lines ? (uint64_t)lqi_line_at(r->begin, r->end) : 0;
    const struct {
        const char *code;
        uint64_t count;
        const char *message;
    } findings[] = {
        {"stl_decimal_comma", r->decimal_commas, "Numbers are written with a decimal comma and were read so."},
        {"stl_separator", r->separators, "Numbers are separated by commas or semicolons."},
        {"stl_polygon", r->polygons, "Facets with more than three corners were split into triangles."},
        {"stl_junk", r->junk_lines * 100 > lines * JUNK_LINES_PERCENT_MAX ? r->junk_lines : 0,
         "Lines that do not belong to the format were passed over."},
        {"stl_no_solid", !r->any_solid, "The file does not begin with the word solid."},
        {"stl_no_endsolid", r->any_solid && (r->solid_open || r->ended_without_endsolid),
         "The file does not end with the word endsolid; its last facet is complete."},
    };
    for (size_t i = 0; i < sizeof findings / sizeof findings[0]; i++)
        if (findings[i].count)
            LQI_TRY(lqi_notes_add(r->notes, findings[i].code, LQ_SEVERITY_WARN, findings[i].count, -1, NULL, "%s",
                                  findings[i].message));
    return LQ_OK;
}

static size_t count_word(const char *p, size_t size, const char *word)
{
    size_t count = 0, length = strlen(word);
    for (const char *end = p + size; (p = memmem(p, (size_t)(end - p), word, length)); p += length) count++;
    return count;
}

static uint64_t guess_facets(const char *data, size_t size)
{
    size_t seen = size < GUESS_SIZE ? size : GUESS_SIZE;
    size_t facets = (count_word(data, seen, "vertex") + count_word(data, seen, "VERTEX")) / 3;
    size_t each = facets ? seen / (facets + 1) : BYTES_PER_FACET; /* some more rather than one too few */
    return size / (each > BYTES_PER_FACET_MIN ? each : BYTES_PER_FACET_MIN);
}

static lq_status read_text(lq_context *context, const char *data, size_t size, int lenient, const lqi_sink *sink,
                           lqi_notes *notes)
{
    reader *r = lqi_alloc(context, sizeof *r);
    if (!r) return lqi_memory_status(context);
    *r = (reader){.context = context, .notes = notes, .begin = data, .p = data, .lenient = lenient};
    r->end = data + lqi_text_size_without_tail(data, size);
    lqi_facet_buffer_init(&r->facets, context, sink, r->end);
    if (size >= 3 && memcmp(data, "\xEF\xBB\xBF", 3) == 0) r->p += 3;
    lq_status status;
    const char *next_report = r->p;
    LQI_TRY_GOTO(sink->mesh_begin(sink->user));
    if (sink->expect) LQI_TRY_GOTO(sink->expect(sink->user, guess_facets(data, size)));
    while ((r->p = lqi_skip_space(r->p, r->end)) < r->end) {
        if (r->p >= next_report) {
            LQI_TRY_GOTO(lqi_progress(context, "read", (uint64_t)(r->p - data), size));
            next_report = (size_t)(r->end - r->p) > REPORT_BYTES ? r->p + REPORT_BYTES : r->end;
        }
        bool any;
        LQI_TRY_GOTO(read_ordinary_facets(r, next_report, &any));
        if (!any) LQI_TRY_GOTO(read_token(r));
    }
    LQI_TRY_GOTO(finish_file(r));
    LQI_TRY_GOTO(add_notes(r));
    LQI_TRY_GOTO(lqi_facet_buffer_finish(&r->facets, notes));
    status = sink->mesh_end(sink->user);
done:
    lqi_free(context, r);
    return status;
}

/* UTF-16 holds the same text twice as wide; only its ASCII range means anything here. */
static lq_status read_utf16(lq_context *context, const uint8_t *data, size_t size, bool big_endian, int lenient,
                            const lqi_sink *sink, lqi_notes *notes)
{
    size_t count = size / 2;
    char *text = lqi_alloc(context, count + 1);
    if (!text) return lqi_memory_status(context);
    for (size_t i = 0; i < count; i++) {
        uint16_t unit = lqi_load_u16(data + 2 * i);
        if (big_endian) unit = (uint16_t)(unit << 8 | unit >> 8);
        text[i] = unit == 0xFEFF ? ' ' : unit < 0x80 ? (char)unit : '?';
    }
    lq_status status = lqi_notes_add(notes, "stl_utf16", LQ_SEVERITY_WARN, 1, 0, NULL, "The text is UTF-16.");
    if (status == LQ_OK) status = read_text(context, text, count, lenient, sink, notes);
    if (status != LQ_OK && context->error.offset > 0) context->error.offset *= 2;
    lqi_free(context, text);
    return status;
}

lq_status lqi_stl_read_ascii(lq_context *context, const uint8_t *data, size_t size, int lenient, const lqi_sink *sink,
                             lqi_notes *notes)
{
    bool big_endian;
    if (lqi_text_is_utf16(data, size, &big_endian))
        return read_utf16(context, data, size, big_endian, lenient, sink, notes);
    return read_text(context, (const char *)data, size, lenient, sink, notes);
}
