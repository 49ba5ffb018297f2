/* Finished objects as bytes, for another process of the same program: each record is described once, and the same
 * description writes and reads it. What is read is checked as any bytes from outside are. */
#ifndef LQI_API_SAVED_H
#define LQI_API_SAVED_H

#include "base/arena.h"
#include "base/notes.h"
#include "base/text.h"

typedef struct lqi_saved {
    lq_context *context;
    lqi_text out;      /* when writing */
    const uint8_t *in; /* when reading: what is left; NULL: writing */
    size_t left;
    lqi_arena *arena; /* of what is read */
    bool bad;         /* what was read is no such record */
    lq_status status; /* memory is missing */
} lqi_saved;

/* kind: one word, told apart when it is read. */
void lqi_saved_write(lqi_saved *saved, lq_context *context);
lq_status lqi_saved_take(lqi_saved *saved, const char *kind, void **bytes, size_t *size);

/* LQ_ERR_INPUT "saved_invalid": damaged, of another kind, another version of the library, or another kind of machine.
 */
lq_status lqi_saved_read(lqi_saved *saved, lq_context *context, const char *kind, const void *bytes, size_t size);
/* After the last record. */
lq_status lqi_saved_end(lqi_saved *saved);

/* ---- parts of records: read into, or written from ---- */

void lqi_saved_bytes(lqi_saved *saved, void *value, size_t size);
#define LQI_SAVED(saved, value) lqi_saved_bytes((saved), &(value), sizeof(value))

/* A number from 0 to most. */
uint32_t lqi_saved_word(lqi_saved *saved, uint32_t value, uint32_t most);
bool lqi_saved_bool(lqi_saved *saved, bool value);
int lqi_saved_answer(lqi_saved *saved, int value); /* -1, 0 or 1 */
/* A count of records of so many bytes at least, each. */
size_t lqi_saved_count(lqi_saved *saved, size_t value, size_t each);
void lqi_saved_text(lqi_saved *saved, const char **text); /* may be NULL */
/* Room for `count` records from the arena when reading; NULL when there is none, or none is wanted. */
void *lqi_saved_room(lqi_saved *saved, size_t count, size_t size);

/* lqi_notes_init was called when reading. */
void lqi_saved_notes(lqi_saved *saved, lqi_notes *notes);

#endif
