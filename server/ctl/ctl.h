/* What the commands of quotectl share. A command prints what it did, in words or with --json for programs, and answers
 * the program's exit code; what went wrong goes to stderr. */
#ifndef SV_CTL_H
#define SV_CTL_H

#include <jansson.h>
#include <stdbool.h>

#include "base/config.h"
#include "store/store.h"

typedef struct sv_ctl {
    const char *config_path;
    sv_config config;
    sv_store *store; /* NULL: the command opens none */
    bool json;
    char **words; /* without --config and --json; words[0] is the command */
    int count;
} sv_ctl;

int sv_ctl_fail(const char *what, const char *why); /* why: may be NULL */
/* answer: taken over, printed with --json; otherwise the words. */
int sv_ctl_tell(const sv_ctl *s, json_t *answer, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Takes "--name VALUE" or "--name" out of the words. NULL, false: it is not there. */
const char *sv_ctl_option(sv_ctl *s, const char *name);
bool sv_ctl_flag(sv_ctl *s, const char *name);
/* The word at this place, or NULL. */
const char *sv_ctl_word(const sv_ctl *s, int place);

/* The folder of the configuration file; the caller frees. */
char *sv_ctl_folder(const sv_ctl *s);
/* The configuration and the database. false: the reason was told. */
bool sv_ctl_open(sv_ctl *s, bool migrates);

/* ---- the commands ---- */

int sv_ctl_init(sv_ctl *s);
int sv_ctl_migrate(sv_ctl *s);
int sv_ctl_account_create(sv_ctl *s);
int sv_ctl_account_suspend(sv_ctl *s);
int sv_ctl_account_resume(sv_ctl *s);
int sv_ctl_key_create(sv_ctl *s);
int sv_ctl_book_validate(sv_ctl *s);
int sv_ctl_book_activate(sv_ctl *s);
int sv_ctl_book_import(sv_ctl *s);
int sv_ctl_order_transition(sv_ctl *s);
int sv_ctl_backup(sv_ctl *s);
int sv_ctl_restore(sv_ctl *s);
int sv_ctl_doctor(sv_ctl *s);
int sv_ctl_rewrap(sv_ctl *s);
int sv_ctl_gc(sv_ctl *s);
int sv_ctl_routes(sv_ctl *s);

/* For init: stores a book and activates it. *why: a sentence or NULL, the caller frees. */
bool sv_ctl_add_book(sv_ctl *s, const char *path, char **why);

#endif
