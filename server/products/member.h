/* One member of a product: a part, how many of it, and what it is printed in. */
#ifndef SV_MEMBER_H
#define SV_MEMBER_H

#include "products/product.h"

#define SV_MEMBERS_MAX 100

typedef enum sv_member_form {
    SV_MEMBER_NEW,    /* part_id is needed */
    SV_MEMBER_ADDED,  /* so, and it may say its position */
    SV_MEMBER_CHANGE, /* what is there is changed */
    SV_MEMBER_LISTED  /* as GET shows it: what the service sets is not looked at */
} sv_member_form;

/* A member without a part; the caller owns it. */
json_t *sv_member_new(void);

/* Is it a member as far as it can be said before the product is looked up? */
bool sv_member_check(sv_call *call, json_t *given, sv_member_form form);
/* Reads `given` over `member`; call->within is its path. */
bool sv_member_read(sv_call *call, json_t *given, json_t *member, sv_member_form form);

/* The index of a member by its id; the size of the list where there is none. */
size_t sv_member_find(const json_t *members, const char *id);

#endif
