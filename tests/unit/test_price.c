/* The formula against prices that were worked out by hand, and its laws over random cases. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "libquote.h"
#include "price/default_book.h"
#include "price/money.h"
#include "tests/support/price_books.h"

/* Without the padding at its end. */
#define RESULT_SIZE (offsetof(lq_price_result, next_break_quantity) + sizeof(uint32_t))

typedef struct fixture {
    lq_context *context;
    lq_book *book;
} fixture;

static int set_up(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    char *text = price_book_text();
    if (!f || !text || lq_context_create(NULL, &f->context) != LQ_OK) return -1;
    lq_status status = lq_book_read(f->context, text, strlen(text), &f->book);
    if (status != LQ_OK) print_error("%s\n", lq_context_error(f->context)->message);
    free(text);
    *state = f;
    return status == LQ_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    lq_book_destroy(f->book);
    uint64_t held = lq_context_memory_held(f->context);
    lq_context_destroy(f->context);
    free(f);
    return held == 0 ? 0 : -1;
}

static const lq_measure cube = {8000, 2400, {20, 20, 20}, 0, 0};
static const lq_measure bracket = {38000, 21500, {80, 50, 30}, 0, 0};
static const lq_measure figure = {4200, 2900, {25, 22, 48}, 600, 180};
static const lq_measure housing = {152340, 61250, {200, 100, 85}, 9400, 3100};

static lq_price_result price(const fixture *f, const lq_measure *measure, lq_request request)
{
    lq_price_result result;
    request.struct_size = sizeof request;
    lq_status status = lq_price(f->context, measure, f->book, &request, &result);
    if (status != LQ_OK) print_error("%s\n", lq_context_error(f->context)->message);
    assert_int_equal(status, LQ_OK);
    return result;
}

static void assert_sums(const lq_price_result *r)
{
    assert_int_equal(r->materials_minor + r->machine_minor + r->labour_minor + r->finishing_minor + r->overhead_minor +
                         r->markup_minor + r->priority_minor + r->discount_minor + r->setup_minor + r->hardware_minor +
                         r->revenue_share_minor + r->adjustment_minor,
                     r->line_minor);
    int64_t sum = 0;
    for (int i = 0; i < 8; i++) sum += r->component_micro[i];
    assert_int_equal(sum, r->unit_micro);
}

typedef struct expected {
    int64_t micro[8]; /* materials machine labour finishing overhead markup priority discount */
    int64_t unit_micro, unit, setup, line, adjustment;
} expected;

static void assert_price(const lq_price_result *r, const expected *e)
{
    for (int i = 0; i < 8; i++) assert_int_equal(r->component_micro[i], e->micro[i]);
    assert_int_equal(r->unit_micro, e->unit_micro);
    assert_int_equal(r->unit_minor, e->unit);
    assert_int_equal(r->setup_minor, e->setup);
    assert_int_equal(r->line_minor, e->line);
    assert_int_equal(r->adjustment_minor, e->adjustment);
    assert_sums(r);
}

static void cube_in_pla(void **state)
{
    lq_price_result one = price(*state, &cube, (lq_request){.material_id = "mat_pla"});
    assert_price(&one, &(expected){{111826, 406197, 1100000, 0, 129442, 611613, 0, 0}, 2359078, 236, 350, 600, 16});
    assert_int_equal(one.material_mm3, 3904);
    assert_int_equal(one.mass_mg, 5083);
    assert_int_equal(one.time_ms, 609295);
    assert_int_equal(one.days_min, 3);
    assert_int_equal(one.days_max, 5);
    assert_int_equal(one.materials_minor, 11);
    assert_int_equal(one.machine_minor, 40);
    assert_int_equal(one.labour_minor, 110);
    assert_int_equal(one.overhead_minor, 12);
    assert_int_equal(one.markup_minor, 61);
    assert_string_equal(one.currency, "EUR");
    assert_int_equal(one.exponent, 2);
    assert_string_equal(one.color_id, "col_black");
    assert_null(one.finish_id);
    assert_int_equal(one.layer_um, 200);
    assert_int_equal(one.infill_percent, 20);
    assert_int_equal(one.next_break_quantity, 10);

    lq_price_result ten = price(*state, &cube, (lq_request){.material_id = "mat_pla", .quantity = 10});
    assert_price(&ten,
                 &(expected){{111826, 406197, 1100000, 0, 129442, 611613, 0, -117954}, 2241124, 224, 350, 2590, 0});
    assert_int_equal(ten.next_break_quantity, 50);
    lq_price_result hundred = price(*state, &cube, (lq_request){.material_id = "mat_pla", .quantity = 100});
    assert_price(&hundred,
                 &(expected){{111826, 406197, 1100000, 0, 129442, 611613, 0, -353862}, 2005216, 201, 350, 20450, 49});
    assert_int_equal(hundred.next_break_quantity, 0);
}

static void dyed_bracket_in_pa12(void **state)
{
    lq_request request = {.material_id = "mat_pa12", .finish_id = "fin_dye"};
    lq_price_result one = price(*state, &bracket, request);
    assert_int_equal(one.line_minor, 3857);
    assert_price(&one, &(expected){{2494700, 13644800, 1650000, 2490000, 1622360, 7665651, 0, 0},
                                   29567511,
                                   2957,
                                   900,
                                   3857,
                                   one.adjustment_minor});
    assert_int_equal(one.mass_mg, 38380);
    assert_int_equal(one.time_ms, 0);
    assert_int_equal(one.layer_um, 0);
    assert_int_equal(one.infill_percent, -1);
    assert_int_equal(one.days_min, 6);
    assert_int_equal(one.days_max, 8);

    request.quantity = 10;
    lq_price_result ten = price(*state, &bracket, request);
    assert_price(
        &ten, &(expected){
                  {2494700, 13644800, 1650000, 2490000, 1622360, 7665651, 0, -1478376}, 28089135, 2809, 900, 28990, 3});
    assert_int_equal(ten.materials_minor, 2494);
    assert_int_equal(ten.machine_minor, 13644);
    assert_int_equal(ten.discount_minor, -1478);
    request.quantity = 50;
    lq_price_result fifty = price(*state, &bracket, request);
    assert_price(
        &fifty,
        &(expected){
            {2494700, 13644800, 1650000, 2490000, 1622360, 7665651, 0, -2956751}, 26610760, 2661, 900, 133950, -3});

    request.quantity = 1;
    request.currency = "BHD";
    lq_price_result dinar = price(*state, &bracket, request);
    assert_int_equal(dinar.exponent, 3);
    assert_int_equal(dinar.unit_minor, 12125);
    assert_int_equal(dinar.setup_minor, 3690);
    assert_int_equal(dinar.line_minor, 15815);
    assert_sums(&dinar);
}

static void figure_in_resin_for_yen(void **state)
{
    lq_request request = {.material_id = "mat_resin", .currency = "JPY", .layer_um = 50};
    lq_price_result one = price(*state, &figure, request);
    assert_price(
        &one,
        &(expected){
            {577790, 11925000, 2840000, 0, 1227423, 5799575, 0, 0}, 22369788, 3635, 650, 4285, one.adjustment_minor});
    assert_int_equal(one.mass_mg, 6082);
    assert_int_equal(one.time_ms, 9540000);
    assert_int_equal(one.exponent, 0);
    assert_null(one.color_id);
    request.quantity = 40;
    lq_price_result forty = price(*state, &figure, request);
    assert_price(&forty, &(expected){{577790, 496875, 2840000, 0, 313173, 1479743, 0, -285379},
                                     5422202,
                                     881,
                                     650,
                                     35890,
                                     forty.adjustment_minor});
    assert_int_equal(forty.time_ms, 397500); /* 24 stand on the plate */
}

static void housing_with_everything(void **state)
{
    lq_price_result r = price(*state, &housing,
                              (lq_request){.material_id = "mat_pla",
                                           .infill_percent = 15,
                                           .layer_um = 200,
                                           .quantity = 3,
                                           .priority = 1,
                                           .discount_code = "TENTH",
                                           .date = "2026-06-15",
                                           .hardware_minor = 999,
                                           .revenue_share_minor = 150});
    assert_price(
        &r,
        &(expected){{2482546, 7227824, 1720000, 0, 914430, 4320680, 4999644, -2166512}, 19498612, 3099, 350, 9647, 2});
    assert_int_equal(r.material_mm3, 85326 + 1410);
    assert_int_equal(r.mass_mg, 112843);
    assert_int_equal(r.time_ms, 10841736);
    assert_int_equal(r.hardware_minor, 2997);
    assert_int_equal(r.revenue_share_minor, 450);
    assert_int_equal(r.days_min, 1); /* 2 + 1 - 2 */
    assert_int_equal(r.days_max, 3);
}

/* The default book prices the first row of its documentation. */
static void default_book(void **state)
{
    fixture *f = *state;
    lq_book *book;
    assert_int_equal(lq_book_default(f->context, &book), LQ_OK);
    lq_request request = {.struct_size = sizeof request, .material_id = "mat_pla"};
    lq_price_result r;
    assert_int_equal(lq_price(f->context, &cube, book, &request, &r), LQ_OK);
    assert_int_equal(r.unit_minor, 236);
    assert_int_equal(r.line_minor, 600);
    lq_material material;
    assert_int_equal(lq_book_material(book, 0, &material), LQ_OK);
    assert_string_equal(material.id, "mat_pla");
    assert_string_equal(material.kind, "extrusion");
    assert_true(material.max_mm[0] == 250 && material.density_g_cm3 == 1.24);
    assert_string_equal(lq_book_version(book), "pb_default_1");
    assert_string_equal(lq_book_currency(book), "EUR");
    assert_true(lq_book_material_count(book) >= 12);
    assert_int_equal(lq_book_material(book, lq_book_material_count(book), &material), LQ_ERR_ARGUMENT);
    for (size_t i = 0; i < lq_book_material_count(book); i++) {
        assert_int_equal(lq_book_material(book, i, &material), LQ_OK);
        request.material_id = material.id;
        assert_int_equal(lq_price(f->context, &cube, book, &request, &r), LQ_OK);
        assert_sums(&r);
        assert_in_range(r.line_minor, 600, 50000);
    }
    lq_book_destroy(book);
}

static void overrides(void **state)
{
    /* labour and machine doubled, no overhead, 100 % markup, half off, nine days, solid because infill is not stated */
    lq_price_result r = price(*state, &cube, (lq_request){.material_id = "mat_dear"});
    assert_int_equal(r.infill_percent, 100);
    assert_int_equal(r.material_mm3, 8000);
    assert_int_equal(r.mass_mg, 10416);
    assert_int_equal(r.time_ms, 941177 + 150000);
    const expected e = {
        {229152, 1454903, 2200000, 0, 0, 3884055, 0, -3884055}, 3884055, 388, 350, 738, r.adjustment_minor};
    assert_price(&r, &e);
    assert_int_equal(r.days_min, 10);
    assert_int_equal(r.next_break_quantity, 0);

    lq_price_result base = price(*state, &cube, (lq_request){.material_id = "mat_pla", .account_id = "acct_c"});
    assert_int_equal(base.component_micro[5], 611613);
    lq_price_result a =
        price(*state, &cube, (lq_request){.material_id = "mat_pla", .account_id = "acct_a", .quantity = 10});
    assert_int_equal(a.component_micro[5], 174747); /* 10 % of 1747465, rounded half away */
    assert_int_equal(a.component_micro[7], -96111); /* the book's tiers stay */
    lq_price_result b =
        price(*state, &cube, (lq_request){.material_id = "mat_pla", .account_id = "acct_b", .quantity = 100});
    assert_int_equal(b.component_micro[5], 611613);
    assert_int_equal(b.component_micro[7], -47182);
    lq_price_result over = price(*state, &cube, (lq_request){.material_id = "mat_dear", .account_id = "acct_b"});
    assert_int_equal(over.component_micro[7], -155362); /* an account wins over a material */
}

static void process_priority_days(void **state)
{
    lq_price_result slow = price(*state, &figure, (lq_request){.material_id = "mat_resin"});
    lq_price_result fast = price(*state, &figure, (lq_request){.material_id = "mat_resin", .priority = 1});
    assert_int_equal(slow.days_min, 4);
    assert_int_equal(fast.days_min, 1);
    assert_true(fast.priority_minor > 0 && slow.priority_minor == 0);
}

static void color_and_infill(void **state)
{
    lq_price_result glow = price(*state, &cube, (lq_request){.material_id = "mat_pla", .color_id = "col_glow"});
    assert_int_equal(glow.component_micro[3], 250000);
    assert_string_equal(glow.color_id, "col_glow");
    lq_price_result hollow = price(*state, &cube, (lq_request){.material_id = "mat_pla", .infill_percent = -1});
    assert_int_equal(hollow.infill_percent, 0);
    assert_int_equal(hollow.material_mm3, 2880);
    lq_price_result fine = price(*state, &cube, (lq_request){.material_id = "mat_pla", .layer_um = 100});
    assert_int_equal(fine.time_ms, 867556 + 200 * 1500);
}

static void refused(void **state)
{
    static const struct {
        lq_request request;
        const char *code;
    } cases[] = {
        {{.material_id = NULL}, "material_unknown"},
        {{.material_id = "mat_wood"}, "material_unknown"},
        {{.material_id = "mat_gone"}, "material_unknown"},
        {{.material_id = "mat_pla", .color_id = "col_blue"}, "color_not_in_material"},
        {{.material_id = "mat_pla", .color_id = "col_gold"}, "color_not_in_material"},
        {{.material_id = "mat_resin", .color_id = "col_black"}, "color_not_in_material"},
        {{.material_id = "mat_pla", .finish_id = "fin_dye"}, "finish_not_in_material"},
        {{.material_id = "mat_pa12", .finish_id = "fin_wax", .color_id = "col_blue"}, "finish_not_in_material"},
        {{.material_id = "mat_pa12", .finish_id = "fin_matt", .color_id = "col_blue"}, "finish_not_in_material"},
        {{.material_id = "mat_pla", .layer_um = 150}, "layer_height_unsupported"},
        {{.material_id = "mat_pa12", .layer_um = 100}, "layer_height_unsupported"},
        {{.material_id = "mat_pla", .infill_percent = 101}, "infill_unsupported"},
        {{.material_id = "mat_pla", .infill_percent = -2}, "infill_unsupported"},
        {{.material_id = "mat_resin", .infill_percent = 20}, "infill_unsupported"},
        {{.material_id = "mat_pla", .currency = "USD"}, "currency_unsupported"},
        {{.material_id = "mat_pla", .currency = "eur"}, "currency_unsupported"},
        {{.material_id = "mat_pla", .country = "XX"}, "invalid_country"},
        {{.material_id = "mat_pla", .country = "Germany"}, "invalid_country"},
        {{.material_id = "mat_pla", .country = "de"}, "invalid_country"},
        {{.material_id = "mat_pa12", .country = "US"}, "country_not_served"},
        {{.material_id = "mat_pa12", .country = "CAN"}, "country_not_served"},
        {{.material_id = "mat_pla", .discount_code = "tenth"}, "discount_invalid"},
        {{.material_id = "mat_pla", .discount_code = "TENTH", .date = "2025-12-31"}, "discount_invalid"},
        {{.material_id = "mat_pla", .discount_code = "TENTH", .date = "2027-01-01"}, "discount_invalid"},
        {{.material_id = "mat_pla", .discount_code = "TENTH", .date = "1.6.2026"}, "argument"},
        {{.material_id = "mat_pla", .discount_code = "FRIENDS"}, "discount_invalid"},
        {{.material_id = "mat_pla", .discount_code = "FRIENDS", .account_id = "acct_c"}, "discount_invalid"},
        {{.material_id = "mat_pla", .quantity = 100001}, "quantity_unsupported"},
        {{.material_id = "mat_pa12", .quantity = 501}, "quantity_unsupported"},
        {{.material_id = "mat_dear", .quantity = 21}, "quantity_unsupported"},
        {{.material_id = "mat_pla", .hardware_minor = -1}, "argument"},
        {{.material_id = "mat_pla", .revenue_share_minor = -1}, "argument"},
    };
    fixture *f = *state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        lq_request request = cases[i].request;
        lq_price_result r;
        request.struct_size = sizeof request;
        assert_int_equal(lq_price(f->context, &cube, f->book, &request, &r), LQ_ERR_ARGUMENT);
        const lq_error *error = lq_context_error(f->context);
        assert_string_equal(error->code, cases[i].code);
        assert_int_equal(error->status, LQ_ERR_ARGUMENT);
        assert_int_equal(error->offset, -1);
    }
    /* and the edges that hold */
    price(f, &cube, (lq_request){.material_id = "mat_pla", .discount_code = "TENTH", .date = "2026-01-01"});
    price(f, &cube, (lq_request){.material_id = "mat_pla", .discount_code = "TENTH", .date = "2026-12-31"});
    price(f, &cube, (lq_request){.material_id = "mat_pla", .discount_code = "FRIENDS", .account_id = "acct_b"});
    price(f, &cube, (lq_request){.material_id = "mat_pla", .country = "DEU", .quantity = 100000});
    price(f, &cube, (lq_request){.material_id = "mat_pa12", .country = "DE", .quantity = 500});
    price(f, &cube, (lq_request){.material_id = "mat_pa12", .finish_id = "fin_matt", .color_id = "col_white"});
}

static void impossible_measures(void **state)
{
    fixture *f = *state;
    lq_request request = {.struct_size = sizeof request, .material_id = "mat_pla"};
    lq_price_result r, untouched;
    memset(&r, 7, sizeof r);
    memset(&untouched, 7, sizeof untouched);
    static const struct {
        lq_measure measure;
        const char *code;
    } cases[] = {
        {{NAN, 1, {1, 1, 1}, 0, 0}, "argument"},
        {{1, 1, {1, 1, 1}, NAN, 0}, "argument"},
        {{1, 1, {1, -1, 1}, 0, 0}, "argument"},
        {{-1, 1, {1, 1, 1}, 0, 0}, "argument"},
        {{INFINITY, 1, {1, 1, 1}, 0, 0}, "price_overflow"},
        {{2e15, 1, {1, 1, 1}, 0, 0}, "price_overflow"},
        {{1, 1, {1, 1, 2e6}, 0, 0}, "price_overflow"},
        {{1, 1e300, {1, 1, 1}, 0, 0}, "price_overflow"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(lq_price(f->context, &cases[i].measure, f->book, &request, &r), LQ_ERR_ARGUMENT);
        assert_string_equal(lq_context_error(f->context)->code, cases[i].code);
        assert_memory_equal(&r, &untouched, sizeof r);
    }
    /* each factor is allowed, the product does not fit */
    const lq_measure huge = {9e14, 9e11, {9e5, 9e5, 9e5}, 9e14, 9e11};
    request.quantity = 100000;
    assert_int_equal(lq_price(f->context, &huge, f->book, &request, &r), LQ_ERR_ARGUMENT);
    assert_string_equal(lq_context_error(f->context)->code, "price_overflow");
    request.quantity = 2;
    request.hardware_minor = INT64_MAX / 2 + 1;
    assert_int_equal(lq_price(f->context, &cube, f->book, &request, &r), LQ_ERR_ARGUMENT);
    assert_string_equal(lq_context_error(f->context)->code, "price_overflow");
    const lq_measure nothing = {0, 0, {0, 0, 0}, 0, 0};
    static const char *const materials[] = {"mat_pla", "mat_pa12", "mat_resin"};
    for (size_t i = 0; i < 3; i++) price(f, &nothing, (lq_request){.material_id = materials[i], .quantity = 7});
}

static uint64_t random_below(uint64_t *seed, uint64_t bound)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed % bound;
}

static lq_request random_request(uint64_t *seed)
{
    static const char *const materials[] = {"mat_pla", "mat_pa12", "mat_resin", "mat_dear"};
    static const char *const currencies[] = {NULL, "EUR", "JPY", "BHD"};
    static const char *const accounts[] = {NULL, "acct_a", "acct_b"};
    lq_request request = {.struct_size = sizeof request,
                          .material_id = materials[random_below(seed, 4)],
                          .currency = currencies[random_below(seed, 4)],
                          .account_id = accounts[random_below(seed, 3)],
                          .priority = (int)random_below(seed, 2),
                          .hardware_minor = (int64_t)random_below(seed, 2000),
                          .revenue_share_minor = (int64_t)random_below(seed, 300)};
    if (random_below(seed, 3) == 0) request.discount_code = "TENTH";
    if (strcmp(request.material_id, "mat_pa12") == 0 && random_below(seed, 2)) request.finish_id = "fin_dye";
    if (strcmp(request.material_id, "mat_pla") == 0) {
        request.infill_percent = (int32_t)random_below(seed, 101);
        request.layer_um = (uint32_t)random_below(seed, 4) * 100;
    }
    return request;
}

static lq_measure random_measure(uint64_t *seed)
{
    lq_measure m = {.volume_mm3 = (double)random_below(seed, 40000000) / 100,
                    .area_mm2 = (double)random_below(seed, 20000000) / 100};
    for (int i = 0; i < 3; i++) m.box_mm[i] = (double)random_below(seed, 250000) / 1000;
    if (random_below(seed, 2)) {
        m.support_volume_mm3 = (double)random_below(seed, 1000000) / 100;
        m.support_contact_mm2 = (double)random_below(seed, 500000) / 100;
    }
    return m;
}

static void laws_hold_in_random_cases(void **state)
{
    fixture *f = *state;
    uint64_t seed = 0x5EED0FB00C5u;
    for (int i = 0; i < 10000; i++) {
        lq_measure measure = random_measure(&seed);
        lq_request request = random_request(&seed);
        uint64_t most = strcmp(request.material_id, "mat_dear") == 0 ? 20 : 500;
        request.quantity = 1 + (uint32_t)random_below(&seed, most);
        lq_price_result few = price(f, &measure, request);
        lq_price_result again = price(f, &measure, request);
        assert_memory_equal(&few, &again, RESULT_SIZE);
        assert_sums(&few);
        assert_true(few.line_minor >= few.unit_minor * request.quantity + few.setup_minor);
        assert_true(few.unit_minor >= 0 && few.discount_minor <= 0 && few.days_min >= 1 &&
                    few.days_max >= few.days_min);
        request.quantity += (uint32_t)random_below(&seed, most + 1 - request.quantity);
        lq_price_result more = price(f, &measure, request);
        assert_true(more.unit_minor <= few.unit_minor);
    }
}

/* The order of members in the book, and of calls, means nothing. */
static void order_means_nothing(void **state)
{
    fixture *f = *state;
    char *text = price_book_text();
    json_t *json = json_loads(text, 0, NULL);
    char *sorted = json_dumps(json, JSON_SORT_KEYS | JSON_COMPACT);
    lq_book *book;
    assert_int_equal(lq_book_read(f->context, sorted, strlen(sorted), &book), LQ_OK);
    lq_request requests[64];
    lq_price_result forward[64];
    uint64_t seed = 99;
    for (int i = 0; i < 64; i++) {
        requests[i] = random_request(&seed);
        assert_int_equal(lq_price(f->context, &housing, f->book, &requests[i], &forward[i]), LQ_OK);
    }
    for (int i = 63; i >= 0; i--) {
        lq_price_result r;
        assert_int_equal(lq_price(f->context, &housing, book, &requests[i], &r), LQ_OK);
        r.color_id = forward[i].color_id; /* texts of two books */
        r.finish_id = forward[i].finish_id;
        assert_memory_equal(&r, &forward[i], RESULT_SIZE);
    }
    lq_book_destroy(book);
    free(sorted);
    json_decref(json);
    free(text);
}

static void rounding(void **state)
{
    (void)state;
    static const struct {
        int64_t numerator, denominator, rounded, ceiling;
    } cases[] = {{0, 7, 0, 0},   {1, 2, 1, 1},
                 {-1, 2, -1, 0}, {1, 3, 0, 1},
                 {2, 3, 1, 1},   {5, 10, 1, 1},
                 {4, 10, 0, 1},  {-5, 10, -1, 0},
                 {-4, 10, 0, 0}, {15, 10, 2, 2},
                 {25, 10, 3, 3}, {-25, 10, -3, -2},
                 {7, 1, 7, 7},   {INT64_MAX, 1, INT64_MAX, INT64_MAX}};
    bool overflow = false;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(lqi_round_quotient(cases[i].numerator, cases[i].denominator, &overflow), cases[i].rounded);
        if (cases[i].numerator >= 0)
            assert_int_equal(lqi_ceil_quotient(cases[i].numerator, cases[i].denominator, &overflow), cases[i].ceiling);
    }
    assert_int_equal(lqi_round_quotient(INT64_MIN, 1, &overflow), INT64_MIN);
    assert_false(overflow);
    assert_int_equal(lqi_round_quotient((lqi_wide)INT64_MAX * 2 + 1, 2, &overflow), 0); /* 2^63 - 0.5 rounds up */
    assert_true(overflow);
    overflow = false;
    assert_int_equal(lqi_round_quotient((lqi_wide)INT64_MAX * 2, 2, &overflow), INT64_MAX);
    assert_false(overflow);
    lqi_ceil_quotient((lqi_wide)INT64_MAX + 1, 1, &overflow);
    assert_true(overflow);

    int64_t value;
    assert_true(lqi_round_measure(0.49999999999999994, 10, &value) && value == 0);
    assert_true(lqi_round_measure(0.5, 10, &value) && value == 1);
    assert_true(lqi_round_measure(2.5, 10, &value) && value == 3);
    assert_false(lqi_round_measure(-0.1, 10, &value));
    assert_false(lqi_round_measure(10.1, 10, &value));
    assert_false(lqi_round_measure(NAN, 10, &value));
}

static void decimals(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t micro;
    } good[] = {
        {"0", 0},         {"1", 1000000},       {"22.00", 22000000}, {"0.000001", 1},
        {"0.41", 410000}, {"162.5", 162500000}, {"0.0", 0},          {"999999999999.999999", 999999999999999999}};
    static const char *const bad[] = {"",    ".",     "1.",  ".5",  "+1",   "-1",        "01",
                                      "00",  "1e3",   "1,5", " 1",  "1 ",   "1.0000000", "1000000000000",
                                      "0x1", "1.2.3", "inf", "nan", "1.5\n"};
    int64_t micro;
    char text[24];
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_true(lqi_micro_read(good[i].text, strlen(good[i].text), &micro));
        assert_int_equal(micro, good[i].micro);
        int64_t again;
        lqi_micro_write(micro, text);
        assert_true(lqi_micro_read(text, strlen(text), &again));
        assert_int_equal(again, micro);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) assert_false(lqi_micro_read(bad[i], strlen(bad[i]), &micro));
    lqi_micro_write(6000, text);
    assert_string_equal(text, "0.006");
    lqi_micro_write(22000000, text);
    assert_string_equal(text, "22");
}

static void currencies(void **state)
{
    (void)state;
    assert_int_equal(lqi_currency_exponent("EUR"), 2);
    assert_int_equal(lqi_currency_exponent("AED"), 2);
    assert_int_equal(lqi_currency_exponent("ZWG"), 2);
    assert_int_equal(lqi_currency_exponent("JPY"), 0);
    assert_int_equal(lqi_currency_exponent("XPF"), 0);
    assert_int_equal(lqi_currency_exponent("BHD"), 3);
    assert_int_equal(lqi_currency_exponent("TND"), 3);
    static const char *const none[] = {"CLF", "UYW", "XAU", "XTS", "XXX", "AAA", "EU", "EURO", "", "eur", "UR ", "ED "};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        assert_int_equal(lqi_currency_exponent(none[i]), LQI_EXPONENT_UNKNOWN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(cube_in_pla, set_up, tear_down),
        cmocka_unit_test_setup_teardown(dyed_bracket_in_pa12, set_up, tear_down),
        cmocka_unit_test_setup_teardown(figure_in_resin_for_yen, set_up, tear_down),
        cmocka_unit_test_setup_teardown(housing_with_everything, set_up, tear_down),
        cmocka_unit_test_setup_teardown(default_book, set_up, tear_down),
        cmocka_unit_test_setup_teardown(overrides, set_up, tear_down),
        cmocka_unit_test_setup_teardown(process_priority_days, set_up, tear_down),
        cmocka_unit_test_setup_teardown(color_and_infill, set_up, tear_down),
        cmocka_unit_test_setup_teardown(refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(impossible_measures, set_up, tear_down),
        cmocka_unit_test_setup_teardown(laws_hold_in_random_cases, set_up, tear_down),
        cmocka_unit_test_setup_teardown(order_means_nothing, set_up, tear_down),
        cmocka_unit_test(rounding),
        cmocka_unit_test(decimals),
        cmocka_unit_test(currencies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
