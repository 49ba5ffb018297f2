#include <stdio.h>

#include "commands.h"

static const char quote_help[] = "quote: instant quotes for 3D-printed parts\n"
                                 "\n"
                                 "  quote FILE...            what it is, what is wrong, what it costs\n"
                                 "  quote inspect FILE       the report alone: every number of the geometry\n"
                                 "  quote list FILE          entries of an archive, objects, plates\n"
                                 "  quote repair FILE -o OUT a watertight mesh, and what was done to it\n"
                                 "  quote render FILE -o OUT a picture of the part\n"
                                 "  quote estimate FILE      filament and print time with a slicer's profile\n"
                                 "  quote batch PATH...      many files and folders, one line of JSON each\n"
                                 "  quote materials          the materials of the price book\n"
                                 "  quote book import INI    a price book with the machine of a slicer's profile\n"
                                 "  quote version            version, instruction set in use, libraries\n"
                                 "  quote COMMAND --help     more about one of them\n"
                                 "\n"
                                 "FILE is an STL, a 3MF, or a ZIP of those; - reads standard input.\n"
                                 "\n";

static const char price_help[] = "What to price\n"
                                 "  --material ID[,ID]       only these materials; all of them otherwise\n"
                                 "  --color ID  --finish ID  as the price book names them\n"
                                 "  --quantity N[,N...]      pieces; several give several rows\n"
                                 "  --infill PCT  --layer MM filling and layer height\n"
                                 "  --priority               made first\n"
                                 "  --country CC             destination, for materials that are restricted\n"
                                 "  --currency CUR           another currency of the price book\n"
                                 "  --discount CODE          a discount code\n"
                                 "  --book FILE              another price book\n"
                                 "  --html PAGE.html         a page with pictures, to open and to mail\n"
                                 "\n";

static const char profile_help[] = "How it is printed\n"
                                   "  --profile FILE           a slicer's profile: PrusaSlicer's .ini, or its\n"
                                   "                           G-code; of several the later wins\n"
                                   "  --set KEY=VALUE          a setting that wins over the files; repeatable\n"
                                   "  --process NAME           the extrusion process of the price book, where the\n"
                                   "                           book has several\n"
                                   "\n";

static const char part_help[] = "Which part\n"
                                "  --entry NAME             a file inside an archive\n"
                                "  --plate N|NAME|all       a plate of a 3MF\n"
                                "  --object ID              one object of a 3MF\n"
                                "  --unit UNIT              mm, cm, m, inch or micron, whatever the file says\n"
                                "  --scale X                a further factor\n"
                                "  --lenient                read truncated STL and unknown required extensions\n"
                                "  --fill RULE              overlapping shells: positive, nonzero or even-odd\n"
                                "  --topology HOW           full, or certificate: fast, no counts of defects\n"
                                "\n";

static const char engine_help[] = "Engine and terminal\n"
                                  "  --threads N              results never depend on it\n"
                                  "  --isa SET                nor on this: scalar, avx2, avx512 or neon\n"
                                  "  --limit NAME=VALUE       guard against hostile files: input_bytes memory_bytes\n"
                                  "                           triangles vertices inflated_bytes inflate_ratio\n"
                                  "                           archive_entries xml_depth component_depth instances\n"
                                  "                           work_units\n"
                                  "  --json                   JSON on standard output, nothing else there\n"
                                  "  --quiet                  no progress, no remarks that only inform\n"
                                  "  --no-color  --progress   never colour; progress even without a terminal\n"
                                  "\n";

static const char quote_examples[] = "Examples\n"
                                     "  quote bracket.stl\n"
                                     "  quote bracket.stl --material mat_pla,mat_petg --quantity 1,10,100\n"
                                     "  quote project.3mf --plate 2 --json\n"
                                     "  quote bracket.stl --html bracket.html\n"
                                     "\n"
                                     "Exit: 0 done, 1 file not readable, 2 wrong usage, 3 something must be chosen,\n"
                                     "4 system, 5 our mistake, 130 interrupted.\n";

static const char inspect_help[] = "quote inspect FILE: the report alone, without prices\n"
                                   "\n"
                                   "Counts describe the mesh as it stands in the file; volume, area and the rest\n"
                                   "describe the part that would be made. --json prints libquote.report/1.\n"
                                   "\n";
static const char inspect_examples[] = "Examples\n"
                                       "  quote inspect bracket.stl\n"
                                       "  quote inspect parts.zip --entry left/bracket.stl --unit inch\n"
                                       "  quote inspect bracket.stl --json | jq .volume_mm3\n";

static const char list_help[] = "quote list FILE: what can be chosen in a file\n"
                                "\n"
                                "The entries of an archive (for --entry), the objects of a 3MF (for --object) and\n"
                                "its plates with their items (for --plate); filaments, pictures and what slicing\n"
                                "found, where a slicer saved them. --json prints libquote.contents/1.\n"
                                "\n"
                                "  --entry NAME             look into one entry of an archive\n"
                                "  --lenient                accept unknown required extensions\n"
                                "\n"
                                "Examples\n"
                                "  quote list parts.zip\n"
                                "  quote list parts.zip --entry project.3mf\n";

static const char repair_help[] = "quote repair FILE -o OUT: a watertight mesh, and what was done to it\n"
                                  "\n"
                                  "Copies are left out, cracks and openings closed, facets turned; what is sound\n"
                                  "keeps its place to the bit. OUT ends in .stl or .3mf; 3MF keeps bodies apart\n"
                                  "that touch in edges. OUT is read again for the numbers after. --json prints\n"
                                  "libquote.repair/1. Hollow spaces stay hollow; --fill nonzero or even-odd says\n"
                                  "how shells are read that face the wrong way or lie in others.\n"
                                  "\n"
                                  "  -o OUT                   where it goes; a file of that name is replaced\n"
                                  "\n";

static const char render_help[] = "quote render FILE -o OUT.png: a picture of the part\n"
                                  "\n"
                                  "Drawn in parallel projection with a scale bar, as the file stands, not repaired.\n"
                                  "--json prints libquote.render/1.\n"
                                  "\n"
                                  "  -o OUT.png               where it goes; a file of that name is replaced\n"
                                  "  --view VIEW              three-quarter (default), front, back, left, right, top\n"
                                  "                           or bottom\n"
                                  "  --size PIXELS            800 or 800x600; 1024 without it\n"
                                  "  --ground GROUND          transparent (default) or white\n"
                                  "  --no-scale               no scale bar\n"
                                  "  --defects                red: open edges; purple: edges of more than two facets;\n"
                                  "                           orange: facets that face the wrong way; yellow: copies\n"
                                  "  --walls                  walls under 3 mm, red (thin) to blue, with a legend\n"
                                  "  --overhangs              what faces down by more than 45 degrees\n"
                                  "\n";
static const char render_examples[] = "Examples\n"
                                      "  quote render bracket.stl -o bracket.png\n"
                                      "  quote render case.stl -o walls.png --walls\n"
                                      "  quote render scan.stl -o scan.png --defects --view back --ground white\n"
                                      "  quote render project.3mf --plate 2 -o plate2.png --size 800x600\n";

static const char repair_examples[] = "Examples\n"
                                      "  quote repair scan.stl -o scan-closed.3mf\n"
                                      "  quote repair part.stl -o part-mm.stl --unit inch\n"
                                      "  quote repair part.stl -o out.stl --json | jq .actions\n";

static const char materials_help[] = "quote materials: the materials of the price book\n"
                                     "\n"
                                     "  --book FILE              another price book than the built-in one\n"
                                     "  --json                   libquote.materials/1, colours and finishes too\n"
                                     "\n"
                                     "Examples\n"
                                     "  quote materials\n"
                                     "  quote materials --book shop.json --json | jq '.materials[].id'\n";

static const char batch_help[] = "quote batch PATH... [-o F]: many files and folders, one line of JSON each\n"
                                 "\n"
                                 "Folders are gone through to the bottom; what is no part by its content is\n"
                                 "left out. Lines are libquote.quote/1 or libquote.error/1 with a path, always in\n"
                                 "the same order; a file of several plates is an array. A summary goes to\n"
                                 "standard error.\n"
                                 "\n"
                                 "  -o F                     write to a file that appears when it is whole\n"
                                 "\n";
static const char batch_examples[] = "Examples\n"
                                     "  quote batch parts/ -o quotes.ndjson\n"
                                     "  quote batch parts/ --threads 2 --material mat_pla --quantity 1,100\n"
                                     "  quote batch parts/ | jq -r '[.path, .report.verdict] | @tsv'\n"
                                     "\n"
                                     "Exit: 0 done, 1 at least one file could not be quoted, 2 wrong usage, 4 system,\n"
                                     "5 our mistake, 130 interrupted.\n";

static const char estimate_help[] = "quote estimate FILE --profile INI: filament and print time as of a slicer\n"
                                    "\n"
                                    "Nothing is sliced: layers are cut and measured, which takes milliseconds. The\n"
                                    "range holds for nine parts in ten. What the profile says and the estimate does\n"
                                    "not know is told. --json prints libquote.estimate/1.\n"
                                    "\n"
                                    "  --profile FILE           PrusaSlicer's .ini, or G-code with its settings\n"
                                    "                           at the end; of several the later wins\n"
                                    "  --set KEY=VALUE          a setting that wins over the files; repeatable\n"
                                    "\n";
static const char estimate_examples[] = "Examples\n"
                                        "  quote estimate bracket.stl --profile mk4.ini\n"
                                        "  quote estimate bracket.stl --profile mk4.ini --set fill_density=40%\n"
                                        "  quote estimate project.3mf --plate all --profile mk4.ini --json\n";

static const char book_help[] = "quote book import FILE.ini... [-o OUT]: a price book for the machine that runs\n"
                                "\n"
                                "The settings of a slicer's profile (PrusaSlicer's .ini, or G-code with its\n"
                                "settings at the end) become the machine of an extrusion process of a price book;\n"
                                "of several files the later wins. The book is checked before it is written.\n"
                                "\n"
                                "  --book FILE              the book to start from; the built-in one otherwise\n"
                                "  --process NAME           the process, where the book has several\n"
                                "  --set KEY=VALUE          a setting that wins over the files; repeatable.\n"
                                "                           Without files it changes the machine that is there\n"
                                "  -o OUT                   where it goes; standard output otherwise\n"
                                "\n"
                                "Examples\n"
                                "  quote book import mk4.ini -o shop.json\n"
                                "  quote book import base.ini fast.ini --set layer_height=0.25 --book old.json\n";

static const char version_help[] = "quote version: version, instruction set in use, libraries\n"
                                   "\n"
                                   "  --isa SET                with it: scalar, avx2, avx512 or neon\n"
                                   "  --json                   libquote.version/1\n"
                                   "\n"
                                   "Examples\n"
                                   "  quote version\n"
                                   "  quote version --isa scalar\n";

void cli_print_help(cli_command command)
{
    switch (command) {
    case CLI_COMMAND_INSPECT: printf("%s%s%s%s", inspect_help, part_help, engine_help, inspect_examples); break;
    case CLI_COMMAND_LIST: fputs(list_help, stdout); break;
    case CLI_COMMAND_MATERIALS: fputs(materials_help, stdout); break;
    case CLI_COMMAND_VERSION: fputs(version_help, stdout); break;
    case CLI_COMMAND_RENDER: printf("%s%s%s%s", render_help, part_help, engine_help, render_examples); break;
    case CLI_COMMAND_REPAIR: printf("%s%s%s%s", repair_help, part_help, engine_help, repair_examples); break;
    case CLI_COMMAND_BATCH:
        printf("%s%s%s%s%s%s", batch_help, price_help, profile_help, part_help, engine_help, batch_examples);
        break;
    case CLI_COMMAND_BOOK: fputs(book_help, stdout); break;
    case CLI_COMMAND_ESTIMATE: printf("%s%s%s%s", estimate_help, part_help, engine_help, estimate_examples); break;
    default:
        printf("%s%s%s%s%s%s", quote_help, price_help, profile_help, part_help, engine_help, quote_examples);
        break;
    }
}
