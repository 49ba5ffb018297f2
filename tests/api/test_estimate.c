/* Filament, time and money through the public header: bodies whose walls and layers can be counted by hand, and laws
 * that hold for every part and profile. */
#include <stdlib.h>

#include "tests/support/check.h"

#include "corpus/solids.h"
#include "corpus/stl_text.h"
#include "libquote.h"
#include "tests/support/lend.h"

/* Two walls of 0.45 mm, layers of 0.2 mm: a bead is 0.2 * (0.45 - 0.2 * (1 - pi/4)) = 0.081416 mm2. */
static const char plain_profile[] =
    "gcode_flavor = marlin2\nnozzle_diameter = 0.4\nfilament_diameter = 1.75\nfilament_density = 1.24\n"
    "layer_height = 0.2\nfirst_layer_height = 0.2\nextrusion_width = 0.45\nfirst_layer_extrusion_width = 0.45\n"
    "perimeters = 2\ntop_solid_layers = 5\nbottom_solid_layers = 4\nfill_density = 20%\nfill_pattern = grid\n"
    "thick_bridges = 0\nsolid_infill_below_area = 0\nensure_vertical_shell_thickness = 1\nskirts = 0\n"
    "perimeter_speed = 45\nexternal_perimeter_speed = 25\ninfill_speed = 80\nsolid_infill_speed = 80\n"
    "travel_speed = 180\ndefault_acceleration = 1000\ncooling = 1\nslowdown_below_layer_time = 10\n";
#define BEAD_MM2 0.081416

typedef struct made {
    lq_context *context;
    lq_part *part;
    lq_report *report;
} made;

static made make_with(solid_soup soup, const lq_context_options *options)
{
    made m = {0};
    lq_source source;
    lq_model *model;
    stl_bytes bytes = stl_write_binary(&soup, NULL);
    solid_free(&soup);
    assert_int_equal(lq_context_create(options, &m.context), LQ_OK);
    lq_source_memory(bytes.data, bytes.size, "part.stl", &source);
    assert_int_equal(lq_model_open(m.context, &source, NULL, &model), LQ_OK);
    assert_int_equal(lq_part_read(model, NULL, &m.part), LQ_OK);
    lq_model_close(model);
    stl_bytes_free(&bytes);
    assert_int_equal(lq_part_analyse(m.context, m.part, NULL, &m.report), LQ_OK);
    return m;
}

static made make(solid_soup soup) { return make_with(soup, NULL); }

static void end(made *m)
{
    lq_report_destroy(m->report);
    lq_part_destroy(m->part);
    assert_int_equal(lq_context_memory_held(m->context), 0);
    lq_context_destroy(m->context);
}

/* The plain profile with some settings changed: "key=value;key=value". */
static lq_profile *profile(lq_context *context, const char *settings)
{
    lq_profile *read;
    char text[512];
    assert_int_equal(lq_profile_create(context, &read), LQ_OK);
    assert_int_equal(lq_profile_read(read, plain_profile, sizeof plain_profile - 1, "plain.ini"), LQ_OK);
    snprintf(text, sizeof text, "%s", settings);
    for (char *key = strtok(text, ";"); key; key = strtok(NULL, ";")) {
        char *value = strchr(key, '=');
        *value++ = 0;
        assert_int_equal(lq_profile_set(read, key, value), LQ_OK);
    }
    return read;
}

static lq_estimate *estimate(const made *m, const char *settings)
{
    lq_profile *used = profile(m->context, settings);
    lq_estimate *estimated;
    lq_status status = lq_part_estimate(m->context, m->part, m->report, used, &estimated);
    CHECK(status == LQ_OK, "%s: %s", settings, lq_context_error(m->context)->message);
    lq_profile_destroy(used);
    return estimated;
}

static lq_estimate_facts facts(const made *m, const char *settings)
{
    lq_estimate *estimated = estimate(m, settings);
    lq_estimate_facts f = *lq_estimate_facts_of(estimated);
    lq_estimate_destroy(estimated);
    return f;
}

static void check_laws(const char *name, const lq_estimate_facts *f)
{
    double volume = 0, time = 0;
    for (int i = 0; i < LQ_FEATURE_COUNT; i++) {
        CHECK(f->feature_mm3[i] >= 0 && f->feature_s[i] >= 0, "%s: %s is below zero", name,
              lq_feature_name((lq_feature)i));
        volume += f->feature_mm3[i];
        time += f->feature_s[i];
    }
    CHECK_NEAR(name, volume, f->filament_mm3, 1e-9 * f->filament_mm3, "the sum of features");
    CHECK_NEAR(name, time, f->time_s, 1e-9 * f->time_s, "the sum of times");
    CHECK(f->filament_low_mm3 <= f->filament_mm3 && f->filament_mm3 <= f->filament_high_mm3, "%s: filament range",
          name);
    CHECK(f->time_low_s <= f->time_s && f->time_s <= f->time_high_s, "%s: time range", name);
    CHECK_NEAR(name, f->filament_mm * 3.14159265358979 / 4 * 1.75 * 1.75, f->filament_mm3, 1e-6 * f->filament_mm3,
               "the length");
    CHECK_NEAR(name, f->filament_g, f->filament_mm3 * 1.24e-3, 1e-9 * f->filament_g, "the mass");
}

/* ---- bodies by hand ---- */

static void one_wall_of_a_cube(void **state)
{
    (void)state;
    made m = make(solid_cube(20));
    lq_estimate_facts f = facts(&m, "perimeters=1;top_solid_layers=0;bottom_solid_layers=0;fill_density=0%");
    check_laws("one wall", &f);
    CHECK_INT("one wall", f.layer_count, 100, "layers");
    CHECK_NEAR("one wall", f.filament_mm3, 100 * 4 * (20 - 0.45) * BEAD_MM2, 0.1 * f.filament_mm3, "filament");
    end(&m);
}

static void a_cube_all_solid(void **state)
{
    (void)state;
    made m = make(solid_cube(20));
    lq_estimate_facts f = facts(&m, "fill_density=100%;fill_pattern=rectilinear");
    check_laws("solid", &f);
    CHECK_NEAR("solid", f.filament_mm3, 8000, 0.03 * 8000, "filament");
    end(&m);
}

/* Nine layers are solid, the others have walls of 0.86 mm and infill of a fifth. */
static void a_plain_cube(void **state)
{
    (void)state;
    made m = make(solid_cube(20));
    lq_estimate_facts f = facts(&m, "");
    double inside = (20 - 2 * 0.857) * (20 - 2 * 0.857);
    double expected = 8000 * 0.09 + 18.2 * (400 - inside + 0.2 * inside);
    check_laws("cube", &f);
    CHECK_NEAR("cube", f.filament_mm3, expected, 0.06 * expected, "filament");
    CHECK(f.time_s >= 100 * 9, "a layer of less than ten seconds is slowed down, and all are small: %g s", f.time_s);
    CHECK(f.feature_mm3[LQ_FEATURE_SUPPORT] == 0, "a cube needs no support");
    end(&m);
}

static void layers_are_counted(void **state)
{
    (void)state;
    static const struct {
        const char *settings;
        uint64_t layers;
    } cases[] = {
        {"", 100}, {"layer_height=0.1;first_layer_height=0.2", 199}, {"layer_height=0.25;first_layer_height=0.25", 80}};
    made m = make(solid_cube(20));
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        lq_estimate_facts f = facts(&m, cases[i].settings);
        check_laws(cases[i].settings, &f);
        CHECK_INT(cases[i].settings, f.layer_count, cases[i].layers, "layers");
    }
    end(&m);
}

/* ---- laws ---- */

static void more_is_more(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {{"fill_density=10%", "fill_density=40%"},
                                           {"perimeters=2", "perimeters=4"},
                                           {"top_solid_layers=2", "top_solid_layers=8"},
                                           {"extrusion_multiplier=1", "extrusion_multiplier=1.1"}};
    made m = make(solid_sphere(15, 12));
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        lq_estimate_facts less = facts(&m, pairs[i][0]), more = facts(&m, pairs[i][1]);
        check_laws(pairs[i][1], &more);
        CHECK(less.filament_mm3 < more.filament_mm3, "%s takes less than %s", pairs[i][1], pairs[i][0]);
    }
    lq_estimate_facts slow = facts(&m, "cooling=0;perimeter_speed=20;external_perimeter_speed=10"),
                      fast = facts(&m, "cooling=0");
    CHECK(fast.time_s < slow.time_s, "slow walls take less time");
    CHECK_NEAR("speed", fast.filament_mm3, slow.filament_mm3, 1e-9 * slow.filament_mm3, "filament");
    end(&m);
}

static void same_bits(void **state)
{
    (void)state;
    static const lq_context_options ways[] = {
        {.thread_count = 1}, {.thread_count = 3}, {.thread_count = 2, .isa_mask = LQ_ISA_SCALAR}};
    lq_estimate_facts first = {0};
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        lq_context_options options = ways[i];
        options.struct_size = sizeof options;
        made m = make_with(solid_torus(20, 7, 60, 30), &options);
        lq_estimate_facts f = facts(&m, "support_material=1");
        check_laws("torus", &f);
        if (i)
            CHECK(memcmp(&f, &first, sizeof f) == 0, "way %zu gives other bits: %.17g and %.17g mm3", i, f.filament_mm3,
                  first.filament_mm3);
        first = f;
        end(&m);
    }
}

/* ---- flags ---- */

static int has_flag(const lq_estimate *estimated, const char *code)
{
    lq_diagnostic flag;
    for (size_t i = 0; i < lq_estimate_flag_count(estimated); i++)
        if (lq_estimate_flag(estimated, i, &flag) == LQ_OK && strcmp(flag.code, code) == 0) return 1;
    return 0;
}

static double width_of(const lq_estimate *estimated)
{
    const lq_estimate_facts *f = lq_estimate_facts_of(estimated);
    return (f->filament_high_mm3 - f->filament_low_mm3) / f->filament_mm3;
}

static void damage_widens_the_range(void **state)
{
    (void)state;
    solid_soup open = solid_cube(20);
    open.count -= 1;
    made sound = make(solid_cube(20)), broken = make(open);
    lq_estimate *a = estimate(&sound, ""), *b = estimate(&broken, "");
    CHECK_INT("sound", lq_estimate_flag_count(a), 0, "flags");
    CHECK(has_flag(b, "open_edges") || has_flag(b, "boundary_loops"), "an open cube has no flag");
    CHECK(width_of(b) > width_of(a), "the range of an open cube is no wider");
    CHECK_NEAR("closed by repair", lq_estimate_facts_of(b)->filament_mm3, lq_estimate_facts_of(a)->filament_mm3,
               0.01 * lq_estimate_facts_of(a)->filament_mm3, "filament");
    lq_estimate_destroy(a);
    lq_estimate_destroy(b);
    end(&sound);
    end(&broken);
}

static void inside_out_is_turned(void **state)
{
    (void)state;
    solid_soup turned = solid_cube(20);
    solid_invert(&turned);
    made sound = make(solid_cube(20)), inverted = make(turned);
    lq_estimate_facts a = facts(&sound, ""), b = facts(&inverted, "");
    CHECK_NEAR("inside out", b.filament_mm3, a.filament_mm3, 1e-6 * a.filament_mm3, "filament");
    end(&sound);
    end(&inverted);
}

static void flags_of_the_profile(void **state)
{
    (void)state;
    made m = make(solid_cube(20));
    lq_estimate *estimated = estimate(&m, "raft_layers=3;nozzle_diameter=0.6");
    CHECK(has_flag(estimated, "raft") && has_flag(estimated, "nozzle_not_fitted"), "flags of the profile are missing");
    lq_estimate_destroy(estimated);
    end(&m);
}

static void refusals(void **state)
{
    (void)state;
    made m = make(solid_cube(20));
    lq_profile *used = profile(m.context, "perimeters=many");
    lq_estimate *estimated;
    assert_int_equal(lq_part_estimate(m.context, m.part, m.report, used, &estimated), LQ_ERR_INPUT);
    assert_string_equal(lq_context_error(m.context)->code, "profile_invalid");
    assert_string_equal(lq_context_error(m.context)->part, "perimeters");
    assert_null(estimated);
    assert_int_equal(lq_part_estimate(m.context, m.part, NULL, used, &estimated), LQ_ERR_ARGUMENT);
    lq_profile_destroy(used);
    end(&m);
}

static void json(void **state)
{
    (void)state;
    static const char *const words[] = {"\"schema\":\"libquote.estimate/1\"",
                                        "\"profile\":[\"plain.ini\"]",
                                        "\"layers\":100",
                                        "\"name\":\"part.stl\"",
                                        "\"filament_mm3\":[",
                                        "\"external_perimeter\":{\"volume_mm3\":",
                                        "\"travel\":{\"time_s\":",
                                        "\"retract\":{\"time_s\":",
                                        "\"flags\":[",
                                        "\"ignored_keys\":[\"wipe\"]"};
    made m = make(solid_cube(20));
    lq_estimate *estimated = estimate(&m, "wipe=1");
    char *text;
    assert_int_equal(lq_estimate_json(m.context, estimated, &text, NULL), LQ_OK);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        CHECK(strstr(text, words[i]), "%s is not in %s", words[i], text);
    lq_text_free(m.context, text);
    lq_estimate_destroy(estimated);
    end(&m);
}

/* ---- money ---- */

static lq_option option_of(const made *m, const lq_book *book, lq_quote_request request, lq_quote **quote)
{
    lq_option option;
    static const char *const pla[] = {"mat_pla"};
    request.struct_size = sizeof request;
    request.material_ids = pla;
    request.material_count = 1;
    assert_int_equal(lq_quote_make(m->context, m->report, book, &request, quote), LQ_OK);
    assert_int_equal(lq_quote_option(*quote, 0, &option), LQ_OK);
    return option;
}

static int64_t sum_of(const lq_price_result *p)
{
    return p->materials_minor + p->machine_minor + p->labour_minor + p->finishing_minor + p->overhead_minor +
           p->markup_minor + p->priority_minor + p->discount_minor + p->setup_minor + p->hardware_minor +
           p->revenue_share_minor + p->adjustment_minor;
}

static void price_of_an_estimate(void **state)
{
    (void)state;
    made m = make(solid_cube(20));
    lq_book *book;
    lq_estimates *estimates;
    lq_quote *by_formula, *by_estimate;
    assert_int_equal(lq_book_default(m.context, &book), LQ_OK);
    assert_int_equal(lq_estimates_make(m.context, m.part, m.report, book, NULL, &estimates), LQ_OK);
    lq_option plain = option_of(&m, book, (lq_quote_request){0}, &by_formula);
    lq_option real = option_of(&m, book, (lq_quote_request){.estimates = estimates}, &by_estimate);
    assert_null(plain.estimated);
    CHECK_INT("formula", plain.price.material_mm3, 3904, "material");
    assert_non_null(real.estimated);
    CHECK_INT("estimate", real.price.material_mm3, (int64_t)(real.estimated->filament_mm3 + 0.5), "material");
    CHECK_INT("estimate", real.price.time_ms, (int64_t)(real.estimated->time_s * 1000 + 0.5), "time");
    CHECK_NEAR("estimate", real.price.mass_mg, real.estimated->filament_mm3 * 1.24 * 1.05, 2, "mass with waste");
    CHECK_INT("estimate", sum_of(&real.price), real.price.line_minor, "the breakdown");
    lq_quote_destroy(by_formula);
    lq_quote_destroy(by_estimate);

    char *text;
    lq_quote_request all = {.struct_size = sizeof all, .estimates = estimates};
    assert_int_equal(lq_quote_make(m.context, m.report, book, &all, &by_estimate), LQ_OK);
    assert_int_equal(lq_quote_json(m.context, by_estimate, &text, NULL), LQ_OK);
    assert_non_null(strstr(text, "\"estimate\":{\"layers\":100,\"range90\":{"));
    assert_non_null(strstr(text, "\"estimate\":null"));
    lq_text_free(m.context, text);
    lq_quote_destroy(by_estimate);
    lq_estimates_destroy(estimates);
    lq_book_destroy(book);
    end(&m);
}

static void unit_prices_never_rise(void **state)
{
    (void)state;
    static const uint32_t quantities[] = {1, 2, 3, 9, 10, 49, 50, 99, 100, 1000};
    enum { COUNT = sizeof quantities / sizeof quantities[0] };
    made m = make(solid_torus(15, 5, 40, 20));
    lq_book *book;
    lq_estimates *estimates;
    lq_quote *quote;
    lq_option option;
    assert_int_equal(lq_book_default(m.context, &book), LQ_OK);
    assert_int_equal(lq_estimates_make(m.context, m.part, m.report, book, NULL, &estimates), LQ_OK);
    lq_quote_request request = {
        .struct_size = sizeof request, .quantities = quantities, .quantity_count = COUNT, .estimates = estimates};
    assert_int_equal(lq_quote_make(m.context, m.report, book, &request, &quote), LQ_OK);
    int64_t before = 0;
    for (size_t i = 0; i < lq_quote_option_count(quote); i++) {
        assert_int_equal(lq_quote_option(quote, i, &option), LQ_OK);
        CHECK_INT(option.material_id, sum_of(&option.price), option.price.line_minor, "the breakdown");
        if (i % COUNT)
            CHECK(option.price.unit_minor <= before, "%s: %u cost more each", option.material_id, option.quantity);
        before = option.price.unit_minor;
    }
    lq_quote_destroy(quote);
    lq_estimates_destroy(estimates);
    lq_book_destroy(book);
    end(&m);
}

/* Materials share what they can; each has the estimate that it would have alone. */
static void materials_do_not_mix(void **state)
{
    (void)state;
    made m = make(solid_torus(15, 5, 40, 20));
    lq_book *book;
    lq_estimates *all, *alone;
    lq_quote *together, *single;
    assert_int_equal(lq_book_default(m.context, &book), LQ_OK);
    assert_int_equal(lq_estimates_make(m.context, m.part, m.report, book, NULL, &all), LQ_OK);
    lq_quote_request request = {.struct_size = sizeof request, .estimates = all};
    assert_int_equal(lq_quote_make(m.context, m.report, book, &request, &together), LQ_OK);
    for (size_t i = 0; i < lq_quote_option_count(together); i++) {
        lq_option a, b;
        assert_int_equal(lq_quote_option(together, i, &a), LQ_OK);
        lq_quote_request one = {.struct_size = sizeof one, .material_ids = &a.material_id, .material_count = 1};
        assert_int_equal(lq_estimates_make(m.context, m.part, m.report, book, &one, &alone), LQ_OK);
        one.estimates = alone;
        assert_int_equal(lq_quote_make(m.context, m.report, book, &one, &single), LQ_OK);
        assert_int_equal(lq_quote_option(single, 0, &b), LQ_OK);
        CHECK_INT(a.material_id, b.price.line_minor, a.price.line_minor, "the price");
        if (a.estimated) CHECK(memcmp(a.estimated, b.estimated, sizeof *a.estimated) == 0, "%s alone", a.material_id);
        lq_quote_destroy(single);
        lq_estimates_destroy(alone);
    }
    lq_quote_destroy(together);
    lq_estimates_destroy(all);
    lq_book_destroy(book);
    end(&m);
}

/* What the request asks for is what is estimated. */
static void wishes(void **state)
{
    (void)state;
    made m = make(solid_cube(20));
    lq_book *book, *other;
    lq_estimates *estimates;
    lq_quote *quote;
    assert_int_equal(lq_book_default(m.context, &book), LQ_OK);
    lq_quote_request request = {
        .struct_size = sizeof request,
        .common = {.struct_size = sizeof request.common, .layer_um = 100, .infill_percent = 50}};
    assert_int_equal(lq_estimates_make(m.context, m.part, m.report, book, &request, &estimates), LQ_OK);
    request.estimates = estimates;
    lq_option option = option_of(&m, book, request, &quote);
    assert_non_null(option.estimated);
    CHECK_INT("wishes", option.estimated->layer_count, 199, "layers of 0.1 mm, the first of 0.2");
    lq_quote_destroy(quote);
    option = option_of(&m, book, (lq_quote_request){.estimates = estimates}, &quote);
    assert_null(option.estimated); /* 20 % in 0.2 mm were not asked for */
    lq_diagnostic issue;
    int told = 0;
    for (size_t i = 0; i < option.issue_count; i++)
        told |= lq_quote_option_issue(quote, 0, i, &issue) == LQ_OK && strcmp(issue.code, "not_estimated") == 0;
    assert_true(told);
    lq_quote_destroy(quote);
    assert_int_equal(lq_book_default(m.context, &other), LQ_OK);
    assert_int_equal(lq_quote_make(m.context, m.report, other, &request, &quote), LQ_ERR_ARGUMENT);
    lq_book_destroy(other);
    lq_estimates_destroy(estimates);
    lq_book_destroy(book);
    end(&m);
}

/* A rod of 300 mm stands on its end in a machine that is 250 mm wide and 400 mm high: then it is layered that way. */
static void turned_parts(void **state)
{
    (void)state;
    made m = make(solid_box(230, 12, 10));
    lq_book *book;
    lq_estimates *estimates;
    lq_quote *quote;
    char *text;
    lq_profile *used = profile(m.context, "");
    assert_int_equal(lq_book_import(m.context, NULL, 0, NULL, used, &text, NULL), LQ_OK);
    char *limit = strstr(text, "\"max_mm\""), *first = limit ? strstr(limit, "250") : NULL;
    assert_non_null(first);
    memcpy(first, "150", 3);
    limit = strstr(first, "210");
    limit = strstr(limit + 3, "210");
    memcpy(limit, "240", 3);
    limit = strstr(first, "210");
    memcpy(limit, "150", 3);
    assert_int_equal(lq_book_read(m.context, text, strlen(text), &book), LQ_OK);
    assert_int_equal(lq_estimates_make(m.context, m.part, m.report, book, NULL, &estimates), LQ_OK);
    lq_option option = option_of(&m, book, (lq_quote_request){.estimates = estimates}, &quote);
    assert_non_null(option.estimated);
    CHECK_INT("rod", option.estimated->layer_count, 1150, "layers of the standing rod");
    lq_quote_destroy(quote);
    lq_estimates_destroy(estimates);
    lq_book_destroy(book);
    lq_text_free(m.context, text);
    lq_profile_destroy(used);
    end(&m);
}

/* Profile, estimate, book and prices on the way from a part to JSON. */
static lq_status whole_way(const made *m)
{
    lq_profile *used = NULL;
    lq_estimate *estimated = NULL;
    lq_book *book = NULL;
    lq_estimates *estimates = NULL;
    char *shop = NULL, *text = NULL;
    size_t size = 0;
    lq_status status = lq_profile_create(m->context, &used);
    if (status == LQ_OK) status = lq_profile_read(used, plain_profile, sizeof plain_profile - 1, "plain.ini");
    if (status == LQ_OK) status = lq_profile_set(used, "layer_height", "0.3");
    if (status == LQ_OK) status = lq_part_estimate(m->context, m->part, m->report, used, &estimated);
    if (status == LQ_OK) status = lq_estimate_json(m->context, estimated, &text, NULL);
    if (status == LQ_OK) status = lq_book_import(m->context, NULL, 0, NULL, used, &shop, &size);
    if (status == LQ_OK) status = lq_book_read(m->context, shop, size, &book);
    if (status == LQ_OK) status = lq_estimates_make(m->context, m->part, m->report, book, NULL, &estimates);
    lq_text_free(m->context, text);
    lq_text_free(m->context, shop);
    lq_estimates_destroy(estimates);
    lq_book_destroy(book);
    lq_estimate_destroy(estimated);
    lq_profile_destroy(used);
    return status;
}

/* The book has hundreds of texts that are all kept alike: steps grow. */
static void nth_allocation_fails(void **state)
{
    (void)state;
    lend_allocator memory = {.forever = 1};
    lq_allocator allocator = lend_allocator_of(&memory);
    lq_context_options options = {.struct_size = sizeof options, .allocator = &allocator};
    solid_soup flat = solid_box(6, 6, 1.2);
    made m = make_with(flat, &options);
    uint64_t held = lq_context_memory_held(m.context), n = 1;
    for (; n < 100000; n += 1 + n / 100) {
        memory.fail_at = memory.calls + n;
        lq_status status = whole_way(&m);
        CHECK(status == LQ_OK || status == LQ_ERR_MEMORY, "allocation %llu: %s", (unsigned long long)n,
              lq_context_error(m.context)->message);
        CHECK_INT("held", lq_context_memory_held(m.context), held, "memory");
        if (status == LQ_OK) break;
    }
    memory.fail_at = 0;
    CHECK(n > 50 && n < 100000, "only %llu allocations", (unsigned long long)n);
    end(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_wall_of_a_cube),
        cmocka_unit_test(a_cube_all_solid),
        cmocka_unit_test(a_plain_cube),
        cmocka_unit_test(layers_are_counted),
        cmocka_unit_test(more_is_more),
        cmocka_unit_test(same_bits),
        cmocka_unit_test(damage_widens_the_range),
        cmocka_unit_test(inside_out_is_turned),
        cmocka_unit_test(flags_of_the_profile),
        cmocka_unit_test(refusals),
        cmocka_unit_test(json),
        cmocka_unit_test(price_of_an_estimate),
        cmocka_unit_test(unit_prices_never_rise),
        cmocka_unit_test(materials_do_not_mix),
        cmocka_unit_test(wishes),
        cmocka_unit_test(turned_parts),
        cmocka_unit_test(nth_allocation_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
