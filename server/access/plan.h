/* What an account has paid for: its subscription as it stands now, and the limits of its plan. */
#ifndef SV_PLAN_H
#define SV_PLAN_H

#include "access/call.h"

/* The plan of the configuration; NULL: there is none of that id. Borrowed. */
const json_t *sv_plan_find(const sv_config *config, const char *id);

/* Gives an account's document the plan and its entitlements. */
void sv_plan_give(json_t *account, const json_t *plan);

/* Brings the document of an account to this moment: periods that have ended, a plan that waited for that, a
 * subscription that was cancelled. The same document and moment, the same result. */
void sv_plan_settle(const sv_config *config, json_t *account, int64_t now_ms);

/* 402 subscription_inactive for what a cancelled subscription does not allow. */
bool sv_plan_allows(sv_call *call);

/* 402 plan_limit where `more` objects of this type would be more than the entitlement. */
bool sv_plan_has_room(sv_call *call, const char *entitlement, const char *type, int64_t more);
/* The same for the bytes of files. */
bool sv_plan_has_storage(sv_call *call, int64_t bytes);

/* {parts, storage_bytes, quotes_month, orders_month}; the caller owns it. */
json_t *sv_plan_usage(sv_call *call);

#endif
