/* The engine's report as the `analysis` of the interface. */
#ifndef SV_FINDINGS_H
#define SV_FINDINGS_H

#include <jansson.h>

#include "libquote.h"

/* Without id, file_version and duration_ms. NULL: the context tells why. The caller owns it. */
json_t *sv_findings(lq_context *context, const lq_report *report);

/* One diagnostic as an issue; of an option also with its material. material_id: NULL for none. The caller owns it. */
json_t *sv_issue(const lq_diagnostic *diagnostic, const char *material_id);

#endif
