/* Listing when the world is not kind: memory that ends at every step, every byte of a project damaged, cut files. */
#include "tests/support/check.h"
#include "tests/support/lend.h"
#include "tests/support/project.h"

#include <stdlib.h>

/* A small project that has everything a listing tells of. */
static uint8_t *whole_project(size_t *size)
{
    static const char settings[] =
        "<config><object id='3'><metadata key='extruder' value='2'/><part id='1' subtype='normal_part'/>"
        "<part id='2' subtype='modifier_part'><metadata key='extruder' value='1'/></part></object>"
        "<plate><metadata key='plater_id' value='1'/><metadata key='plater_name' value='front'/>"
        "<metadata key='thumbnail_file' value='Metadata/cover.png'/><model_instance>"
        "<metadata key='object_id' value='3'/><metadata key='instance_id' "
        "value='0'/></model_instance></plate></config>";
    static const char slices[] =
        "<config><plate><metadata key='index' value='1'/><metadata key='prediction' value='60'/>"
        "<metadata key='weight' value='9'/><object name='a' skipped='true'/><filament id='2' used_g='9' used_m='3'/>"
        "</plate></config>";
    static const char filaments[] = "{\"filament_type\":[\"PLA\",\"PETG\"],\"filament_colour\":[\"#FFFFFF\"],"
                                    "\"filament_density\":[\"1.24\"],\"printable_area\":[\"0x0\",\"200x200\"]}";
    uint8_t *png = project_png(16, 16, 100);
    const project_cube cubes[] = {{.id = 1, .attributes = "paint_color='8'"}, {.id = 2, .type = "other"}};
    char *model = project_model(cubes, 2,
                                "<object id='3'><components><component objectid='1'/><component objectid='2'/>"
                                "</components></object>",
                                "<item objectid='3'/>");
    const pack_entry more[] = {project_entry(PROJECT_SETTINGS, settings),
                               project_entry(PROJECT_SLICES, slices),
                               project_entry(PROJECT_FILAMENTS, filaments),
                               {.name = "Metadata/cover.png", .data = png, .size = 100, .stored = 1}};
    uint8_t *bytes = pack_3mf(model, more, 4, size);
    free(model);
    free(png);
    return bytes;
}

typedef struct listing {
    lq_status status;
    char code[64];
    size_t json_size; /* 0: none */
} listing;

/* Lists, fetches all pictures, reads the part: everything that a listing prepares. */
static listing list(const void *bytes, size_t size, const lq_allocator *allocator)
{
    uint8_t *copy = malloc(size ? size : 1);
    assert_non_null(copy);
    memcpy(copy, bytes, size);
    project p = project_open_bytes(copy, size, allocator);
    listing out = {0};
    char *json = NULL;
    if (!p.context) {
        out.status = LQ_ERR_MEMORY;
        project_close(&p);
        return out;
    }
    out.status = p.model ? lq_contents_json(p.model, NULL, &json, &out.json_size) : lq_context_error(p.context)->status;
    lq_text_free(p.context, json);
    for (size_t i = 0; out.status == LQ_OK && p.contents && i < lq_contents_plate_count(p.contents); i++) {
        lq_thumbnail thumbnail;
        void *picture;
        size_t picture_size;
        assert_int_equal(lq_contents_thumbnail(p.contents, i, &thumbnail), LQ_OK);
        if (!thumbnail.entry) continue;
        lq_status status = lq_contents_thumbnail_read(p.contents, i, &picture, &picture_size);
        assert_true((status == LQ_OK) == (picture != NULL));
        lq_bytes_free(p.context, picture);
        if (status == LQ_ERR_MEMORY) out.status = status;
    }
    snprintf(out.code, sizeof out.code, "%s", out.status == LQ_OK ? "" : lq_context_error(p.context)->code);
    project_close(&p);
    return out;
}

static void every_allocation_fails_once(void **state)
{
    (void)state;
    size_t size;
    uint8_t *bytes = whole_project(&size);
    listing good = list(bytes, size, NULL);
    assert_int_equal(good.status, LQ_OK);
    for (int forever = 0; forever < 2; forever++)
        for (uint64_t n = 1;; n++) {
            lend_allocator lent = {.fail_at = n, .forever = forever};
            lq_allocator allocator = lend_allocator_of(&lent);
            listing got = list(bytes, size, &allocator);
            CHECK(lent.held == 0 && lent.blocks == 0, "allocation %llu: memory is left", (unsigned long long)n);
            if (lent.calls < n) {
                assert_int_equal(got.status, LQ_OK);
                assert_int_equal(got.json_size, good.json_size);
                assert_true(n > 30);
                break;
            }
            CHECK(got.status == LQ_ERR_MEMORY || (!forever && got.status == LQ_OK), "allocation %llu: status %d",
                  (unsigned long long)n, (int)got.status);
            assert_true(n < 100000);
        }
    free(bytes);
}

static void every_byte_is_damaged(void **state)
{
    (void)state;
    size_t size, good = 0, refused = 0;
    uint8_t *bytes = whole_project(&size);
    for (size_t i = 0; i < size; i++) {
        uint8_t bit = (uint8_t)(1u << i % 8);
        bytes[i] ^= bit;
        listing first = list(bytes, size, NULL), again = list(bytes, size, NULL);
        bytes[i] ^= bit;
        CHECK(first.status == again.status && first.json_size == again.json_size, "byte %zu: another listing", i);
        CHECK(first.status == LQ_OK || first.code[0], "byte %zu: refused without a reason", i);
        CHECK(first.status != LQ_ERR_INTERNAL && first.status != LQ_ERR_ARGUMENT, "byte %zu: %s", i, first.code);
        if (first.status == LQ_OK)
            good++;
        else
            refused++;
    }
    assert_true(good > 0 && refused > 0);
    free(bytes);
}

static void every_prefix(void **state)
{
    (void)state;
    size_t size;
    uint8_t *bytes = whole_project(&size);
    for (size_t i = 0; i < size; i++) {
        listing got = list(bytes, i, NULL);
        CHECK(got.status != LQ_OK && got.code[0], "%zu bytes of %zu were listed", i, size);
    }
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_allocation_fails_once),
        cmocka_unit_test(every_byte_is_damaged),
        cmocka_unit_test(every_prefix),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
