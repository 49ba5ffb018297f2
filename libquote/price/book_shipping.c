#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "price/book_parts.h"
#include "price/money.h"

/* Zones times countries times postcodes may be far more than the bytes of the book; real ones have some thousands. */
#define PLACES_MAX ((size_t)200000)

/* "DE" and "10" as "DE10": one place that a zone serves. */
typedef struct place {
    char key[16];
    size_t zone;
} place;
typedef struct places {
    place *items;
    size_t count, capacity;
    size_t total; /* over all methods */
} places;

static void add_place(lqi_reader *reader, places *all, const char *country, const char *postcode, size_t zone)
{
    if (!lqi_reader_ok(reader)) return;
    if (++all->total > PLACES_MAX) {
        lqi_invalid(reader, "there are more than %zu countries and postcodes", PLACES_MAX);
        return;
    }
    reader->status =
        lqi_grow(reader->context, (void **)&all->items, &all->capacity, all->count + 1, sizeof *all->items);
    if (!lqi_reader_ok(reader)) return;
    place *added = &all->items[all->count++];
    *added = (place){.zone = zone};
    memcpy(added->key, country, 2);
    strncpy(added->key + 2, postcode, sizeof added->key - 3);
}

static int by_key(const void *a, const void *b)
{
    const place *x = a, *y = b;
    int order = memcmp(x->key, y->key, sizeof x->key);
    return order ? order : (x->zone > y->zone) - (x->zone < y->zone);
}

static void check_places(lqi_reader *reader, const places *all)
{
    if (!lqi_reader_ok(reader) || all->count == 0) return;
    qsort(all->items, all->count, sizeof *all->items, by_key);
    const place *twice = NULL;
    for (size_t i = 1; i < all->count; i++) {
        const place *item = &all->items[i];
        if (memcmp(item->key, item[-1].key, sizeof item->key) == 0 && (!twice || item->zone < twice->zone))
            twice = item;
    }
    if (!twice) return;
    size_t mark = lqi_enter_item(reader, "zones", twice->zone);
    lqi_invalid_member(reader, "countries", "%.2s%s%s is served before", twice->key, twice->key[2] ? " " : "",
                       twice->key + 2);
    lqi_leave(reader, mark);
}

static void read_transit(lqi_members *members, lqi_zone *zone)
{
    const json_t *json = lqi_get(members, "transit_days", LQI_REQUIRED);
    if (!json) return;
    const json_t *first = json_array_get(json, 0), *last = json_array_get(json, 1);
    if (json_array_size(json) != 2 || !json_is_integer(first) || !json_is_integer(last) ||
        json_integer_value(first) < 0 || json_integer_value(last) > 365 ||
        json_integer_value(first) > json_integer_value(last))
        lqi_invalid_member(members->reader, "transit_days", "two numbers of days [least, most] are expected");
    zone->days_min = (int32_t)json_integer_value(first);
    zone->days_max = (int32_t)json_integer_value(last);
}

static void read_zone(lqi_reader *reader, const json_t *json, size_t index, lqi_zone *zone, places *all)
{
    lqi_members members;
    const lqi_words *countries = &zone->countries, *postcodes = &zone->postcodes;
    lqi_members_open(&members, reader, json);
    lqi_get_words(&members, "countries", LQI_REQUIRED, LQI_COUNTRY, &zone->countries);
    if (lqi_reader_ok(reader) && countries->count == 0)
        lqi_invalid_member(reader, "countries", "at least 1 must stand here");
    zone->everywhere = json_is_null(json_object_get(json, "postcodes"));
    if (zone->everywhere)
        lqi_get(&members, "postcodes", LQI_REQUIRED);
    else
        lqi_get_words(&members, "postcodes", LQI_REQUIRED, LQI_POSTCODE, &zone->postcodes);
    if (lqi_reader_ok(reader) && !zone->everywhere && postcodes->count == 0)
        lqi_invalid_member(reader, "postcodes", "at least 1 must stand here; null serves all");
    lqi_get_rate(&members, "base", LQI_REQUIRED, &zone->base_micro);
    lqi_get_integer(&members, "included_g", LQI_REQUIRED, 0, 1000000000, &zone->included_g);
    lqi_get_integer(&members, "step_g", LQI_REQUIRED, 1, 1000000000, &zone->step_g);
    lqi_get_rate(&members, "per_step", LQI_REQUIRED, &zone->per_step_micro);
    read_transit(&members, zone);
    lqi_members_close(&members);
    for (size_t i = 0; i < countries->count && lqi_reader_ok(reader); i++) {
        if (zone->everywhere) add_place(reader, all, countries->items[i], "", index);
        for (size_t k = 0; k < postcodes->count && lqi_reader_ok(reader); k++)
            add_place(reader, all, countries->items[i], postcodes->items[k], index);
    }
}

static void read_method(lqi_reader *reader, const json_t *json, lqi_method *method, places *all)
{
    lqi_members members;
    lqi_members_open(&members, reader, json);
    lqi_get_text(&members, "id", LQI_REQUIRED, LQI_SLUG, &method->id);
    lqi_get_text(&members, "name", LQI_REQUIRED, LQI_TEXT, &method->name);
    lqi_get_text(&members, "carrier", LQI_REQUIRED, LQI_TEXT, &method->carrier);
    lqi_get_bool(&members, "tracked", LQI_REQUIRED, &method->tracked);
    lqi_get_rate(&members, "max_kg", LQI_REQUIRED, &method->weight_max_mg); /* millionths of a kilogram */
    const json_t *zones = lqi_get_list(&members, "zones", LQI_REQUIRED, 1, &method->zone_count);
    method->zones = lqi_reader_array(reader, method->zone_count, sizeof *method->zones);
    all->count = 0;
    for (size_t i = 0; i < method->zone_count && lqi_reader_ok(reader); i++) {
        size_t mark = lqi_enter_item(reader, "zones", i);
        read_zone(reader, json_array_get(zones, i), i, &method->zones[i], all);
        lqi_leave(reader, mark);
    }
    check_places(reader, all);
    lqi_members_close(&members);
}

void lqi_read_shipping(lqi_members *members, lq_book *book)
{
    lqi_reader *reader = members->reader;
    const json_t *json = lqi_get(members, "shipping", LQI_REQUIRED);
    if (!json) return;
    size_t mark = lqi_enter(reader, "shipping");
    lqi_members shipping;
    size_t count;
    places all = {0};
    lqi_names names;
    lqi_members_open(&shipping, reader, json);
    lqi_get_integer(&shipping, "tare_g", LQI_REQUIRED, 0, 1000000000, &book->tare_g);
    lqi_get_integer(&shipping, "volumetric_divisor", LQI_REQUIRED, 1, 1000000000, &book->volumetric_divisor);
    const json_t *list = lqi_get_list(&shipping, "methods", LQI_REQUIRED, 0, &count);
    lqi_method *methods = lqi_reader_array(reader, count, sizeof *methods);
    for (size_t i = 0; i < count && lqi_reader_ok(reader); i++) {
        size_t inner = lqi_enter_item(reader, "methods", i);
        read_method(reader, json_array_get(list, i), &methods[i], &all);
        lqi_leave(reader, inner);
    }
    if (lqi_reader_ok(reader) && count)
        lqi_reader_names(reader, "methods", "id", &methods->id, count, sizeof *methods, &names);
    lqi_members_close(&shipping);
    lqi_leave(reader, mark);
    lqi_free(reader->context, all.items);
    book->methods = methods;
    book->method_count = methods ? count : 0;
}

void lqi_read_tax(lqi_members *members, lq_book *book)
{
    lqi_reader *reader = members->reader;
    size_t count;
    lqi_names names;
    const json_t *list = lqi_get_list(members, "tax", LQI_REQUIRED, 0, &count);
    lqi_tax *taxes = lqi_reader_array(reader, count, sizeof *taxes);
    for (size_t i = 0; i < count && lqi_reader_ok(reader); i++) {
        size_t mark = lqi_enter_item(reader, "tax", i);
        lqi_members tax;
        lqi_members_open(&tax, reader, json_array_get(list, i));
        lqi_get_text(&tax, "country", LQI_REQUIRED, LQI_COUNTRY, &taxes[i].country);
        lqi_get_integer(&tax, "rate_ppm", LQI_REQUIRED, 0, LQI_MILLION, &taxes[i].rate_ppm);
        lqi_get_text(&tax, "name", LQI_REQUIRED, LQI_TEXT, &taxes[i].name);
        lqi_members_close(&tax);
        lqi_leave(reader, mark);
    }
    if (lqi_reader_ok(reader) && count)
        lqi_reader_names(reader, "tax", "country", &taxes->country, count, sizeof *taxes, &names);
    book->taxes = taxes;
    book->tax_count = taxes ? count : 0;
}

void lqi_check_holidays(lqi_members *members)
{
    lqi_words days = {0};
    lqi_names names;
    lqi_get_words(members, "holidays", LQI_REQUIRED, LQI_DATE, &days);
    if (lqi_reader_ok(members->reader))
        lqi_reader_names(members->reader, "holidays", NULL, days.items, days.count, sizeof *days.items, &names);
}
