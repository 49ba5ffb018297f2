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
#define FILAMENTS_MAX ((size_t)256) /* a machine has sixteen */
#define BED_MAX_MM 1e5              /* a hundred metres */

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

/* As many as the longest of the lists, which are cut as well when they are beyond all reason. */
static lq_status make_filaments(lqi_threemf *threemf, size_t *type_count, size_t *color_count, size_t count)
{
    if (*type_count > FILAMENTS_MAX) *type_count = FILAMENTS_MAX;
    if (*color_count > FILAMENTS_MAX) *color_count = FILAMENTS_MAX;
    if (count > FILAMENTS_MAX) count = FILAMENTS_MAX;
    if (count < *type_count) count = *type_count;
    if (count < *color_count) count = *color_count;
    lqi_threemf_filament *filaments = lqi_arena_alloc(&threemf->arena, count * sizeof *filaments);
    if (!filaments) return lqi_memory_status(threemf->context);
    for (size_t i = 0; i < count; i++) filaments[i] = (lqi_threemf_filament){.index = (uint32_t)i + 1};
    threemf->settings.filaments = filaments;
    threemf->settings.filament_count = count;
    return LQ_OK;
}

/* Lists that are too short go on with their first value. */
static void repeat_first(lqi_settings *settings, size_t type_count, size_t color_count)
{
    for (size_t i = type_count; type_count && i < settings->filament_count; i++)
        settings->filaments[i].type = settings->filaments[0].type;
    for (size_t i = color_count; color_count && i < settings->filament_count; i++)
        settings->filaments[i].color = settings->filaments[0].color;
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
    const json_t *types = json_object_get(root, "filament_type"), *colors = json_object_get(root, "filament_colour");
    size_t type_count = json_array_size(types), color_count = json_array_size(colors);
    LQI_TRY(make_filaments(threemf, &type_count, &color_count,
                           json_array_size(json_object_get(root, "filament_settings_id"))));
    lqi_threemf_filament *filaments = threemf->settings.filaments;
    for (size_t i = 0; i < type_count; i++)
        LQI_TRY(take_word(threemf, string_of(json_array_get(types, i)), &filaments[i].type));
    for (size_t i = 0; i < color_count; i++)
        LQI_TRY(take_word(threemf, string_of(json_array_get(colors, i)), &filaments[i].color));
    repeat_first(&threemf->settings, type_count, color_count);
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

static size_t count_list(piece list)
{
    size_t count = list.size != 0;
    for (size_t i = 0; i < list.size; i++) count += list.text[i] == ';';
    return count;
}

static piece next_of_list(piece *list)
{
    const char *mark = memchr(list->text, ';', list->size);
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
    piece types = {"", 0}, colors = {"", 0}, corners = {"", 0}, height = {"", 0};
    while (file.size) {
        const char *mark = memchr(file.text, '\n', file.size);
        piece line = {file.text, mark ? (size_t)(mark - file.text) : file.size};
        size_t taken = line.size + (mark != NULL);
        file = (piece){file.text + taken, file.size - taken};
        (void)(is_key(line, "filament_type", &types) || is_key(line, "filament_colour", &colors) ||
               is_key(line, "bed_shape", &corners) || is_key(line, "max_print_height", &height));
    }
    size_t type_count = count_list(types), color_count = count_list(colors);
    LQI_TRY(make_filaments(threemf, &type_count, &color_count, 0));
    for (size_t i = 0; i < type_count; i++)
        LQI_TRY(take_word(threemf, next_of_list(&types), &settings->filaments[i].type));
    for (size_t i = 0; i < color_count; i++)
        LQI_TRY(take_word(threemf, next_of_list(&colors), &settings->filaments[i].color));
    repeat_first(settings, type_count, color_count);
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
