#include "print_contents.h"

#include <math.h>
#include <string.h>

#include "number.h"
#include "print_part.h"
#include "print_table.h"
#include "text.h"

/* "3 plates" */
static void add_counted(cli_buffer *text, uint64_t count, const char *one, const char *many)
{
    if (text->size) cli_buffer_text(text, "   ");
    cli_add_count(text, count);
    cli_buffer_format(text, " %s", count == 1 ? one : many);
}

/* "1, 3, 4" */
static void add_indices(cli_buffer *text, const uint32_t *indices, size_t count)
{
    for (size_t i = 0; i < count; i++) cli_buffer_format(text, i ? ", %u" : "%u", (unsigned)indices[i]);
}

/* "512 × 512 PNG", with "Metadata/plate_1.png" before it when named. False: there is none. */
static bool add_picture(cli_buffer *text, const cli_terminal *out, const lq_contents *contents, size_t plate_index)
{
    lq_thumbnail thumbnail;
    if (lq_contents_thumbnail(contents, plate_index, &thumbnail) != LQ_OK || !thumbnail.entry) return false;
    cli_buffer_format(text, "%s", thumbnail.entry);
    if (thumbnail.width)
        cli_buffer_format(text, " (%u%s%u)", (unsigned)thumbnail.width, cli_glyph(out, " × ", " x "),
                          (unsigned)thumbnail.height);
    else if (thumbnail.format == LQ_PICTURE_UNKNOWN)
        cli_buffer_text(text, " (not a picture)");
    return true;
}

static void print_line(const cli_terminal *out, cli_style style, const char *text)
{
    cli_buffer clean = {0};
    cli_text_clean(&clean, text, out->utf8);
    const char *shown = cli_buffer_get(&clean);
    fprintf(out->file, "  %s%.*s%s\n", cli_style_on(out, style), (int)cli_text_fit(shown, out->width - 2), shown,
            cli_style_off(out, style));
    cli_buffer_free(&clean);
}

/* ---- summary ---- */

/* The picture of the file is mostly that of the first plate, where it is shown. */
static bool is_of_a_plate(const lq_contents *contents)
{
    lq_thumbnail whole, of_plate;
    if (lq_contents_thumbnail(contents, LQ_WHOLE_FILE, &whole) != LQ_OK || !whole.entry) return false;
    for (size_t i = 0; lq_contents_thumbnail(contents, i, &of_plate) == LQ_OK; i++)
        if (of_plate.entry && strcmp(of_plate.entry, whole.entry) == 0) return true;
    return false;
}

static void print_summary(const cli_terminal *out, const lq_contents *contents)
{
    cli_buffer text = {0};
    lq_plate plate;
    uint64_t items = 0;
    bool plates = false;
    const char *producer = lq_contents_producer(contents);
    if (producer && *producer) cli_buffer_text(&text, producer);
    for (size_t i = 0; lq_contents_plate(contents, i, &plate) == LQ_OK; i++) {
        items += plate.item_count;
        plates |= plate.source != LQ_PLATE_IMPLICIT;
    }
    if (plates) add_counted(&text, lq_contents_plate_count(contents), "plate", "plates");
    if (items > 1) add_counted(&text, items, "item", "items");
    if (text.size) print_line(out, CLI_PLAIN, cli_buffer_get(&text));
    cli_buffer_free(&text);
    if (is_of_a_plate(contents)) return;
    cli_buffer_text(&text, "picture: ");
    if (add_picture(&text, out, contents, LQ_WHOLE_FILE)) print_line(out, CLI_DIM, cli_buffer_get(&text));
    cli_buffer_free(&text);
}

/* ---- plates ---- */

static void add_line(cli_table *table, cli_style style, cli_buffer *text)
{
    cli_table_row(table, CLI_ROW_LINE);
    cli_table_cell(table, style, cli_buffer_get(text));
    cli_buffer_free(text);
}

/* "1: 23.4 g, 7.85 m" */
static void add_use(cli_buffer *text, const lq_filament_use *use)
{
    cli_buffer_format(text, "%u", (unsigned)use->index);
    const char *mark = ": ";
    if (use->used_g >= 0) {
        cli_buffer_text(text, mark);
        cli_add_mass(text, use->used_g);
        mark = ", ";
    }
    if (use->used_m >= 0) {
        cli_buffer_text(text, mark);
        cli_add_fixed(text, use->used_m, 2, true);
        cli_buffer_text(text, " m");
    }
}

/* "sliced: 2 h 09, 32.1 g (filament 1: 23.4 g, 7.85 m; 4: 8.70 g, 2.92 m)" */
static void add_sliced(cli_table *table, const lq_plate *plate)
{
    if (plate->sliced_time_s < 0 && plate->sliced_mass_g < 0 && plate->sliced_filament_count == 0) return;
    cli_buffer text = {0};
    cli_buffer_text(&text, "sliced:");
    if (plate->sliced_time_s >= 0) cli_buffer_text(&text, " "), cli_add_time(&text, plate->sliced_time_s);
    if (plate->sliced_mass_g >= 0) {
        cli_buffer_text(&text, plate->sliced_time_s >= 0 ? ", " : " ");
        cli_add_mass(&text, plate->sliced_mass_g);
    }
    for (size_t i = 0; i < plate->sliced_filament_count; i++) {
        cli_buffer_text(&text, i == 0 ? " (filament " : "; ");
        add_use(&text, &plate->sliced_filaments[i]);
    }
    if (plate->sliced_filament_count) cli_buffer_text(&text, ")");
    add_line(table, CLI_DIM, &text);
}

/* "objects: shell, lid, 2 without a name" */
static void add_names(cli_table *table, const char *title, const char *const *names, size_t count)
{
    if (count == 0) return;
    cli_buffer text = {0};
    size_t nameless = 0;
    const char *mark = "";
    cli_buffer_text(&text, title);
    for (size_t i = 0; i < count; i++) {
        nameless += !*names[i];
        if (!*names[i]) continue;
        cli_buffer_format(&text, "%s%s", mark, names[i]);
        mark = ", ";
    }
    if (nameless) cli_buffer_format(&text, "%s%zu without a name", mark, nameless);
    add_line(table, CLI_DIM, &text);
}

static void add_plate(cli_table *table, const lq_contents *contents, size_t index, const lq_plate *plate)
{
    cli_buffer title = {0}, picture = {0};
    cli_buffer_format(&title, "Plate %u", (unsigned)plate->number);
    if (plate->name && *plate->name) cli_buffer_format(&title, "  %s", plate->name);
    if (plate->source == LQ_PLATE_GEOMETRY) cli_buffer_text(&title, "  (found by position)");
    cli_table_row(table, CLI_ROW_GROUP);
    cli_table_cell(table, CLI_BOLD, cli_buffer_get(&title));
    cli_buffer_free(&title);
    add_sliced(table, plate);
    if (plate->item_count == 0) add_names(table, "objects: ", plate->sliced_objects, plate->sliced_object_count);
    add_names(table, "left out when sliced: ", plate->skipped, plate->skipped_count);
    cli_buffer_text(&picture, "picture: ");
    if (add_picture(&picture, table->terminal, contents, index))
        add_line(table, CLI_DIM, &picture);
    else
        cli_buffer_free(&picture);
}

/* Numbers that are the same everywhere tell nothing: instances when no object has several, filaments when there is
 * one. */
typedef struct worth {
    bool instances, filaments;
} worth;

static worth find_worth(const lq_contents *contents)
{
    worth found = {.filaments = lq_contents_filament_count(contents) > 1};
    lq_plate plate;
    lq_plate_item item;
    for (size_t i = 0; lq_contents_plate(contents, i, &plate) == LQ_OK; i++)
        for (size_t k = 0; lq_contents_plate_item(contents, i, k, &item) == LQ_OK; k++)
            found.instances |= item.instance > 0;
    for (size_t i = 0; lq_contents_outside(contents, i, &item) == LQ_OK; i++) found.instances |= item.instance > 0;
    return found;
}

/* One item on a plate that the file does not name: the list of objects says it all. */
static bool is_just_one(const lq_contents *contents)
{
    lq_plate plate;
    return lq_contents_plate_count(contents) == 1 && lq_contents_plate(contents, 0, &plate) == LQ_OK &&
           plate.source == LQ_PLATE_IMPLICIT && lq_contents_outside_count(contents) == 0 && plate.item_count == 1 &&
           plate.printable_item_count == 1 && lq_contents_filament_count(contents) < 2;
}

static void add_item(cli_table *table, const lq_plate_item *item, const worth *shown)
{
    cli_buffer instance = {0}, filaments = {0};
    if (shown->instances) cli_add_count(&instance, item->instance);
    if (shown->filaments) add_indices(&filaments, item->filaments, item->filament_count);
    if (shown->filaments && item->painted > 0) cli_buffer_text(&filaments, ", painted");
    cli_table_row(table, CLI_ROW_CELLS);
    cli_table_cell(table, item->printable ? CLI_PLAIN : CLI_DIM, item->name && *item->name ? item->name : "-");
    cli_table_cell(table, CLI_PLAIN, item->object_id ? item->object_id : "");
    cli_table_cell(table, CLI_PLAIN, cli_buffer_get(&instance));
    cli_table_cell(table, CLI_PLAIN, cli_buffer_get(&filaments));
    cli_table_cell(table, CLI_DIM, item->printable ? "" : "not printed");
    cli_buffer_free(&filaments);
    cli_buffer_free(&instance);
}

static void print_plates(const cli_terminal *out, const lq_contents *contents)
{
    static const cli_column columns[] = {{"Item", false, 16, 0},
                                         {"Object", false, 12, 0},
                                         {"Instance", true, 0, 1},
                                         {"Filament", false, 8, 2},
                                         {"", false, 0, 0}};
    cli_table table;
    lq_plate plate;
    lq_plate_item item;
    const worth shown = find_worth(contents);
    if (is_just_one(contents)) return;
    cli_table_init(&table, out, columns, 5);
    for (size_t i = 0; lq_contents_plate(contents, i, &plate) == LQ_OK; i++) {
        if (plate.source != LQ_PLATE_IMPLICIT) add_plate(&table, contents, i, &plate);
        for (size_t k = 0; lq_contents_plate_item(contents, i, k, &item) == LQ_OK; k++) add_item(&table, &item, &shown);
        if (plate.item_count || plate.sliced_time_s >= 0 || plate.sliced_mass_g >= 0) continue;
        cli_buffer empty = {0};
        cli_buffer_text(&empty, "nothing on it");
        add_line(&table, CLI_DIM, &empty);
    }
    if (lq_contents_outside_count(contents)) {
        cli_table_row(&table, CLI_ROW_GROUP);
        cli_table_cell(&table, CLI_BOLD, "On no plate");
    }
    for (size_t i = 0; lq_contents_outside(contents, i, &item) == LQ_OK; i++) {
        item.printable = 0;
        add_item(&table, &item, &shown);
    }
    if (table.row_count) fputc('\n', out->file), cli_table_print(&table);
    cli_table_free(&table);
}

/* ---- filaments ---- */

/* "#00AE42", with alpha behind it or not. */
static bool parse_color(const char *text, uint32_t *color)
{
    size_t digits = text && *text == '#' ? strspn(text + 1, "0123456789ABCDEFabcdef") : 0;
    if ((digits != 6 && digits != 8) || text[digits + 1]) return false;
    *color = 0;
    for (size_t i = 1; i <= 6; i++) {
        unsigned digit = text[i] <= '9' ? (unsigned)(text[i] - '0') : ((unsigned)text[i] | 0x20) - 'a' + 10;
        *color = *color << 4 | digit;
    }
    return true;
}

static bool uses(const lq_plate *plate, uint32_t filament)
{
    for (size_t i = 0; i < plate->filament_count; i++)
        if (plate->filaments[i] == filament) return true;
    for (size_t i = 0; i < plate->sliced_filament_count; i++)
        if (plate->sliced_filaments[i].index == filament) return true;
    return false;
}

/* Could this plate use more than its parts are assigned? Slicing tells; else colours on triangles are not decoded. */
static bool may_use_more(const lq_plate *plate)
{
    return plate->sliced_filament_count == 0 && plate->printable_item_count && plate->painted != 0;
}

/* "plates 1, 3"; only "used" where the file knows of no plates; "not used" where that is sure. */
static void add_users(cli_buffer *text, const lq_contents *contents, uint32_t filament)
{
    lq_plate plate;
    cli_buffer numbers = {0};
    size_t count = 0;
    bool implicit = false, unsure = false, painted = false;
    for (size_t i = 0; lq_contents_plate(contents, i, &plate) == LQ_OK; i++) {
        unsure |= may_use_more(&plate);
        painted |= plate.painted > 0;
        implicit |= plate.source == LQ_PLATE_IMPLICIT;
        if (uses(&plate, filament)) cli_buffer_format(&numbers, count++ ? ", %u" : "%u", (unsigned)plate.number);
    }
    if (count && implicit) cli_buffer_text(text, "used");
    if (count && !implicit) cli_buffer_format(text, count > 1 ? "plates %s" : "plate %s", cli_buffer_get(&numbers));
    if (!count) cli_buffer_text(text, !unsure ? "not used" : painted ? "paint only, if at all" : "");
    cli_buffer_free(&numbers);
}

static void add_filament(cli_table *table, const lq_contents *contents, const lq_filament *filament)
{
    cli_buffer index = {0}, where = {0};
    uint32_t color;
    cli_buffer_format(&index, "%u", (unsigned)filament->index);
    add_users(&where, contents, filament->index);
    bool used = strcmp(cli_buffer_get(&where), "not used") != 0;
    cli_table_row(table, CLI_ROW_CELLS);
    cli_table_cell(table, CLI_PLAIN, cli_buffer_get(&index));
    cli_table_cell(table, used ? CLI_PLAIN : CLI_DIM, filament->type ? filament->type : "");
    if (parse_color(filament->color, &color))
        cli_table_swatch(table, color, filament->color);
    else
        cli_table_cell(table, CLI_PLAIN, filament->color ? filament->color : "");
    cli_table_cell(table, used ? CLI_PLAIN : CLI_DIM, cli_buffer_get(&where));
    cli_buffer_free(&where);
    cli_buffer_free(&index);
}

static void print_filaments(const cli_terminal *out, const lq_contents *contents)
{
    static const cli_column columns[] = {
        {"Filament", true, 0, 0}, {"Type", false, 8, 0}, {"Colour", false, 0, 0}, {"Used by", false, 8, 0}};
    cli_table table;
    lq_filament filament;
    cli_table_init(&table, out, columns, 4);
    for (size_t i = 0; lq_contents_filament(contents, i, &filament) == LQ_OK; i++)
        add_filament(&table, contents, &filament);
    if (table.row_count) fputc('\n', out->file), cli_table_print(&table);
    cli_table_free(&table);
}

/* ---- objects ---- */

static void add_triangles(cli_table *table, uint64_t count, bool shown)
{
    cli_buffer text = {0};
    if (count != LQ_COUNT_UNKNOWN)
        cli_add_count(&text, count);
    else if (shown)
        cli_buffer_text(&text, "?");
    cli_table_cell(table, CLI_PLAIN, cli_buffer_get(&text));
    cli_buffer_free(&text);
}

/* A list leaves big geometry alone; a column of question marks tells nothing. */
static bool knows_triangles(const lq_contents *contents)
{
    lq_object object;
    for (size_t i = 0; lq_contents_object(contents, i, &object) == LQ_OK; i++)
        if (object.triangle_count != LQ_COUNT_UNKNOWN) return true;
    return false;
}

static void print_objects(const cli_terminal *out, const lq_contents *contents)
{
    /* The identifier is what --object takes: names are cut before it is. */
    static const cli_column columns[] = {
        {"Object", false, 30, 0}, {"Name", false, 12, 0}, {"Triangles", true, 0, 0}, {"Role", false, 0, 0}};
    const bool some_known = knows_triangles(contents);
    cli_table table;
    lq_object object;
    cli_table_init(&table, out, columns, 4);
    for (size_t i = 0; lq_contents_object(contents, i, &object) == LQ_OK; i++) {
        cli_table_row(&table, CLI_ROW_CELLS);
        cli_table_cell(&table, CLI_PLAIN, object.id ? object.id : "");
        cli_table_cell(&table, CLI_PLAIN, object.name ? object.name : "");
        add_triangles(&table, object.triangle_count, some_known);
        cli_table_cell(&table, object.role == LQ_ROLE_MODEL ? CLI_DIM : CLI_PLAIN, lq_role_name(object.role));
    }
    if (table.row_count) fputc('\n', out->file), cli_table_print(&table);
    cli_table_free(&table);
}

void cli_print_contents(const cli_terminal *out, const lq_contents *contents)
{
    print_summary(out, contents);
    print_plates(out, contents);
    print_filaments(out, contents);
    print_objects(out, contents);
}
