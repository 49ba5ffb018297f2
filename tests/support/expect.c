#include "tests/support/expect.h"

#include "tests/support/check.h"

static int listed(const char *word, const char *words, char separator)
{
    size_t size = strlen(word);
    for (const char *at = words; *at != '\0';) {
        size_t length = strcspn(at, (char[2]){separator, '\0'});
        if (length == size && memcmp(at, word, size) == 0) return 1;
        at += length + (at[length] != '\0');
    }
    return 0;
}

int expect_one_of(const char *word, const char *words) { return listed(word, words, '|'); }

static void check_notes(const char *name, const run_result *run, const char *notes)
{
    for (size_t i = 0; i < run->note_count; i++) {
        const char *code = run->notes[i].code;
        int own = strncmp(code, "stl_", 4) == 0 || strcmp(code, "gzip") == 0;
        /* Whether normals agree and what a header says about units is information that no verdict hangs on. */
        if (strcmp(code, "stl_normals_disagree") == 0 || strcmp(code, "stl_unit_hint") == 0) own = 0;
        CHECK(!own || listed(code, notes, ' '), "%s: unexpected diagnostic %s", name, code);
    }
    for (const char *at = notes; *at != '\0';) {
        char code[64];
        size_t length = strcspn(at, " ");
        snprintf(code, sizeof code, "%.*s", (int)length, at);
        CHECK(run_find(run, code) != NULL, "%s: no diagnostic %s", name, code);
        at += length + (at[length] != '\0');
    }
}

void expect_read(const char *name, stl_bytes bytes, const run_options *options, size_t triangles, double volume,
                 const char *notes)
{
    run_result run = run_stl(bytes, options);
    CHECK(run.status == LQ_OK, "%s: refused as %s at %lld, line %lld: %s", name, run.code, (long long)run.error.offset,
          (long long)run.error.line, run.error.message);
    CHECK_TEXT(name, run_complaint(&run), "", "complaint");
    if (triangles > 0) CHECK_INT(name, run.facts.triangle_count, triangles, "triangle count");
    if (!isnan(volume)) {
        double bound = isfinite(run.facts.volume_error_mm3) ? run.facts.volume_error_mm3 : 0;
        CHECK_NEAR(name, run.facts.volume_mm3, volume, bound + 1e-9 * fabs(volume), "volume");
    }
    check_notes(name, &run, notes);
    run_free(&run);
}

void expect_refused(const char *name, stl_bytes bytes, const run_options *options, lq_status status, const char *codes,
                    const expect_place *place)
{
    run_result run = run_stl(bytes, options);
    CHECK(run.status != LQ_OK, "%s: accepted, with %llu triangles", name, (unsigned long long)run.facts.triangle_count);
    CHECK_TEXT(name, run_complaint(&run), "", "complaint");
    CHECK(expect_one_of(run.code, codes), "%s: code %s (%s), not %s", name, run.code, run.error.message, codes);
    CHECK_INT(name, run.status, status, "status");
    if (place != NULL) {
        CHECK(run.error.offset >= place->offset_low && run.error.offset <= place->offset_high,
              "%s: offset %lld, not %lld..%lld", name, (long long)run.error.offset, (long long)place->offset_low,
              (long long)place->offset_high);
        if (place->line > 0) CHECK_INT(name, run.error.line, place->line, "line");
    }
    run_free(&run);
}
