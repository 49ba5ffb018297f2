#include "tests/support/price_books.h"

#include <stdlib.h>
#include <string.h>

/* Written with ' instead of ", to be readable here. */
static const char book[] =
    "{ 'version': 'pb_test', 'currency': 'EUR', 'timezone': 'Europe/Berlin', 'cutoff': '14:00',\n"
    "  'fx': { 'EUR': {'rate': '1', 'increment_minor': 1}, 'JPY': {'rate': '162.5', 'increment_minor': 1},\n"
    "          'BHD': {'rate': '0.41', 'increment_minor': 5} },\n"
    "  'min_order': '15.00', 'priority_ppm': 300000, 'priority_days': 2, 'max_quantity': 100000,\n"
    "  'manual_review_over': '1000.00', 'review_on': ['volume_uncertain'],\n"
    "  'tiers': [ {'min_qty': 1, 'discount_ppm': 0}, {'min_qty': 10, 'discount_ppm': 50000},\n"
    "             {'min_qty': 50, 'discount_ppm': 100000}, {'min_qty': 100, 'discount_ppm': 150000} ],\n"
    "  'discount_codes': [\n"
    "    {'code': 'TENTH', 'ppm': 100000, 'from': '2026-01-01', 'to': '2026-12-31', 'accounts': null},\n"
    "    {'code': 'FRIENDS', 'ppm': 200000, 'from': null, 'to': null, 'accounts': ['acct_a', 'acct_b']} ],\n"
    "  'accounts': { 'acct_a': {'markup_ppm': 100000},\n"
    "                'acct_b': {'tiers': [{'min_qty': 1, 'discount_ppm': 20000}]} },\n"
    "  'overhead_ppm': 80000, 'markup_ppm': 350000, 'labour_per_hour': '33.00',\n"
    "  'processes': {\n"
    "    'fdm': {'kind': 'extrusion', 'machine_per_hour': '2.40', 'shell_um': 1200, 'layer_ms': 1500,\n"
    "            'flow_mm3_ks': {'100': 4500, '200': 8500, '300': 12000}, 'support_density_pct': 15,\n"
    "            'support_removal_per_cm2': '0.020', 'base_days': 2, 'buffer_days': 2, 'capacity_h_per_day': 40},\n"
    "    'sla': {'kind': 'vat', 'machine_per_hour': '4.50', 'bed_um': [192000, 120000], 'gap_um': 3000,\n"
    "            'plate_ms': 900000, 'layer_ms': 9000, 'support_density_pct': 100,\n"
    "            'support_removal_per_cm2': '0.050', 'base_days': 3, 'buffer_days': 2, 'capacity_h_per_day': 20,\n"
    "            'priority_days': 3},\n"
    "    'sls': {'kind': 'powder', 'envelope_per_cm3': '0.100', 'clearance_um': 1000, 'box': 'aabb', 'base_days': 5,\n"
    "            'buffer_days': 2, 'capacity_h_per_day': 0} },\n"
    "  'materials': [\n"
    "    {'id': 'mat_pla', 'process': 'fdm', 'name': 'PLA', 'family': 'PLA', 'status': 'active',\n"
    "     'density_mg_cm3': 1240, 'price_per_kg': '22.00', 'waste_ppm': 50000, 'handling_ms': 120000,\n"
    "     'setup': '3.50', 'min_unit_price': '2.00', 'min_line_price': '6.00',\n"
    "     'layer_heights_um': [100, 200, 300], 'default_layer_um': 200,\n"
    "     'infill': {'min': 0, 'max': 100, 'default': 20},\n"
    "     'limits': {'max_mm': [250, 210, 210], 'min_wall_mm': 0.8, 'min_wire_mm': 1.0},\n"
    "     'colors': [{'id': 'col_gold', 'name': 'Gold', 'status': 'paused', 'surcharge': '0.40'},\n"
    "                {'id': 'col_black', 'name': 'Black', 'hex': '#101010', 'surcharge': '0'},\n"
    "                {'id': 'col_glow', 'name': 'Glow', 'hex': '#C8FFC8', 'surcharge': '0.25'}],\n"
    "     'finishes': [], 'restrictions': []},\n"
    "    {'id': 'mat_pa12', 'process': 'sls', 'name': 'PA12', 'family': 'PA12', 'status': 'active',\n"
    "     'density_mg_cm3': 1010, 'price_per_kg': '65.00', 'handling_ms': 180000, 'setup': '9.00',\n"
    "     'min_unit_price': '4.00', 'min_line_price': '15.00',\n"
    "     'limits': {'max_mm': [330, 330, 560], 'min_mm': [1, 1, 0.5], 'max_triangles': 1000000},\n"
    "     'colors': [{'id': 'col_white', 'name': 'White', 'surcharge': '0'},\n"
    "                {'id': 'col_blue', 'name': 'Blue', 'surcharge': '0'}],\n"
    "     'finishes': [{'id': 'fin_dye', 'name': 'Dyed', 'extra_days': 1, 'per_part': '1.20', 'per_cm2': '0.006'},\n"
    "                  {'id': 'fin_wax', 'name': 'Waxed', 'per_part': '2', 'per_cm2': '0',\n"
    "                   'colors_allowed': ['col_white']},\n"
    "                  {'id': 'fin_matt', 'name': 'Matt', 'per_part': '2', 'per_cm2': '0'}],\n"
    "     'restrictions': [\n"
    "       {'code': 'country_not_served', 'name': 'No licence', 'entities': ['US', 'CA']},\n"
    "       {'code': 'quantity_cap', 'name': 'Small machine', 'entities': ['500']},\n"
    "       {'code': 'color_finish_excluded', 'name': 'Blue is never matt', 'entities': ['col_blue', 'fin_matt']},\n"
    "       {'code': 'review_required', 'name': 'Waxed parts are checked', 'entities': ['fin_wax', 'JP']}],\n"
    "     'sites': ['site_a']},\n"
    "    {'id': 'mat_resin', 'process': 'sla', 'name': 'Resin', 'family': 'Resin', 'status': 'active',\n"
    "     'density_mg_cm3': 1120, 'price_per_kg': '95.00', 'waste_ppm': 150000, 'handling_ms': 300000,\n"
    "     'setup': '4.00', 'min_unit_price': '3.00', 'min_line_price': '8.00',\n"
    "     'layer_heights_um': [50, 100], 'default_layer_um': 50,\n"
    "     'limits': {'max_mm': [192, 120, 240]}},\n"
    "    {'id': 'mat_dear', 'process': 'fdm', 'name': 'Dear', 'family': 'PLA', 'status': 'active',\n"
    "     'density_mg_cm3': 1240, 'price_per_kg': '22.00', 'waste_ppm': 50000, 'handling_ms': 120000,\n"
    "     'setup': '3.50', 'min_unit_price': '0', 'min_line_price': '0',\n"
    "     'overhead_ppm': 0, 'markup_ppm': 1000000, 'labour_per_hour': '66', 'machine_per_hour': '4.80',\n"
    "     'base_days': 9, 'tiers': [{'min_qty': 1, 'discount_ppm': 500000}], 'max_quantity': 20,\n"
    "     'layer_heights_um': [200], 'default_layer_um': 200, 'limits': {'max_mm': [250, 210, 210]}},\n"
    "    {'id': 'mat_gone', 'process': 'fdm', 'name': 'Gone', 'family': 'PLA', 'status': 'discontinued',\n"
    "     'density_mg_cm3': 1240, 'price_per_kg': '22.00', 'handling_ms': 0, 'setup': '0',\n"
    "     'min_unit_price': '0', 'min_line_price': '0', 'layer_heights_um': [200], 'default_layer_um': 200,\n"
    "     'limits': {'max_mm': [250, 210, 210]}} ],\n"
    "  'shipping': { 'tare_g': 150, 'volumetric_divisor': 5000, 'methods': [\n"
    "    {'id': 'ship_standard', 'name': 'Standard', 'carrier': 'dhl', 'tracked': true, 'max_kg': '31.5', 'zones': [\n"
    "      {'countries': ['DE'], 'postcodes': ['10', '11'], 'base': '5.90', 'included_g': 1000, 'step_g': 500,\n"
    "       'per_step': '1.50', 'transit_days': [2, 4]},\n"
    "      {'countries': ['DE', 'AT'], 'postcodes': null, 'base': '6.90', 'included_g': 1000, 'step_g': 500,\n"
    "       'per_step': '1.60', 'transit_days': [3, 5]}]}] },\n"
    "  'tax': [{'country': 'DE', 'rate_ppm': 190000, 'name': 'VAT'}, {'country': 'AT', 'rate_ppm': 200000, "
    "'name': 'VAT'}],\n"
    "  'holidays': ['2026-12-25', '2026-12-26'] }\n";

static char *with_quotes(char *text)
{
    for (char *p = text; p && *p; p++)
        if (*p == '\'') *p = '"';
    return text;
}

char *price_book_text(void) { return with_quotes(strdup(book)); }

char *price_book_changed(const char *from, const char *to)
{
    const char *at = strstr(book, from);
    if (!at || strstr(at + 1, from)) return NULL;
    size_t before = (size_t)(at - book), after = strlen(at) - strlen(from);
    char *text = malloc(before + strlen(to) + after + 1);
    if (!text) return NULL;
    memcpy(text, book, before);
    memcpy(text + before, to, strlen(to));
    memcpy(text + before + strlen(to), at + strlen(from), after + 1);
    return with_quotes(text);
}
