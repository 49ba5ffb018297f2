/* Process profiles and what they object to: thresholds against made-up measures, by hand. */
#include "tests/support/check.h"

#include "check/printable.h"

typedef struct bench {
    lq_context *context;
    lqi_arena arena;
    lqi_process_profiles profiles;
} bench;

static int set_up(void **state)
{
    static bench kept;
    if (lq_context_create(NULL, &kept.context) != LQ_OK) return -1;
    lqi_arena_init(&kept.arena, kept.context);
    *state = &kept;
    return lqi_process_profiles_read_default(&kept.arena, &kept.profiles) == LQ_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    bench *b = *state;
    lqi_arena_free(&b->arena);
    uint64_t held = lq_context_memory_held(b->context);
    lq_context_destroy(b->context);
    return held == 0 ? 0 : -1;
}

static const lqi_process_profile *profile(void **state, const char *id)
{
    bench *b = *state;
    const lqi_process_profile *found = lqi_process_profiles_find(&b->profiles, id);
    if (!found) fail_msg("there is no profile %s", id);
    return found;
}

static lqi_demands demands_of(const lqi_process_profile *of) { return (lqi_demands){of, NAN, NAN, NAN, NAN}; }

static lqi_spot spot_of(lqi_spot_kind kind, double value)
{
    return (lqi_spot){.kind = kind,
                      .value = value,
                      .mean = NAN,
                      .extent_mm = 20,
                      .width_mm = 10,
                      .area_mm2 = 400,
                      .volume_mm3 = 5000,
                      .facet = -1,
                      .held = true,
                      .exits = 1,
                      .copies = 1};
}

static const lqi_objection *find(const lqi_objections *found, const char *code)
{
    for (size_t i = 0; i < found->count; i++)
        if (strcmp(found->items[i].code, code) == 0) return &found->items[i];
    return NULL;
}

/* In the lists of all levels that it is thinner than. */
static void add_wall(lqi_printability *measured, lqi_spot wall)
{
    measured->walls_known = true;
    wall.kind = LQI_SPOT_THICK;
    for (size_t level = 0; level < LQI_WALL_LEVELS; level++)
        if (wall.value < lqi_wall_level_mm[level]) lqi_printability_add_thin(measured, level, &wall);
}

static lqi_objections check_wall(void **state, const char *id, lqi_spot wall)
{
    static lqi_printability measured;
    lqi_objections found;
    lqi_demands demands = demands_of(profile(state, id));
    lqi_printability_begin(&measured);
    add_wall(&measured, wall);
    lqi_printable_check(&measured, &demands, &found);
    return found;
}

static lqi_spot wall_of(double thickness)
{
    lqi_spot wall = spot_of(LQI_SPOT_THICK, thickness);
    wall.mean = thickness;
    return wall;
}

/* One place alone, and what is objected to it. */
static lqi_objections check_spot(void **state, const char *id, lqi_spot spot)
{
    static lqi_printability measured; /* the objection borrows its place */
    lqi_objections found;
    lqi_demands demands = demands_of(profile(state, id));
    lqi_printability_begin(&measured);
    lqi_printability_add_spot(&measured, &spot);
    lqi_printable_check(&measured, &demands, &found);
    return found;
}

static void profiles_are_sound(void **state)
{
    static const char *const ids[] = {
        "fdm",        "fdm_tpu",        "sla",          "sls", "mjf", "mjf_tpu", "binder_jet",
        "dmls_steel", "dmls_aluminium", "dmls_titanium"};
    bench *b = *state;
    CHECK_INT("profiles", b->profiles.count, sizeof ids / sizeof *ids, "count");
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
        const lqi_process_profile *p = profile(state, ids[i]);
        for (size_t k = 0; k < LQI_DEMAND_COUNT; k++) {
            const lqi_demand *demand = &p->demand[k];
            if (!demand->panel_count) continue;
            CHECK(demand->source && *demand->source, "%s: demand %zu has no source", ids[i], k);
            CHECK(isinf(demand->panel[demand->panel_count - 1].extent_mm), "%s: the last panel ends", ids[i]);
        }
        for (int k = LQI_DEMAND_WALL_SUPPORTED; k <= LQI_DEMAND_WALL_UNSUPPORTED; k++) {
            const lqi_demand *walls = &p->demand[k];
            CHECK(walls->panel_count > 0, "%s demands no walls", ids[i]);
            for (size_t n = 0; n < walls->panel_count; n++)
                CHECK(walls->panel[n].block > 0 && walls->panel[n].warn >= walls->panel[n].block,
                      "%s: the warning of panel %zu comes after the blocker", ids[i], n);
        }
    }
    assert_null(lqi_process_profiles_find(&b->profiles, "clay"));
}

static void panels_grow(void **state)
{
    const lqi_demand *walls = &profile(state, "sla")->demand[LQI_DEMAND_WALL_SUPPORTED];
    CHECK_NEAR("sla", lqi_demand_at(walls, 10).warn, 0.5, 0, "small panel");
    CHECK_NEAR("sla", lqi_demand_at(walls, 70).warn, 0.5, 0, "at the border");
    CHECK_NEAR("sla", lqi_demand_at(walls, 71).warn, 1.0, 0, "above the border");
    CHECK_NEAR("sla", lqi_demand_at(walls, 1e6).warn, 3.0, 0, "huge panel");
    lqi_demand none = {.panel_count = 0};
    assert_true(isnan(lqi_demand_at(&none, 1).warn));
}

static void walls(void **state)
{
    lqi_spot wall = wall_of(0.4);
    lqi_objections found = check_wall(state, "fdm", wall);
    const lqi_objection *one = find(&found, "wall_too_thin");
    assert_non_null(one);
    assert_int_equal(one->severity, LQ_SEVERITY_BLOCKER);
    CHECK_NEAR("wall", one->value, 0.4, 0, "value");
    CHECK_NEAR("wall", one->threshold, 0.8, 0, "threshold");
    assert_non_null(one->spot);
    assert_null(find(&found, "wall_thin"));

    static const struct {
        const char *what;
        double value, mean, area, extent;
        bool warns, blocks;
    } cases[] = {
        {"thick", 1.5, 1.5, 400, 20, false, false},
        {"exactly at the warning", 1.0, 1.0, 400, 20, false, false},
        {"measured a hair below it", 0.995, 0.995, 400, 20, false, false},
        {"below the warning", 0.95, 0.95, 400, 20, true, false},
        {"below the blocker, not clearly", 0.7, 0.7, 400, 20, true, false},
        {"clearly below the blocker", 0.5, 0.5, 400, 20, false, true},
        {"exactly three quarters of it", 0.6, 0.6, 400, 20, true, false},
        {"a thin place of a thicker wall", 0.3, 0.75, 400, 20, true, false},
        {"a thin scrap", 0.3, 0.3, 10, 20, true, false},
        {"a thin short rib", 0.3, 0.3, 40, 4, true, false},
    };
    wall.width_mm = 1.5; /* a line, however long */
    found = check_wall(state, "fdm", wall);
    assert_non_null(find(&found, "wall_thin"));
    wall.width_mm = 10;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        wall.value = cases[i].value;
        wall.mean = cases[i].mean;
        wall.area_mm2 = cases[i].area;
        wall.extent_mm = cases[i].extent;
        found = check_wall(state, "fdm", wall);
        CHECK_INT(cases[i].what, find(&found, "wall_thin") != NULL, cases[i].warns, "warning");
        CHECK_INT(cases[i].what, find(&found, "wall_too_thin") != NULL, cases[i].blocks, "blocker");
    }
}

/* SLA asks 0.8 mm of a free wall and 0.5 mm of one that is held. */
/* Struts of a lattice: no place is large, but there is nothing else. */
static void what_is_thin_throughout_blocks(void **state)
{
    static const struct {
        double thin_mm, share; /* of all walls; the others have 2 mm */
        bool blocks;
    } parts[] = {{0.3, 1, true}, {0.3, 0.6, true}, {0.3, 0.4, false}, {0.5, 1, false}};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        static lqi_printability measured;
        lqi_objections found;
        lqi_demands demands = demands_of(profile(state, "fdm"));
        lqi_printability_begin(&measured);
        measured.walls_known = true;
        measured.wall_p01_mm = parts[i].thin_mm;
        for (int bin = 0; bin < LQI_WALL_BINS; bin++) {
            double from = bin ? lqi_wall_upto_mm[bin - 1] : 0, upto = lqi_wall_upto_mm[bin];
            if (from < parts[i].thin_mm && parts[i].thin_mm <= upto) measured.wall_area_mm2[bin] += parts[i].share;
            if (from < 2 && 2 <= upto) measured.wall_area_mm2[bin] += 1 - parts[i].share;
        }
        lqi_printable_check(&measured, &demands, &found);
        const lqi_objection *told = find(&found, "wall_too_thin");
        CHECK((told != NULL) == parts[i].blocks, "%g mm, share %g", parts[i].thin_mm, parts[i].share);
        if (told) assert_true(told->severity == LQ_SEVERITY_BLOCKER && told->value == parts[i].thin_mm);
    }
}

static void held_walls_may_be_thinner(void **state)
{
    lqi_spot wall = wall_of(0.6);
    lqi_objections found = check_wall(state, "sla", wall);
    assert_int_equal(found.count, 0);
    wall.held = false;
    found = check_wall(state, "sla", wall);
    assert_non_null(find(&found, "wall_thin"));
    wall.held = true;
    wall.extent_mm = 100; /* a larger panel asks for 1 mm */
    found = check_wall(state, "sla", wall);
    assert_non_null(find(&found, "wall_thin"));
}

/* Filament is laid in layers: a sheet of two of them is nothing special, a standing wall of the same thickness is. */
static void level_sheets_are_layers(void **state)
{
    lqi_spot wall = wall_of(0.4);
    wall.level = true;
    lqi_objections found = check_wall(state, "fdm", wall);
    assert_int_equal(found.count, 0);
    wall.value = wall.mean = 0.3;
    found = check_wall(state, "fdm", wall);
    assert_non_null(find(&found, "wall_thin"));
    wall.value = wall.mean = 0.1;
    found = check_wall(state, "fdm", wall);
    assert_non_null(find(&found, "wall_too_thin"));
    wall.value = wall.mean = 0.2;
    found = check_wall(state, "sls", wall); /* powder does not care which way it lies */
    assert_non_null(find(&found, "wall_too_thin"));
}

static void own_limits_win(void **state)
{
    lqi_printability measured;
    lqi_objections found;
    lqi_demands demands = demands_of(profile(state, "fdm"));
    lqi_spot pin = spot_of(LQI_SPOT_PIN, 1.5), gap = spot_of(LQI_SPOT_CLEARANCE, 0.45),
             hole = spot_of(LQI_SPOT_POCKET, 3);
    hole.volume_mm3 = 500; /* less than the process lets pass */
    lqi_printability_begin(&measured);
    lqi_printability_add_spot(&measured, &hole);
    lqi_printability_add_spot(&measured, &gap);
    add_wall(&measured, wall_of(0.9));
    lqi_printability_add_spot(&measured, &pin);
    lqi_printable_check(&measured, &demands, &found);
    assert_non_null(find(&found, "wall_thin"));
    assert_non_null(find(&found, "pin_too_thin"));
    assert_non_null(find(&found, "clearance_too_small"));
    assert_null(find(&found, "escape_hole_too_small")); /* filament leaves nothing inside */
    demands.wall_mm = 0.8;
    demands.wire_mm = 1;
    demands.clearance_mm = 0.4;
    demands.escape_hole_mm = 4;
    lqi_printable_check(&measured, &demands, &found);
    assert_int_equal(found.count, 0);
    hole.volume_mm3 = 2000;
    measured.spot[measured.spot_count - 1] = hole;
    lqi_printable_check(&measured, &demands, &found);
    const lqi_objection *one = find(&found, "escape_hole_too_small");
    assert_non_null(one);
    CHECK_NEAR("escape hole", one->threshold, 4, 0, "threshold");
    assert_non_null(strstr(one->source, "price book"));
}

static void holes_in_pairs(void **state)
{
    lqi_spot hole = spot_of(LQI_SPOT_POCKET, 3);
    lqi_objections found = check_spot(state, "sls", hole);
    assert_non_null(find(&found, "escape_hole_too_small"));
    hole.exits = 2;
    found = check_spot(state, "sls", hole);
    assert_int_equal(found.count, 0);
    hole.value = 1.5;
    found = check_spot(state, "sls", hole);
    assert_non_null(find(&found, "escape_hole_too_small"));
}

static void each_kind_of_place(void **state)
{
    static const struct {
        const char *profile, *code;
        lqi_spot_kind kind;
        double wrong, right;
    } cases[] = {
        {"fdm", "pin_too_thin", LQI_SPOT_PIN, 2.4, 2.5},
        {"fdm", "detail_too_small", LQI_SPOT_DETAIL, 0.5, 0.8},
        {"fdm", "clearance_too_small", LQI_SPOT_CLEARANCE, 0.4, 0.5},
        {"fdm", "slit_may_fuse", LQI_SPOT_SLIT, 0.2, 0.3},
        {"fdm", "hole_too_small", LQI_SPOT_HOLE, 1.5, 1.8},
        {"sls", "wall_too_thick", LQI_SPOT_THICK, 25, 20},
        {"sla", "resin_cup", LQI_SPOT_CUP, 600, 500},
        {"sla", "trapped_support", LQI_SPOT_TRAPPED, 200, 100},
        {"fdm", "bridge_too_long", LQI_SPOT_BRIDGE, 21, 20},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        lqi_objections found = check_spot(state, cases[i].profile, spot_of(cases[i].kind, cases[i].wrong));
        const lqi_objection *one = find(&found, cases[i].code);
        CHECK(one != NULL, "%s of %g is not told", cases[i].code, cases[i].wrong);
        CHECK_INT(cases[i].code, found.count, 1, "count");
        CHECK_NEAR(cases[i].code, one->threshold, cases[i].right, 0, "threshold");
        CHECK(one->source && *one->source, "%s has no source", cases[i].code);
        found = check_spot(state, cases[i].profile, spot_of(cases[i].kind, cases[i].right));
        CHECK_INT(cases[i].code, found.count, 0, "count at the threshold");
    }
}

static void the_part_as_a_whole(void **state)
{
    lqi_printability measured;
    lqi_objections found;
    lqi_demands fdm = demands_of(profile(state, "fdm")), sls = demands_of(profile(state, "sls")),
                aluminium = demands_of(profile(state, "dmls_aluminium"));
    lqi_printability_begin(&measured);
    lqi_printable_check(&measured, &fdm, &found);
    assert_int_equal(found.count, 0); /* nothing was examined */
    measured.overhang_known = measured.voids_known = true;
    measured.bed_area_mm2 = 1000;
    measured.bed_contact_mm2 = 5;
    measured.tipping_deg = 3;
    measured.support_volume_mm3 = 1500;
    lqi_spot hollow = spot_of(LQI_SPOT_VOID, 800);
    lqi_printability_add_spot(&measured, &hollow);
    measured.void_count = 2;
    measured.aspect_ratio = 15;
    measured.box_sum_mm = 20;
    lqi_printable_check(&measured, &fdm, &found);
    assert_non_null(find(&found, "bed_contact_small"));
    assert_non_null(find(&found, "unstable_on_bed"));
    assert_int_equal(find(&found, "overhang_needs_support")->severity, LQ_SEVERITY_INFO);
    assert_null(find(&found, "enclosed_void"));
    assert_null(find(&found, "aspect_ratio_high"));
    lqi_printable_check(&measured, &sls, &found);
    assert_int_equal(find(&found, "enclosed_void")->severity, LQ_SEVERITY_BLOCKER);
    assert_int_equal(find(&found, "enclosed_void")->count, 2);
    assert_non_null(find(&found, "aspect_ratio_high"));
    assert_null(find(&found, "overhang_needs_support"));
    assert_null(find(&found, "part_too_small"));
    measured.spot[0].value = 20;
    lqi_printable_check(&measured, &sls, &found);
    assert_int_equal(find(&found, "enclosed_void")->severity, LQ_SEVERITY_WARN);
    lqi_printable_check(&measured, &aluminium, &found);
    assert_int_equal(find(&found, "part_too_small")->severity, LQ_SEVERITY_BLOCKER);
}

static void worst_places_are_kept(void **state)
{
    (void)state;
    lqi_printability measured, sum;
    lqi_printability_begin(&measured);
    for (int i = 0; i < 40; i++) {
        lqi_spot gap = spot_of(LQI_SPOT_SLIT, 1 + (i * 17) % 40), span = spot_of(LQI_SPOT_BRIDGE, 1 + (i * 17) % 40);
        lqi_printability_add_spot(&measured, &span);
        lqi_printability_add_spot(&measured, &gap);
    }
    CHECK_INT("spots", measured.spot_count, 2 * LQI_SPOTS_PER_KIND, "count");
    for (int i = 0; i < LQI_SPOTS_PER_KIND; i++) {
        CHECK_NEAR("slit", measured.spot[i].value, 1 + i, 0, "value");
        CHECK_NEAR("bridge", measured.spot[LQI_SPOTS_PER_KIND + i].value, 40 - i, 0, "value");
    }
    lqi_printability_merge(&sum, &measured, 3, true);
    lqi_printability_merge(&sum, &measured, 1, false);
    CHECK_INT("spots", sum.spot_count, 2 * LQI_SPOTS_PER_KIND, "count of both");
    CHECK_INT("slit", sum.spot[0].copies + sum.spot[1].copies, 4, "copies");
    CHECK_NEAR("slit", sum.spot[1].value, 1, 0, "value");
}

static void items_are_summed(void **state)
{
    (void)state;
    lqi_printability one, other, sum;
    lqi_printability_begin(&one);
    one.walls_known = one.overhang_known = one.voids_known = one.gaps_known = one.stances_known = true;
    one.wall_area_mm2[40] = 99;
    one.wall_min_mm = lqi_wall_upto_mm[39];
    one.support_volume_mm3 = 10;
    one.tipping_deg = 30;
    one.void_count = 1;
    one.void_volume_mm3 = 5;
    one.stance_count = 1;
    other = one;
    other.wall_area_mm2[20] = 99;
    other.wall_min_mm = lqi_wall_upto_mm[19];
    other.tipping_deg = 20;
    other.voids_known = false;
    lqi_printability_merge(&sum, &one, 1, true);
    assert_true(sum.stances_known && sum.voids_known);
    lqi_printability_merge(&sum, &other, 2, false);
    assert_true(sum.walls_known && !sum.stances_known && !sum.voids_known);
    CHECK_INT("sum", sum.stance_count, 0, "stances");
    CHECK_NEAR("sum", sum.wall_area_mm2[20], 198, 1e-9, "thin area");
    CHECK_NEAR("sum", sum.wall_area_mm2[40], 297, 1e-9, "thick area");
    CHECK_NEAR("sum", sum.wall_min_mm, lqi_wall_upto_mm[19], 0, "thinnest");
    double into = 4.95 / 198 * (lqi_wall_upto_mm[20] - lqi_wall_upto_mm[19]); /* a hundredth of 495 mm2 */
    CHECK_NEAR("sum", sum.wall_p01_mm, lqi_wall_upto_mm[19] + into, 1e-9, "one hundredth");
    CHECK_NEAR("sum", sum.support_volume_mm3, 30, 1e-9, "support");
    CHECK_NEAR("sum", sum.tipping_deg, 20, 0, "tipping");
    CHECK_INT("sum", sum.void_count, 3, "voids");
}

static void sentences(void **state)
{
    char text[LQI_OBJECTION_WORDS];
    lqi_objections found = check_wall(state, "fdm", wall_of(0.4));
    lqi_objection_words(&found.items[0], text);
    assert_string_equal(text, "A wall of 0.4 mm is too thin to be made; 0.8 mm are needed.");
    found = check_spot(state, "sla", spot_of(LQI_SPOT_CUP, 12345));
    lqi_objection_words(&found.items[0], text);
    assert_non_null(strstr(text, "12.35 cm3"));
}

static void mistakes_are_found(void **state)
{
    static const struct {
        const char *json, *mistake;
    } cases[] = {
        {"", "no JSON"},
        {"[]", "object"},
        {"{'version':'1'}", "1 to 256"},
        {"{'version':'1','profiles':{}}", "1 to 256"},
        {"{'version':'1','profiles':{},'more':1}", "unknown"},
        {"{'version':'1','profiles':{'a':{'name':'A','support_deg':91,'support_source':'s'}}}", "90"},
        {"{'version':'1','profiles':{'a':{'name':'A','support_source':'s'}}}", "number"},
        {"{'version':'1','profiles':{'a':{'name':'A','support_deg':0,'support_source':'s','pin_mm':{'warn':1}}}}",
         "text"},
        {"{'version':'1','profiles':{'a':{'name':'A','support_deg':0,'support_source':'s',"
         "'pin_mm':{'warn':-1,'source':'s'}}}}",
         "number"},
        {"{'version':'1','profiles':{'a':{'name':'A','support_deg':0,'support_source':'s',"
         "'pin_mm':{'warn':1,'panels':[{'warn':1}],'source':'s'}}}}",
         "beside"},
        {"{'version':'1','profiles':{'a':{'name':'A','support_deg':0,'support_source':'s',"
         "'pin_mm':{'panels':[{'extent_mm':1,'warn':1}],'source':'s'}}}}",
         "last panel"},
        {"{'version':'1','profiles':{'a':{'name':'A','support_deg':0,'support_source':'s',"
         "'pin_mm':{'panels':[{'extent_mm':2},{'extent_mm':1},{}],'source':'s'}}}}",
         "rise"},
    };
    bench *b = *state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char json[512];
        const char *mistake;
        lqi_process_profiles read;
        snprintf(json, sizeof json, "%s", cases[i].json);
        for (char *at = json; *at; at++)
            if (*at == '\'') *at = '"';
        lq_status status = lqi_process_profiles_read(&b->arena, json, strlen(json), &read, &mistake);
        CHECK_INT(cases[i].json, status, LQ_ERR_INTERNAL, "status");
        CHECK(strstr(mistake, cases[i].mistake) != NULL, "%s: \"%s\"", cases[i].json, mistake);
        lq_context_reset(b->context);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(profiles_are_sound),
        cmocka_unit_test(panels_grow),
        cmocka_unit_test(walls),
        cmocka_unit_test(what_is_thin_throughout_blocks),
        cmocka_unit_test(held_walls_may_be_thinner),
        cmocka_unit_test(level_sheets_are_layers),
        cmocka_unit_test(own_limits_win),
        cmocka_unit_test(holes_in_pairs),
        cmocka_unit_test(each_kind_of_place),
        cmocka_unit_test(the_part_as_a_whole),
        cmocka_unit_test(worst_places_are_kept),
        cmocka_unit_test(items_are_summed),
        cmocka_unit_test(sentences),
        cmocka_unit_test(mistakes_are_found),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
