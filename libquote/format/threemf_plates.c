/* Which item lies on which plate: as the rows of Bambu's file tell, else by position. */
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "base/sort.h"
#include "format/threemf_beds.h"
#include "format/threemf_plates.h"
#include "format/threemf_vendor.h"

#define NO_PLATE UINT32_MAX

/* Plates are sorted by number. */
lqi_threemf_plate *lqi_plate_of_number(const lqi_threemf *threemf, uint32_t number)
{
    size_t low = 0, high = threemf->plate_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (threemf->plates[middle].number < number)
            low = middle + 1;
        else
            high = middle;
    }
    return low < threemf->plate_count && threemf->plates[low].number == number ? &threemf->plates[low] : NULL;
}

/* ---- plates ---- */

static lq_status note(lqi_threemf *threemf, const char *code, int64_t offset, const char *message)
{
    return lqi_threemf_note(&threemf->notes, LQI_BAMBU_SETTINGS, code, LQ_SEVERITY_WARN, offset, "%s", message);
}

/* Sorted by number; a number that is missing or comes again makes no plate. *plate_of: of each plate element. */
static lq_status make_plates(lqi_threemf *threemf, lqi_threemf_plate *plates, size_t *count, uint32_t *plate_of)
{
    const lqi_vendor *v = threemf->vendor;
    uint64_t *order = lqi_alloc_array(threemf->context, v->plate_count, sizeof *order);
    if (!order) return lqi_memory_status(threemf->context);
    for (size_t i = 0; i < v->plate_count; i++) order[i] = (uint64_t)v->plates[i].number << 32 | i;
    lqi_sort_u64(order, v->plate_count);
    *count = 0;
    lq_status status = LQ_OK;
    for (size_t i = 0; i < v->plate_count && status == LQ_OK; i++) {
        uint32_t number = (uint32_t)(order[i] >> 32), index = (uint32_t)order[i];
        plate_of[index] = NO_PLATE;
        if (number == 0 || (*count && plates[*count - 1].number == number)) {
            status =
                note(threemf, "metadata_ignored", -1, "Two plates have one number, or one has none; it was left out.");
            continue;
        }
        plate_of[index] = number;
        plates[(*count)++] = (lqi_threemf_plate){.number = number,
                                                 .name = v->plates[index].name,
                                                 .source = LQ_PLATE_FILE,
                                                 .sliced_time_s = -1,
                                                 .sliced_mass_g = -1,
                                                 .pictures = v->plates[index].pictures};
    }
    lqi_free(threemf->context, order);
    return status;
}

/* ---- items ---- */

/* Items by object and instance: (object id << 32 | item), sorted, so that instances follow in order. */
static size_t first_of_object(const uint64_t *items, size_t count, uint32_t id)
{
    return lqi_first_at_least(items, count, (uint64_t)id << 32);
}

static lq_status assign_rows(lqi_threemf *threemf, const uint64_t *items, size_t count, const uint32_t *plate_of)
{
    const lqi_vendor *v = threemf->vendor;
    for (size_t i = 0; i < v->row_count; i++) {
        const lqi_vendor_row *row = &v->rows[i];
        uint32_t number = plate_of[row->plate];
        size_t at = first_of_object(items, count, row->object_id) + row->instance;
        if (number == NO_PLATE) continue;
        if (at >= count || items[at] >> 32 != row->object_id) {
            LQI_TRY(
                note(threemf, "plate_row_dangling", row->offset, "A plate lists an object that is not in the build."));
            continue;
        }
        lqi_model_item *item = &threemf->items[(uint32_t)items[at]];
        if (item->plate == 0)
            item->plate = number;
        else if (item->plate != number)
            LQI_TRY(note(threemf, "plate_row_conflict", row->offset,
                         "An object is listed on two plates; the first was taken."));
    }
    return LQ_OK;
}

/* Rows sorted, as object id << 32 | plate: the plate that all rows of this object name, or 0. */
static uint32_t only_plate_of(const uint64_t *rows, size_t count, uint32_t id)
{
    size_t first = first_of_object(rows, count, id);
    size_t behind = id == UINT32_MAX ? count : first_of_object(rows, count, id + 1);
    return first < behind && rows[first] == rows[behind - 1] ? (uint32_t)rows[first] : 0;
}

static lq_status assign_by_position(lqi_threemf *threemf, lqi_model_item *item, const lqi_extent *extent)
{
    bool several;
    size_t index = lqi_grid_plate_of(&threemf->settings, threemf->plate_count, extent, &several);
    if (index == SIZE_MAX) return LQ_OK;
    item->plate = threemf->plates[index].number;
    if (several)
        return note(threemf, "plate_guessed", item->use.offset,
                    "An object is listed on no plate and touches several; it was put where its middle is.");
    return lqi_threemf_note(&threemf->notes, LQI_BAMBU_SETTINGS, "plate_by_geometry", LQ_SEVERITY_INFO,
                            item->use.offset, "An object is listed on no plate; it was put where it lies.");
}

static lq_status assign_one(lqi_threemf *threemf, lqi_model_item *item, const uint64_t *rows, size_t row_count)
{
    lqi_extent extent;
    bool known = false;
    if (threemf->settings.has_bed) LQI_TRY(lqi_item_extent(threemf, item, &extent, &known));
    if (known) return assign_by_position(threemf, item, &extent);
    item->plate = item->use.part == threemf->root ? only_plate_of(rows, row_count, item->use.object_id) : 0;
    return item->plate ? note(threemf, "plate_guessed", item->use.offset,
                              "An object is listed on no plate; it was put where its copies are.")
                       : LQ_OK;
}

/* Writers are known to list only the first instance of an object on a plate. */
static lq_status assign_rest(lqi_threemf *threemf, const uint32_t *plate_of)
{
    const lqi_vendor *v = threemf->vendor;
    uint64_t *rows = lqi_alloc_array(threemf->context, v->row_count, sizeof *rows); /* object id << 32 | plate */
    if (!rows) return lqi_memory_status(threemf->context);
    size_t row_count = 0;
    for (size_t i = 0; i < v->row_count; i++)
        if (plate_of[v->rows[i].plate] != NO_PLATE)
            rows[row_count++] = (uint64_t)v->rows[i].object_id << 32 | plate_of[v->rows[i].plate];
    lqi_sort_u64(rows, row_count);
    lq_status status = LQ_OK;
    for (size_t i = 0; i < threemf->item_count && status == LQ_OK; i++)
        if (threemf->items[i].plate == 0) status = assign_one(threemf, &threemf->items[i], rows, row_count);
    lqi_free(threemf->context, rows);
    return status == LQ_OK ? lqi_note_outside(threemf) : status;
}

lq_status lqi_note_outside(lqi_threemf *threemf)
{
    for (size_t i = 0; i < threemf->item_count; i++)
        if (threemf->items[i].plate == 0 && threemf->items[i].printable)
            LQI_TRY(lqi_threemf_note(&threemf->notes, threemf->parts[threemf->root].name, "item_outside_plates",
                                     LQ_SEVERITY_WARN, threemf->items[i].use.offset,
                                     "An object lies on no plate; it is not printed."));
    return LQ_OK;
}

static lq_status assign_items(lqi_threemf *threemf, const uint32_t *plate_of)
{
    uint64_t *items = lqi_alloc_array(threemf->context, threemf->item_count, sizeof *items);
    if (!items) return lqi_memory_status(threemf->context);
    size_t count = 0;
    for (size_t i = 0; i < threemf->item_count; i++) {
        threemf->items[i].plate = 0;
        if (threemf->items[i].use.part == threemf->root)
            items[count++] = (uint64_t)threemf->items[i].use.object_id << 32 | i;
    }
    lqi_sort_u64(items, count);
    lq_status status = assign_rows(threemf, items, count, plate_of);
    if (status == LQ_OK) status = assign_rest(threemf, plate_of);
    lqi_free(threemf->context, items);
    return status;
}

static lq_status note_without_plates(lqi_threemf *threemf)
{
    return lqi_threemf_note(&threemf->notes, LQI_BAMBU_SETTINGS, "no_plates", LQ_SEVERITY_INFO, -1,
                            "The project lists no plates; all its objects were taken as one.");
}

static lq_status make_implicit(lqi_threemf *threemf)
{
    threemf->plates[0] = (lqi_threemf_plate){
        .number = 1, .name = "", .source = LQ_PLATE_IMPLICIT, .sliced_time_s = -1, .sliced_mass_g = -1};
    threemf->plate_count = 1;
    for (size_t i = 0; i < threemf->item_count; i++) threemf->items[i].plate = 1;
    if (strcmp(threemf->family, "bambu") != 0) return LQ_OK;
    return note_without_plates(threemf);
}

/* threemf->plates has room for the plates of the file and for one more, at least for LQI_BEDS_MAX. */
static lq_status find_plates(lqi_threemf *threemf, uint32_t *plate_of)
{
    size_t count = 0;
    bool found = false;
    LQI_TRY(make_plates(threemf, threemf->plates, &count, plate_of));
    threemf->plate_count = count;
    if (count) {
        LQI_TRY(assign_items(threemf, plate_of));
        return lqi_slices_read(threemf);
    }
    LQI_TRY(lqi_beds_find(threemf, &found));
    return found ? LQ_OK : make_implicit(threemf);
}

lq_status lqi_threemf_find_plates(lqi_threemf *threemf)
{
    if (threemf->plate_count) return LQ_OK;
    LQI_TRY(lqi_vendor_read(threemf));
    LQI_TRY(lqi_settings_read(threemf));
    const lqi_vendor *v = threemf->vendor;
    threemf->plates = lqi_arena_alloc(&threemf->arena, (v->plate_count + LQI_BEDS_MAX) * sizeof *threemf->plates);
    uint32_t *plate_of = threemf->plates ? lqi_alloc_array(threemf->context, v->plate_count, sizeof *plate_of) : NULL;
    if (!plate_of) return lqi_memory_status(threemf->context);
    lq_status status = find_plates(threemf, plate_of);
    if (status != LQ_OK) threemf->plate_count = 0;
    lqi_free(threemf->context, plate_of);
    return status;
}
