/* Orders: fee, shipping and tax against sums that were worked out by hand, and their laws over random cases. */
#include <stdlib.h>

#include "tests/support/check.h"

#include "libquote.h"
#include "tests/support/price_books.h"

typedef struct fixture {
    lq_context *context;
    lq_book *book;
} fixture;

static lq_book *read_book(lq_context *context, char *text)
{
    lq_book *book;
    assert_non_null(text);
    assert_int_equal(lq_book_read(context, text, strlen(text), &book), LQ_OK);
    free(text);
    return book;
}

static int set_up(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    if (!f || lq_context_create(NULL, &f->context) != LQ_OK) return -1;
    f->book = read_book(f->context, price_book_text());
    *state = f;
    return 0;
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

static lq_order_result price(lq_context *context, const lq_book *book, lq_order_request request)
{
    lq_order_result result;
    request.struct_size = sizeof request;
    lq_status status = lq_order_price(context, book, &request, &result);
    CHECK(status == LQ_OK, "%s", lq_context_error(context)->message);
    CHECK_INT("net", result.net_minor, result.lines_minor + result.small_order_fee_minor + result.shipping_minor,
              "sum");
    CHECK_INT("total", result.total_minor, result.net_minor + result.tax_minor, "sum");
    return result;
}

static const char *refused(lq_context *context, const lq_book *book, lq_order_request request)
{
    lq_order_result result;
    request.struct_size = sizeof request;
    lq_context_reset(context);
    assert_int_equal(lq_order_price(context, book, &request, &result), LQ_ERR_ARGUMENT);
    return lq_context_error(context)->code;
}

static const lq_order_line brackets = {28990, 38380, {80, 50, 30}, 10}; /* ten dyed brackets of PA12 */
static const lq_order_line cube = {600, 5083, {20, 20, 20}, 1};

/* 383.8 g and 150 g of box: 534 g; 1200 cm3 over 5000: 240 g. */
static void brackets_to_berlin(void **state)
{
    const fixture *f = *state;
    lq_order_result r =
        price(f->context, f->book,
              (lq_order_request){.lines = &brackets, .line_count = 1, .country = "DE", .postcode = "10115"});
    CHECK_INT("brackets", r.weight_g, 534, "weight");
    CHECK_INT("brackets", r.volumetric_g, 240, "volumetric weight");
    CHECK_INT("brackets", r.shipping_minor, 590, "shipping");
    CHECK_INT("brackets", r.small_order_fee_minor, 0, "fee");
    CHECK_INT("brackets", r.net_minor, 29580, "net");
    CHECK_INT("brackets", r.tax_minor, 5620, "tax");
    CHECK_INT("brackets", r.total_minor, 35200, "total");
    CHECK_INT("brackets", r.transit_days_max, 4, "days");
    assert_string_equal(r.method_id, "ship_standard");
    assert_string_equal(r.tax_name, "VAT");
    assert_string_equal(r.currency, "EUR");
}

static void a_small_order(void **state)
{
    const fixture *f = *state;
    lq_order_request request = {.lines = &cube, .line_count = 1, .country = "DEU", .postcode = "10-115"};
    lq_order_result r = price(f->context, f->book, request);
    CHECK_INT("cube", r.small_order_fee_minor, 900, "fee");
    CHECK_INT("cube", r.tax_minor, 397, "tax");
    CHECK_INT("cube", r.total_minor, 2487, "total");
    request.sample = 1;
    r = price(f->context, f->book, request);
    CHECK_INT("sample", r.small_order_fee_minor, 0, "fee");
    CHECK_INT("sample", r.total_minor, 600 + 590 + 226, "total"); /* 19 % of 1190 is 226.1 */
    request.tax_exempt = 1;
    r = price(f->context, f->book, request);
    CHECK_INT("exempt", r.total_minor, 1190, "total");
    assert_null(r.tax_name);
}

static void zones_by_postcode(void **state)
{
    const fixture *f = *state;
    lq_order_request request = {.lines = &cube, .line_count = 1, .country = "DE"};
    static const struct {
        const char *postcode;
        int shipping;
    } cases[] = {{"10115", 590}, {"11 000", 590}, {"20095", 690}, {"1", 690}, {"", 690}, {NULL, 690}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        request.postcode = cases[i].postcode;
        lq_order_result r = price(f->context, f->book, request);
        CHECK_INT(cases[i].postcode ? cases[i].postcode : "none", r.shipping_minor, cases[i].shipping, "shipping");
    }
    request.country = "AT";
    CHECK_INT("AT", price(f->context, f->book, request).tax_ppm, 200000, "tax");
    request.country = "FR";
    assert_string_equal(refused(f->context, f->book, request), "destination_not_served");
}

/* Steps of 500 g above the first 1000 g, and a limit of 31.5 kg with the box of 150 g. */
static void heavy_parcels(void **state)
{
    const fixture *f = *state;
    static const struct {
        int64_t mass_mg;
        int64_t shipping;
    } cases[] = {{850000, 590},        {850499, 590},  {850500, 590 + 150},
                 {1350000, 590 + 150}, {1351000, 890}, {31350000, 590 + 61 * 150}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        lq_order_line line = {2000, cases[i].mass_mg, {10, 10, 10}, 1};
        lq_order_result r =
            price(f->context, f->book,
                  (lq_order_request){.lines = &line, .line_count = 1, .country = "DE", .postcode = "10115"});
        char name[32];
        snprintf(name, sizeof name, "%lld mg", (long long)cases[i].mass_mg);
        CHECK_INT(name, r.shipping_minor, cases[i].shipping, "shipping");
    }
    lq_order_line line = {2000, 31350001, {10, 10, 10}, 1};
    assert_string_equal(
        refused(f->context, f->book, (lq_order_request){.lines = &line, .line_count = 1, .country = "DE"}),
        "destination_not_served");
    lq_order_line bulky = {2000, 1000, {500, 400, 300}, 1}; /* 60 000 cm3 / 5000: 12 kg */
    lq_order_result r = price(f->context, f->book,
                              (lq_order_request){.lines = &bulky, .line_count = 1, .country = "DE", .postcode = "11"});
    CHECK_INT("bulky", r.volumetric_g, 12000, "volumetric weight");
    CHECK_INT("bulky", r.shipping_minor, 590 + 22 * 150, "shipping");
}

static void cheapest_or_fastest(void **state)
{
    const fixture *f = *state;
    lq_book *book = read_book(
        f->context,
        price_book_changed("'methods': [\n", "'methods': [\n{'id': 'ship_express', 'name': 'Express', 'carrier': 'x', "
                                             "'tracked': true, 'max_kg': '70', 'zones': [{'countries': ['DE'], "
                                             "'postcodes': null, 'base': '16.90', 'included_g': 0, 'step_g': 100, "
                                             "'per_step': '0.10', 'transit_days': [1, 1]}]},"));
    lq_order_request request = {.lines = &cube, .line_count = 1, .country = "DE"};
    assert_string_equal(price(f->context, book, request).method_id, "ship_standard");
    request.fastest = 1;
    lq_order_result r = price(f->context, book, request);
    assert_string_equal(r.method_id, "ship_express");
    CHECK_INT("express", r.shipping_minor, 1690 + 20, "two steps for 155 g");
    request.fastest = 0;
    request.method_id = "ship_express";
    assert_string_equal(price(f->context, book, request).method_id, "ship_express");
    request.method_id = "ship_never";
    assert_string_equal(refused(f->context, book, request), "argument");
    lq_book_destroy(book);
}

static void other_currencies(void **state)
{
    const fixture *f = *state;
    lq_order_line yen = {4285, 6082, {25, 22, 48}, 1};
    lq_order_result r = price(
        f->context, f->book,
        (lq_order_request){.lines = &yen, .line_count = 1, .currency = "JPY", .country = "DE", .postcode = "10115"});
    CHECK_INT("yen", r.exponent, 0, "decimals");
    CHECK_INT("yen", r.shipping_minor, 959, "shipping"); /* 5.90 x 162.5 = 958.75 */
    lq_order_line dinar = {15815, 38380, {80, 50, 30}, 1};
    r = price(
        f->context, f->book,
        (lq_order_request){.lines = &dinar, .line_count = 1, .currency = "BHD", .country = "DE", .postcode = "10115"});
    CHECK_INT("dinar", r.exponent, 3, "decimals");
    CHECK_INT("dinar", r.shipping_minor, 2420, "shipping"); /* 5.90 x 0.41 = 2.419, up to five fils */
    lq_order_request unknown = {.lines = &cube, .line_count = 1, .currency = "KWD", .country = "DE"};
    assert_string_equal(refused(f->context, f->book, unknown), "currency_unsupported");
}

static void refusals(void **state)
{
    const fixture *f = *state;
    static const lq_order_line wrong[] = {{-1, 1, {1, 1, 1}, 1},
                                          {1, -1, {1, 1, 1}, 1},
                                          {1, 1, {-1, 1, 1}, 1},
                                          {1, 1, {1, 1, 1}, 0},
                                          {1, 1, {1, 1e9, 1}, 1}};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_string_equal(
            refused(f->context, f->book, (lq_order_request){.lines = &wrong[i], .line_count = 1, .country = "DE"}),
            "argument");
    lq_order_line huge = {INT64_MAX, 1, {1, 1, 1}, 1};
    assert_string_equal(
        refused(f->context, f->book, (lq_order_request){.lines = &huge, .line_count = 1, .country = "DE"}),
        "price_overflow");
    assert_string_equal(
        refused(f->context, f->book, (lq_order_request){.lines = &cube, .line_count = 1, .country = "Germany"}),
        "invalid_country");
    assert_string_equal(refused(f->context, f->book, (lq_order_request){.lines = &cube, .line_count = 1}),
                        "invalid_country");
    assert_string_equal(refused(f->context, f->book, (lq_order_request){.country = "DE"}), "argument");
}

/* More of anything never costs less, and lines cost the same in any order. */
static void laws(void **state)
{
    const fixture *f = *state;
    unsigned seed = 1;
    for (int i = 0; i < 2000; i++) {
        lq_order_line lines[2], swapped[2];
        for (int k = 0; k < 2; k++) {
            int64_t random[6];
            for (int n = 0; n < 6; n++) random[n] = (seed = seed * 1103515245u + 12345u) >> 8 & 0xFFFF;
            lines[k] =
                (lq_order_line){random[0],
                                random[1],
                                {(double)(random[2] % 200), (double)(random[3] % 200), (double)(random[4] % 200)},
                                1 + (uint32_t)random[5] % 4};
        }
        swapped[0] = lines[1], swapped[1] = lines[0];
        lq_order_request request = {.lines = lines, .line_count = 2, .country = "DE"};
        lq_order_result a = price(f->context, f->book, request);
        request.lines = swapped;
        CHECK_INT("swapped", price(f->context, f->book, request).total_minor, a.total_minor, "the total");
        request.line_count = 1;
        CHECK(price(f->context, f->book, request).total_minor <= a.total_minor, "a line less costs more");
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(brackets_to_berlin),  TEST(a_small_order),    TEST(zones_by_postcode), TEST(heavy_parcels),
        TEST(cheapest_or_fastest), TEST(other_currencies), TEST(refusals),          TEST(laws),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
