/* What is made of a file once and kept as a blob: pictures, repaired files, the list of plates with their boxes. It is
 * named by all that it depends on, and made by the engine in a child. */
#ifndef SV_DERIVE_H
#define SV_DERIVE_H

#include "access/call.h"

typedef enum sv_derived_kind { SV_PICTURE, SV_REPAIRED_STL, SV_REPAIRED_3MF, SV_PLATES } sv_derived_kind;

typedef struct sv_derivation {
    sv_derived_kind kind;
    const char *sha256;     /* of the file, in hex */
    lq_selection selection; /* plates: its entry, units and scale alone */
    uint32_t side;          /* of a picture, in pixels */
} sv_derivation;

/* A blob. */
typedef struct sv_derived {
    char sha256[SV_SHA256_HEX_SIZE];
    int64_t size;
} sv_derived;

/* Slow: for a route's prepare. false: refused, with 422 no_such_plate, 409 part_not_ready where the engine cannot, 503
 * where it takes too long. SV_PLATES is JSON: [{id "plate_<n>", name, objects, bbox_mm (null: it is empty)}]. */
bool sv_derive(sv_call *call, const sv_derivation *asked, sv_derived *made);

/* The bytes of a derived document. NULL: refused. The caller owns it. */
json_t *sv_derived_json(sv_call *call, const sv_derived *made);

#endif
