#include <string.h>

#include "price/book_parts.h"
#include "price/country.h"
#include "price/money.h"

static const char *const offers[] = {"active", "paused", "discontinued"};
static const char *const rules[] = {"country_not_served", "color_finish_excluded", "quantity_cap", "review_required"};
static const char *const kinds[] = {"extrusion", "vat", "powder"};

const char *lqi_offer_name(lqi_offer offer) { return offers[offer]; }
const char *lqi_rule_name(lqi_rule rule) { return rules[rule]; }
const char *lqi_process_kind_name(lqi_process_kind kind) { return kinds[kind]; }

static void read_offer(lqi_members *members, lqi_need need, lqi_offer *offer)
{
    int value = LQI_OFFER_ACTIVE;
    lqi_get_word(members, "status", need, offers, 3, &value);
    *offer = (lqi_offer)value;
}

static void read_layers(lqi_members *members, lqi_material *material)
{
    lqi_reader *reader = members->reader;
    lqi_need need = material->process->kind == LQI_PROCESS_POWDER ? LQI_OPTIONAL : LQI_REQUIRED;
    size_t count;
    const json_t *list = lqi_get_list(members, "layer_heights_um", need, 1, &count);
    if (!list) return; /* a default without the list is an unknown member */
    material->layers_um = lqi_reader_array(reader, count, sizeof *material->layers_um);
    bool found = false;
    int64_t chosen = 0, last = 0;
    lqi_get_integer(members, "default_layer_um", LQI_REQUIRED, 1, 10000, &chosen);
    for (size_t i = 0; i < count && lqi_reader_ok(reader); i++) {
        const json_t *item = json_array_get(list, i);
        int64_t layer = json_integer_value(item);
        size_t mark = lqi_enter_item(reader, "layer_heights_um", i);
        if (!json_is_integer(item) || layer < 1 || layer > 10000)
            lqi_invalid(reader, "a layer height from 1 to 10000 micrometres is expected");
        if (layer <= last) lqi_invalid(reader, "layer heights must rise");
        if (material->process->kind == LQI_PROCESS_EXTRUSION && !lqi_terms_flow(&material->terms, layer))
            lqi_invalid(reader, "flow_mm3_ks has no such layer height");
        if (lqi_reader_ok(reader)) material->layers_um[i] = (uint32_t)layer;
        lqi_leave(reader, mark);
        found |= layer == chosen;
        last = layer;
    }
    if (!found) lqi_invalid_member(reader, "default_layer_um", "it is not one of layer_heights_um");
    material->layer_count = count;
    material->layer_default_um = (uint32_t)chosen;
}

static void read_infill(lqi_members *members, lqi_material *material)
{
    if (material->process->kind != LQI_PROCESS_EXTRUSION) return; /* it is then an unknown member */
    lqi_reader *reader = members->reader;
    const json_t *json = lqi_get(members, "infill", LQI_OPTIONAL);
    if (!json) return;
    int64_t min = 0, max = 0, chosen = 0;
    lqi_members infill;
    size_t mark = lqi_enter(reader, "infill");
    lqi_members_open(&infill, reader, json);
    lqi_get_integer(&infill, "min", LQI_REQUIRED, 0, 100, &min);
    lqi_get_integer(&infill, "max", LQI_REQUIRED, min, 100, &max);
    lqi_get_integer(&infill, "default", LQI_REQUIRED, min, max, &chosen);
    lqi_members_close(&infill);
    lqi_leave(reader, mark);
    material->has_infill = true;
    material->infill_min = (int32_t)min;
    material->infill_max = (int32_t)max;
    material->infill_default = (int32_t)chosen;
}

static void read_limits(lqi_members *members, lqi_limits *limits)
{
    lqi_reader *reader = members->reader;
    const json_t *json = lqi_get(members, "limits", LQI_REQUIRED);
    if (!json) return;
    *limits = (lqi_limits){.wall_um = LQI_LENGTH_UNKNOWN,
                           .wire_um = LQI_LENGTH_UNKNOWN,
                           .clearance_um = LQI_LENGTH_UNKNOWN,
                           .escape_hole_um = LQI_LENGTH_UNKNOWN};
    lqi_members members_of_limits;
    size_t mark = lqi_enter(reader, "limits");
    lqi_members_open(&members_of_limits, reader, json);
    lqi_get_lengths(&members_of_limits, "max_mm", LQI_REQUIRED, limits->max_um);
    lqi_get_lengths(&members_of_limits, "min_mm", LQI_OPTIONAL, limits->min_um);
    lqi_get_length(&members_of_limits, "min_wall_mm", LQI_OPTIONAL, &limits->wall_um);
    lqi_get_length(&members_of_limits, "min_wire_mm", LQI_OPTIONAL, &limits->wire_um);
    lqi_get_length(&members_of_limits, "min_clearance_mm", LQI_OPTIONAL, &limits->clearance_um);
    lqi_get_length(&members_of_limits, "min_escape_hole_mm", LQI_OPTIONAL, &limits->escape_hole_um);
    lqi_get_integer(&members_of_limits, "max_triangles", LQI_OPTIONAL, 1, INT64_MAX, &limits->triangles_max);
    lqi_members_close(&members_of_limits);
    for (size_t i = 0; i < 3; i++) {
        if (limits->max_um[i] == 0) lqi_invalid_member(reader, "max_mm", "a side of 0 lets no part in");
        if (limits->max_um[i] < limits->min_um[i]) lqi_invalid_member(reader, "min_mm", "it is above max_mm");
    }
    lqi_leave(reader, mark);
}

static void read_colors(lqi_members *members, lqi_material *material, lqi_names *names)
{
    static const char section[] = "colors";
    lqi_reader *reader = members->reader;
    size_t count;
    const json_t *list = lqi_get_list(members, section, LQI_OPTIONAL, 0, &count);
    lqi_color *colors = lqi_reader_array(reader, count, sizeof *colors);
    for (size_t i = 0; i < count && lqi_reader_ok(reader); i++) {
        size_t mark = lqi_enter_item(reader, section, i);
        lqi_members color;
        lqi_members_open(&color, reader, json_array_get(list, i));
        lqi_get_text(&color, "id", LQI_REQUIRED, LQI_SLUG, &colors[i].id);
        lqi_get_text(&color, "name", LQI_REQUIRED, LQI_TEXT, &colors[i].name);
        lqi_get_text(&color, "hex", LQI_OPTIONAL, LQI_HEX, &colors[i].hex);
        read_offer(&color, LQI_OPTIONAL, &colors[i].offer);
        lqi_get_rate(&color, "surcharge", LQI_OPTIONAL, &colors[i].surcharge_micro);
        lqi_members_close(&color);
        lqi_leave(reader, mark);
    }
    if (!lqi_reader_ok(reader) || !count) return;
    lqi_reader_names(reader, section, "id", &colors->id, count, sizeof *colors, names);
    material->colors = colors;
    material->color_count = count;
}

static void read_finish(lqi_reader *reader, const json_t *json, const lqi_names *colors, lqi_finish *finish)
{
    lqi_members members;
    lqi_members_open(&members, reader, json);
    lqi_get_text(&members, "id", LQI_REQUIRED, LQI_SLUG, &finish->id);
    lqi_get_text(&members, "name", LQI_REQUIRED, LQI_TEXT, &finish->name);
    lqi_get_integer(&members, "extra_days", LQI_OPTIONAL, 0, 3650, &finish->extra_days);
    lqi_get_rate(&members, "per_part", LQI_REQUIRED, &finish->per_part_micro);
    lqi_get_rate(&members, "per_cm2", LQI_REQUIRED, &finish->per_cm2_micro);
    finish->any_color = true;
    if (lqi_reader_ok(reader) && json_object_get(json, "colors_allowed")) {
        finish->any_color = false;
        lqi_get_words(&members, "colors_allowed", LQI_REQUIRED, LQI_SLUG, &finish->colors_allowed);
    }
    for (size_t i = 0; lqi_reader_ok(reader) && i < finish->colors_allowed.count; i++) {
        if (lqi_names_find(colors, finish->colors_allowed.items[i]) >= 0) continue;
        size_t mark = lqi_enter_item(reader, "colors_allowed", i);
        lqi_invalid(reader, "the material has no such colour");
        lqi_leave(reader, mark);
    }
    lqi_members_close(&members);
}

static void read_finishes(lqi_members *members, lqi_material *material, const lqi_names *colors, lqi_names *names)
{
    static const char section[] = "finishes";
    lqi_reader *reader = members->reader;
    size_t count;
    const json_t *list = lqi_get_list(members, section, LQI_OPTIONAL, 0, &count);
    lqi_finish *finishes = lqi_reader_array(reader, count, sizeof *finishes);
    for (size_t i = 0; i < count && lqi_reader_ok(reader); i++) {
        size_t mark = lqi_enter_item(reader, section, i);
        read_finish(reader, json_array_get(list, i), colors, &finishes[i]);
        lqi_leave(reader, mark);
    }
    if (!lqi_reader_ok(reader) || !count) return;
    lqi_reader_names(reader, section, "id", &finishes->id, count, sizeof *finishes, names);
    material->finishes = finishes;
    material->finish_count = count;
}

static bool read_cap(const lqi_words *entities, int64_t *quantity_max)
{
    int64_t micro;
    if (entities->count != 1) return false;
    const char *text = entities->items[0];
    if (strchr(text, '.') || !lqi_micro_read(text, strlen(text), &micro)) return false;
    *quantity_max = micro / LQI_MILLION;
    return *quantity_max >= 1;
}

static void check_entities(lqi_reader *reader, lqi_restriction *restriction, const lqi_names *colors,
                           const lqi_names *finishes)
{
    size_t color_count = 0, finish_count = 0;
    if (!lqi_reader_ok(reader)) return;
    const lqi_words *entities = &restriction->entities;
    if (restriction->rule == LQI_RULE_QUANTITY_CAP) {
        if (!read_cap(entities, &restriction->quantity_max))
            lqi_invalid_member(reader, "entities", "one quantity in a string is expected, like [\"500\"]");
        return;
    }
    for (size_t i = 0; i < entities->count; i++) {
        bool country = lqi_country_alpha2(entities->items[i]);
        bool color = lqi_names_find(colors, entities->items[i]) >= 0;
        bool finish = lqi_names_find(finishes, entities->items[i]) >= 0;
        color_count += color;
        finish_count += finish;
        bool known = restriction->rule == LQI_RULE_COUNTRY_NOT_SERVED      ? country
                     : restriction->rule == LQI_RULE_COLOR_FINISH_EXCLUDED ? color || finish
                                                                           : country || color || finish;
        if (known) continue;
        size_t mark = lqi_enter_item(reader, "entities", i);
        lqi_invalid(reader, restriction->rule == LQI_RULE_COUNTRY_NOT_SERVED
                                ? "a country code of two capitals (ISO 3166-1) is expected"
                                : "the material has nothing of this id");
        lqi_leave(reader, mark);
    }
    if (restriction->rule == LQI_RULE_COUNTRY_NOT_SERVED && entities->count == 0)
        lqi_invalid_member(reader, "entities", "at least one country must stand here");
    if (restriction->rule == LQI_RULE_COLOR_FINISH_EXCLUDED && (!color_count || !finish_count))
        lqi_invalid_member(reader, "entities", "at least one colour and one finish must stand here");
}

static void read_restrictions(lqi_members *members, lqi_material *material, const lqi_names *colors,
                              const lqi_names *finishes)
{
    static const char section[] = "restrictions";
    lqi_reader *reader = members->reader;
    size_t count;
    const json_t *list = lqi_get_list(members, section, LQI_OPTIONAL, 0, &count);
    material->restrictions = lqi_reader_array(reader, count, sizeof *material->restrictions);
    for (size_t i = 0; i < count && lqi_reader_ok(reader); i++) {
        lqi_restriction *restriction = &material->restrictions[i];
        size_t mark = lqi_enter_item(reader, section, i);
        int rule = 0;
        lqi_members item;
        lqi_members_open(&item, reader, json_array_get(list, i));
        lqi_get_word(&item, "code", LQI_REQUIRED, rules, sizeof rules / sizeof *rules, &rule);
        lqi_get_text(&item, "name", LQI_REQUIRED, LQI_TEXT, &restriction->name);
        lqi_get_words(&item, "entities", LQI_REQUIRED, LQI_SLUG, &restriction->entities);
        lqi_members_close(&item);
        restriction->rule = (lqi_rule)rule;
        check_entities(reader, restriction, colors, finishes);
        lqi_leave(reader, mark);
    }
    material->restriction_count = count;
}

static void read_process_of(lqi_members *members, const lq_book *book, lqi_material *material)
{
    const char *name = NULL;
    lqi_get_text(members, "process", LQI_REQUIRED, LQI_SLUG, &name);
    if (!lqi_reader_ok(members->reader)) return;
    int64_t index = lqi_names_find(&book->process_names, name);
    if (index < 0)
        lqi_invalid_member(members->reader, "process", "the book has no such process");
    else
        material->process = &book->processes[index];
}

static void read_material(lqi_reader *reader, const json_t *json, const lq_book *book, lqi_material *material)
{
    lqi_members members;
    lqi_names colors = {0}, finishes = {0};
    lqi_members_open(&members, reader, json);
    lqi_get_text(&members, "id", LQI_REQUIRED, LQI_SLUG, &material->id);
    lqi_get_text(&members, "name", LQI_REQUIRED, LQI_TEXT, &material->name);
    lqi_get_text(&members, "family", LQI_REQUIRED, LQI_TEXT, &material->family);
    lqi_get_text(&members, "brand", LQI_OPTIONAL, LQI_TEXT, &material->brand);
    lqi_get_text(&members, "group", LQI_OPTIONAL, LQI_TEXT, &material->group);
    lqi_get_text(&members, "description", LQI_OPTIONAL, LQI_LONG, &material->description);
    lqi_get_text(&members, "swatch_url", LQI_OPTIONAL, LQI_LONG, &material->swatch_url);
    lqi_get_bool(&members, "supports_color_files", LQI_OPTIONAL, &material->color_files);
    lqi_get_words(&members, "tags", LQI_OPTIONAL, LQI_TEXT, &material->tags);
    lqi_get_words(&members, "sites", LQI_OPTIONAL, LQI_SLUG, &material->sites);
    read_offer(&members, LQI_REQUIRED, &material->offer);
    read_process_of(&members, book, material);
    if (!lqi_reader_ok(reader)) return;
    lqi_get_integer(&members, "density_mg_cm3", LQI_REQUIRED, 1, 100000, &material->density_mg_cm3);
    lqi_get_rate(&members, "price_per_kg", LQI_REQUIRED, &material->price_per_kg);
    lqi_get_integer(&members, "waste_ppm", LQI_OPTIONAL, 0, (int64_t)1000 * LQI_MILLION, &material->waste_ppm);
    lqi_get_integer(&members, "handling_ms", LQI_REQUIRED, 0, (int64_t)1000000000000, &material->handling_ms);
    lqi_get_rate(&members, "setup", LQI_REQUIRED, &material->setup_micro);
    lqi_get_rate(&members, "min_unit_price", LQI_REQUIRED, &material->unit_min_micro);
    lqi_get_rate(&members, "min_line_price", LQI_REQUIRED, &material->line_min_micro);
    material->profile = material->process->profile;
    lqi_read_process_profile(&members, book, &material->profile);
    material->terms = material->process->terms;
    lqi_read_terms(&members, LQI_LEVEL_MATERIAL, material->process->kind, &material->terms);
    read_layers(&members, material);
    read_infill(&members, material);
    read_limits(&members, &material->limits);
    read_colors(&members, material, &colors);
    read_finishes(&members, material, &colors, &finishes);
    read_restrictions(&members, material, &colors, &finishes);
    lqi_members_close(&members);
}

void lqi_read_materials(lqi_members *members, lq_book *book)
{
    static const char section[] = "materials";
    lqi_reader *reader = members->reader;
    size_t count;
    const json_t *list = lqi_get_list(members, section, LQI_REQUIRED, 1, &count);
    book->materials = lqi_reader_array(reader, count, sizeof *book->materials);
    for (size_t i = 0; i < count && lqi_reader_ok(reader); i++) {
        size_t mark = lqi_enter_item(reader, section, i);
        read_material(reader, json_array_get(list, i), book, &book->materials[i]);
        lqi_leave(reader, mark);
    }
    if (!lqi_reader_ok(reader)) return;
    book->material_count = count;
    lqi_reader_names(reader, section, "id", &book->materials->id, count, sizeof *book->materials,
                     &book->material_names);
}
