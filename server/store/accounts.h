/* Accounts: they own everything else, and are not bound to a mode. */
#ifndef SV_ACCOUNTS_H
#define SV_ACCOUNTS_H

#include "store/objects.h"

typedef struct sv_account {
    char id[SV_ID_SIZE], parent_id[SV_ID_SIZE], role[16], status[16];
    int64_t created_ms, updated_ms, version;
    json_t *body;
} sv_account;

/* A new one with the entitlements of a plan; `test`: may order, terms accepted. The caller inserts and frees it. */
sv_account sv_account_new(const sv_config *config, const char *name, const char *email, const char *role, bool test);
void sv_account_free(sv_account *account);

sv_result sv_account_insert(sv_store *store, const sv_account *account); /* parent_id "" for none */
sv_result sv_account_get(sv_store *store, const char *id, sv_account *account);
sv_result sv_account_update(sv_store *store, sv_account *account);
void sv_account_read(sv_rows *rows, sv_account *account);

/* As clients see it. The caller owns it. */
json_t *sv_account_view(const sv_account *account, bool livemode);

/* What the account has earned in a mode: [{currency, revenue_share_accrued (minor units)}]. The caller owns it. */
json_t *sv_balance_get(sv_store *store, sv_scope scope);
sv_result sv_balance_add(sv_store *store, sv_scope scope, const char *currency, int64_t minor);

/* A key with every scope that the role may hold; the text goes to `key`, once. */
sv_result sv_account_make_key(sv_store *store, const sv_config *config, const sv_account *account, bool livemode,
                              const char *name, char key[SV_KEY_SIZE], char key_id[SV_ID_SIZE]);

#endif
