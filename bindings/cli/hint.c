#include "hint.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "exit_code.h"
#include "options.h"
#include "suggest.h"

#define RAISE "If you trust the file, raise the limit with --limit NAME=VALUE."
#define REPACK "Download the file again, or pack it again."

typedef struct hint {
    const char *code;
    const char *text;
} hint;

static const hint hints[] = {
    {"need_selection", "Choose one with --entry NAME:"},
    {"entry_not_found", "Choose one with --entry NAME:"},
    {"object_not_found", "Choose one with --object ID:"},
    {"plate_not_found", "Choose one with --plate N or --plate NAME, or take all with --plate all:"},
    {"plate_empty", "Choose another with --plate N; quote list shows what lies on each plate."},
    {"not_found", "Check the name and the folder."},
    {"permission", "Check who may read the file: ls -l shows it."},
    {"io", "Check the disk or the connection, and that this is a file."},
    {"out_of_memory", "Close other programs, or quote the file on a machine with more memory."},
    {"limit", RAISE},
    {"zip_bomb", RAISE},
    {"gzip_bomb", RAISE},
    {"xml_depth", RAISE},
    {"3mf_depth", RAISE},
    {"3mf_instances", RAISE},
    {"zip_corrupt", REPACK},
    {"zip_crc", REPACK},
    {"zip_overlap", REPACK},
    {"zip_duplicate", REPACK},
    {"gzip_corrupt", REPACK},
    {"cancelled", ""},
    {"internal", "This is our mistake: please report it, with the file if you can."},
    {"unsupported_format", "Export the part as STL or 3MF and try again."},
    {"unsupported_compression", "Unpack it first, or pack it as ZIP."},
    {"archive_no_model", "Put the part into the archive as STL or 3MF."},
    {"empty_file", "Export or download the file again."},
    {"mesh_empty", "Export the part again: the file holds no surface."},
    {"surface_not_solid", "Give the surface a thickness in the program it was drawn in, and export it again."},
    {"stl_truncated", "Export or upload the file again; --lenient reads what is there."},
    {"stl_decimal_comma", "Export again with points in the numbers; --lenient reads commas."},
    {"3mf_decimal_comma", "Export again with points in the numbers; --lenient reads commas."},
    {"3mf_required_extension",
     "Export again without that extension; --lenient reads the file as if it were not there."},
    {"3mf_gcode_only", "Send the project with its models, not the sliced file."},
    {"zip_encrypted", "Pack it again without a password."},
    {"3mf_encrypted", "Save it again without protection."},
    {"zip_method", "Pack it again as an ordinary ZIP."},
    {"zip_nested", "Unpack the inner archive and send its files."},
    {"material_unknown", "quote materials lists what there is."},
    {"color_not_in_material", "quote materials --json lists the colours of each material."},
    {"finish_not_in_material", "quote materials --json lists the finishes of each material."},
    {"layer_height_unsupported", "quote materials --json lists the layer heights of each material."},
    {"infill_unsupported", "quote materials --json lists the infill that each material allows."},
    {"isa_unavailable", "quote version tells what this computer has; without --isa the best is taken."},
    {"book_invalid", "Correct the price book, or leave out --book to use the built-in one."},
    {"profile_invalid", "Export the profile from PrusaSlicer again: File > Export > Export Config."},
    {"profile_key", "Settings have PrusaSlicer's names, such as layer_height or fill_density."},
    {"process_unknown", "Choose one with --process NAME:"},
    {"price_overflow", "Check the unit of the file: --unit and --scale change it."},
};

/* "quote inspct part.stl" looks for a file inspct: the command was meant. */
static const char *meant_command(const char *file)
{
    static char text[128];
    if (strpbrk(file, "./")) return NULL;
    cli_suggestion suggestion;
    cli_suggest_begin(&suggestion, file);
    for (int i = CLI_COMMAND_INSPECT; i < CLI_COMMAND_COUNT; i++)
        cli_suggest_try(&suggestion, cli_command_name((cli_command)i));
    if (!suggestion.best) return NULL;
    snprintf(text, sizeof text, "Did you mean the command \"quote %s\"?", suggestion.best);
    return text;
}

const char *cli_hint(const char *code, int exit_code, const char *file)
{
    const char *command = file && strcmp(code, "not_found") == 0 ? meant_command(file) : NULL;
    if (command) return command;
    for (size_t i = 0; i < sizeof hints / sizeof hints[0]; i++)
        if (strcmp(hints[i].code, code) == 0) return hints[i].text;
    return exit_code == CLI_EXIT_FILE ? "Export the part again from the program that made it, as STL or 3MF." : "";
}
