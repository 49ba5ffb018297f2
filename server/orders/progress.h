/* An order moves on: what a move does to the order, its items, its shipments and its payment. In memory; the caller
 * saves. */
#ifndef SV_PROGRESS_H
#define SV_PROGRESS_H

#include "access/call.h"
#include "orders/machine.h"
#include "orders/order.h"

/* What comes with a move. All borrowed, NULL where nothing was said. */
typedef struct sv_progress {
    const char *to;
    int by;            /* SV_BY_...: who may make the move */
    const char *actor; /* the word in the order's history */
    const char *note;
    const json_t *items;      /* [id] or [{item_id}]: those that qa and rejections are about; NULL: all */
    const json_t *qa;         /* {result, comment?, picture_url?} */
    const json_t *shipment;   /* {carrier?, tracking_number?, tracking_url?, items?} */
    const json_t *rejections; /* [{code, ...}] */
} sv_progress;

/* false: refused with illegal_transition, order_on_hold, or what is wrong in the fields. Writes revenue shares of what
 * ships to the account's balance. */
bool sv_order_progress(sv_call *call, sv_order *order, const sv_progress *progress);

/* Ends an order that is not made, and its payment with it. The reason may be NULL. The caller has checked the move. */
void sv_order_cancel(sv_order *order, const char *actor, const char *reason, int64_t now_ms);

/* All shipments have arrived at a moment. */
void sv_order_arrive(sv_order *order, int64_t now_ms);

sv_order_part *sv_order_find(sv_order_part *parts, size_t count, const char *id);

/* 409 with the states in details. */
void sv_refuse_move(sv_call *call, const char *from, const char *to, const char *why);

#endif
