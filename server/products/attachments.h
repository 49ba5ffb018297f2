/* Files that hang on a product. */
#ifndef SV_ATTACHMENTS_H
#define SV_ATTACHMENTS_H

#include "access/plan.h"
#include "products/product.h"

/* A route's prepare: the form's file is looked at and kept as a blob. */
void sv_receive_attachment(sv_call *call);

/* The files of a product that goes. */
void sv_attachments_drop(sv_call *call, const sv_object *product);

#endif
