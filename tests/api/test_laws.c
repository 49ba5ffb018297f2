/* Laws of prices, over random books, random parts and what machines make of them. */
#include <stdlib.h>

#include <jansson.h>

#include "tests/support/check.h"

#include "corpus/solids.h"
#include "corpus/stl_text.h"
#include "libquote.h"

enum { BOOKS = 250, CASES_OF_BOOK = 50, PARTS = 16, WAYS = 4 };

static uint64_t random_below(uint64_t *seed, uint64_t bound)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return (*seed >> 11) % bound;
}

/* Small ones as often as large ones. */
static double random_size(uint64_t *seed, double largest)
{
    double size = largest * (double)(1 + random_below(seed, 999)) / 1000;
    for (uint64_t k = random_below(seed, 8); k-- > 0;) size /= 3;
    return size;
}

/* ---- random books ---- */

static const struct {
    const char *key;
    int low, high; /* of whole numbers */
} numbers[] = {{"priority_ppm", 0, 2000000}, {"overhead_ppm", 0, 900000},    {"markup_ppm", 0, 3000000},
               {"waste_ppm", 0, 900000},     {"handling_ms", 0, 3600000},    {"layer_ms", 0, 60000},
               {"plate_ms", 0, 7200000},     {"shell_um", 0, 5000},          {"density_mg_cm3", 500, 9000},
               {"base_days", 0, 20},         {"buffer_days", 0, 9},          {"priority_days", 0, 9},
               {"gap_um", 0, 9000},          {"max_quantity", 3000, 100000}, {"support_density_pct", 1, 100}};

static const char *const amounts[] = {
    "price_per_kg",     "setup",   "min_unit_price",  "min_line_price",          "per_part", "machine_per_hour",
    "envelope_per_cm3", "per_cm2", "labour_per_hour", "support_removal_per_cm2", "surcharge"};

static json_t *random_amount(uint64_t *seed)
{
    char text[32];
    static const int whole[] = {1, 10, 100, 1000};
    snprintf(text, sizeof text, "%d.%03d", (int)random_below(seed, (uint64_t)whole[random_below(seed, 4)]),
             (int)random_below(seed, 1000));
    return json_string(text);
}

/* Quantities rise, discounts do not fall; a tier may be far away. */
static json_t *random_tiers(uint64_t *seed)
{
    json_t *list = json_array();
    json_int_t quantity = 1, discount = (json_int_t)random_below(seed, 100000);
    for (uint64_t left = 1 + random_below(seed, 6); left-- > 0;) {
        json_array_append_new(list, json_pack("{sIsI}", "min_qty", quantity, "discount_ppm", discount));
        quantity += 1 + (json_int_t)random_below(seed, 200);
        discount += (json_int_t)random_below(seed, 150000);
    }
    return list;
}

static json_t *random_value(const char *key, uint64_t *seed)
{
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (strcmp(key, numbers[i].key) == 0)
            return json_integer(numbers[i].low +
                                (json_int_t)random_below(seed, (uint64_t)(numbers[i].high - numbers[i].low + 1)));
    for (size_t i = 0; i < sizeof amounts / sizeof *amounts; i++)
        if (strcmp(key, amounts[i]) == 0) return random_amount(seed);
    return strcmp(key, "tiers") == 0 ? random_tiers(seed) : NULL;
}

static void randomise(json_t *value, uint64_t *seed)
{
    const char *key;
    json_t *member;
    void *next;
    size_t index;
    json_object_foreach_safe(value, next, key, member)
    {
        json_t *other = random_value(key, seed);
        if (other)
            json_object_set_new(value, key, other);
        else
            randomise(member, seed);
    }
    json_array_foreach(value, index, member) randomise(member, seed);
}

/* The book that ships with the library, as text. */
static json_t *shipped_book(void)
{
    lq_context *context;
    lq_profile *nothing;
    char *text;
    size_t size;
    assert_int_equal(lq_context_create(NULL, &context), LQ_OK);
    assert_int_equal(lq_profile_create(context, &nothing), LQ_OK);
    assert_int_equal(lq_book_import(context, NULL, 0, NULL, nothing, &text, &size), LQ_OK);
    json_t *book = json_loadb(text, size, 0, NULL);
    assert_non_null(book);
    lq_text_free(context, text);
    lq_profile_destroy(nothing);
    lq_context_destroy(context);
    return book;
}

static lq_book *read_book(lq_context *context, const json_t *json)
{
    lq_book *book;
    char *text = json_dumps(json, JSON_COMPACT);
    lq_status status = lq_book_read(context, text, strlen(text), &book);
    CHECK(status == LQ_OK, "%s", lq_context_error(context)->message);
    free(text);
    return book;
}

static lq_book *random_book(lq_context *context, const json_t *shipped, uint64_t *seed)
{
    json_t *json = json_deep_copy(shipped);
    randomise(json, seed);
    lq_book *book = read_book(context, json);
    json_decref(json);
    return book;
}

/* ---- laws ---- */

static void check_sums(const char *name, const lq_price_result *r)
{
    CHECK_INT(name,
              r->materials_minor + r->machine_minor + r->labour_minor + r->finishing_minor + r->overhead_minor +
                  r->markup_minor + r->priority_minor + r->discount_minor + r->setup_minor + r->hardware_minor +
                  r->revenue_share_minor + r->adjustment_minor,
              r->line_minor, "the sum of the breakdown");
    int64_t sum = 0;
    for (int i = 0; i < 8; i++) sum += r->component_micro[i];
    CHECK_INT(name, sum, r->unit_micro, "the sum of components");
}

static void check_more(const char *name, const lq_price_result *few, uint32_t few_count, const lq_price_result *more,
                       uint32_t more_count)
{
    CHECK(more->unit_minor <= few->unit_minor, "%s: %u cost %lld each, %u cost %lld each", name, few_count,
          (long long)few->unit_minor, more_count, (long long)more->unit_minor);
    CHECK((__int128)more->line_minor * few_count <= (__int128)few->line_minor * more_count,
          "%s: with setup %u cost %lld, %u cost %lld", name, few_count, (long long)few->line_minor, more_count,
          (long long)more->line_minor);
}

static void check_faster(const char *name, const lq_price_result *plain, const lq_price_result *priority)
{
    CHECK(priority->unit_minor >= plain->unit_minor && priority->line_minor >= plain->line_minor,
          "%s: priority costs %lld instead of %lld", name, (long long)priority->line_minor,
          (long long)plain->line_minor);
    CHECK(priority->days_min <= plain->days_min && priority->days_max <= plain->days_max, "%s: priority takes longer",
          name);
}

/* ---- the formula ---- */

static lq_measure random_measure(uint64_t *seed)
{
    lq_measure m = {.box_mm = {random_size(seed, 250), random_size(seed, 250), random_size(seed, 250)}};
    double box = m.box_mm[0] * m.box_mm[1] * m.box_mm[2];
    m.volume_mm3 = random_size(seed, box);
    m.area_mm2 = 5 * m.volume_mm3 / (m.box_mm[0] < 1 ? 1 : m.box_mm[0]) + random_size(seed, 1000);
    if (random_below(seed, 2)) {
        m.support_volume_mm3 = random_size(seed, box);
        m.support_contact_mm2 = random_size(seed, m.area_mm2);
    }
    return m;
}

static lq_request random_request(const lq_book *book, uint64_t *seed, lq_material *material)
{
    static const char *const currencies[] = {NULL, "EUR", "JPY", "BHD", "CHF", "HUF"};
    size_t index = (size_t)random_below(seed, lq_book_material_count(book));
    assert_int_equal(lq_book_material(book, index, material), LQ_OK);
    lq_request request = {.struct_size = sizeof request,
                          .material_id = material->id,
                          .currency = currencies[random_below(seed, 6)],
                          .quantity = 1 + (uint32_t)random_below(seed, random_below(seed, 2) ? 20 : 1500)};
    if (random_below(seed, 3) == 0) request.hardware_minor = (int64_t)random_below(seed, 5000);
    if (random_below(seed, 3) == 0) request.revenue_share_minor = (int64_t)random_below(seed, 500);
    if (strcmp(material->kind, "extrusion") == 0) request.infill_percent = 15 + (int32_t)random_below(seed, 86);
    return request;
}

static lq_price_result price(lq_context *context, const lq_book *book, const lq_measure *measure,
                             const lq_request *request)
{
    lq_price_result result;
    lq_status status = lq_price(context, measure, book, request, &result);
    CHECK(status == LQ_OK, "%s: %s", request->material_id, lq_context_error(context)->message);
    check_sums(request->material_id, &result);
    return result;
}

static void prices_of_random_books(void **state)
{
    (void)state;
    uint64_t seed = 0x1A35B00C5u;
    lq_context *context;
    json_t *shipped = shipped_book();
    assert_int_equal(lq_context_create(NULL, &context), LQ_OK);
    for (int b = 0; b < BOOKS; b++) {
        lq_book *book = random_book(context, shipped, &seed);
        for (int i = 0; i < CASES_OF_BOOK; i++) {
            lq_material material;
            lq_measure measure = random_measure(&seed);
            lq_request request = random_request(book, &seed, &material);
            lq_price_result few = price(context, book, &measure, &request);
            request.priority = 1;
            lq_price_result fast = price(context, book, &measure, &request);
            check_faster(request.material_id, &few, &fast);
            uint32_t count = request.quantity;
            request.quantity += 1 + (uint32_t)random_below(&seed, 300);
            lq_price_result more = price(context, book, &measure, &request);
            check_more(request.material_id, &fast, count, &more, request.quantity);
        }
        lq_book_destroy(book);
    }
    json_decref(shipped);
    assert_int_equal(lq_context_memory_held(context), 0);
    lq_context_destroy(context);
}

/* ---- parts, machines and quotes ---- */

typedef struct made {
    lq_context *context;
    lq_part *part;
    lq_report *report;
    lq_book *book;
    lq_estimates *estimates;
} made;

static solid_soup random_solid(uint64_t *seed)
{
    double size = 4 + random_size(seed, 12);
    switch (random_below(seed, 3)) {
    case 0: return solid_cube(size);
    case 1: return solid_sphere(size, 8 + (unsigned)random_below(seed, 8));
    default: return solid_torus(size, size / 3, 16 + (unsigned)random_below(seed, 16), 8);
    }
}

static made make(const stl_bytes *bytes, const json_t *json, const lq_context_options *options)
{
    made m = {0};
    lq_source source;
    lq_model *model;
    assert_int_equal(lq_context_create(options, &m.context), LQ_OK);
    lq_source_memory(bytes->data, bytes->size, "part.stl", &source);
    assert_int_equal(lq_model_open(m.context, &source, NULL, &model), LQ_OK);
    assert_int_equal(lq_part_read(model, NULL, &m.part), LQ_OK);
    lq_model_close(model);
    assert_int_equal(lq_part_analyse(m.context, m.part, NULL, &m.report), LQ_OK);
    m.book = read_book(m.context, json);
    assert_int_equal(lq_estimates_make(m.context, m.part, m.report, m.book, NULL, &m.estimates), LQ_OK);
    return m;
}

static void end(made *m)
{
    lq_estimates_destroy(m->estimates);
    lq_book_destroy(m->book);
    lq_report_destroy(m->report);
    lq_part_destroy(m->part);
    assert_int_equal(lq_context_memory_held(m->context), 0);
    lq_context_destroy(m->context);
}

static const uint32_t quantities[] = {1, 2, 7, 60, 400};
enum { QUANTITIES = sizeof quantities / sizeof *quantities };

static lq_quote *quote(const made *m, int priority)
{
    lq_quote *made_quote;
    lq_quote_request request = {.struct_size = sizeof request,
                                .quantities = quantities,
                                .quantity_count = QUANTITIES,
                                .common = {.struct_size = sizeof request.common, .priority = priority},
                                .estimates = m->estimates};
    assert_int_equal(lq_quote_make(m->context, m->report, m->book, &request, &made_quote), LQ_OK);
    return made_quote;
}

/* All money, times and masses of both quotes, for comparing. Returns how many options were priced by a machine. */
static size_t check_quotes(const made *m, int64_t *sum)
{
    lq_quote *plain = quote(m, 0), *priority = quote(m, 1);
    size_t estimated = 0;
    lq_option before = {0};
    for (size_t i = 0; i < lq_quote_option_count(plain); i++) {
        lq_option a, b;
        assert_int_equal(lq_quote_option(plain, i, &a), LQ_OK);
        assert_int_equal(lq_quote_option(priority, i, &b), LQ_OK);
        if (a.status == LQ_OPTION_NOT_PRINTABLE) continue;
        check_sums(a.material_id, &a.price);
        check_sums(b.material_id, &b.price);
        check_faster(a.material_id, &a.price, &b.price);
        if (before.material_id && strcmp(before.material_id, a.material_id) == 0)
            check_more(a.material_id, &before.price, before.quantity, &a.price, a.quantity);
        before = a;
        estimated += a.estimated != NULL;
        const int64_t told[] = {a.price.line_minor, b.price.line_minor, a.price.unit_micro,  b.price.unit_micro,
                                a.price.mass_mg,    a.price.time_ms,    a.price.material_mm3};
        for (size_t k = 0; k < sizeof told / sizeof *told; k++)
            *sum = (int64_t)((uint64_t)*sum * 0x9E3779B97F4A7C15u + (uint64_t)told[k]);
    }
    lq_quote_destroy(priority);
    lq_quote_destroy(plain);
    return estimated;
}

static void quotes_of_random_parts(void **state)
{
    (void)state;
    static const lq_context_options ways[WAYS] = {{.thread_count = 1},
                                                  {.thread_count = 3},
                                                  {.thread_count = 1, .isa_mask = LQ_ISA_SCALAR},
                                                  {.thread_count = 2, .isa_mask = LQ_ISA_SCALAR | LQ_ISA_AVX2}};
    uint64_t seed = 0xCE275u;
    json_t *shipped = shipped_book();
    for (int p = 0; p < PARTS; p++) {
        json_t *json = json_deep_copy(shipped);
        randomise(json, &seed);
        solid_soup soup = random_solid(&seed);
        stl_bytes bytes = stl_write_binary(&soup, NULL);
        int64_t first = 0;
        for (size_t i = 0; i < WAYS; i++) {
            lq_context_options options = ways[i];
            options.struct_size = sizeof options;
            made m = make(&bytes, json, &options);
            int64_t sum = 0;
            CHECK(check_quotes(&m, &sum) > 0, "part %d: no machine was asked", p);
            if (i) CHECK(sum == first, "part %d: way %zu gives other cents", p, i);
            first = sum;
            end(&m);
        }
        stl_bytes_free(&bytes);
        solid_free(&soup);
        json_decref(json);
    }
    json_decref(shipped);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prices_of_random_books),
        cmocka_unit_test(quotes_of_random_parts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
