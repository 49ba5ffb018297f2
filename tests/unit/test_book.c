/* Reading price books: every rule with the path of its mistake, and bytes that mean harm. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "libquote.h"
#include "price/book.h"
#include "price/country.h"
#include "price/default_book.h"
#include "price/fit.h"
#include "tests/support/lend.h"
#include "tests/support/price_books.h"

static lq_context *new_context(void)
{
    lq_context *context;
    assert_int_equal(lq_context_create(NULL, &context), LQ_OK);
    return context;
}

static lq_status read_bytes(lq_context *context, const void *bytes, size_t size)
{
    lq_book *book;
    lq_status status = lq_book_read(context, bytes, size, &book);
    assert_true(status == LQ_OK ? book != NULL : book == NULL);
    lq_book_destroy(book);
    assert_int_equal(lq_context_memory_held(context), 0);
    return status;
}

typedef struct mistake {
    const char *from, *to, *path;
} mistake;

static const mistake mistakes[] = {
    /* shape of the whole */
    {"'version': 'pb_test'", "'version': 'pb test'", "version"},
    {"'version': 'pb_test', ", "", "version"},
    {"'version': 'pb_test'", "'version': 1", "version"},
    {"'timezone': 'Europe/Berlin'", "'timezone': 'Europe Berlin'", "timezone"},
    {"'cutoff': '14:00'", "'cutoff': '24:00'", "cutoff"},
    {"'cutoff': '14:00'", "'cutoff': '12:60'", "cutoff"},
    {"'cutoff': '14:00'", "'cutoff': '2pm'", "cutoff"},
    {"'holidays': [", "'holiday': [], 'holidays': [", "holiday"},
    {"'holidays': ['2026-12-25', '2026-12-26']", "'ignored': 1", "holidays"},
    {"'2026-12-26'", "'2026-02-29'", "holidays[1]"},
    {"'2026-12-26'", "'2026-13-01'", "holidays[1]"},
    {"'2026-12-26'", "'2026-12-25'", "holidays[1]"},
    {"'2026-12-26'", "20261226", "holidays[1]"},
    /* money is text, counts are integers */
    {"'min_order': '15.00'", "'min_order': 15.00", "min_order"},
    {"'min_order': '15.00'", "'min_order': 15", "min_order"},
    {"'min_order': '15.00'", "'min_order': '-15.00'", "min_order"},
    {"'min_order': '15.00'", "'min_order': '15.0000001'", "min_order"},
    {"'min_order': '15.00'", "'min_order': '15,00'", "min_order"},
    {"'min_order': '15.00'", "'min_order': ''", "min_order"},
    {"'manual_review_over': '1000.00'", "'manual_review_over': 1000", "manual_review_over"},
    {"'review_on': ['volume_uncertain']", "'review_on': ['volume uncertain']", "review_on[0]"},
    {"'priority_ppm': 300000", "'priority_ppm': 300000.0", "priority_ppm"},
    {"'priority_ppm': 300000", "'priority_ppm': '300000'", "priority_ppm"},
    {"'priority_ppm': 300000", "'priority_ppm': -1", "priority_ppm"},
    {"'priority_ppm': 300000", "'priority_ppm': null", "priority_ppm"},
    {"'priority_days': 2", "'priority_days': 2.5", "priority_days"},
    {"'max_quantity': 100000", "'max_quantity': 0", "max_quantity"},
    {"'max_quantity': 100000", "'max_quantity': 4294967296", "max_quantity"},
    {"'labour_per_hour': '33.00'", "'labour_per_hour': 33.0", "labour_per_hour"},
    {"'overhead_ppm': 80000, ", "", "overhead_ppm"},
    /* currencies */
    {"'currency': 'EUR'", "'currency': 'CLF'", "currency"},
    {"'currency': 'EUR'", "'currency': 'EURO'", "currency"},
    {"'currency': 'EUR'", "'currency': 'USD'", "fx.USD"},
    {"'EUR': {'rate': '1'", "'EUR': {'rate': '1.000001'", "fx.EUR"},
    {"'JPY': {'rate'", "'UYW': {'rate'", "fx.UYW"},
    {"'JPY': {'rate'", "'jpy': {'rate'", "fx.jpy"},
    {"'rate': '162.5'", "'rate': 162.5", "fx.JPY.rate"},
    {"'rate': '162.5'", "'rate': '0'", "fx.JPY.rate"},
    {"'rate': '162.5'", "'rat': '162.5'", "fx.JPY.rate"},
    {"'increment_minor': 5", "'increment_minor': 0", "fx.BHD.increment_minor"},
    {"'increment_minor': 5", "'increment_minor': 5, 'round': 1", "fx.BHD.round"},
    /* tiers */
    {"'tiers': [ {'min_qty': 1, ", "'tiers': [ {'min_qty': 2, ", "tiers[0].min_qty"},
    {"{'min_qty': 50, ", "{'min_qty': 10, ", "tiers[2].min_qty"},
    {"{'min_qty': 50, ", "{'min_qty': 9, ", "tiers[2].min_qty"},
    {"{'min_qty': 50, 'discount_ppm': 100000}", "{'min_qty': 50, 'discount_ppm': 40000}", "tiers[2].discount_ppm"},
    {"'discount_ppm': 150000", "'discount_ppm': 1000000", "tiers[3].discount_ppm"},
    {"'discount_ppm': 150000", "'discount_ppm': 0.15", "tiers[3].discount_ppm"},
    {"{'min_qty': 100, 'discount_ppm': 150000}", "[]", "tiers[3]"},
    {"'discount_ppm': 500000}]", "'discount_ppm': 500000}, {'min_qty': 1, 'discount_ppm': 500000}]",
     "materials[3].tiers[1].min_qty"},
    {"'tiers': [{'min_qty': 1, 'discount_ppm': 20000}]", "'tiers': []", "accounts.acct_b.tiers"},
    {"'acct_a': {'markup_ppm': 100000}", "'acct_a': {'overhead_ppm': 100000}", "accounts.acct_a.overhead_ppm"},
    {"'acct_a': {'markup_ppm': 100000}", "'acct a': {}", "accounts.acct?a"},
    /* discount codes */
    {"'code': 'FRIENDS'", "'code': 'TENTH'", "discount_codes[1].code"},
    {"'ppm': 200000", "'ppm': 1000001", "discount_codes[1].ppm"},
    {"'from': '2026-01-01'", "'from': '2027-01-01'", "discount_codes[0].to"},
    {"'from': '2026-01-01'", "'from': '2026-1-1'", "discount_codes[0].from"},
    {"'accounts': ['acct_a', 'acct_b']", "'accounts': 'acct_a'", "discount_codes[1].accounts"},
    {"'accounts': ['acct_a', 'acct_b']", "'accounts': ['acct_a', 1]", "discount_codes[1].accounts[1]"},
    /* processes */
    {"'kind': 'vat'", "'kind': 'bath'", "processes.sla.kind"},
    {"'kind': 'vat', ", "", "processes.sla.kind"},
    {"'kind': 'vat', ", "'kind': 'vat', 'shell_um': 1, ", "processes.sla.shell_um"},
    {"'shell_um': 1200, ", "", "processes.fdm.shell_um"},
    {"'machine_per_hour': '4.50'", "'machine_per_hour': 4.5", "processes.sla.machine_per_hour"},
    {"'bed_um': [192000, 120000]", "'bed_um': [192000]", "processes.sla.bed_um"},
    {"'bed_um': [192000, 120000]", "'bed_um': [0, 120000]", "processes.sla.bed_um"},
    {"'bed_um': [192000, 120000]", "'bed_um': 192000", "processes.sla.bed_um"},
    {"'100': 4500", "'0': 4500", "processes.fdm.flow_mm3_ks.0"},
    {"'100': 4500", "'fine': 4500", "processes.fdm.flow_mm3_ks.fine"},
    {"'100': 4500", "'100': 0", "processes.fdm.flow_mm3_ks.100"},
    {"'100': 4500", "'100': '4500'", "processes.fdm.flow_mm3_ks.100"},
    {"'100': 4500, ", "", "materials[0].layer_heights_um[0]"},
    {"'box': 'aabb'", "'box': 'sphere'", "processes.sls.box"},
    {"'clearance_um': 1000", "'clearance_um': -1", "processes.sls.clearance_um"},
    {"'support_density_pct': 15,", "'support_density_pct': 101,", "processes.fdm.support_density_pct"},
    {"'extrusion_width': 0.45", "'extrusion_width': [0.45]", "processes.fdm.machine.extrusion_width"},
    {"'extrusion_width': 0.45", "'extrusion width': 0.45", "processes.fdm.machine.extrusion?width"},
    {"'priority_days': 3}", "'priority_days': 3, 'machine': {}}", "processes.sla.machine"},
    {"'sls': {'kind'", "'': {'kind'", "processes."},
    /* materials */
    {"'id': 'mat_gone'", "'id': 'mat_pla'", "materials[4].id"},
    {"'id': 'mat_gone'", "'id': 'mat gone'", "materials[4].id"},
    {"'id': 'mat_gone', 'process': 'fdm'", "'id': 'mat_gone', 'process': 'dlp'", "materials[4].process"},
    {"'name': 'Gone'", "'name': ''", "materials[4].name"},
    {"'name': 'Gone'", "'name': 'Go\\nne'", "materials[4].name"},
    {"'status': 'discontinued'", "'status': 'gone'", "materials[4].status"},
    {"'density_mg_cm3': 1010", "'density_mg_cm3': 1.01", "materials[1].density_mg_cm3"},
    {"'density_mg_cm3': 1010", "'density_mg_cm3': 0", "materials[1].density_mg_cm3"},
    {"'price_per_kg': '65.00'", "'price_per_kg': 65.00", "materials[1].price_per_kg"},
    {"'price_per_kg': '65.00', ", "", "materials[1].price_per_kg"},
    {"'waste_ppm': 150000", "'waste_ppm': -1", "materials[2].waste_ppm"},
    {"'waste_ppm': 150000", "'wast_ppm': 150000", "materials[2].wast_ppm"},
    {"'setup': '9.00'", "'setup': '9.00', 'colour': 1", "materials[1].colour"},
    {"'setup': '9.00'", "'setup': '9.00', 'supports_color_files': 1", "materials[1].supports_color_files"},
    {"'layer_heights_um': [50, 100]", "'layer_heights_um': [100, 50]", "materials[2].layer_heights_um[1]"},
    {"'layer_heights_um': [50, 100]", "'layer_heights_um': [50, 0.1]", "materials[2].layer_heights_um[1]"},
    {"'layer_heights_um': [50, 100]", "'layer_heights_um': []", "materials[2].layer_heights_um"},
    {"'default_layer_um': 50", "'default_layer_um': 60", "materials[2].default_layer_um"},
    {"[50, 100], 'default_layer_um': 50", "[50, 100]", "materials[2].default_layer_um"},
    {"'infill': {'min': 0, 'max': 100, 'default': 20}", "'infill': {'min': 30, 'max': 20, 'default': 20}",
     "materials[0].infill.max"},
    {"'default': 20}", "'default': 101}", "materials[0].infill.default"},
    {"'limits': {'max_mm': [192, 120, 240]}",
     "'infill': {'min': 0, 'max': 1, 'default': 1}, 'limits': {'max_mm': [1, 1, 1]}", "materials[2].infill"},
    {"'limits': {'max_mm': [192, 120, 240]}", "'limits': {}", "materials[2].limits.max_mm"},
    {"'limits': {'max_mm': [192, 120, 240]}", "'limits': {'max_mm': {'x': 1}}", "materials[2].limits.max_mm"},
    {"'max_mm': [192, 120, 240]", "'max_mm': [192, '120', 240]", "materials[2].limits.max_mm[1]"},
    {"'max_mm': [192, 120, 240]", "'max_mm': [192, 0, 240]", "materials[2].limits.max_mm"},
    {"'max_mm': [192, 120, 240]", "'max_mm': [192, 1e99, 240]", "materials[2].limits.max_mm[1]"},
    {"'min_mm': [1, 1, 0.5]", "'min_mm': [1, 1, 600]", "materials[1].limits.min_mm"},
    {"'min_wall_mm': 0.8", "'min_wall_mm': '0.8'", "materials[0].limits.min_wall_mm"},
    {"'max_triangles': 1000000", "'max_triangles': 1e6", "materials[1].limits.max_triangles"},
    {"'id': 'col_glow'", "'id': 'col_gold'", "materials[0].colors[2].id"},
    {"'hex': '#C8FFC8'", "'hex': 'C8FFC8'", "materials[0].colors[2].hex"},
    {"'surcharge': '0.25'", "'surcharge': 0.25", "materials[0].colors[2].surcharge"},
    {"'id': 'fin_matt'", "'id': 'fin_dye'", "materials[1].finishes[2].id"},
    {"'per_cm2': '0.006'", "'per_cm2': '0.0000006'", "materials[1].finishes[0].per_cm2"},
    {"'extra_days': 1", "'extra_days': '1'", "materials[1].finishes[0].extra_days"},
    {"'colors_allowed': ['col_white']", "'colors_allowed': ['col_black']",
     "materials[1].finishes[1].colors_allowed[0]"},
    {"'code': 'quantity_cap'", "'code': 'quantity_limit'", "materials[1].restrictions[1].code"},
    {"'entities': ['500']", "'entities': ['many']", "materials[1].restrictions[1].entities"},
    {"'entities': ['500']", "'entities': ['0']", "materials[1].restrictions[1].entities"},
    {"'entities': ['500']", "'entities': ['5', '6']", "materials[1].restrictions[1].entities"},
    {"'entities': ['US', 'CA']", "'entities': ['US', 'USA']", "materials[1].restrictions[0].entities[1]"},
    {"'entities': ['US', 'CA']", "'entities': []", "materials[1].restrictions[0].entities"},
    {"'entities': ['col_blue', 'fin_matt']", "'entities': ['col_blue', 'fin_gloss']",
     "materials[1].restrictions[2].entities[1]"},
    {"'entities': ['col_blue', 'fin_matt']", "'entities': ['col_blue']", "materials[1].restrictions[2].entities"},
    {"'entities': ['fin_wax', 'JP']", "'entities': ['fin_wax', 'XX']", "materials[1].restrictions[3].entities[1]"},
    {"'sites': ['site_a']", "'sites': 'site_a'", "materials[1].sites"},
    /* what orders need */
    {"'zones': [\n", "'zones': [], 'other': [\n", "shipping.methods[0].zones"},
    {"'countries': ['DE', 'AT']", "'countries': ['DE', 'DE']", "shipping.methods[0].zones[1].countries"},
    {"'countries': ['DE', 'AT']", "'countries': ['DE', 'Austria']", "shipping.methods[0].zones[1].countries[1]"},
    {"'countries': ['DE', 'AT']", "'countries': []", "shipping.methods[0].zones[1].countries"},
    {"'postcodes': null", "'postcodes': ['12', '11']", "shipping.methods[0].zones[1].countries"},
    {"'postcodes': null", "'postcodes': ['12', 'a_b']", "shipping.methods[0].zones[1].postcodes[1]"},
    {"'postcodes': null", "'postcodes': []", "shipping.methods[0].zones[1].postcodes"},
    {"'postcodes': null, ", "", "shipping.methods[0].zones[1].postcodes"},
    {"'transit_days': [3, 5]", "'transit_days': [5, 3]", "shipping.methods[0].zones[1].transit_days"},
    {"'transit_days': [3, 5]", "'transit_days': 3", "shipping.methods[0].zones[1].transit_days"},
    {"'per_step': '1.60'", "'per_step': 1.6", "shipping.methods[0].zones[1].per_step"},
    {"'tracked': true", "'tracked': 'yes'", "shipping.methods[0].tracked"},
    {"'volumetric_divisor': 5000", "'volumetric_divisor': 0", "shipping.volumetric_divisor"},
    {"{'country': 'AT', 'rate_ppm'", "{'country': 'DE', 'rate_ppm'", "tax[1].country"},
    {"{'country': 'AT', 'rate_ppm'", "{'country': 'AUT', 'rate_ppm'", "tax[1].country"},
    {"'rate_ppm': 200000", "'rate_ppm': 1000001", "tax[1].rate_ppm"},
};

static void every_rule_names_its_path(void **state)
{
    (void)state;
    lq_context *context = new_context();
    for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
        char *text = price_book_changed(mistakes[i].from, mistakes[i].to);
        if (!text) fail_msg("\"%s\" does not occur once", mistakes[i].from);
        lq_status status = read_bytes(context, text, strlen(text));
        const lq_error *error = lq_context_error(context);
        if (status != LQ_ERR_INPUT || strcmp(error->part, mistakes[i].path) != 0)
            print_error("%s -> %s: %s\n", mistakes[i].from, mistakes[i].to, error->message);
        assert_int_equal(status, LQ_ERR_INPUT);
        assert_string_equal(error->code, "book_invalid");
        assert_string_equal(error->part, mistakes[i].path);
        assert_int_equal(error->offset, -1);
        assert_non_null(strstr(error->message, mistakes[i].path));
        free(text);
    }
    lq_context_destroy(context);
}

static void allowed(void **state)
{
    (void)state;
    static const struct {
        const char *from, *to;
    } changes[] = {
        {"'countries': ['DE', 'AT']", "'countries': ['AT', 'DE']"},
        {"'postcodes': null", "'postcodes': ['12', '1']"},
        {"'manual_review_over': '1000.00', 'review_on': ['volume_uncertain'],", ""},
        {"'colors': [{'id': 'col_white', 'name': 'White', 'surcharge': '0'},",
         "'brand': 'Any', 'tags': ['a b'], 'colors': "
         "[{'id': 'col_white', 'name': 'Wei\xc3\x9f', 'surcharge': '0'},"},
        {"'discount_ppm': 150000", "'discount_ppm': 100000"},
    };
    lq_context *context = new_context();
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        char *text = price_book_changed(changes[i].from, changes[i].to);
        assert_non_null(text);
        if (read_bytes(context, text, strlen(text)) != LQ_OK) fail_msg("%s", lq_context_error(context)->message);
        free(text);
    }
    lq_context_destroy(context);
}

static void expect_bad_json(lq_context *context, const char *bytes, size_t size)
{
    assert_int_equal(read_bytes(context, bytes, size), LQ_ERR_INPUT);
    const lq_error *error = lq_context_error(context);
    assert_string_equal(error->code, "book_invalid");
    assert_string_equal(error->part, "");
    assert_in_range(error->offset, 0, size);
}

static void no_json(void **state)
{
    (void)state;
    static const char *const texts[] = {"",
                                        " ",
                                        "x",
                                        "{",
                                        "{\"version\":\"a\",}",
                                        "{\"a\":1,\"a\":2}",
                                        "{\"a\":01}",
                                        "{\"a\":NaN}",
                                        "{\"a\":1e999}",
                                        "{\"a\":99999999999999999999}",
                                        "{\"a\":\"\\u0000\"}",
                                        "{\"a\":\"\xff\"}",
                                        "{\"a\":\"\xc0\xaf\"}",
                                        "{\"a\":\"\xed\xa0\x80\"}",
                                        "{} x",
                                        "{\"a\":'b'}",
                                        "\xef\xbb\xbf{}",
                                        "{\"a\":\"b\nc\"}",
                                        "\"unfinished \\"};
    lq_context *context = new_context();
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) expect_bad_json(context, texts[i], strlen(texts[i]));
    expect_bad_json(context, "{\"a\":\"\0\"}", 9);
    assert_int_equal(read_bytes(context, "[]", 2), LQ_ERR_INPUT); /* JSON, but no book */
    assert_string_equal(lq_context_error(context)->part, "");
    assert_int_equal(lq_context_error(context)->offset, -1);
    assert_int_equal(read_bytes(context, NULL, 1), LQ_ERR_ARGUMENT);
    lq_context_destroy(context);
}

/* An exact-size block, so that a sanitizer sees one byte too far. */
static lq_status read_exact(lq_context *context, const char *bytes, size_t size)
{
    char *block = malloc(size ? size : 1);
    assert_non_null(block);
    memcpy(block, bytes, size);
    lq_status status = read_bytes(context, block, size);
    free(block);
    return status;
}

static void every_prefix(void **state)
{
    (void)state;
    lq_context *context = new_context();
    char *text = price_book_text();
    size_t size = strlen(text) - 1; /* without the last line feed */
    for (size_t cut = 0; cut < size; cut++) {
        assert_int_equal(read_exact(context, text, cut), LQ_ERR_INPUT);
        assert_string_equal(lq_context_error(context)->code, "book_invalid");
        assert_in_range(lq_context_error(context)->offset, 0, cut);
    }
    assert_int_equal(read_exact(context, text, size), LQ_OK);
    free(text);
    lq_context_destroy(context);
}

static void every_seventh_bit_flip(void **state)
{
    (void)state;
    lq_context *context = new_context();
    char *text = price_book_text();
    size_t size = strlen(text);
    for (size_t bit = 0; bit < size * 8; bit += 7) {
        text[bit / 8] = (char)(text[bit / 8] ^ 1 << bit % 8);
        lq_status status = read_bytes(context, text, size);
        assert_true(status == LQ_OK || status == LQ_ERR_INPUT);
        text[bit / 8] = (char)(text[bit / 8] ^ 1 << bit % 8);
    }
    free(text);
    lq_context_destroy(context);
}

static void depth(void **state)
{
    (void)state;
    lq_context *context = new_context();
    char nest[200000];
    memset(nest, '[', sizeof nest);
    assert_int_equal(read_bytes(context, nest, sizeof nest), LQ_ERR_INPUT);
    const lq_error *error = lq_context_error(context);
    assert_string_equal(error->code, "book_invalid");
    assert_int_equal(error->offset, LQI_BOOK_DEPTH_MAX);
    assert_int_equal(error->limit, LQI_BOOK_DEPTH_MAX);
    assert_int_equal(error->actual, LQI_BOOK_DEPTH_MAX + 1);
    nest[LQI_BOOK_DEPTH_MAX] = ']'; /* deep enough: jansson sees it and finds the brackets open */
    expect_bad_json(context, nest, LQI_BOOK_DEPTH_MAX + 1);
    /* brackets in texts do not count */
    memset(nest, '[', sizeof nest);
    memcpy(nest, "{\"a\\\"", 5);
    memcpy(nest + 100, "\":1}", 4);
    assert_int_equal(read_bytes(context, nest, 104), LQ_ERR_INPUT);
    assert_int_equal(lq_context_error(context)->offset, -1);
    assert_string_equal(lq_context_error(context)->part, "version");
    lq_context_destroy(context);
}

static void size(void **state)
{
    (void)state;
    lq_context *context = new_context();
    char *text = price_book_text();
    char *large = malloc(LQI_BOOK_SIZE_MAX + 1);
    assert_non_null(large);
    memset(large, ' ', LQI_BOOK_SIZE_MAX + 1);
    memcpy(large, text, strlen(text));
    assert_int_equal(read_bytes(context, large, LQI_BOOK_SIZE_MAX), LQ_OK);
    assert_int_equal(read_bytes(context, large, LQI_BOOK_SIZE_MAX + 1), LQ_ERR_INPUT);
    assert_string_equal(lq_context_error(context)->code, "book_invalid");
    assert_int_equal(lq_context_error(context)->offset, LQI_BOOK_SIZE_MAX);
    assert_int_equal(lq_context_error(context)->limit, LQI_BOOK_SIZE_MAX);
    assert_int_equal(lq_context_error(context)->actual, LQI_BOOK_SIZE_MAX + 1);
    memset(large, ',', LQI_BOOK_SIZE_MAX);
    assert_int_equal(read_bytes(context, large, LQI_BOOK_SIZE_MAX), LQ_ERR_INPUT);
    assert_int_equal(lq_context_error(context)->limit, LQI_BOOK_VALUES_MAX);
    assert_int_equal(lq_context_error(context)->offset, LQI_BOOK_VALUES_MAX - 1);
    free(large);
    free(text);
    lq_context_destroy(context);
}

/* A zone list whose countries times postcodes would be millions. */
static void amplified_zones(void **state)
{
    (void)state;
    enum { COUNTRIES = 240, POSTCODES = 5000 };
    lq_context *context = new_context();
    char *list = malloc(COUNTRIES * 8 + POSTCODES * 12 + 100), *end = list;
    assert_non_null(list);
    end += sprintf(end, "'countries': ['DE'");
    for (int i = 0; i < COUNTRIES; i++) end += sprintf(end, ",'AT'");
    end += sprintf(end, "], 'postcodes': ['0'");
    for (int i = 0; i < POSTCODES; i++) end += sprintf(end, ",'%d'", i);
    sprintf(end, "]");
    char *text = price_book_changed("'countries': ['DE', 'AT'], 'postcodes': null", list);
    assert_non_null(text);
    assert_int_equal(read_bytes(context, text, strlen(text)), LQ_ERR_INPUT);
    assert_string_equal(lq_context_error(context)->part, "shipping.methods[0].zones[1]");
    free(text);
    free(list);
    lq_context_destroy(context);
}

static void nth_allocation_fails(void **state)
{
    (void)state;
    char *text = price_book_text();
    lq_status status = LQ_ERR_MEMORY;
    uint64_t n = 1;
    for (; status != LQ_OK; n++) {
        lend_allocator memory = {.forever = 1};
        lq_allocator allocator = lend_allocator_of(&memory);
        lq_context_options options = {.struct_size = sizeof options, .allocator = &allocator};
        lq_context *context;
        lq_book *book;
        assert_int_equal(lq_context_create(&options, &context), LQ_OK);
        memory.fail_at = memory.calls + n;
        status = lq_book_read(context, text, strlen(text), &book);
        if (status != LQ_OK) {
            assert_int_equal(status, LQ_ERR_MEMORY);
            assert_string_equal(lq_context_error(context)->code, "out_of_memory");
            assert_int_equal(lq_context_error(context)->offset, -1);
            assert_null(book);
        }
        lq_book_destroy(book);
        assert_int_equal(lq_context_memory_held(context), 0);
        lq_context_destroy(context);
        assert_int_equal(memory.blocks, 0);
    }
    assert_true(n > 3);
    free(text);
}

static void memory_limit(void **state)
{
    (void)state;
    lq_limits limits = {.struct_size = sizeof limits, .memory_bytes = 20000};
    lq_context_options options = {.struct_size = sizeof options, .limits = &limits};
    lq_context *context;
    assert_int_equal(lq_context_create(&options, &context), LQ_OK);
    assert_int_equal(read_bytes(context, lqi_default_book_json, lqi_default_book_json_size), LQ_ERR_LIMIT);
    assert_string_equal(lq_context_error(context)->code, "limit");
    lq_context_destroy(context);
}

static void machine_is_kept(void **state)
{
    (void)state;
    lq_context *context = new_context();
    char *text = price_book_text();
    lq_book *book;
    assert_int_equal(lq_book_read(context, text, strlen(text), &book), LQ_OK);
    const lqi_process *process = book->materials[0].process;
    assert_true(process->has_machine);
    assert_int_equal(process->machine.count, 3);
    assert_string_equal(lqi_profile_find(&process->machine, "perimeters"), "2");
    assert_string_equal(lqi_profile_find(&process->machine, "fill_pattern"), "grid");
    assert_string_equal(lqi_profile_find(&process->machine, "extrusion_width"), "0.45");
    lq_book_destroy(book);
    free(text);
    lq_context_destroy(context);
}

static void fitting(void **state)
{
    (void)state;
    static const struct {
        int64_t box[3];
        lqi_fit fit;
        int turn[3];
    } cases[] = {
        {{100, 50, 20}, LQI_FITS, {0, 1, 2}},        {{50, 100, 20}, LQI_FITS_TURNED, {1, 0, 2}},
        {{20, 30, 100}, LQI_FITS_TURNED, {2, 1, 0}}, /* both ways of lying fit: the lower one, 20 */
        {{45, 20, 60}, LQI_FITS_TURNED, {2, 0, 1}},  {{101, 1, 1}, LQI_TOO_LARGE, {0, 1, 2}},
        {{60, 51, 51}, LQI_TOO_LARGE, {0, 1, 2}},    {{100, 50, 1}, LQI_TOO_SMALL, {0, 1, 2}},
        {{1, 50, 20}, LQI_TOO_SMALL, {0, 1, 2}},     {{5, 40, 2}, LQI_FITS, {0, 1, 2}},
    };
    const lqi_limits limits = {.max_um = {100, 50, 40}, .min_um = {2, 2, 2}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int turn[3];
        assert_int_equal(lqi_fit_box(&limits, cases[i].box, turn), cases[i].fit);
        assert_memory_equal(turn, cases[i].turn, sizeof turn);
    }
}

static void countries(void **state)
{
    (void)state;
    char alpha2[3];
    assert_true(lqi_country("DEU", alpha2));
    assert_string_equal(alpha2, "DE");
    assert_true(lqi_country("AD", alpha2));
    assert_true(lqi_country("ZWE", alpha2));
    assert_string_equal(alpha2, "ZW");
    static const char *const none[] = {"", "D", "de", "XX", "DE ", "DEUT", "Germany", "EU", "UK", "ADA"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) assert_false(lqi_country(none[i], alpha2));
    assert_false(lqi_country_alpha2("DEU"));
    assert_true(lqi_country_alpha2("GB"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_rule_names_its_path),
        cmocka_unit_test(allowed),
        cmocka_unit_test(no_json),
        cmocka_unit_test(every_prefix),
        cmocka_unit_test(every_seventh_bit_flip),
        cmocka_unit_test(depth),
        cmocka_unit_test(size),
        cmocka_unit_test(amplified_zones),
        cmocka_unit_test(nth_allocation_fails),
        cmocka_unit_test(memory_limit),
        cmocka_unit_test(machine_is_kept),
        cmocka_unit_test(fitting),
        cmocka_unit_test(countries),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
