/* Gaps between bodies, slits and holes of known width, whatever the direction. */
#include "measure/clearances.h"
#include "tests/unit/carved.h"

static lqi_clearances clearances_of(carved *c, lqi_dexels *dexels)
{
    lqi_clearances clearances;
    lqi_solid_shells shells[BODY_SOLIDS_MAX] = {{0}};
    *dexels = body_dexels(&c->body, 0);
    assert_int_equal(lqi_clearances_measure(c->body.context, dexels, c->body.solid, shells, c->body.count, &clearances),
                     LQ_OK);
    assert_true(clearances.examined);
    return clearances;
}

static void end(carved *c, lqi_dexels *dexels, lqi_clearances *clearances)
{
    lqi_clearances_free(clearances);
    lqi_dexels_free(dexels);
    body_end(&c->body);
}

/* A block with a slot, open at both ends and at the top. */
static void slots(void **state)
{
    (void)state;
    for (int turn = 0; turn < CARVED_TURNS; turn++)
        for (double width = 0.2; width < 2.1; width += 0.45) {
            char name[64];
            snprintf(name, sizeof name, "slot of %g, turn %d", width, turn);
            carved c = carved_begin(turn);
            carved_box(&c, 0, 0, 0, 40, 30, 20, 0);
            carved_box(&c, 17.3, -1, 5, width, 32, 20, 1);
            lqi_dexels dexels;
            lqi_clearances k = clearances_of(&c, &dexels);
            CHECK_INT(name, k.body_count, 1, "bodies");
            CHECK_INT(name, k.between.examined, 0, "between");
            CHECK_NEAR(name, k.within.min_mm, width, 0.01 * width + k.within.tolerance_mm, "width");
            CHECK_NEAR(name, lqi_walls_area_below(&k.within, 3), 2 * 30 * 15, 90, "area");
            const lqi_wall_level *level = lqi_walls_level(&k.within, 2.5);
            CHECK_INT(name, level->count, 1, "patches");
            end(&c, &dexels, &k);
        }
}

/* Two blocks that face each other, and a ring in a groove: bodies of their own. */
static void gaps_between(void **state)
{
    (void)state;
    for (int turn = 0; turn < CARVED_TURNS; turn++) {
        for (double width = 0.2; width < 1.1; width += 0.4) {
            carved c = carved_begin(turn);
            carved_box(&c, 0, 0, 0, 20, 30, 20, 0);
            carved_box(&c, 20 + width, 0, 0, 20, 30, 20, 0);
            lqi_dexels dexels;
            lqi_clearances k = clearances_of(&c, &dexels);
            CHECK_INT("blocks", k.body_count, 2, "bodies");
            CHECK_NEAR("blocks", k.between.min_mm, width, 0.01 * width + k.between.tolerance_mm, "width");
            CHECK_NEAR("blocks", lqi_walls_area_below(&k.between, 3), 2 * 30 * 20, 60, "area");
            CHECK(!(k.within.area_mm2 > 1), "blocks: %g mm2 of slits", k.within.area_mm2);
            end(&c, &dexels, &k);
        }
        carved c = carved_begin(turn); /* a pin of 10 in a bushing of 10.8 */
        carved_rod(&c, 2, 0, 0, 0, 20, 20, 0);
        carved_rod(&c, 2, 0, 0, -1, 10.8, 22, 1);
        carved_rod(&c, 2, 0, 0, 0.5, 10, 19, 0);
        lqi_dexels dexels;
        lqi_clearances k = clearances_of(&c, &dexels);
        CHECK_INT("bushing", k.body_count, 2, "bodies");
        CHECK_NEAR("bushing", k.between.min_mm, 0.4, 0.02, "clearance");
        end(&c, &dexels, &k);
    }
}

/* What touches or overlaps is one body. */
static void joined(void **state)
{
    (void)state;
    carved c = carved_begin(3);
    carved_box(&c, 0, 0, 0, 20, 20, 20, 0);
    carved_box(&c, 15, 5, 5, 20, 5, 5, 0);
    carved_box(&c, 40, 0, 0, 10, 10, 10, 0);
    lqi_dexels dexels;
    lqi_clearances k = clearances_of(&c, &dexels);
    CHECK_INT("joined", k.body_count, 2, "bodies");
    end(&c, &dexels, &k);
}

/* Holes through a thick plate, and blind ones. */
static void holes(void **state)
{
    (void)state;
    for (int turn = 0; turn < CARVED_TURNS; turn++)
        for (int size = 0; size < 4; size++) {
            char name[64];
            double d = 0.8 + 0.6 * size;
            snprintf(name, sizeof name, "hole of %g, turn %d", d, turn);
            carved c = carved_begin(turn);
            carved_box(&c, 0, 0, 0, 30, 24, 12, 0);
            carved_rod(&c, 2, 10.2, 11.7, -1, d, 14, 1);
            carved_rod(&c, 2, 20.3, 12.1, 2, d, 14, 1);
            lqi_dexels dexels;
            lqi_clearances k = clearances_of(&c, &dexels);
            CHECK_INT(name, k.within.pin_count, 2, "holes");
            for (uint32_t i = 0; i < 2; i++) {
                const lqi_pin *hole = &k.within.pin[i];
                CHECK_NEAR(name, hole->diameter_mm, d, 0.03 * d + k.within.tolerance_mm, "diameter");
                CHECK(hole->length_mm > 6.5 && hole->length_mm < 13.5, "%s: depth %g", name, hole->length_mm);
            }
            end(&c, &dexels, &k);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(slots), cmocka_unit_test(gaps_between),
                                       cmocka_unit_test(joined), cmocka_unit_test(holes)};
    return cmocka_run_group_tests_name("clearances", tests, NULL, NULL);
}
