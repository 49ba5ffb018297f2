/* The handlers of orders. Each is named in the table of routes.c and nowhere else. */
#ifndef SV_ORDERS_H
#define SV_ORDERS_H

#include "access/pipeline.h"

extern const sv_routes sv_order_routes;

/* create.c, sample.c */
void sv_make_order(sv_call *call);
void sv_prepare_sample(sv_call *call);
void sv_make_sample(sv_call *call);

/* read.c */
void sv_list_orders(sv_call *call);
void sv_read_order(sv_call *call);
void sv_read_order_status(sv_call *call);
void sv_read_order_tracking(sv_call *call);
void sv_read_order_events(sv_call *call);
void sv_read_order_items(sv_call *call);
void sv_list_order_items(sv_call *call);
void sv_read_order_summary(sv_call *call);
void sv_operator_list_orders(sv_call *call);
void sv_operator_read_order(sv_call *call);

/* change.c */
void sv_change_order(sv_call *call);
void sv_cancel_order(sv_call *call);
void sv_cancel_orders(sv_call *call);
void sv_archive_orders(sv_call *call);

/* transition.c */
void sv_advance_order(sv_call *call);
void sv_operator_transition(sv_call *call);

/* operator.c */
void sv_operator_hold(sv_call *call);
void sv_operator_release(sv_call *call);
void sv_operator_payment(sv_call *call);
void sv_operator_change_shipment(sv_call *call);

/* parts.c */
void sv_operator_list_parts(sv_call *call);
void sv_operator_read_part(sv_call *call);
void sv_operator_review_part(sv_call *call);

/* accounts.c */
void sv_operator_list_accounts(sv_call *call);
void sv_operator_make_account(sv_call *call);
void sv_operator_read_account(sv_call *call);
void sv_operator_change_account(sv_call *call);

/* customers.c */
void sv_list_customers(sv_call *call);
void sv_read_customer(sv_call *call);

#endif
