/* Can it be made: measures of bodies whose walls, supports and hollows are known, and what materials say to them. */
#include "tests/support/check.h"

#include <stdbool.h>
#include <stdlib.h>

#include "corpus/solids.h"
#include "corpus/stl_text.h"
#include "libquote.h"
#include "tests/support/price_books.h"

typedef struct measured {
    lq_context *context;
    lq_report *report;
    const lq_facts *facts;
    lq_printability seen;
    lq_status status; /* of lq_report_printability */
} measured;

/* Consumes the soup. */
static measured measure_with(solid_soup soup, const lq_analyse_options *options, const lq_context_options *engine)
{
    measured m = {0};
    lq_source source;
    lq_model *model;
    lq_part *part;
    stl_bytes stl = stl_write_binary(&soup, NULL);
    solid_free(&soup);
    assert_int_equal(lq_context_create(engine, &m.context), LQ_OK);
    lq_source_memory(stl.data, stl.size, "part.stl", &source);
    assert_int_equal(lq_model_open(m.context, &source, NULL, &model), LQ_OK);
    assert_int_equal(lq_part_read(model, NULL, &part), LQ_OK);
    assert_int_equal(lq_part_analyse(m.context, part, options, &m.report), LQ_OK);
    lq_part_destroy(part);
    lq_model_close(model);
    stl_bytes_free(&stl);
    m.facts = lq_report_facts(m.report);
    m.status = lq_report_printability(m.report, &m.seen);
    return m;
}

static measured measure(solid_soup soup) { return measure_with(soup, NULL, NULL); }

static void done(measured *m)
{
    lq_report_destroy(m->report);
    assert_int_equal(lq_context_memory_held(m->context), 0);
    lq_context_destroy(m->context);
}

static void add_box(solid_soup *soup, double x, double y, double z, double at_x, double at_y, double at_z)
{
    solid_soup box = solid_box(x, y, z);
    solid_translate(&box, at_x, at_y, at_z);
    solid_append(soup, &box);
    solid_free(&box);
}

/* 40 x 40 x 4 on a leg of 10 x 10 x 20 in its middle. */
static solid_soup table(void)
{
    solid_soup soup = solid_box(40, 40, 4);
    solid_translate(&soup, 0, 0, 20);
    add_box(&soup, 10, 10, 20, 15, 15, 0);
    return soup;
}

/* Standing on its long side. */
static solid_soup standing_plate(double thickness) { return solid_box(40, thickness, 30); }

static void plates_at_any_angle(void **state)
{
    (void)state;
    static const double axes[][3] = {{0, 0, 1}, {1, 2, 3}, {-2, 1, 0.5}, {1, -1, 0.2}};
    static const double thickness[] = {0.4, 0.8, 1.5, 3};
    for (size_t i = 0; i < 4; i++)
        for (size_t a = 0; a < 4; a++) {
            solid_soup soup = standing_plate(thickness[i]);
            solid_rotate(&soup, axes[a], 17 + 31 * (double)a);
            measured m = measure(soup);
            assert_int_equal(m.status, LQ_OK);
            CHECK_NEAR("plate", m.seen.wall_min_mm, thickness[i], 0.01 * thickness[i], "thickness");
            done(&m);
        }
}

static void supports_of_a_table(void **state)
{
    (void)state;
    measured m = measure(table());
    CHECK_NEAR("table", m.facts->support_volume_mm3, 30000, 300, "support volume");
    CHECK_NEAR("table", m.seen.overhang_area_mm2, 1500, 15, "overhang");
    CHECK_NEAR("table", m.facts->support_contact_mm2, 1500, 30, "support contact");
    CHECK_NEAR("table", m.seen.bed_contact_mm2, 100, 2, "contact with the plate");
    CHECK_NEAR("table", m.seen.overhang_deg, 45, 0, "angle");
    CHECK(m.seen.tipping_deg > 10 && m.seen.tipping_deg < 25, "the table tips at %g degrees", m.seen.tipping_deg);
    CHECK_NEAR("table", m.seen.smallest_box_mm[0], 40, 0.1, "longest side");
    CHECK_NEAR("table", m.seen.smallest_box_mm[2], 24, 0.1, "shortest side");
    done(&m);
    m = measure(solid_cube(20));
    CHECK_NEAR("cube", m.facts->support_volume_mm3, 0, 0, "support volume");
    CHECK_NEAR("cube", m.seen.bed_contact_mm2, 400, 4, "contact with the plate");
    done(&m);
}

static void hollows(void **state)
{
    (void)state;
    measured m = measure(solid_nested(30, 10));
    CHECK_INT("nested", m.seen.void_count, 1, "voids");
    CHECK_NEAR("nested", m.seen.void_volume_mm3, 1000, 30, "volume");
    CHECK(isnan(m.seen.escape_min_mm), "a closed hollow has no way out, but %g mm", m.seen.escape_min_mm);
    done(&m);
    m = measure(solid_cube(20));
    CHECK_INT("cube", m.seen.void_count, 0, "voids");
    done(&m);
}

static void gaps(void **state)
{
    (void)state;
    measured m = measure(solid_apart_cubes(10, 0.4));
    CHECK_NEAR("two cubes", m.seen.gap_min_mm, 0.4, 0.01, "gap");
    done(&m);
    m = measure(solid_cube(20));
    CHECK(isnan(m.seen.gap_min_mm), "a cube has a gap of %g mm", m.seen.gap_min_mm);
    done(&m);
}

static void left_out(void **state)
{
    (void)state;
    const lq_analyse_options without = {.struct_size = sizeof without, .no_printability = 1};
    const lq_analyse_options proof = {.struct_size = sizeof proof, .topology = LQ_TOPOLOGY_CERTIFICATE};
    const lq_analyse_options *const options[] = {&without, &proof};
    for (size_t i = 0; i < 2; i++) {
        measured m = measure_with(table(), options[i], NULL);
        char *text;
        assert_int_equal(m.status, LQ_ERR_ARGUMENT);
        assert_true(isnan(m.facts->support_volume_mm3) && isnan(m.facts->support_contact_mm2));
        assert_int_equal(lq_report_json(m.context, m.report, &text, NULL), LQ_OK);
        static const char *const nulls[] = {"\"walls\":null", "\"overhang\":null", "\"orientations\":null",
                                            "\"voids\":null", "\"gaps\":null"};
        for (size_t k = 0; k < 5; k++) CHECK(strstr(text, nulls[k]) != NULL, "%s is not there", nulls[k]);
        lq_text_free(m.context, text);
        done(&m);
    }
    measured m = measure(solid_sheet(10, 4)); /* bounds nothing */
    assert_int_equal(m.status, LQ_ERR_ARGUMENT);
    done(&m);
}

static void columns_are_bounded(void **state)
{
    (void)state;
    static const uint32_t wrong[] = {1, 15, 2049, UINT32_MAX};
    solid_soup soup = solid_cube(10);
    stl_bytes stl = stl_write_binary(&soup, NULL);
    lq_source source;
    lq_context *context;
    lq_model *model;
    lq_part *part;
    lq_report *report;
    lq_source_memory(stl.data, stl.size, "part.stl", &source);
    assert_int_equal(lq_context_create(NULL, &context), LQ_OK);
    assert_int_equal(lq_model_open(context, &source, NULL, &model), LQ_OK);
    assert_int_equal(lq_part_read(model, NULL, &part), LQ_OK);
    for (size_t i = 0; i < 4; i++) {
        const lq_analyse_options how = {.struct_size = sizeof how, .columns = wrong[i]};
        assert_int_equal(lq_part_analyse(context, part, &how, &report), LQ_ERR_ARGUMENT);
        assert_string_equal(lq_context_error(context)->code, "argument");
        assert_null(report);
    }
    lq_part_destroy(part);
    lq_model_close(model);
    lq_context_destroy(context);
    stl_bytes_free(&stl);
    solid_free(&soup);
}

/* More columns find the same walls. */
static void columns_do_not_move_the_truth(void **state)
{
    (void)state;
    static const uint32_t columns[] = {64, 128, 512};
    for (size_t i = 0; i < 3; i++) {
        const lq_analyse_options how = {.struct_size = sizeof how, .columns = columns[i]};
        measured m = measure_with(table(), &how, NULL);
        CHECK_NEAR("table", m.seen.wall_min_mm, 4, 0.04, "wall");
        CHECK_NEAR("table", m.facts->support_volume_mm3, 30000, 1500, "support volume");
        done(&m);
    }
}

/* The report without its times. */
static char *json_of(const lq_context_options *engine)
{
    solid_soup soup = table();
    solid_rotate(&soup, (const double[]){1, 2, 3}, 40);
    add_box(&soup, 20, 0.3, 20, 60, 0, 0);
    measured m = measure_with(soup, NULL, engine);
    char *text, *copy;
    assert_int_equal(lq_report_json(m.context, m.report, &text, NULL), LQ_OK);
    char *times = strstr(text, "\"timing_ms\"");
    assert_non_null(times);
    *times = 0;
    copy = malloc(strlen(text) + 1);
    assert_non_null(copy);
    strcpy(copy, text);
    lq_text_free(m.context, text);
    done(&m);
    return copy;
}

static void same_bits_everywhere(void **state)
{
    (void)state;
    const lq_context_options one = {.struct_size = sizeof one, .thread_count = 1},
                             many = {.struct_size = sizeof many, .thread_count = 7},
                             plain = {.struct_size = sizeof plain, .isa_mask = LQ_ISA_SCALAR};
    char *first = json_of(&one), *second = json_of(&many), *third = json_of(&plain);
    assert_string_equal(first, second);
    assert_string_equal(first, third);
    free(first);
    free(second);
    free(third);
}

/* ---- what materials say ---- */

typedef struct priced {
    measured m;
    lq_book *book;
    lq_quote *quote;
} priced;

static priced price_in(solid_soup soup, char *book_text, const lq_analyse_options *how)
{
    priced p = {.m = measure_with(soup, how, NULL)};
    assert_non_null(book_text);
    assert_int_equal(lq_book_read(p.m.context, book_text, strlen(book_text), &p.book), LQ_OK);
    free(book_text);
    assert_int_equal(lq_quote_make(p.m.context, p.m.report, p.book, NULL, &p.quote), LQ_OK);
    return p;
}

static priced price(solid_soup soup) { return price_in(soup, price_book_text(), NULL); }

static void end(priced *p)
{
    lq_quote_destroy(p->quote);
    lq_book_destroy(p->book);
    done(&p->m);
}

static lq_option option_of(const priced *p, const char *material)
{
    lq_option option;
    for (size_t i = 0; lq_quote_option(p->quote, i, &option) == LQ_OK; i++)
        if (strcmp(option.material_id, material) == 0) return option;
    fail_msg("no option for %s", material);
    return option;
}

static bool has_issue(const priced *p, const char *material, const char *code, lq_diagnostic *issue)
{
    lq_option option;
    for (size_t i = 0; lq_quote_option(p->quote, i, &option) == LQ_OK; i++) {
        if (strcmp(option.material_id, material) != 0) continue;
        for (size_t k = 0; lq_quote_option_issue(p->quote, i, k, issue) == LQ_OK; k++)
            if (strcmp(issue->code, code) == 0) return true;
    }
    return false;
}

static void thin_walls_block(void **state)
{
    (void)state;
    lq_diagnostic issue;
    priced p = price(standing_plate(0.3));
    assert_int_equal(option_of(&p, "mat_pla").status, LQ_OPTION_NOT_PRINTABLE);
    assert_true(has_issue(&p, "mat_pla", "wall_too_thin", &issue));
    assert_int_equal(issue.severity, LQ_SEVERITY_BLOCKER);
    CHECK_NEAR("plate", issue.measure_value, 0.3, 0.003, "measure");
    CHECK_NEAR("plate", issue.threshold, 0.8, 0, "threshold");
    assert_string_equal(issue.measure_name, "thickness_mm");
    assert_string_equal(issue.process, "fdm");
    assert_non_null(strstr(issue.source, "price book"));
    assert_true(issue.point_mm[1] > -0.01 && issue.point_mm[1] < 0.31);
    assert_true(issue.triangle >= 0 && issue.triangle < 12);
    end(&p);
}

static void what_only_warns_is_priced(void **state)
{
    (void)state;
    lq_diagnostic issue;
    priced p = price(standing_plate(0.7));
    lq_option option = option_of(&p, "mat_pla");
    assert_int_equal(option.status, LQ_OPTION_PRINTABLE);
    assert_true(option.price.line_minor > 0);
    assert_true(has_issue(&p, "mat_pla", "wall_thin", &issue));
    end(&p);
    p = price(standing_plate(0.8)); /* exactly what is asked for */
    assert_false(has_issue(&p, "mat_pla", "wall_thin", &issue));
    end(&p);
    p = price_in(standing_plate(0.7),
                 price_book_changed("'review_on': ['volume_uncertain']", "'review_on': ['wall_thin']"), NULL);
    assert_int_equal(option_of(&p, "mat_pla").status, LQ_OPTION_NEEDS_REVIEW);
    end(&p);
}

static void hollows_stop_powder(void **state)
{
    (void)state;
    lq_diagnostic issue;
    priced p = price(solid_nested(30, 10));
    assert_int_equal(option_of(&p, "mat_pla").status, LQ_OPTION_PRINTABLE);
    assert_int_equal(option_of(&p, "mat_pa12").status, LQ_OPTION_NOT_PRINTABLE);
    assert_true(has_issue(&p, "mat_pa12", "enclosed_void", &issue));
    assert_string_equal(issue.process, "sls");
    CHECK_INT("nested", issue.count, 1, "count");
    end(&p);
}

static void books_choose_profiles(void **state)
{
    (void)state;
    lq_diagnostic issue;
    priced p = price_in(
        solid_nested(30, 10),
        price_book_changed("'sls': {'kind': 'powder', ", "'sls': {'kind': 'powder', 'profile': 'mjf', "), NULL);
    assert_true(has_issue(&p, "mat_pa12", "enclosed_void", &issue));
    assert_string_equal(issue.process, "mjf");
    char *text = price_book_changed("'sls': {'kind': 'powder', ", "'sls': {'kind': 'powder', 'profile': 'clay', ");
    lq_book *book;
    assert_int_equal(lq_book_read(p.m.context, text, strlen(text), &book), LQ_ERR_INPUT);
    assert_string_equal(lq_context_error(p.m.context)->part, "processes.sls.profile");
    free(text);
    text = price_book_changed("'id': 'mat_pa12', ", "'id': 'mat_pa12', 'profile': 'clay', ");
    assert_int_equal(lq_book_read(p.m.context, text, strlen(text), &book), LQ_ERR_INPUT);
    assert_non_null(strstr(lq_context_error(p.m.context)->part, ".profile"));
    free(text);
    end(&p);
}

/* Resin supports are solid and must be taken off. */
static void prices_hold_supports(void **state)
{
    (void)state;
    lq_diagnostic issue;
    const lq_analyse_options without = {.struct_size = sizeof without, .no_printability = 1};
    priced bare = price_in(table(), price_book_text(), &without), full = price(table());
    lq_price_result a = option_of(&bare, "mat_resin").price, b = option_of(&full, "mat_resin").price;
    CHECK_NEAR("table", (double)(b.material_mm3 - a.material_mm3), 30000, 300, "support");
    assert_true(b.labour_minor > a.labour_minor && b.line_minor > a.line_minor);
    assert_true(has_issue(&bare, "mat_resin", "support_not_measured", &issue));
    assert_false(has_issue(&full, "mat_resin", "support_not_measured", &issue));
    assert_true(has_issue(&full, "mat_resin", "overhang_needs_support", &issue));
    assert_int_equal(issue.severity, LQ_SEVERITY_INFO);
    CHECK_INT("powder", option_of(&full, "mat_pa12").price.line_minor, option_of(&bare, "mat_pa12").price.line_minor,
              "price");
    end(&bare);
    end(&full);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plates_at_any_angle),
        cmocka_unit_test(supports_of_a_table),
        cmocka_unit_test(hollows),
        cmocka_unit_test(gaps),
        cmocka_unit_test(left_out),
        cmocka_unit_test(columns_are_bounded),
        cmocka_unit_test(columns_do_not_move_the_truth),
        cmocka_unit_test(same_bits_everywhere),
        cmocka_unit_test(thin_walls_block),
        cmocka_unit_test(what_only_warns_is_priced),
        cmocka_unit_test(hollows_stop_powder),
        cmocka_unit_test(books_choose_profiles),
        cmocka_unit_test(prices_hold_supports),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
