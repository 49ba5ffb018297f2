/* What lines cost together: fee for small orders, shipping, tax. Integers only. */
#ifndef LQI_ORDER_H
#define LQI_ORDER_H

#include "price/book.h"

/* As lq_order_price, with everything asked for. */
lq_status lqi_order_price(lq_context *context, const lq_book *book, const lq_order_request *request,
                          lq_order_result *result);

#endif
