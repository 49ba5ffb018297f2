/*
 * Any bytes as a slicer's profile. What must hold for all of them:
 *  - reading twice gives the same settings or the same failure, at the same line and byte;
 *  - a profile that is refused leaves what was there; nothing stays in memory;
 *  - a machine that comes out is one that can print: finite numbers, lines with a spacing, speeds above zero;
 *  - a profile whose values are right makes a price book that is right, and the other way round.
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "estimate/profile_machine.h"
#include "libquote.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int holds, const char *what)
{
    if (holds) return;
    fprintf(stderr, "fuzz_profile: %s\n", what);
    abort();
}

static int is_above_zero(const double *values, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!(values[i] > 0 && isfinite(values[i]))) return 0;
    return 1;
}

static void check_machine(const lqi_machine *m)
{
    require(is_above_zero(m->width_mm, LQI_ROLE_COUNT), "a width");
    require(is_above_zero(m->speed_mm_s, LQI_ROLE_COUNT), "a speed");
    require(is_above_zero(m->first_layer_speed_mm_s, LQI_ROLE_COUNT), "a speed of the first layer");
    require(is_above_zero(m->acceleration_mm_s2, LQI_ROLE_COUNT), "an acceleration");
    const double others[] = {m->nozzle_mm,         m->filament_diameter_mm, m->extrusion_multiplier,
                             m->bridge_flow_ratio, m->layer_height_mm,      m->first_layer_height_mm,
                             m->travel_speed_mm_s, m->travel_speed_z_mm_s,  m->small_perimeter_speed_mm_s,
                             m->retract_speed_mm_s};
    require(is_above_zero(others, sizeof others / sizeof others[0]), "a number that must be above zero");
    for (int i = 0; i < LQI_ROLE_COUNT; i++)
        require(lqi_line_spacing(m->width_mm[i], m->layer_height_mm) > 0, "lines without a spacing");
    require(m->fill_density >= 0 && m->fill_density <= 1, "the infill");
}

static void check_settings(const lqi_profile *settings)
{
    lqi_machine machine;
    lqi_profile_mistake mistake;
    for (size_t i = 1; i < settings->count; i++)
        require(strcmp(settings->items[i - 1].key, settings->items[i].key) < 0, "the order of settings");
    for (size_t i = 0; i < settings->count; i++)
        require(lqi_profile_find(settings, settings->items[i].key) == settings->items[i].value, "a setting is lost");
    if (lqi_profile_machine(settings, &lqi_no_wish, &machine, &mistake)) check_machine(&machine);
}

static void check_book(lq_context *context, const lq_profile *profile)
{
    char *text = NULL;
    lq_status checked = lq_profile_check(profile);
    lq_status made = lq_book_import(context, NULL, 0, NULL, profile, &text, NULL);
    require(checked == made, "the profile and the book do not agree");
    lq_text_free(context, text);
}

static void read_with(lq_context *context, const uint8_t *data, size_t size, lq_error *error)
{
    lq_profile *profile;
    lqi_profile settings;
    require(lq_profile_create(context, &profile) == LQ_OK, "no profile");
    lq_status status = lq_profile_read(profile, data, size, "a.ini");
    *error = *lq_context_error(context);
    lqi_profile_init(&settings, context);
    require(lqi_profile_read(&settings, (const char *)data, size) == status, "the second reading is another");
    if (status == LQ_OK) {
        check_settings(&settings);
        check_book(context, profile);
        require(lq_profile_read(profile, data, size, "b.ini") == LQ_OK, "it cannot be laid over itself");
        size_t at = 0;
        while (lq_profile_next_ignored(profile, &at)) continue;
    } else {
        require(status == LQ_ERR_INPUT || status == LQ_ERR_LIMIT, "a status that bytes cannot have");
        require(settings.count == 0, "a refused profile left settings");
    }
    lqi_profile_free(&settings);
    lq_profile_destroy(profile);
    require(lq_context_memory_held(context) == 0, "memory is still held");
    lq_context_reset(context);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    lq_context *context;
    lq_error first, second;
    if (lq_context_create(NULL, &context) != LQ_OK) return 0;
    read_with(context, data, size, &first);
    read_with(context, data, size, &second);
    require(first.status == second.status && first.line == second.line && first.offset == second.offset &&
                strcmp(first.message, second.message) == 0,
            "the second failure is another");
    lq_context_destroy(context);
    return 0;
}
