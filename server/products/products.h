/* The handlers of products, named in routes.c and nowhere else. */
#ifndef SV_PRODUCTS_H
#define SV_PRODUCTS_H

#include "access/call.h"

/* write.c */
void sv_make_product(sv_call *call);
void sv_make_products_from_parts(sv_call *call);
void sv_change_product(sv_call *call);
void sv_delete_product(sv_call *call);
void sv_delete_products(sv_call *call);

/* read.c */
void sv_list_products(sv_call *call);
void sv_read_product(sv_call *call);

/* match.c */
void sv_match_product(sv_call *call);

/* members.c */
void sv_add_member(sv_call *call);
void sv_change_member(sv_call *call);
void sv_remove_member(sv_call *call);
void sv_put_members(sv_call *call);

/* share.c, options.c */
void sv_put_revenue_share(sv_call *call);
void sv_put_options(sv_call *call);

/* cost_lines.c */
void sv_add_cost_line(sv_call *call);
void sv_change_cost_line(sv_call *call);
void sv_remove_cost_line(sv_call *call);

/* breakdown.c */
void sv_read_cost_breakdown(sv_call *call);

/* attachments.c */
void sv_add_attachment(sv_call *call);
void sv_read_attachment(sv_call *call);
void sv_remove_attachment(sv_call *call);

/* components.c */
void sv_make_component(sv_call *call);
void sv_list_components(sv_call *call);
void sv_read_component(sv_call *call);
void sv_change_component(sv_call *call);
void sv_delete_component(sv_call *call);

#endif
