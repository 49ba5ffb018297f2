/* The handlers of quotes. Each is named in routes.c and nowhere else. */
#ifndef SV_QUOTES_H
#define SV_QUOTES_H

#include "access/call.h"

/* create.c */
void sv_prepare_quote(sv_call *call);
void sv_prepare_preview(sv_call *call);
void sv_prepare_requote(sv_call *call);
void sv_create_quote(sv_call *call);
void sv_preview_quote(sv_call *call);
void sv_requote(sv_call *call);

/* read.c */
void sv_list_quotes(sv_call *call);
void sv_read_quote(sv_call *call);
void sv_expire_quote(sv_call *call);

/* shipping.c */
void sv_find_shipping_options(sv_call *call);
void sv_list_shipping_methods(sv_call *call);

/* material_prices.c */
void sv_prepare_material_prices(sv_call *call);
void sv_list_material_prices(sv_call *call);

#endif
