/* Binary STL as it is found: every deviation that the reader must decide, with its verdict, code and place. */
#include "tests/support/check.h"

#include "corpus/truth.h"
#include "tests/support/expect.h"

#define CUBE_COUNT 12
#define RECORD(index) (84 + 50 * (int64_t)(index))

static stl_bytes write_cube(const stl_binary *options)
{
    solid_soup cube = solid_cube(20);
    stl_bytes bytes = stl_write_binary(&cube, options);
    solid_free(&cube);
    return bytes;
}

static stl_bytes write_sphere(unsigned frequency)
{
    solid_soup sphere = solid_sphere(10, frequency);
    stl_bytes bytes = stl_write_binary(&sphere, NULL);
    solid_free(&sphere);
    return bytes;
}

static void few_triangles(void **state)
{
    (void)state;
    solid_soup tetrahedron = solid_tetrahedron(6);
    for (size_t count = 1; count <= 4; count++) {
        char name[32];
        snprintf(name, sizeof name, "%zu triangles", count);
        solid_soup part = tetrahedron;
        part.count = count;
        solid_counts counts = solid_count(&part);
        run_result run = run_soup(&part, NULL);
        CHECK(run.status == LQ_OK, "%s: %s", name, run.error.message);
        CHECK_INT(name, run.format, LQ_FORMAT_STL_BINARY, "format");
        CHECK_INT(name, run.facts.triangle_count, count, "triangles");
        CHECK_INT(name, run.facts.open_edges, counts.open_edges, "open edges");
        CHECK_INT(name, run.facts.closed, count == 4, "closed");
        if (count == 1) CHECK_INT(name, run.facts.verdict, LQ_VERDICT_REJECT, "verdict");
        run_free(&run);
    }
    solid_free(&tetrahedron);
}

/* The header says nothing: neither "solid", nor colours, nor another format's first letters. */
static void any_header_will_do(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        const char *header;
        size_t size;
    } headers[] = {
        {"solid and NUL", "solid", 5},
        {"solid and blanks", "solid part                                                                      ", 80},
        {"80 printable", "solid 0123456789012345678901234567890123456789012345678901234567890123456789abcd", 80},
        {"like text", "solid x\nfacet normal 0 0 1\nouter loop\nvertex 0 0 0\n", 50},
        {"ply", "ply model", 9},
        {"OFF", "OFF", 3},
        {"MZ", "MZ", 2},
        {"high bytes", "\xff\xfe\x80\x90", 4},
        {"STLB ATF", "STLB ATF 11.4.0.1 COLOR=\xa0\xa0\xa0\xff ", 29},
        {"UNITS", "exported UNITS=mm", 17},
    };
    for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++) {
        stl_binary options = {.header = headers[i].header, .header_size = headers[i].size};
        expect_read(headers[i].name, write_cube(&options), NULL, CUBE_COUNT, 8000, "");
    }
    static const size_t places[] = {0, 1, 70, 76};
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        uint8_t header[80] = {0};
        static const uint8_t color[10] = "COLOR=\xff\x00\x80";
        memcpy(header + places[i], color, 80 - places[i] < 10 ? 80 - places[i] : 10);
        expect_read("COLOR=", write_cube(&(stl_binary){.header = header, .header_size = 80}), NULL, CUBE_COUNT, 8000,
                    "");
    }
    static const char magics[] = "COLOR=\1\2\3\4,MATERIAL=\1\2\3\4\5\6\7\b\t\n\v\f";
    expect_read("COLOR= and MATERIAL=", write_cube(&(stl_binary){.header = magics, .header_size = sizeof magics - 1}),
                NULL, CUBE_COUNT, 8000, "");
}

static void attributes_and_normals_are_ignored(void **state)
{
    (void)state;
    static const uint16_t attributes[] = {1, 0x001f, 0x7fff, 0x8000, 0xffff, 50, 36};
    for (size_t i = 0; i < sizeof attributes / sizeof attributes[0]; i++)
        expect_read("attribute", write_cube(&(stl_binary){.attribute = attributes[i]}), NULL, CUBE_COUNT, 8000, "");
    for (int kind = STL_NORMALS_TRUE; kind <= STL_NORMALS_REVERSED; kind++) {
        run_result run = run_stl(write_cube(&(stl_binary){.normals = (stl_normals)kind}), NULL);
        assert_int_equal(run.status, LQ_OK);
        CHECK_INT("normals", run.facts.verdict, LQ_VERDICT_OK, "verdict");
        CHECK_NEAR("normals", run.facts.volume_mm3, 8000, 1e-9, "volume");
        run_free(&run);
    }
}

static void the_count_and_the_bytes_disagree(void **state)
{
    (void)state;
    const run_options lenient = {.lenient = 1};
    stl_binary more = {.count_given = 1, .count = CUBE_COUNT + 1}, less = {.count_given = 1, .count = CUBE_COUNT - 1};
    stl_binary none = {.count_given = 1}, all = {.count_given = 1, .count = UINT32_MAX};
    const expect_place end = {RECORD(CUBE_COUNT), RECORD(CUBE_COUNT), 0};

    expect_refused("one record missing", write_cube(&more), NULL, LQ_ERR_INPUT, "stl_truncated", &end);
    expect_read("one record missing, lenient", write_cube(&more), &lenient, CUBE_COUNT, 8000, "stl_truncated");
    expect_read("one record more", write_cube(&less), NULL, CUBE_COUNT, 8000, "stl_count");
    expect_read("count 0", write_cube(&none), NULL, CUBE_COUNT, 8000, "stl_count");
    expect_read("count 2^32 - 1", write_cube(&all), NULL, CUBE_COUNT, 8000, "stl_count");

    less.count = 1;
    expect_read("eleven records more", write_cube(&less), NULL, CUBE_COUNT, 8000, "stl_count");

    /* A count beyond all bytes is refused without memory for it. */
    static const uint32_t counts[] = {24, 1000000, 85899345, 85899346, 0x7fffffff, 0xfffffffe};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        more.count = counts[i];
        run_result run = run_stl(write_cube(&more), NULL);
        CHECK_TEXT("count too large", run.code, "stl_truncated", "code");
        CHECK_INT("count too large", run.status, LQ_ERR_INPUT, "status");
        CHECK_INT("count too large", run.error.offset, RECORD(CUBE_COUNT), "offset");
        CHECK(run.peak < 4u << 20, "count %u: %llu bytes held", counts[i], (unsigned long long)run.peak);
        run = run_stl(write_cube(&more), &lenient);
        CHECK(run.status == LQ_OK, "count %u, lenient: %s", counts[i], run.error.message);
        CHECK(run_find(&run, "stl_truncated") != NULL, "count %u, lenient: no stl_truncated", counts[i]);
        CHECK(run.peak < 4u << 20, "count %u, lenient: %llu bytes held", counts[i], (unsigned long long)run.peak);
        run_free(&run);
    }
}

static void the_last_record_is_cut(void **state)
{
    (void)state;
    for (size_t cut = 1; cut < 50; cut++) {
        char name[32];
        snprintf(name, sizeof name, "%zu bytes missing", cut);
        stl_bytes bytes = write_cube(NULL);
        stl_truncate(&bytes, bytes.size - cut);
        const expect_place place = {RECORD(CUBE_COUNT - 1), (int64_t)bytes.size, 0};
        stl_bytes again = stl_bytes_copy(&bytes);
        expect_refused(name, bytes, NULL, LQ_ERR_INPUT, "stl_truncated", &place);
        expect_read(name, again, &(run_options){.lenient = 1}, CUBE_COUNT - 1, NAN, "stl_truncated");
    }
    /* A streaming writer's count does not make a cut record disappear unseen. */
    static const uint32_t counts[] = {0, UINT32_MAX};
    for (size_t i = 0; i < 2; i++) {
        stl_bytes bytes = write_cube(&(stl_binary){.count_given = 1, .count = counts[i]});
        stl_truncate(&bytes, bytes.size - 20);
        run_result run = run_stl(bytes, NULL);
        CHECK(run.status != LQ_OK || run_find(&run, "stl_truncated") != NULL || run_find(&run, "stl_trailing") != NULL,
              "count %u and a cut record: accepted without a word", counts[i]);
        run_free(&run);
    }
}

static void bytes_after_the_end(void **state)
{
    (void)state;
    static const size_t extra[] = {1, 2, 3, 12, 49};
    for (size_t i = 0; i < sizeof extra / sizeof extra[0]; i++) {
        for (int fill = 0; fill < 2; fill++) {
            stl_bytes bytes = write_cube(NULL);
            stl_bytes_add_fill(&bytes, fill ? '\n' : 0, extra[i]);
            expect_read("a tail", bytes, NULL, CUBE_COUNT, 8000, "stl_trailing");
        }
    }
    /* 50 zero bytes: one more record or padding, but never another part. */
    stl_bytes bytes = write_cube(NULL);
    stl_bytes_add_fill(&bytes, 0, 50);
    run_result run = run_stl(bytes, NULL);
    CHECK(run.status == LQ_OK, "50 zeros: %s", run.error.message);
    CHECK(run_find(&run, "stl_count") != NULL || run_find(&run, "stl_trailing") != NULL, "50 zeros: no warning");
    CHECK_NEAR("50 zeros", run.facts.volume_mm3, 8000, 1e-9, "volume");
    run_free(&run);

    /* A count too small and a tail that is not a whole record. */
    bytes = write_cube(&(stl_binary){.count_given = 1, .count = CUBE_COUNT - 1});
    stl_bytes_add_fill(&bytes, 0, 1);
    run = run_stl(bytes, NULL);
    CHECK(run.status == LQ_OK, "a record and a byte more: %s", run.error.message);
    CHECK_INT("a record and a byte more", run.facts.triangle_count, CUBE_COUNT, "triangles");
    CHECK(run_find(&run, "stl_count") != NULL, "a record and a byte more: no stl_count");
    run_free(&run);
}

static void a_second_file_behind_the_first(void **state)
{
    (void)state;
    solid_soup second = solid_cube(20);
    solid_translate(&second, 40, 0, 0);
    for (size_t times = 1; times <= 2; times++) {
        stl_bytes bytes = write_cube(NULL), tail = stl_write_binary(&second, NULL);
        for (size_t i = 0; i < times; i++) {
            solid_translate(&second, 40, 0, 0);
            stl_bytes_free(&tail);
            tail = stl_write_binary(&second, NULL);
            stl_bytes_add(&bytes, tail.data, tail.size);
        }
        stl_bytes_free(&tail);
        if (times == 1) {
            expect_read("concatenated", bytes, NULL, 24, 16000, "stl_concatenated");
            continue;
        }
        run_result run = run_stl(bytes, NULL); /* a third: either read or named, never silently lost */
        CHECK(run.status == LQ_OK, "three in a row: %s", run.error.message);
        CHECK(run_find(&run, "stl_concatenated") != NULL || run_find(&run, "stl_trailing") != NULL,
              "three in a row: no warning");
        run_free(&run);
    }
    solid_free(&second);
}

static void big_endian(void **state)
{
    (void)state;
    expect_read("big-endian", write_cube(&(stl_binary){.big_endian = 1}), NULL, CUBE_COUNT, 8000, "stl_big_endian");
    solid_soup sphere = solid_sphere(10, 8);
    double volume = (double)solid_measure(&sphere).volume;
    expect_read("big-endian sphere", stl_write_binary(&sphere, &(stl_binary){.big_endian = 1}), NULL, sphere.count,
                volume, "stl_big_endian");
    solid_free(&sphere);
}

static void numbers_that_are_none(void **state)
{
    (void)state;
    const float values[] = {NAN, INFINITY, -INFINITY, -NAN};
    for (size_t i = 0; i < 4; i++) {
        for (size_t place = 0; place < 9; place++) {
            stl_bytes bytes = write_cube(NULL);
            stl_binary_poke(&bytes, 7, place / 3, place % 3, values[i]);
            const expect_place record = {RECORD(7), RECORD(8) - 1, 0};
            expect_refused("1 of 12 not finite", bytes, NULL, LQ_ERR_INPUT, "stl_nonfinite", &record);
        }
        stl_bytes bytes = write_sphere(10); /* 2000: up to 20 are 1 % */
        stl_binary_poke(&bytes, 1999, 2, 1, values[i]);
        run_result run = run_stl(bytes, NULL);
        CHECK(run.status == LQ_OK, "1 of 2000 not finite: %s", run.error.message);
        const run_note *note = run_find(&run, "stl_nonfinite");
        CHECK(note != NULL && note->count == 1 && note->severity == LQ_SEVERITY_WARN, "1 of 2000: no stl_nonfinite");
        CHECK_INT("1 of 2000", run.facts.triangle_count, 2000, "triangles");
        CHECK_INT("1 of 2000", run.facts.open_edges, 3, "open edges");
        CHECK_TEXT("1 of 2000", run_complaint(&run), "", "complaint");
        run_free(&run);
    }
    for (size_t bad = 20; bad <= 21; bad++) {
        stl_bytes bytes = write_sphere(10);
        for (size_t t = 0; t < bad; t++) stl_binary_poke(&bytes, 3 + 90 * t, t % 3, 0, NAN);
        if (bad == 20)
            expect_read("1 % not finite", bytes, NULL, 2000, NAN, "stl_nonfinite");
        else
            expect_refused("more than 1 %", bytes, NULL, LQ_ERR_INPUT, "stl_nonfinite",
                           &(expect_place){RECORD(3), RECORD(4) - 1, 0});
    }
    stl_bytes bytes = write_cube(NULL);
    for (size_t t = 0; t < CUBE_COUNT; t++) stl_binary_poke(&bytes, t, 0, 0, NAN);
    expect_refused("nothing finite", bytes, NULL, LQ_ERR_INPUT, "mesh_empty", NULL);
}

static void zeros_of_both_signs_and_denormals(void **state)
{
    (void)state;
    const float zeros[] = {-0.0f, 1e-45f, -1e-45f, 1.1e-38f, -1e-40f};
    for (size_t i = 0; i < sizeof zeros / sizeof zeros[0]; i++) {
        solid_soup cube = solid_cube(20);
        for (size_t k = 0; k < cube.count * 9; k += 2)
            if (cube.corners[k] == 0) cube.corners[k] = zeros[i];
        run_result run = run_soup(&cube, NULL);
        assert_int_equal(run.status, LQ_OK);
        CHECK_INT("a small zero", run.facts.vertex_count, 8, "vertices");
        CHECK_INT("a small zero", run.facts.manifold, 1, "manifold");
        CHECK_INT("a small zero", run.facts.certificate_closed, 1, "certificate");
        CHECK_NEAR("a small zero", run.facts.volume_mm3, 8000, 1e-9, "volume");
        run_free(&run);
        solid_free(&cube);
    }
}

static void numbers_beyond_measure(void **state)
{
    (void)state;
    static const float values[] = {1.0000001e9f, 1e38f, -3.4e38f};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        stl_bytes bytes = write_sphere(10);
        stl_binary_poke(&bytes, 100, 1, 2, values[i]);
        run_result run = run_stl(bytes, NULL);
        CHECK(run.status == LQ_OK, "1 of 2000 out of range: %s", run.error.message);
        const run_note *note = run_find(&run, "coordinate_out_of_range");
        CHECK(note != NULL && note->count == 1, "1 of 2000: no coordinate_out_of_range");
        CHECK_INT("out of range", run.facts.triangle_count, 2000, "triangles");
        CHECK_INT("out of range", run.facts.open_edges, 3, "open edges");
        CHECK(run.facts.box_max_mm[2] < 11, "out of range: it is still in the box");
        run_free(&run);

        bytes = write_cube(NULL);
        for (size_t t = 0; t < CUBE_COUNT; t++) stl_binary_poke(&bytes, t, 1, 2, values[i]);
        run = run_stl(bytes, NULL);
        CHECK_INT("all out of range", run.status, LQ_ERR_INPUT, "status");
        CHECK(expect_one_of(run.code, "mesh_empty|range"), "all out of range: %s", run.code);
        run_free(&run);
    }
    solid_soup wide = solid_cube(2e8);
    run_result run = run_soup(&wide, NULL);
    CHECK_INT("200 km", run.status, LQ_OK, "status");
    CHECK_NEAR("200 km", run.facts.volume_mm3, 8e24, 8e24 * 1e-9, "volume");
    CHECK_TEXT("200 km", run_complaint(&run), "", "complaint");
    run_free(&run);
    solid_free(&wide);
}

static void suspicious_sizes_are_named_not_scaled(void **state)
{
    (void)state;
    solid_soup tiny = solid_cube(0.0008);
    run_result run = run_soup(&tiny, NULL);
    CHECK(run.status == LQ_OK, "0.8 um: %s", run.error.message);
    CHECK_NEAR("0.8 um", run.facts.volume_mm3, solid_measure(&tiny).volume, 1e-18, "volume");
    CHECK(run_find(&run, "units_suspect_metre") != NULL || run_find(&run, "units_suspect_inch") != NULL ||
              run_find(&run, "unit_suspect") != NULL,
          "0.8 um: nobody wonders about the unit");
    run_free(&run);
    solid_free(&tiny);
}

static void nothing_at_all(void **state)
{
    (void)state;
    stl_bytes bytes = {0};
    expect_refused("empty", bytes, NULL, LQ_ERR_INPUT, "empty_file", NULL);
    for (size_t size = 1; size <= 83; size++) {
        memset(&bytes, 0, sizeof bytes);
        stl_bytes_add_fill(&bytes, 0, size);
        expect_refused("less than a header", bytes, NULL, LQ_ERR_UNSUPPORTED, "unsupported_format", NULL);
    }
    memset(&bytes, 0, sizeof bytes);
    stl_bytes_add_fill(&bytes, 0, 84);
    expect_refused("84 zeros", bytes, NULL, LQ_ERR_INPUT, "mesh_empty", NULL);
    solid_soup none = {0};
    expect_refused("no triangles", stl_write_binary(&none, &(stl_binary){.header = "binary", .header_size = 6}), NULL,
                   LQ_ERR_INPUT, "mesh_empty", NULL);
    expect_refused("no triangles, solid", stl_write_binary(&none, &(stl_binary){.header = "solid", .header_size = 5}),
                   NULL, LQ_ERR_INPUT, "mesh_empty", NULL);
    memset(&bytes, 0, sizeof bytes);
    stl_bytes_add_fill(&bytes, 0xff, 5000);
    expect_refused("noise", bytes, NULL, LQ_ERR_UNSUPPORTED, "unsupported_format", NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(few_triangles),
        cmocka_unit_test(any_header_will_do),
        cmocka_unit_test(attributes_and_normals_are_ignored),
        cmocka_unit_test(the_count_and_the_bytes_disagree),
        cmocka_unit_test(the_last_record_is_cut),
        cmocka_unit_test(bytes_after_the_end),
        cmocka_unit_test(a_second_file_behind_the_first),
        cmocka_unit_test(big_endian),
        cmocka_unit_test(numbers_that_are_none),
        cmocka_unit_test(zeros_of_both_signs_and_denormals),
        cmocka_unit_test(numbers_beyond_measure),
        cmocka_unit_test(suspicious_sizes_are_named_not_scaled),
        cmocka_unit_test(nothing_at_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
