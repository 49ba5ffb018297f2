/* The way every file goes: open, choose, read, measure; then the command's own step; then the next file. */
#ifndef CLI_EACH_PART_H
#define CLI_EACH_PART_H

#include "session.h"

/* One measured part of one file. */
typedef struct cli_part {
    const char *path;
    lq_format format;
    const char *entry;      /* NULL: not from an archive */
    uint32_t plate;         /* 0: the whole file */
    const char *plate_name; /* may be NULL or "" */
    const lq_part *read;    /* its triangles */
    const lq_report *report;
} cli_part;

/* Either prints for a person, or adds one JSON document to `json`. Returns an exit code; failures were told. */
typedef int (*cli_part_step)(cli_session *session, const cli_part *part, cli_buffer *json);

/* Goes over the chosen parts of one file. JSON is one line: an object, or an array where there are several plates. */
int cli_one_file(cli_session *session, const char *path, cli_part_step step);

/* Goes over all files and their chosen parts. */
int cli_each_part(cli_session *session, cli_part_step step);

/* Goes over all files alone: `step` gets the path. */
typedef int (*cli_file_step)(cli_session *session, const char *path, const void *user);
int cli_each_file(cli_session *session, cli_file_step step, const void *user);

/* The path that goes into a JSON document: NULL for a single file. */
const char *cli_path_in_json(const cli_session *session, const char *path);

#endif
