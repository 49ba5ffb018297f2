#include "commands.h"
#include "each_part.h"
#include "exit_code.h"
#include "failure.h"
#include "input.h"
#include "json_text.h"
#include "number.h"
#include "print_part.h"
#include "print_table.h"

static void add_count_cell(cli_table *table, uint64_t count)
{
    cli_buffer text = {0};
    cli_add_count(&text, count);
    cli_table_cell(table, CLI_PLAIN, cli_buffer_get(&text));
    cli_buffer_free(&text);
}

static void print_entries(const cli_terminal *out, const lq_model *model)
{
    static const cli_column columns[] = {
        {"Entry", false, 24, 0}, {"Bytes", true, 0, 0}, {"Format", false, 0, 0}, {"", false, 0, 1}};
    cli_table table;
    lq_entry entry;
    cli_table_init(&table, out, columns, 4);
    for (size_t i = 0; i < lq_model_entry_count(model); i++) {
        if (lq_model_entry(model, i, &entry) != LQ_OK) continue;
        cli_table_row(&table, CLI_ROW_CELLS);
        cli_table_cell(&table, entry.quotable ? CLI_PLAIN : CLI_DIM, entry.name);
        add_count_cell(&table, entry.size);
        cli_table_cell(&table, CLI_PLAIN, cli_format_words(entry.format));
        cli_table_cell(&table, CLI_DIM, entry.quotable ? "" : "not a part");
    }
    if (table.row_count) fputc('\n', out->file), cli_table_print(&table);
    cli_table_free(&table);
}

static void print_objects(const cli_terminal *out, const lq_contents *contents)
{
    static const cli_column columns[] = {
        {"Object", false, 12, 0}, {"Name", false, 12, 0}, {"Triangles", true, 0, 0}, {"Role", false, 0, 0}};
    cli_table table;
    lq_object object;
    cli_table_init(&table, out, columns, 4);
    for (size_t i = 0; i < lq_contents_object_count(contents); i++) {
        if (lq_contents_object(contents, i, &object) != LQ_OK) continue;
        cli_table_row(&table, CLI_ROW_CELLS);
        cli_table_cell(&table, CLI_PLAIN, object.id ? object.id : "");
        cli_table_cell(&table, CLI_PLAIN, object.name ? object.name : "");
        add_count_cell(&table, object.triangle_count);
        cli_table_cell(&table, object.role == LQ_ROLE_MODEL ? CLI_PLAIN : CLI_DIM, lq_role_name(object.role));
    }
    if (table.row_count) fputc('\n', out->file), cli_table_print(&table);
    cli_table_free(&table);
}

/* "Plate 1  front  (sliced: 32 min, 10.2 g)" */
static void add_plate_title(cli_table *table, const lq_plate *plate)
{
    cli_buffer title = {0};
    cli_buffer_format(&title, "Plate %u", plate->number);
    if (plate->name && *plate->name) cli_buffer_format(&title, "  %s", plate->name);
    if (plate->source == LQ_PLATE_GEOMETRY) cli_buffer_text(&title, "  (found by position)");
    if (plate->sliced_time_s >= 0 || plate->sliced_mass_g >= 0) {
        cli_buffer_text(&title, "  sliced:");
        if (plate->sliced_time_s >= 0) cli_buffer_text(&title, " "), cli_add_time(&title, plate->sliced_time_s);
        if (plate->sliced_mass_g >= 0) cli_buffer_text(&title, " "), cli_add_mass(&title, plate->sliced_mass_g);
    }
    cli_table_row(table, CLI_ROW_GROUP);
    cli_table_cell(table, CLI_BOLD, cli_buffer_get(&title));
    cli_buffer_free(&title);
}

static void print_plates(const cli_terminal *out, const lq_contents *contents)
{
    static const cli_column columns[] = {
        {"Item", false, 16, 0}, {"Object", false, 12, 0}, {"Instance", true, 0, 1}, {"", false, 0, 0}};
    cli_table table;
    lq_plate plate;
    lq_plate_item item;
    cli_table_init(&table, out, columns, 4);
    for (size_t i = 0; i < lq_contents_plate_count(contents); i++) {
        if (lq_contents_plate(contents, i, &plate) != LQ_OK) continue;
        add_plate_title(&table, &plate);
        for (size_t k = 0; k < plate.item_count; k++) {
            if (lq_contents_plate_item(contents, i, k, &item) != LQ_OK) continue;
            cli_table_row(&table, CLI_ROW_CELLS);
            cli_table_cell(&table, item.printable ? CLI_PLAIN : CLI_DIM, item.name && *item.name ? item.name : "-");
            cli_table_cell(&table, CLI_PLAIN, item.object_id ? item.object_id : "");
            add_count_cell(&table, item.instance);
            cli_table_cell(&table, CLI_DIM, item.printable ? "" : "not printed");
        }
    }
    if (table.row_count) fputc('\n', out->file), cli_table_print(&table);
    cli_table_free(&table);
}

static size_t count_quotable(const lq_model *model)
{
    size_t count = 0;
    lq_entry entry;
    for (size_t i = 0; i < lq_model_entry_count(model); i++)
        count += lq_model_entry(model, i, &entry) == LQ_OK && entry.quotable;
    return count;
}

/* An archive of several models has entries to list, but no contents until one is chosen. */
static int list_for_people(cli_session *session, lq_model *model, const char *path)
{
    const lq_contents *contents = NULL;
    const char *entry = session->options->entry;
    bool chosen = entry || lq_model_format(model) != LQ_FORMAT_ZIP || count_quotable(model) == 1;
    if (chosen && lq_model_contents(model, entry, &contents) != LQ_OK) return cli_fail_library(session, path);
    cli_print_name(session, path, lq_model_format(model));
    fputc('\n', session->out.file);
    print_entries(&session->out, model);
    if (!contents) return CLI_EXIT_DONE;
    print_objects(&session->out, contents);
    print_plates(&session->out, contents);
    return CLI_EXIT_DONE;
}

static int list_as_json(cli_session *session, lq_model *model, const char *path)
{
    char *text = NULL;
    if (lq_contents_json(model, session->options->entry, &text, NULL) != LQ_OK) return cli_fail_library(session, path);
    cli_buffer json = {0};
    cli_json_document(&json, text, cli_path_in_json(session, path));
    printf("%s\n", cli_buffer_get(&json));
    cli_buffer_free(&json);
    lq_text_free(session->context, text);
    return CLI_EXIT_DONE;
}

static int list_file(cli_session *session, const char *path, const void *user)
{
    (void)user;
    const lq_open_options how = {.struct_size = sizeof how, .lenient = session->options->lenient};
    cli_input input;
    lq_model *model = NULL;
    int exit_code = cli_input_open(session, path, &input);
    if (exit_code != CLI_EXIT_DONE) return exit_code;
    if (lq_model_open(session->context, &input.source, &how, &model) != LQ_OK)
        exit_code = cli_fail_library(session, path);
    else if (session->options->json)
        exit_code = list_as_json(session, model, path);
    else
        exit_code = list_for_people(session, model, path);
    lq_model_close(model);
    cli_input_close(session, &input);
    return exit_code;
}

int cli_command_list(cli_session *session) { return cli_each_file(session, list_file, NULL); }
