/* What a file holds and measures: read by the engine, in a child. Two lines of JSON come from it.
 *
 * The first when the file is opened, before any geometry is read:
 *   {"opened": true, "format", "entries": [{id, path, size, format, printable, reason}] of an archive}
 *   {"opened": false, "refuse": "unsupported_format" or "archive_limits" or null, "failure": {code, message}}
 * The second, after the first kind, is a result that sv_part_settle takes:
 *   {"status": "ready", "needs_selection" or "failed", "pinned": {entry_id, plate_id} where the choice was made here,
 *    "entries", "plates", "selection", "analysis" and "report" (parts/measured.h) when ready, "failure" when
 *    failed} */
#ifndef SV_ANALYSE_H
#define SV_ANALYSE_H

#include "base/config.h"
#include "libquote.h"
#include "parts/child.h"
#include "store/objects.h"

#define SV_ENTRIES_MAX 1000

/* What is asked of the engine. Texts are borrowed; NULL for none. */
typedef struct sv_analysis {
    const sv_config *config;
    int file;
    int64_t size;
    const char *name;
    const char *units; /* as the interface names them */
    double scale;
    const char *entry_id, *plate_id; /* what the client has pinned */
    const json_t *entries;           /* of an archive, where they are known */
} sv_analysis;

/* From the document of a part: everything but the file. */
sv_analysis sv_analysis_of(const sv_config *config, const sv_object *part);

/* The work of a child (parts/child.h); what: sv_analysis. */
void sv_analyse(void *what, int answers);

/* Starts it on a descriptor, which stays the caller's. child: always to be stopped. */
bool sv_analysis_start(sv_analysis *analysis, int file, int64_t size, sv_child *child);

/* A context of the engine with the limits of the service; NULL: no memory. */
lq_context *sv_engine_context(const sv_config *config);

/* "mm", "inch", ... NULL or anything else: LQ_UNIT_DEFAULT. */
lq_unit sv_engine_unit(const char *name);

/* The selection that a ready part was measured with: its "selection" in `private`, its units and scale. The entry is
 * borrowed from the part. */
lq_selection sv_engine_selection(const sv_object *part);

#endif
