/*
 * Fits and scores the coefficients of the estimate: fit CSV MODELS PROFILES [score|fit|cross|dump] [OUT]
 * CSV, PROFILES: truth of a slicer; MODELS: folder of its STL files, called <model>.stl.
 */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "api/objects.h"
#include "base/context.h"
#include "bench/rows.h"
#include "estimate/cost.h"
#include "estimate/profile_machine.h"

enum { ROWS_MAX = 600, COLUMNS_MAX = 80, FOLDS = 5 };
enum { F_EXTERNAL, F_WALLS, F_OVERHANG, F_SOLID, F_TOP, F_BRIDGE, F_SPARSE, F_SUPPORT, F_INTERFACE, F_COUNT };
enum { T_TRAVEL = F_COUNT, T_RETRACT, T_LIFT, T_COUNT };

typedef struct row {
    char model[160], setting[32];
    lqi_machine machine;
    lqi_layers layers;
    double volume[F_COUNT], time[T_COUNT], filament, seconds, retracts, travel_mm;
    double role_time[LQI_ROLE_COUNT], role_length[LQI_ROLE_COUNT];
    int layer_count, fold;
    double cpu_ms;
    lqi_cost cost;
} row;

static row *rows;
static int row_count;
static const char *header[COLUMNS_MAX];
static int header_count;

static double column(char *const *field, const char *name)
{
    for (int i = 0; i < header_count; i++)
        if (!strcmp(header[i], name)) return atof(field[i]);
    fprintf(stderr, "no column %s\n", name);
    exit(1);
}

static int split(char *line, char **field)
{
    int count = 0;
    bool quoted = false;
    field[count++] = line;
    for (char *p = line; *p; p++) {
        if (*p == '"') quoted = !quoted;
        if (*p == ',' && !quoted && count < COLUMNS_MAX) {
            *p = 0;
            field[count++] = p + 1;
        } else if (*p == '\r' || *p == '\n')
            *p = 0;
    }
    return count;
}

static unsigned fold_of(const char *name)
{
    unsigned h = 2166136261u;
    for (; *name; name++) h = (h ^ (unsigned char)*name) * 16777619u;
    return (h >> 8) % FOLDS;
}

static double cpu_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec * 1e-6;
}

static const char *folder_models, *folder_profiles;

static lq_part *load_part(lq_context *context, const char *model)
{
    char path[512];
    lq_source source;
    lq_model *file = NULL;
    lq_part *part = NULL;
    snprintf(path, sizeof path, "%s/%s.stl", folder_models, model);
    if (lq_source_open_file(context, path, &source) || lq_model_open(context, &source, NULL, &file) ||
        lq_part_read(file, NULL, &part)) {
        fprintf(stderr, "%s: %s\n", path, lq_context_error(context)->message);
        exit(1);
    }
    lq_model_close(file);
    lq_source_close(context, &source);
    return part;
}

static void read_profile(lqi_profile *profile, const char *name)
{
    static char text[1 << 20];
    char path[512];
    snprintf(path, sizeof path, "%s/%s.ini", folder_profiles, name);
    FILE *f = fopen(path, "r");
    size_t size = f ? fread(text, 1, sizeof text, f) : 0;
    if (!f || lqi_profile_read(profile, text, size) != LQ_OK) {
        fprintf(stderr, "%s: cannot be read\n", path);
        exit(1);
    }
    fclose(f);
}

/* A setting is what lies over the base: names of profiles, joined by '+'. */
static void machine_of(lq_context *context, const char *setting, lqi_machine *machine)
{
    lqi_profile profile;
    lqi_profile_mistake mistake;
    char copy[64];
    snprintf(copy, sizeof copy, "%s", setting);
    lqi_profile_init(&profile, context);
    read_profile(&profile, "base");
    for (char *word = strtok(copy, "+"); word; word = strtok(NULL, "+"))
        if (strcmp(word, "base")) read_profile(&profile, word);
    if (!lqi_profile_machine(&profile, &lqi_no_wish, machine, &mistake)) {
        fprintf(stderr, "%s: %s: %s\n", setting, mistake.key, mistake.sentence);
        exit(1);
    }
    lqi_profile_free(&profile);
}

static void read_rows(lq_context *context, const char *csv)
{
    static char line[16384], first[16384];
    FILE *f = fopen(csv, "r");
    if (!f || !fgets(first, sizeof first, f)) {
        perror(csv);
        exit(1);
    }
    char *names[COLUMNS_MAX];
    header_count = split(first, names);
    for (int i = 0; i < header_count; i++) header[i] = names[i];
    rows = calloc(ROWS_MAX, sizeof *rows);
    char last[160] = "";
    lq_part *part = NULL;
    const char *only = getenv("ONLY");
    const char *only_model = getenv("MODEL");
    while (fgets(line, sizeof line, f) && row_count < ROWS_MAX) {
        char *field[COLUMNS_MAX];
        split(line, field);
        row *r = &rows[row_count];
        int setting = 0;
        for (int i = 0; i < header_count; i++)
            if (!strcmp(header[i], "setting")) setting = i;
        if (only && !strstr(only, field[setting])) continue;
        if (only_model && !strstr(field[0], only_model)) continue;
        row_count++;
        snprintf(r->model, sizeof r->model, "%s", field[0]);
        snprintf(r->setting, sizeof r->setting, "%s", field[setting]);
        r->fold = (int)fold_of(r->model);
        static const char *const role[LQI_ROLE_COUNT] = {"ext", "per", "ovh", "inf", "sol",
                                                         "top", "bri", "gap", "sup", "supi"};
        static const int feature[LQI_ROLE_COUNT] = {F_EXTERNAL, F_WALLS,  F_OVERHANG, F_SPARSE,  F_SOLID,
                                                    F_TOP,      F_BRIDGE, F_WALLS,    F_SUPPORT, F_INTERFACE};
        for (int k = 0; k < LQI_ROLE_COUNT; k++) {
            char name[16];
            snprintf(name, sizeof name, "v_%s", role[k]);
            r->volume[feature[k]] += column(field, name);
            snprintf(name, sizeof name, "t_%s", role[k]);
            r->role_time[k] = column(field, name);
            r->time[feature[k]] += r->role_time[k];
            snprintf(name, sizeof name, "l_%s", role[k]);
            r->role_length[k] = column(field, name);
        }
        r->time[T_TRAVEL] = column(field, "t_travel");
        r->time[T_RETRACT] = column(field, "t_retract");
        r->time[T_LIFT] = column(field, "t_zmove");
        r->filament = column(field, "filament_mm3");
        r->seconds = column(field, "time_s");
        r->retracts = column(field, "nretract");
        r->travel_mm = column(field, "l_travel");
        r->layer_count = (int)column(field, "layers");
        machine_of(context, r->setting, &r->machine);
        if (strcmp(last, r->model)) {
            lq_part_destroy(part);
            part = load_part(context, r->model);
            snprintf(last, sizeof last, "%s", r->model);
        }
        lqi_estimate_solid solid = {.mesh = &part->meshes[0].mesh};
        double best = INFINITY;
        for (int k = getenv("REPEAT") ? atoi(getenv("REPEAT")) : 1; k-- > 0;) {
            if (r->layers.layer) lqi_layers_free(context, &r->layers);
            double start = cpu_ms();
            if (lqi_layers_make(context, &solid, 1, &r->machine, &r->layers) != LQ_OK) {
                fprintf(stderr, "%s: %s\n", r->model, lq_context_error(context)->message);
                exit(1);
            }
            double took = cpu_ms() - start;
            if (took < best) best = took;
        }
        r->cpu_ms = best;
    }
    lq_part_destroy(part);
    fclose(f);
}

/* ---- what was estimated, in the features that are compared ---- */

typedef struct answer {
    double volume[F_COUNT], time[T_COUNT], filament, seconds;
} answer;

static answer answer_of(const lqi_cost *cost)
{
    answer a = {0};
    static const int feature[LQI_ROLE_COUNT] = {F_EXTERNAL, F_WALLS,  F_OVERHANG, F_SPARSE,  F_SOLID,
                                                F_TOP,      F_BRIDGE, F_WALLS,    F_SUPPORT, F_INTERFACE};
    for (int k = 0; k < LQI_ROLE_COUNT; k++) {
        a.volume[feature[k]] += cost->volume_mm3[k];
        a.time[feature[k]] += cost->time_s[k];
        a.filament += cost->volume_mm3[k];
        a.seconds += cost->time_s[k];
    }
    a.time[T_TRAVEL] = cost->travel_s;
    a.time[T_RETRACT] = cost->retract_s;
    a.time[T_LIFT] = cost->lift_s;
    a.seconds += cost->travel_s + cost->retract_s + cost->lift_s;
    return a;
}

static double loss(const lqi_coefficients *c, int without, int stage)
{
    double sum = 0;
    for (int i = 0; i < row_count; i++) {
        row *r = &rows[i];
        if (r->fold == without) continue;
        lqi_cost cost;
        lqi_cost_of_layers(&r->layers, &r->machine, c, &cost);
        answer a = answer_of(&cost);
        double e = 0;
        if (stage == 0) {
            for (int k = 0; k < F_COUNT; k++) e += 0.4 * fmin(fabs(a.volume[k] - r->volume[k]) / r->filament, 0.1);
            e += fmin(fabs(a.filament - r->filament) / r->filament, 0.15);
        } else {
            double total = 0;
            for (int k = 0; k < T_COUNT; k++) total += r->time[k];
            for (int k = 0; k < T_COUNT; k++) e += 0.3 * fmin(fabs(a.time[k] - r->time[k]) / total, 0.1);
            e += fmin(fabs(a.seconds - r->seconds) / r->seconds, 0.2);
            e += 0.02 * fmin(fabs(cost.retractions - r->retracts) / (r->retracts + 50), 1);
            e += 0.02 * fmin(fabs(cost.travel_mm - r->travel_mm) / (r->travel_mm + 500), 1);
        }
        double weight = !strcmp(r->setting, "base") || !strcmp(r->setting, "fast") ? 1 : 0.7;
        sum += e * weight;
    }
    return sum;
}

static const char *const coefficient_name[] = {
#define NAME(name, value) #name,
    LQI_COEFFICIENT_LIST(NAME)
#undef NAME
};
enum { COEFFICIENTS = sizeof coefficient_name / sizeof *coefficient_name };

/* Which of them move volumes; times depend on all. */
static int stage_of(int k)
{
    const char *names =
        " wall_overlap wall_pixel solid_area solid_edge top_area top_edge bridge_area "
        "bridge_edge sparse_area sparse_edge wall_one sparse_dense support_area support_foot interface_area ";
    char word[64];
    snprintf(word, sizeof word, " %s ", coefficient_name[k]);
    return strstr(names, word) ? 0 : 1;
}

static double fit(lqi_coefficients *c, int without, int sweeps)
{
    lqi_coefficients fitted = lqi_coefficients_fitted();
    const double *origin = (const double *)&fitted;
    double *value = (double *)c, step[COEFFICIENTS], best = 0;
    for (int stage = 0; stage < 2; stage++) {
        for (int k = 0; k < COEFFICIENTS; k++) step[k] = 0.05 * (fabs(value[k]) + 0.01);
        best = loss(c, without, stage);
        for (int sweep = 0; sweep < sweeps; sweep++) {
            double before = best;
            for (int k = 0; k < COEFFICIENTS; k++) {
                if (stage_of(k) != stage) continue;
                double start = value[k];
                bool moved = false;
                for (int sign = -1; sign <= 1 && !moved; sign += 2) {
                    double at = start + sign * step[k];
                    value[k] = at;
                    double now = loss(c, without, stage);
                    while (now < best && fabs(at - origin[k]) < 3 * fabs(origin[k]) + 0.3) {
                        best = now;
                        start = at;
                        moved = true;
                        at += sign * step[k];
                        value[k] = at;
                        now = loss(c, without, stage);
                        step[k] *= 1.3;
                    }
                    value[k] = start;
                }
                if (!moved) step[k] *= 0.5;
            }
            if (before - best < 1e-4 * best && sweep > 4) break;
        }
    }
    return best;
}

/* Leaves one digit of each: a fold must not begin with what all models taught. */
static void forget(lqi_coefficients *c)
{
    double *value = (double *)c;
    for (int k = 0; k < COEFFICIENTS; k++) {
        char text[32];
        snprintf(text, sizeof text, "%.0e", value[k]);
        value[k] = atof(text);
    }
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static double quantile(double *value, int count, double q)
{
    if (!count) return 0;
    qsort(value, (size_t)count, sizeof *value, ascending);
    double at = q * (count - 1);
    int low = (int)at, high = low + 1 < count ? low + 1 : low;
    return value[low] + (at - low) * (value[high] - value[low]);
}

static void table(void)
{
    char done[64][32];
    int done_count = 0;
    printf("%-12s %4s  filament med  p90  max | time med  p90  max | med of |error|/total: vol ext walls ovh solid top "
           "bri inf | "
           "time ext walls ovh solid top bri inf sup supi trav retr lift | layers\n",
           "setting", "n");
    for (int i = 0; i < row_count; i++) {
        bool seen = false;
        for (int k = 0; k < done_count; k++) seen = seen || !strcmp(done[k], rows[i].setting);
        if (seen) continue;
        snprintf(done[done_count++], sizeof done[0], "%s", rows[i].setting);
        static double e[F_COUNT + T_COUNT + 2][ROWS_MAX];
        int n = 0, off = 0;
        for (int k = 0; k < row_count; k++) {
            row *r = &rows[k];
            if (strcmp(r->setting, rows[i].setting)) continue;
            answer a = answer_of(&r->cost);
            for (int f = 0; f < F_COUNT; f++) e[f][n] = fabs(a.volume[f] - r->volume[f]) / r->filament;
            for (int f = 0; f < T_COUNT; f++) e[F_COUNT + f][n] = fabs(a.time[f] - r->time[f]) / r->seconds;
            e[F_COUNT + T_COUNT][n] = fabs(a.filament - r->filament) / r->filament;
            e[F_COUNT + T_COUNT + 1][n] = fabs(a.seconds - r->seconds) / r->seconds;
            n++;
            off += r->layers.count != r->layer_count;
        }
        printf("%-12s %4d  ", rows[i].setting, n);
        for (int f = F_COUNT + T_COUNT; f < F_COUNT + T_COUNT + 2; f++)
            printf("%6.2f %6.2f %6.2f | ", 100 * quantile(e[f], n, 0.5), 100 * quantile(e[f], n, 0.9),
                   100 * quantile(e[f], n, 1));
        for (int f = 0; f < F_COUNT; f++) printf(" %4.2f", 100 * quantile(e[f], n, 0.5));
        printf(" | ");
        for (int f = 0; f < T_COUNT; f++) printf(" %4.2f", 100 * quantile(e[F_COUNT + f], n, 0.5));
        printf(" | %d off\n", off);
    }
    static double ms[ROWS_MAX];
    for (int i = 0; i < row_count; i++) ms[i] = rows[i].cpu_ms;
    printf("cpu ms: median %.2f", quantile(ms, row_count, 0.5));
    printf(" p90 %.2f", quantile(ms, row_count, 0.9));
    printf(" max %.2f\n", quantile(ms, row_count, 1));
}

static void dump(const char *path)
{
    FILE *f = fopen(path, "w");
    if (!f) exit(1);
    fprintf(f, "model\tsetting\ttri_layers\tlayers\tms\tfil\tfil_e\ttime\ttime_e");
    static const char *const name[T_COUNT] = {"ext", "walls", "ovh",  "solid", "top",  "bri",
                                              "inf", "sup",   "supi", "trav",  "retr", "lift"};
    for (int k = 0; k < F_COUNT; k++) fprintf(f, "\tv_%s\tve_%s", name[k], name[k]);
    for (int k = 0; k < T_COUNT; k++) fprintf(f, "\tt_%s\tte_%s", name[k], name[k]);
    fprintf(f, "\tnretr\tnretr_e\tltrav\tltrav_e\tslow\tl_ext\tle_ext\tl_per\tle_per\tl_ovh\tle_ovh\n");
    for (int i = 0; i < row_count; i++) {
        row *r = &rows[i];
        answer a = answer_of(&r->cost);
        fprintf(f, "%s\t%s\t%d\t%d\t%.2f\t%.2f\t%.2f\t%.1f\t%.1f", r->model, r->setting, r->layer_count,
                r->layers.count, r->cpu_ms, r->filament, a.filament, r->seconds, a.seconds);
        for (int k = 0; k < F_COUNT; k++) fprintf(f, "\t%.2f\t%.2f", r->volume[k], a.volume[k]);
        for (int k = 0; k < T_COUNT; k++) fprintf(f, "\t%.1f\t%.1f", r->time[k], a.time[k]);
        fprintf(f, "\t%.0f\t%.0f\t%.0f\t%.0f\t%.3f", r->retracts, r->cost.retractions, r->travel_mm, r->cost.travel_mm,
                r->cost.slowed_layers);
        for (int k = 0; k < 3; k++) fprintf(f, "\t%.1f\t%.1f", r->role_length[k], r->cost.length_mm[k]);
        fprintf(f, "\n");
    }
    fclose(f);
}

int main(int argc, char **argv)
{
    if (argc < 5) {
        fprintf(stderr, "fit CSV MODELS PROFILES score|fit|cross [DUMP.tsv]\n");
        return 2;
    }
    folder_models = argv[2];
    folder_profiles = argv[3];
    lq_context *context = NULL;
    if (lq_context_create(NULL, &context) != LQ_OK) return 1;
    read_rows(context, argv[1]);
    lqi_coefficients c = lqi_coefficients_fitted();
    if (!strcmp(argv[4], "fit") || !strcmp(argv[4], "cross")) {
        double left = fit(&c, -1, 10);
        fprintf(stderr, "loss %.4f\n", left);
        for (int k = 0; k < COEFFICIENTS; k++) printf("    X(%s, %.5g) \\\n", coefficient_name[k], ((double *)&c)[k]);
        fflush(stdout);
    }
    if (!strcmp(argv[4], "cross")) {
        for (int fold = 0; fold < FOLDS; fold++) {
            lqi_coefficients own = c;
            forget(&own);
            fit(&own, fold, 8);
            for (int i = 0; i < row_count; i++)
                if (rows[i].fold == fold) lqi_cost_of_layers(&rows[i].layers, &rows[i].machine, &own, &rows[i].cost);
        }
    } else {
        for (int i = 0; i < row_count; i++) lqi_cost_of_layers(&rows[i].layers, &rows[i].machine, &c, &rows[i].cost);
    }
    table();
    if (argc > 5) dump(argv[5]);
    for (int i = 0; i < row_count; i++) lqi_layers_free(context, &rows[i].layers);
    lq_context_destroy(context);
    return 0;
}
