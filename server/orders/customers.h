/* Who has bought: gathered from orders, one for each address of e-mail. */
#ifndef SV_CUSTOMERS_H
#define SV_CUSTOMERS_H

#include "access/call.h"

/* The customer of a new order ({name, email, ref}): counted, and made where there was none. false: refused. */
bool sv_customer_note(sv_call *call, const json_t *customer);

#endif
