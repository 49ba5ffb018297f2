#include "format/threemf_settings.h"

#include <math.h>
#include <string.h>

#include "base/decimal.h"
#include "base/fail.h"
#include "base/memory.h"
#include "format/threemf_json.h"
#include "format/threemf_vendor.h"

#define PROJECT_SETTINGS "Metadata/project_settings.config"
#define WORD_MAX 64
#define FILE_SIZE_MAX ((size_t)4 << 20)
#define DENSITY_MAX 30.0 /* g/cm3, heavier than any element */
#define BED_MAX_MM 1e5   /* a hundred metres */

/* A piece of text in somebody else's memory. */
typedef struct piece {
    const char *text;
    size_t size;
} piece;

static lq_status take_word(lqi_threemf *threemf, piece word, const char **text)
{
    while (word.size && (lqi_is_xml_space(word.text[0]) || word.text[0] == '"')) word.text++, word.size--;
    while (word.size && (lqi_is_xml_space(word.text[word.size - 1]) || word.text[word.size - 1] == '"')) word.size--;
    if (word.size == 0) return LQ_OK;
    *text = lqi_arena_text(&threemf->arena, word.text, word.size < WORD_MAX ? word.size : WORD_MAX);
    return *text ? LQ_OK : lqi_memory_status(threemf->context);
}

/* What a filament's list can tell, in the words of the settings. */
enum { TYPES, COLORS, DENSITIES, LISTS };
static const char *const list_keys[LISTS] = {"filament_type", "filament_colour", "filament_density"};

/* As many as the longest of the lists, which are cut as well when they are beyond all reason. */
static lq_status make_filaments(lqi_threemf *threemf, size_t counts[LISTS], size_t count)
{
    if (count > LQI_FILAMENTS_MAX) count = LQI_FILAMENTS_MAX;
    threemf->settings.extruder_count = count;
    for (size_t i = 0; i < LISTS; i++) {
        if (counts[i] > LQI_FILAMENTS_MAX) counts[i] = LQI_FILAMENTS_MAX;
        if (count < counts[i] && i != DENSITIES) count = counts[i];
        if (counts[i] > count) counts[i] = count;
    }
    if (threemf->settings.extruder_count == 0) threemf->settings.extruder_count = count;
    lqi_threemf_filament *filaments = lqi_arena_alloc(&threemf->arena, count * sizeof *filaments);
    if (!filaments) return lqi_memory_status(threemf->context);
    for (size_t i = 0; i < count; i++) filaments[i] = (lqi_threemf_filament){.index = (uint32_t)i + 1};
    threemf->settings.filaments = filaments;
    threemf->settings.filament_count = count;
    return LQ_OK;
}

static lq_status take_value(lqi_threemf *threemf, size_t list, size_t index, piece value)
{
    lqi_threemf_filament *filament = &threemf->settings.filaments[index];
    if (list == TYPES) return take_word(threemf, value, &filament->type);
    if (list == COLORS) return take_word(threemf, value, &filament->color);
    double density;
    while (value.size && lqi_is_xml_space(value.text[0])) value.text++, value.size--;
    bool good = lqi_decimal_to_double(value.text, value.text + value.size, LQI_DECIMAL_PLAIN, &density) != 0;
    filament->density_g_cm3 = good && density > 0 && density <= DENSITY_MAX ? density : 0;
    return LQ_OK;
}

/* Lists that are too short go on with their first value. */
static void repeat_first(lqi_settings *settings, const size_t counts[LISTS])
{
    lqi_threemf_filament *filaments = settings->filaments;
    for (size_t i = counts[TYPES]; counts[TYPES] && i < settings->filament_count; i++)
        filaments[i].type = filaments[0].type;
    for (size_t i = counts[COLORS]; counts[COLORS] && i < settings->filament_count; i++)
        filaments[i].color = filaments[0].color;
    for (size_t i = counts[DENSITIES]; counts[DENSITIES] && i < settings->filament_count; i++)
        filaments[i].density_g_cm3 = filaments[0].density_g_cm3;
}

/* ---- bed ---- */

static bool number(const char **at, const char *end, double *value)
{
    size_t size = lqi_decimal_to_double(*at, end, LQI_DECIMAL_PLAIN, value);
    *at += size;
    return size && fabs(*value) <= BED_MAX_MM;
}

/* Widens the bed by corners "XxY", separated by commas. */
static bool add_corners(lqi_settings *bed, piece corners)
{
    const char *at = corners.text, *end = at + corners.size;
    while (at < end) {
        double xy[2];
        while (at < end && (*at == ',' || lqi_is_xml_space(*at))) at++;
        if (at == end) break;
        if (!number(&at, end, &xy[0]) || at == end || *at++ != 'x' || !number(&at, end, &xy[1])) return false;
        for (int i = 0; i < 2; i++) {
            bed->bed_low[i] = fmin(bed->bed_low[i], xy[i]);
            bed->bed_high[i] = fmax(bed->bed_high[i], xy[i]);
        }
    }
    return true;
}

static void clear_bed(lqi_settings *bed)
{
    for (int i = 0; i < 2; i++) bed->bed_low[i] = INFINITY, bed->bed_high[i] = -INFINITY;
}

static void keep_bed(lqi_settings *bed, bool good)
{
    bed->has_bed = good && bed->bed_high[0] - bed->bed_low[0] >= 1 && bed->bed_high[1] - bed->bed_low[1] >= 1;
}

/* ---- Bambu ---- */

static piece string_of(const json_t *json)
{
    return (piece){json_is_string(json) ? json_string_value(json) : "", json_string_length(json)};
}

static lq_status read_project_filaments(lqi_threemf *threemf, const json_t *root)
{
    const json_t *lists[LISTS];
    size_t counts[LISTS];
    for (size_t i = 0; i < LISTS; i++) {
        lists[i] = json_object_get(root, list_keys[i]);
        counts[i] = json_array_size(lists[i]);
    }
    LQI_TRY(make_filaments(threemf, counts, json_array_size(json_object_get(root, "filament_settings_id"))));
    for (size_t i = 0; i < LISTS; i++)
        for (size_t k = 0; k < counts[i]; k++)
            LQI_TRY(take_value(threemf, i, k, string_of(json_array_get(lists[i], k))));
    repeat_first(&threemf->settings, counts);
    return LQ_OK;
}

static void read_project_bed(lqi_settings *settings, const json_t *root)
{
    const json_t *area = json_object_get(root, "printable_area"), *height = json_object_get(root, "printable_height");
    bool good = json_is_array(area) || json_is_string(area);
    clear_bed(settings);
    if (json_is_string(area)) good = add_corners(settings, string_of(area));
    for (size_t i = 0; i < json_array_size(area); i++) {
        const json_t *corner = json_array_get(area, i);
        good = good && json_is_string(corner) && add_corners(settings, string_of(corner));
    }
    keep_bed(settings, good);
    if (json_is_array(height)) height = json_array_get(height, 0);
    piece text = string_of(height);
    double value = json_is_number(height) ? json_number_value(height) : 0;
    if (text.size && !number(&text.text, text.text + text.size, &value)) value = 0;
    settings->bed_height = value > 0 && value <= BED_MAX_MM ? value : 0;
}

/* ---- Slic3r ---- */

/* Words are separated by semicolons, numbers by commas. */
static char separator_of(size_t list) { return list == DENSITIES ? ',' : ';'; }

static size_t count_list(piece list, char separator)
{
    size_t count = list.size != 0;
    for (size_t i = 0; i < list.size; i++) count += list.text[i] == separator;
    return count;
}

static piece next_of_list(piece *list, char separator)
{
    const char *mark = memchr(list->text, separator, list->size);
    piece word = {list->text, mark ? (size_t)(mark - list->text) : list->size};
    size_t taken = word.size + (mark != NULL);
    *list = (piece){list->text + taken, list->size - taken};
    return word;
}

/* One line of the form "; key = value"; older files leave out the semicolon. */
static bool is_key(piece line, const char *key, piece *value)
{
    while (line.size && (lqi_is_xml_space(line.text[0]) || line.text[0] == ';')) line.text++, line.size--;
    size_t size = strlen(key);
    if (line.size < size || memcmp(line.text, key, size) != 0) return false;
    line.text += size, line.size -= size;
    while (line.size && lqi_is_xml_space(line.text[0])) line.text++, line.size--;
    if (line.size == 0 || line.text[0] != '=') return false;
    *value = (piece){line.text + 1, line.size - 1};
    while (value->size && lqi_is_xml_space(value->text[0])) value->text++, value->size--;
    while (value->size && lqi_is_xml_space(value->text[value->size - 1])) value->size--;
    return true;
}

static lq_status read_lines(lqi_threemf *threemf, piece file)
{
    lqi_settings *settings = &threemf->settings;
    piece lists[LISTS] = {{"", 0}, {"", 0}, {"", 0}}, corners = {"", 0}, height = {"", 0};
    size_t counts[LISTS];
    while (file.size) {
        const char *mark = memchr(file.text, '\n', file.size);
        piece line = {file.text, mark ? (size_t)(mark - file.text) : file.size};
        size_t taken = line.size + (mark != NULL);
        file = (piece){file.text + taken, file.size - taken};
        bool found = is_key(line, "bed_shape", &corners) || is_key(line, "max_print_height", &height);
        for (size_t i = 0; i < LISTS && !found; i++) found = is_key(line, list_keys[i], &lists[i]);
    }
    for (size_t i = 0; i < LISTS; i++) counts[i] = count_list(lists[i], separator_of(i));
    LQI_TRY(make_filaments(threemf, counts, 0));
    for (size_t i = 0; i < LISTS; i++)
        for (size_t k = 0; k < counts[i]; k++)
            LQI_TRY(take_value(threemf, i, k, next_of_list(&lists[i], separator_of(i))));
    repeat_first(settings, counts);
    clear_bed(settings);
    keep_bed(settings, corners.size && add_corners(settings, corners));
    double value;
    if (height.size && number(&height.text, height.text + height.size, &value) && value > 0)
        settings->bed_height = value;
    return LQ_OK;
}

/* ---- both ---- */

lq_status lqi_settings_read(lqi_threemf *threemf)
{
    static const char *const files[] = {"Metadata/Slic3r_PE.config", "Metadata/SuperSlicer.config",
                                        "Metadata/Slic3r.config"};
    threemf->settings = (lqi_settings){0};
    json_t *root;
    LQI_TRY(lqi_vendor_json(threemf, PROJECT_SETTINGS, &root));
    if (root) {
        read_project_bed(&threemf->settings, root);
        lq_status status = read_project_filaments(threemf, root);
        json_decref(root);
        return status;
    }
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        uint8_t *data;
        size_t size;
        LQI_TRY(lqi_vendor_load(threemf, files[i], FILE_SIZE_MAX, &data, &size));
        if (!data) continue;
        lq_status status = read_lines(threemf, (piece){(const char *)data, size});
        lqi_free(threemf->context, data);
        return status;
    }
    return LQ_OK;
}
