/* The handlers, by resource. Each is named in the table of routes.c and nowhere else. */
#ifndef SV_HANDLERS_H
#define SV_HANDLERS_H

#include "access/call.h"

/* catalogue.c */
void sv_list_materials(sv_call *call);
void sv_read_material(sv_call *call);
void sv_read_material_colors(sv_call *call);
void sv_list_countries(sv_call *call);
void sv_list_formats(sv_call *call);
void sv_list_error_codes(sv_call *call);
void sv_list_scopes(sv_call *call);
void sv_list_plans(sv_call *call);

/* openapi.c */
void sv_read_openapi(sv_call *call);

/* account.c */
void sv_read_account(sv_call *call);
void sv_change_account(sv_call *call);
void sv_make_test_account(sv_call *call);
void sv_list_test_accounts(sv_call *call);
void sv_delete_test_account(sv_call *call);

/* subscription.c */
void sv_read_subscription(sv_call *call);
void sv_change_subscription(sv_call *call);
void sv_cancel_subscription(sv_call *call);
void sv_resume_subscription(sv_call *call);

/* schemas.c */
void sv_list_schemas(sv_call *call);
void sv_read_schema(sv_call *call);

/* api_keys.c */
void sv_make_key(sv_call *call);
void sv_list_keys(sv_call *call);
void sv_read_key(sv_call *call);
void sv_change_key(sv_call *call);
void sv_rotate_key(sv_call *call);
void sv_delete_key(sv_call *call);

/* logs.c */
void sv_list_audit_logs(sv_call *call);
void sv_read_audit_log(sv_call *call);
void sv_list_request_logs(sv_call *call);
void sv_read_request_log(sv_call *call);

/* price_books.c */
void sv_put_price_book(sv_call *call);
void sv_validate_price_book(sv_call *call);
void sv_activate_price_book(sv_call *call);

#endif
