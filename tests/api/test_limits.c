/* Every limit is reached: refused one step beyond, with its code, the limit and what was found; accepted at it. */
#include "tests/support/check.h"

#include "corpus/wrap.h"
#include "tests/support/expect.h"

static lq_limits no_limits(void)
{
    lq_limits limits;
    memset(&limits, 0, sizeof limits);
    limits.struct_size = sizeof limits;
    return limits;
}

static stl_bytes write_sphere(unsigned frequency, int ascii)
{
    solid_soup soup = solid_sphere(10, frequency);
    stl_bytes bytes = ascii ? stl_write_ascii(&soup, NULL) : stl_write_binary(&soup, NULL);
    solid_free(&soup);
    return bytes;
}

/* `actual` may be a lower bound: reading stops as soon as the limit is passed. */
static void check_limit(const char *name, run_result *run, const char *codes, uint64_t limit, uint64_t actual_max)
{
    CHECK_INT(name, run->status, LQ_ERR_LIMIT, "status");
    CHECK(expect_one_of(run->code, codes), "%s: code %s, not %s", name, run->code, codes);
    CHECK_INT(name, run->error.limit, limit, "limit");
    CHECK(run->error.actual > run->error.limit, "%s: actual %lld is not above %lld", name, (long long)run->error.actual,
          (long long)run->error.limit);
    if (actual_max > 0)
        CHECK(run->error.actual <= (int64_t)actual_max, "%s: actual %lld is more than there is", name,
              (long long)run->error.actual);
    CHECK_TEXT(name, run_complaint(run), "", "complaint");
}

static void input_bytes(void **state)
{
    (void)state;
    for (size_t piece = 0; piece < 200; piece += 100) {
        stl_bytes bytes = write_sphere(4, 0);
        lq_limits limits = no_limits();
        limits.input_bytes = bytes.size - 1;
        run_result run = run_bytes(bytes.data, bytes.size, &(run_options){.limits = &limits, .piece = piece});
        check_limit("input_bytes", &run, "limit", bytes.size - 1, bytes.size);
        limits.input_bytes = bytes.size;
        run = run_bytes(bytes.data, bytes.size, &(run_options){.limits = &limits, .piece = piece});
        CHECK(run.status == LQ_OK, "at input_bytes: %s", run.error.message);
        run_free(&run);
        stl_bytes_free(&bytes);
    }
}

static void triangles(void **state)
{
    (void)state;
    for (int ascii = 0; ascii < 2; ascii++) {
        stl_bytes bytes = write_sphere(4, ascii); /* 320 */
        lq_limits limits = no_limits();
        limits.triangles = 319;
        run_result run = run_bytes(bytes.data, bytes.size, &(run_options){.limits = &limits});
        check_limit("triangles", &run, "limit", 319, 320);
        limits.triangles = 1;
        run = run_bytes(bytes.data, bytes.size, &(run_options){.limits = &limits});
        check_limit("one triangle", &run, "limit", 1, 320);
        limits.triangles = 320;
        run = run_bytes(bytes.data, bytes.size, &(run_options){.limits = &limits});
        CHECK(run.status == LQ_OK, "at triangles: %s", run.error.message);
        run_free(&run);
        stl_bytes_free(&bytes);
    }
}

/* STL has no vertices of its own: three per facet at most, the distinct ones at least. */
static void vertices(void **state)
{
    (void)state;
    stl_bytes bytes = write_sphere(4, 0);
    lq_limits limits = no_limits();
    limits.vertices = 3 * 320;
    run_result run = run_bytes(bytes.data, bytes.size, &(run_options){.limits = &limits});
    CHECK(run.status == LQ_OK, "at vertices: %s", run.error.message);
    run_free(&run);
    limits.vertices = 161; /* 162 distinct */
    run = run_bytes(bytes.data, bytes.size, &(run_options){.limits = &limits});
    check_limit("vertices", &run, "limit", 161, 3 * 320);
    stl_bytes_free(&bytes);
}

static void memory(void **state)
{
    (void)state;
    int refused = 0;
    for (int ascii = 0; ascii < 2; ascii++) {
        stl_bytes bytes = write_sphere(20, ascii); /* 8000 triangles */
        lq_limits limits = no_limits();
        run_result run;
        for (uint64_t budget = 4096;; budget += budget / 2) {
            CHECK(budget < UINT64_C(1) << 30, "8000 triangles need more than %llu bytes", (unsigned long long)budget);
            limits.memory_bytes = budget;
            run = run_bytes(bytes.data, bytes.size, &(run_options){.limits = &limits, .threads = 2});
            if (run.status == LQ_OK) break;
            refused++;
            if (run.stage == RUN_CONTEXT) continue;
            check_limit("memory", &run, "limit", budget, 0);
            CHECK(run.peak <= budget, "%llu bytes held of %llu", (unsigned long long)run.peak,
                  (unsigned long long)budget);
        }
        CHECK(run.peak <= limits.memory_bytes, "%llu bytes held", (unsigned long long)run.peak);
        run_free(&run);
        stl_bytes_free(&bytes);
    }
    CHECK(refused > 4, "only %d budgets were too small", refused);
}

static void inflated_bytes(void **state)
{
    (void)state;
    stl_bytes plain = write_sphere(8, 0), packed = wrap_gzip(&plain);
    lq_limits limits = no_limits();
    limits.inflated_bytes = plain.size;
    run_result run = run_bytes(packed.data, packed.size, &(run_options){.limits = &limits});
    CHECK(run.status == LQ_OK, "at inflated_bytes: %s", run.error.message);
    CHECK(run_find(&run, "gzip") != NULL, "gzip is not mentioned");
    run_free(&run);
    limits.inflated_bytes = plain.size - 1;
    run = run_bytes(packed.data, packed.size, &(run_options){.limits = &limits});
    check_limit("inflated_bytes", &run, "limit|gzip_bomb", plain.size - 1, 0);
    stl_bytes_free(&packed);

    packed = wrap_zip(&(wrap_entry){"sphere.stl", plain.data, plain.size}, 1);
    run = run_bytes(packed.data, packed.size, &(run_options){.limits = &limits});
    check_limit("inflated_bytes of an entry", &run, "limit|zip_bomb", plain.size - 1, 0);
    limits.inflated_bytes = plain.size;
    run = run_bytes(packed.data, packed.size, &(run_options){.limits = &limits});
    CHECK(run.status == LQ_OK, "an entry at inflated_bytes: %s", run.error.message);
    run_free(&run);
    stl_bytes_free(&packed);
    stl_bytes_free(&plain);

    packed = wrap_gzip_bomb(0, 3 << 20); /* 3 MiB of zeros in 4 KB */
    limits.inflated_bytes = 1 << 20;
    run = run_bytes(packed.data, packed.size, &(run_options){.limits = &limits});
    check_limit("a little bomb", &run, "limit|gzip_bomb", 1 << 20, 0);
    CHECK(run.peak < 4u << 20, "a little bomb: %llu bytes held", (unsigned long long)run.peak);
    stl_bytes_free(&packed);
}

static void inflate_ratio(void **state)
{
    (void)state;
    stl_bytes packed = wrap_gzip_bomb(0, 66 << 20); /* above 64 MiB the ratio counts; this one is about 158 */
    lq_limits limits = no_limits();
    limits.inflate_ratio = 100;
    run_result run = run_bytes(packed.data, packed.size, &(run_options){.limits = &limits});
    CHECK_INT("ratio", run.status, LQ_ERR_LIMIT, "status");
    CHECK_TEXT("ratio", run.code, "gzip_bomb", "code");
    CHECK_TEXT("ratio", run_complaint(&run), "", "complaint");
    run = run_bytes(packed.data, packed.size, NULL);
    CHECK(run.status != LQ_OK && run.status != LQ_ERR_LIMIT, "a ratio of 158: status %d", (int)run.status);
    stl_bytes_free(&packed);
    packed = wrap_gzip_bomb(0, 4 << 20); /* below 64 MiB, zeros are just zeros */
    run = run_bytes(packed.data, packed.size, &(run_options){.limits = &limits});
    CHECK(run.status != LQ_OK && run.status != LQ_ERR_LIMIT, "4 MiB of zeros: status %d", (int)run.status);
    CHECK_TEXT("zeros", run_complaint(&run), "", "complaint");
    stl_bytes_free(&packed);
}

static void archive_entries(void **state)
{
    (void)state;
    enum { COUNT = 20 };
    char names[COUNT][16];
    wrap_entry entries[COUNT];
    solid_soup cube = solid_cube(10);
    stl_bytes bytes = stl_write_binary(&cube, NULL);
    for (size_t i = 0; i < COUNT; i++) {
        snprintf(names[i], sizeof names[i], i == 0 ? "cube.stl" : "note%zu.txt", i);
        entries[i] = (wrap_entry){names[i], i == 0 ? (const void *)bytes.data : "note", i == 0 ? bytes.size : 4};
    }
    stl_bytes packed = wrap_zip(entries, COUNT);
    lq_limits limits = no_limits();
    limits.archive_entries = COUNT;
    run_result run = run_bytes(packed.data, packed.size, &(run_options){.limits = &limits});
    CHECK(run.status == LQ_OK, "at archive_entries: %s", run.error.message);
    run_free(&run);
    limits.archive_entries = COUNT - 1;
    run = run_bytes(packed.data, packed.size, &(run_options){.limits = &limits});
    check_limit("archive_entries", &run, "limit|zip_bomb", COUNT - 1, COUNT);
    stl_bytes_free(&packed);
    stl_bytes_free(&bytes);
    solid_free(&cube);
}

/* A budget of steps may end the work or make its result coarser, but then it says so. */
static void work_units(void **state)
{
    (void)state;
    solid_soup soup = {0}; /* shells in shells: which lies in which is not linear in the input */
    for (int i = 1; i <= 40; i++) {
        solid_soup shell = solid_sphere(i, 3);
        if (i % 2 == 1) solid_invert(&shell);
        solid_append(&soup, &shell);
        solid_free(&shell);
    }
    lq_limits limits = no_limits();
    limits.work_units = 1;
    run_result run = run_soup(&soup, &(run_options){.limits = &limits});
    CHECK_TEXT("work_units", run_complaint(&run), "", "complaint");
    CHECK((run.status == LQ_ERR_LIMIT && strcmp(run.code, "limit") == 0) ||
              (run.status == LQ_OK && run_find(&run, "work_budget_exceeded") != NULL),
          "work_units: status %d, code %s, and no work_budget_exceeded", (int)run.status, run.code);
    run_free(&run);
    run = run_soup(&soup, NULL);
    CHECK(run.status == LQ_OK && run_find(&run, "work_budget_exceeded") == NULL, "the default budget is too small");
    run_free(&run);
    solid_free(&soup);
}

/* Any three of a thousand points: everything lies in everything. What the budget ends must be the same whatever works
 * on it. */
static void the_budget_ends_at_the_same_place(void **state)
{
    (void)state;
    solid_soup soup = {0};
    double points[1000][3];
    uint64_t random = 1;
    for (int i = 0; i < 1000; i++)
        for (int axis = 0; axis < 3; axis++) points[i][axis] = (double)(solid_random(&random) % 100000) / 1000;
    for (int i = 0; i < 100000; i++) {
        const double *a = points[solid_random(&random) % 1000], *b = points[solid_random(&random) % 1000];
        solid_add(&soup, a, b, points[solid_random(&random) % 1000]);
    }
    const lq_limits few = {.struct_size = sizeof few, .work_units = 20000000};
    run_result run = run_soup(&soup, &(run_options){.limits = &few, .threads = 1});
    CHECK_TEXT("budget", run_complaint(&run), "", "complaint");
    CHECK(run_find(&run, "work_budget_exceeded") != NULL, "no work_budget_exceeded");
    for (uint32_t threads = 2; threads <= 3; threads++) {
        run_result other =
            run_soup(&soup, &(run_options){.limits = &few, .threads = threads, .isa_mask = LQ_ISA_SCALAR});
        CHECK(run_find(&other, "work_budget_exceeded") != NULL, "%u threads: no work_budget_exceeded", threads);
        CHECK_INT("budget", other.facts.shells, run.facts.shells, "shells");
        CHECK_NEAR("budget", other.facts.volume_mm3, run.facts.volume_mm3, 0, "volume");
        CHECK_NEAR("budget", other.facts.volume_high_mm3, run.facts.volume_high_mm3, 0, "volume_high");
        run_free(&other);
    }
    run_free(&run);
    solid_free(&soup);
}

/* Bodies side by side concern each other little: looking for what lies in what is no work to speak of. */
static void many_bodies_side_by_side_need_little_work(void **state)
{
    (void)state;
    solid_soup soup = {0};
    for (int i = 0; i < 90 * 90; i++) {
        solid_soup cube = solid_cube(1);
        solid_translate(&cube, 2 * (i % 90), 2 * (i / 90), 0);
        solid_append(&soup, &cube);
        solid_free(&cube);
    }
    const lq_limits few = {.struct_size = sizeof few, .work_units = 1000000};
    run_result run = run_soup(&soup, &(run_options){.limits = &few});
    CHECK_TEXT("side by side", run_complaint(&run), "", "complaint");
    CHECK(run_find(&run, "work_budget_exceeded") == NULL, "side by side: the budget is too small");
    CHECK_NEAR("side by side", run.facts.volume_mm3, 8100.0, 1e-9, "volume");
    run_free(&run);
    solid_free(&soup);
}

/* Zeros in the struct are the defaults, and the struct is copied. */
static void zero_means_default(void **state)
{
    (void)state;
    stl_bytes bytes = write_sphere(4, 0);
    lq_limits limits = no_limits();
    run_result run = run_bytes(bytes.data, bytes.size, &(run_options){.limits = &limits});
    CHECK(run.status == LQ_OK, "zeros: %s", run.error.message);
    run_free(&run);
    stl_bytes_free(&bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(input_bytes),
        cmocka_unit_test(triangles),
        cmocka_unit_test(vertices),
        cmocka_unit_test(memory),
        cmocka_unit_test(inflated_bytes),
        cmocka_unit_test(inflate_ratio),
        cmocka_unit_test(archive_entries),
        cmocka_unit_test(work_units),
        cmocka_unit_test(zero_means_default),
        cmocka_unit_test(the_budget_ends_at_the_same_place),
        cmocka_unit_test(many_bodies_side_by_side_need_little_work),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
