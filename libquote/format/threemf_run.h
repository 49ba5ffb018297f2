/* Runs of usual vertices and triangles, taken from a model part by a kernel instead of the XML parser. What the kernel
 * does not know, and whatever is wrong, is left to the parser, so that a part gives the same meshes and failures. */
#ifndef LQI_THREEMF_RUN_H
#define LQI_THREEMF_RUN_H

#include "format/threemf_reader.h"

/* For lqi_xml_handler; user: the lqi_model_reader. */
lq_status lqi_model_run(void *user, lqi_xml *xml, const char *text, size_t size, size_t *taken);
extern const char *const lqi_model_run_after[];

/* A prefix that the model element declares: attributes of the list elements may use it. */
void lqi_model_run_declare(lqi_model_reader *reader, const char *prefix);

#endif
