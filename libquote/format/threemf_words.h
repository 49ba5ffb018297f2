/* The words of 3MF: namespaces and enumerations of attribute values. */
#ifndef LQI_THREEMF_WORDS_H
#define LQI_THREEMF_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "libquote.h"

typedef enum lqi_space {
    LQI_SPACE_NONE, /* no namespace */
    LQI_SPACE_CORE,
    LQI_SPACE_OLD, /* core before it was published */
    LQI_SPACE_MATERIAL,
    LQI_SPACE_PRODUCTION,
    LQI_SPACE_ALTERNATIVES,
    LQI_SPACE_BEAMS,
    LQI_SPACE_SLICE,
    LQI_SPACE_SECURE,
    LQI_SPACE_TRIANGLE_SETS,
    LQI_SPACE_MIRRORING,
    LQI_SPACE_BOOLEAN,
    LQI_SPACE_DISPLACEMENT,
    LQI_SPACE_VOLUMETRIC,
    LQI_SPACE_CURA,
    LQI_SPACE_RELATIONSHIPS,
    LQI_SPACE_UNKNOWN
} lqi_space;

lqi_space lqi_space_of_uri(const char *uri, size_t size);

/* Takes "uri\flocal" apart. */
lqi_space lqi_space_of_name(const char *name, const char **local);

typedef enum lqi_object_type {
    LQI_TYPE_MODEL,
    LQI_TYPE_SOLID_SUPPORT,
    LQI_TYPE_SUPPORT,
    LQI_TYPE_SURFACE,
    LQI_TYPE_OTHER,
    LQI_TYPE_UNKNOWN
} lqi_object_type;

lqi_object_type lqi_object_type_of(const char *word);

/* The attribute of a triangle that a slicer's brush for filaments wrote: of Bambu Studio and its kin, of PrusaSlicer.
 */
bool lqi_is_paint(const char *attribute);

/* False for a word that is no unit; *exact is false where only the case of letters differs. */
bool lqi_unit_of(const char *word, lq_unit *unit, bool *exact);
double lqi_threemf_unit_mm(lq_unit unit);

#endif
