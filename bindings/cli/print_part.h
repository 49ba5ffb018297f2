/* What a person reads of a part wherever one is shown: its name, its size, its findings. */
#ifndef CLI_PRINT_PART_H
#define CLI_PRINT_PART_H

#include "each_part.h"

/* "binary STL", "3MF", ... */
const char *cli_format_words(lq_format format);

/* Without its folders; "standard input" for -. */
const char *cli_file_name(const char *path);

/* Begins a part: "bracket.stl  binary STL", without the end of the line. */
void cli_print_name(cli_session *session, const char *path, lq_format format);

/* Name, entry, plate and verdict on one line. */
void cli_print_title(cli_session *session, const cli_part *part);

/* A sign for the severity and the sentence, wrapped. */
void cli_print_finding(const cli_terminal *out, const lq_diagnostic *finding);

/* All findings of a report. With --quiet, those that only inform are left out. */
void cli_print_findings(const cli_session *session, const lq_report *report);

/* "20 x 20 x 20" */
void cli_add_size(cli_buffer *buffer, const cli_terminal *terminal, const double size_mm[3]);

/* "512 mm3", "43.86 cm3" */
void cli_add_volume(cli_buffer *buffer, const cli_terminal *terminal, double volume_mm3);

/* "600 mm2", "169.5 cm2" */
void cli_add_area(cli_buffer *buffer, const cli_terminal *terminal, double area_mm2);

/* "45 s", "10 min", "3 h 05" */
void cli_add_time(cli_buffer *buffer, double time_s);

/* "5.08 g", "38.4 g", "385 g", "12.3 kg" */
void cli_add_mass(cli_buffer *buffer, double mass_g);

#endif
