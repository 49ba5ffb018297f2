#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "estimate/profile_machine.h"
#include "price/book_parts.h"
#include "price/money.h"

/* Bounds that no real book meets; they keep every product of the formula inside 128 bits. */
#define PPM_MAX ((int64_t)1000 * LQI_MILLION)
#define MS_MAX ((int64_t)1000000000000)
#define UM_MAX ((int64_t)100000000)

void lqi_read_tiers(lqi_members *members, const char *key, lqi_need need, lqi_tiers *tiers)
{
    lqi_reader *reader = members->reader;
    size_t count;
    const json_t *list = lqi_get_list(members, key, need, 1, &count);
    if (!list) return;
    lqi_tier *items = lqi_reader_array(reader, count, sizeof *items);
    for (size_t i = 0; i < count && lqi_reader_ok(reader); i++) {
        size_t mark = lqi_enter_item(reader, key, i);
        lqi_members tier;
        int64_t quantity = 0, discount = 0;
        lqi_members_open(&tier, reader, json_array_get(list, i));
        lqi_get_integer(&tier, "min_qty", LQI_REQUIRED, 1, UINT32_MAX, &quantity);
        lqi_get_integer(&tier, "discount_ppm", LQI_REQUIRED, 0, LQI_MILLION - 1, &discount);
        lqi_members_close(&tier);
        if (lqi_reader_ok(reader)) {
            if (i == 0 && quantity != 1) lqi_invalid_member(reader, "min_qty", "the first tier begins at 1");
            if (i > 0 && quantity <= items[i - 1].quantity_min)
                lqi_invalid_member(reader, "min_qty", "quantities must rise from tier to tier");
            if (i > 0 && discount < items[i - 1].discount_ppm)
                lqi_invalid_member(reader, "discount_ppm", "discounts must not fall from tier to tier");
            items[i] = (lqi_tier){(uint32_t)quantity, (int32_t)discount};
        }
        lqi_leave(reader, mark);
    }
    *tiers = (lqi_tiers){items, count};
}

static int by_layer(const void *a, const void *b)
{
    const lqi_flow *x = a, *y = b;
    return (x->layer_um > y->layer_um) - (x->layer_um < y->layer_um);
}

int64_t lqi_terms_flow(const lqi_terms *terms, int64_t layer_um)
{
    lqi_flow wanted = {.layer_um = (uint32_t)layer_um};
    const lqi_flow *flow =
        terms->flow_count ? bsearch(&wanted, terms->flows, terms->flow_count, sizeof wanted, by_layer) : NULL;
    return flow ? flow->mm3_per_ks : 0;
}

static void read_flows(lqi_members *members, lqi_need need, lqi_terms *terms)
{
    static const char name[] = "flow_mm3_ks";
    lqi_reader *reader = members->reader;
    const json_t *map = lqi_get(members, name, need);
    if (!map) return;
    if (!json_is_object(map) || json_object_size(map) == 0) {
        lqi_invalid_member(reader, name, "an object with a flow for each layer height is expected");
        return;
    }
    size_t mark = lqi_enter(reader, name);
    lqi_flow *flows = lqi_reader_array(reader, json_object_size(map), sizeof *flows);
    size_t count = 0;
    const char *key;
    json_t *value;
    lqi_members entries;
    lqi_members_open(&entries, reader, map);
    json_object_foreach((json_t *)(uintptr_t)map, key, value)
    {
        int64_t micro = 0, flow = 0;
        if (!lqi_reader_ok(reader)) break;
        bool number = strlen(key) <= 6 && !strchr(key, '.') && lqi_micro_read(key, strlen(key), &micro);
        if (!number || micro == 0)
            lqi_invalid_member(reader, key, "the name of a flow is a layer height in micrometres");
        if (!json_is_integer(value)) lqi_invalid_member(reader, key, "an integer is expected");
        flow = json_integer_value(value);
        if (flow < 1 || flow > MS_MAX) lqi_invalid_member(reader, key, "a flow is at least 1 mm3 in 1000 s");
        if (lqi_reader_ok(reader)) flows[count++] = (lqi_flow){(uint32_t)(micro / LQI_MILLION), flow};
    }
    lqi_leave(reader, mark);
    if (!lqi_reader_ok(reader)) return;
    qsort(flows, count, sizeof *flows, by_layer);
    terms->flows = flows;
    terms->flow_count = count;
}

static void read_bed(lqi_members *members, lqi_need need, int64_t bed_um[2])
{
    lqi_reader *reader = members->reader;
    const json_t *list = lqi_get(members, "bed_um", need);
    if (!list) return;
    for (size_t i = 0; i < 2; i++) {
        const json_t *side = json_array_get(list, i);
        int64_t length = json_integer_value(side);
        if (json_array_size(list) != 2 || !json_is_integer(side) || length < 1 || length > UM_MAX) {
            lqi_invalid_member(reader, "bed_um", "two lengths [x, y] in micrometres are expected");
            return;
        }
        bed_um[i] = length;
    }
}

/* In a process everything its kind needs must be there; a material only names what differs. */
static void read_process_terms(lqi_members *members, lqi_need need, lqi_process_kind kind, lqi_terms *terms)
{
    lqi_get_integer(members, "base_days", need, 0, 3650, &terms->base_days);
    lqi_get_integer(members, "buffer_days", need, 0, 3650, &terms->buffer_days);
    lqi_get_integer(members, "capacity_h_per_day", need, 0, LQI_MILLION, &terms->capacity_h_per_day);
    if (kind == LQI_PROCESS_POWDER) {
        int box = 0;
        static const char *const boxes[] = {"aabb"};
        lqi_get_rate(members, "envelope_per_cm3", need, &terms->envelope_per_cm3);
        lqi_get_integer(members, "clearance_um", need, 0, UM_MAX, &terms->clearance_um);
        lqi_get_word(members, "box", need, boxes, 1, &box);
        return;
    }
    lqi_get_rate(members, "machine_per_hour", need, &terms->machine_per_hour);
    lqi_get_integer(members, "layer_ms", need, 0, MS_MAX, &terms->layer_ms);
    lqi_get_integer(members, "support_density_pct", need, 0, 100, &terms->support_density_pct);
    lqi_get_rate(members, "support_removal_per_cm2", need, &terms->support_removal_per_cm2);
    if (kind == LQI_PROCESS_EXTRUSION) {
        lqi_get_integer(members, "shell_um", need, 0, UM_MAX, &terms->shell_um);
        read_flows(members, need, terms);
    } else {
        read_bed(members, need, terms->bed_um);
        lqi_get_integer(members, "gap_um", need, 0, UM_MAX, &terms->gap_um);
        lqi_get_integer(members, "plate_ms", need, 0, MS_MAX, &terms->plate_ms);
    }
}

static void read_book_terms(lqi_members *members, lqi_need need, lqi_terms *terms)
{
    lqi_get_rate(members, "labour_per_hour", need, &terms->labour_per_hour);
    lqi_get_integer(members, "overhead_ppm", need, 0, PPM_MAX, &terms->overhead_ppm);
    lqi_get_integer(members, "markup_ppm", need, 0, PPM_MAX, &terms->markup_ppm);
    lqi_get_integer(members, "priority_ppm", need, 0, PPM_MAX, &terms->priority_ppm);
    lqi_get_integer(members, "max_quantity", need, 1, UINT32_MAX, &terms->quantity_max);
    lqi_read_tiers(members, "tiers", need, &terms->tiers);
}

void lqi_read_terms(lqi_members *members, lqi_level level, lqi_process_kind kind, lqi_terms *terms)
{
    if (level != LQI_LEVEL_PROCESS)
        read_book_terms(members, level == LQI_LEVEL_BOOK ? LQI_REQUIRED : LQI_OPTIONAL, terms);
    if (level != LQI_LEVEL_BOOK)
        read_process_terms(members, level == LQI_LEVEL_PROCESS ? LQI_REQUIRED : LQI_OPTIONAL, kind, terms);
    lqi_get_integer(members, "priority_days", LQI_OPTIONAL, 0, 3650, &terms->priority_days);
}

static const char *copy_text(lqi_reader *reader, const char *text, size_t size)
{
    char *copy = lqi_reader_array(reader, size + 1, 1);
    if (copy) memcpy(copy, text, size);
    return copy;
}

static void read_setting(lqi_reader *reader, const char *key, const json_t *value, lqi_profile *machine)
{
    char digits[LQI_DECIMAL_TEXT_SIZE] = "";
    const char *text = json_is_string(value) ? json_string_value(value) : digits;
    if (json_is_integer(value))
        snprintf(digits, sizeof digits, "%lld", (long long)json_integer_value(value));
    else if (json_is_real(value))
        lqi_decimal_from_double(json_real_value(value), digits);
    else if (!json_is_string(value))
        lqi_invalid_member(reader, key, "a setting is a text or a number");
    if (!lqi_profile_is_key(key)) lqi_invalid_member(reader, key, "this is no name of a setting");
    if (lqi_reader_ok(reader)) reader->status = lqi_profile_set(machine, key, text);
}

static void read_machine(lqi_members *members, lqi_process *process)
{
    lqi_reader *reader = members->reader;
    const json_t *map = lqi_get(members, "machine", LQI_OPTIONAL);
    if (!map) return;
    size_t mark = lqi_enter(reader, "machine");
    lqi_members entries;
    lqi_members_open(&entries, reader, map);
    if (process->kind != LQI_PROCESS_EXTRUSION) lqi_invalid(reader, "only a process of kind extrusion has a machine");
    if (json_object_size(map) > LQI_PROFILE_COUNT_MAX) lqi_invalid(reader, "it has too many settings");
    process->has_machine = true;
    lqi_profile_init(&process->machine, reader->context);
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)map, key, value)
    {
        if (!lqi_reader_ok(reader)) break;
        read_setting(reader, key, value, &process->machine);
    }
    lqi_machine resolved;
    lqi_profile_mistake mistake;
    if (lqi_reader_ok(reader) && !lqi_profile_machine(&process->machine, &lqi_no_wish, &resolved, &mistake))
        lqi_invalid_member(reader, mistake.key, "%s", mistake.sentence);
    lqi_leave(reader, mark);
}

static void read_process(lqi_reader *reader, const json_t *json, const lq_book *book, lqi_process *process)
{
    static const char *const kinds[] = {"extrusion", "vat", "powder"};
    lqi_members members;
    int kind = 0;
    lqi_members_open(&members, reader, json);
    lqi_get_word(&members, "kind", LQI_REQUIRED, kinds, 3, &kind);
    process->kind = (lqi_process_kind)kind;
    process->terms = book->terms;
    lqi_read_terms(&members, LQI_LEVEL_PROCESS, process->kind, &process->terms);
    read_machine(&members, process);
    lqi_members_close(&members);
}

void lqi_read_processes(lqi_members *members, lq_book *book)
{
    static const char section[] = "processes";
    lqi_reader *reader = members->reader;
    const json_t *map = lqi_get(members, section, LQI_REQUIRED);
    if (!map) return;
    if (!json_is_object(map) || json_object_size(map) == 0) {
        lqi_invalid_member(reader, section, "an object with at least one process is expected");
        return;
    }
    size_t mark = lqi_enter(reader, section);
    book->processes = lqi_reader_array(reader, json_object_size(map), sizeof *book->processes);
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)map, key, value)
    {
        if (!lqi_reader_ok(reader)) break;
        lqi_process *process = &book->processes[book->process_count];
        size_t inner = lqi_enter(reader, key);
        if (!lqi_text_fits(LQI_SLUG, key, strlen(key))) lqi_invalid(reader, "this is no name for a process");
        process->name = copy_text(reader, key, strlen(key));
        book->process_count++;
        read_process(reader, value, book, process);
        lqi_leave(reader, inner);
    }
    lqi_leave(reader, mark);
    if (!lqi_reader_ok(reader)) return;
    lqi_reader_names(reader, section, NULL, &book->processes->name, book->process_count, sizeof *book->processes,
                     &book->process_names);
}
