/* Where a webhook may go: rules for the URL, and for the address that is really called. */
#ifndef SV_TARGET_H
#define SV_TARGET_H

#include "base/config.h"
#include "base/text.h"

#define SV_TARGET_SIZE 2048

/* NULL: the form is good. Else a sentence that says what is wrong; not freed. */
const char *sv_target_check(const sv_config *config, const char *url);

/* Is every address of its host, as it answers now, one that may be called? What does not resolve has none. Looks up
 * names, for seconds at worst. */
bool sv_target_is_public(const sv_config *config, const char *url);

/* "93.184.216.34", "2001:500::1": may it be called? */
bool sv_address_may_be_called(const sv_config *config, const char *address);

/* "host:port:address,address" for a host that webhooks.resolve maps, as libcurl wants it; NULL: it does not. The caller
 * frees. */
char *sv_target_mapped(const sv_config *config, const char *url);

#endif
