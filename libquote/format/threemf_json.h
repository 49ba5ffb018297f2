/* The vendors' files that are JSON: bounded before jansson sees them. */
#ifndef LQI_THREEMF_JSON_H
#define LQI_THREEMF_JSON_H

#include <jansson.h>

#include "format/threemf_inside.h"

/* NULL when the entry is not there or is no JSON object, the latter with the note metadata_ignored. Free with
 * json_decref. */
lq_status lqi_vendor_json(lqi_threemf *threemf, const char *name, json_t **root);

#endif
