/* Objects and plates of an opened model, as the public structs. */
#ifndef LQI_API_CONTENTS_H
#define LQI_API_CONTENTS_H

#include "api/objects.h"

lq_status lqi_contents_make(lq_model *model, lqi_opened *opened, const char *name, lq_contents **contents);
void lqi_contents_free(lq_context *context, lq_contents *contents);

#endif
