/*
 * Walking through the JSON of a price book. The reader knows the path to where it stands and keeps the first mistake:
 * after that every getter does nothing, so callers check lqi_reader_ok once per loop and `status` at the end.
 */
#ifndef LQI_BOOK_READER_H
#define LQI_BOOK_READER_H

#include <jansson.h>

#include "price/book.h"

typedef struct lqi_reader {
    lq_context *context;
    lqi_arena *arena;
    lq_status status;
    char path[256]; /* "materials[3].colors[0]"; longer ones are cut */
    size_t path_size;
} lqi_reader;

static inline bool lqi_reader_ok(const lqi_reader *reader) { return reader->status == LQ_OK; }

/* Records a mistake at the path. `sentence` ends what "The price book is not valid at <path>:" begins. */
void lqi_invalid(lqi_reader *reader, const char *sentence, ...) __attribute__((format(printf, 2, 3)));
void lqi_invalid_member(lqi_reader *reader, const char *key, const char *sentence, ...)
    __attribute__((format(printf, 3, 4)));

/* Steps into a member, or an element of a member; the result takes the reader back with lqi_leave. */
size_t lqi_enter(lqi_reader *reader, const char *key);
size_t lqi_enter_item(lqi_reader *reader, const char *key, size_t index);
void lqi_leave(lqi_reader *reader, size_t mark);

/* Cleared memory of the book; an empty array is NULL. NULL on failure too, which the reader keeps. */
void *lqi_reader_array(lqi_reader *reader, size_t count, size_t size);

/* One object being read. Whatever was never asked for is an unknown member when it is closed. */
enum { LQI_MEMBERS_MAX = 56 };
typedef struct lqi_members {
    lqi_reader *reader;
    const json_t *object;
    const char *asked[LQI_MEMBERS_MAX];
    size_t asked_count;
} lqi_members;

typedef enum lqi_need { LQI_OPTIONAL, LQI_REQUIRED } lqi_need;

void lqi_members_open(lqi_members *members, lqi_reader *reader, const json_t *object);
void lqi_members_close(lqi_members *members);

/* The raw member, NULL when it is absent. */
const json_t *lqi_get(lqi_members *members, const char *key, lqi_need need);

/* Typed members. Where one is optional and absent, the target stays as it is. */
void lqi_get_integer(lqi_members *members, const char *key, lqi_need need, int64_t min, int64_t max, int64_t *value);
void lqi_get_rate(lqi_members *members, const char *key, lqi_need need, int64_t *micro);
void lqi_get_length(lqi_members *members, const char *key, lqi_need need, int64_t *um); /* millimetres in the book */
void lqi_get_lengths(lqi_members *members, const char *key, lqi_need need, int64_t um[3]);
void lqi_get_bool(lqi_members *members, const char *key, lqi_need need, bool *value);
void lqi_get_date(lqi_members *members, const char *key, lqi_need need, const char **date); /* null: stays NULL */

/* One of `count` words; the value is its place. */
void lqi_get_word(lqi_members *members, const char *key, lqi_need need, const char *const *words, size_t count,
                  int *value);

/* What a text may look like. */
typedef enum lqi_text_shape {
    LQI_TEXT,    /* 1..200 bytes without control characters */
    LQI_LONG,    /* 1..4000 bytes likewise */
    LQI_SLUG,    /* 1..64 of A-Z a-z 0-9 _ . - */
    LQI_COUNTRY, /* ISO 3166-1 alpha-2 */
    LQI_DATE,    /* YYYY-MM-DD of the calendar */
    LQI_HEX,     /* #RRGGBB */
    LQI_POSTCODE /* 1..10 letters, digits, spaces and - */
} lqi_text_shape;
void lqi_get_text(lqi_members *members, const char *key, lqi_need need, lqi_text_shape shape, const char **text);

/* Arrays. lqi_get_list gives the array, or NULL when absent or wrong, with *count 0 then. */
const json_t *lqi_get_list(lqi_members *members, const char *key, lqi_need need, size_t count_min, size_t *count);
void lqi_get_words(lqi_members *members, const char *key, lqi_need need, lqi_text_shape shape, lqi_words *words);

/* Is this text of the shape? For keys of maps. */
bool lqi_text_fits(lqi_text_shape shape, const char *text, size_t size);

/* An index over `count` texts, text i at (char *)items + i * stride; a text that occurs twice is a mistake at
 * key[i].member of the later one. */
void lqi_reader_names(lqi_reader *reader, const char *key, const char *member, const void *items, size_t count,
                      size_t stride, lqi_names *names);

#endif
