/* How the variants of facet_text.h on vectors read. Files repeat themselves: what stands between the numbers of one
 * facet (words, indentation, line ends) is kept as a phrase and compared with the next facet as a whole. A number of up
 * to 15 bytes has a form: where its dot is and where it ends. As long as the form is that of the number before, nothing
 * is computed from this one to find the next, so that the processor reads several at once. Digits are only moved into
 * place here; arithmetic comes later, many at a time. Neighbours share corners: one whose text is that of a corner of
 * the facet before is not read again. A facet that does not fit goes to lqi_facet_text_one, and the phrases are taken
 * from it anew. What depends on the CPU is in facet_bytes_*.h, with LQI_BYTES and LQI_BYTES_INLINE for what may use its
 * instructions. */
#ifndef LQI_FACET_TEXT_RUN_H
#define LQI_FACET_TEXT_RUN_H

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "base/ascii.h"
#include "base/decimal.h"
#if defined(__x86_64__)
#include "kernel/facet_bytes_x86.h"
#else
#include "kernel/facet_bytes_neon.h"
#endif
#include "kernel/facet_text.h"
#include "kernel/number_text.h"
#include "kernel/unroll.h"

#define PHRASE_MAX 64
#define BLANKS_MAX 4   /* before a number, beyond the first */
#define REACH_MAX 2048 /* an upper bound of what is read of one facet here */
#define BLOCK 64       /* facets between two passes of arithmetic */
#define SHOWN_MAX 64   /* bytes of a corner's text that are compared */

/* A text that repeats: bytes, and 0xFF where they count. */
typedef struct phrase {
    uint8_t bytes[PHRASE_MAX], mask[PHRASE_MAX];
    size_t size;
} phrase;

/* The form of a number behind its sign: bit i of `key` tells that byte i is no digit, bit 16 + i that it is a dot; only
 * bits of `care` count, which end at the first byte behind the number. */
typedef struct form {
    uint8_t order[16]; /* shuffles the digits before the e to the end of 16 bytes, zeros before them */
    uint64_t divisor;  /* 10^fraction */
    uint32_t key, care;
    uint32_t size, fraction, dot;
    uint32_t
        tail; /* bytes from the e on: 0, 4 or 5; or GOES_ON: beyond these 16 bytes, `order` has the first 15 digits */
} form;

#define GOES_ON 1

typedef struct layout {
    bool valid;
    phrase opening; /* facet normal */
    phrase loop;    /* outer loop vertex */
    phrase vertex;
    phrase closing; /* endloop endfacet */
    size_t normal_size;
    form form[3];
    lqi_byte_classes classes;
} layout;

/* The numbers of a corner as text, and which of the corners on their way it became. */
typedef struct shown_corner {
    const char *text;
    const uint8_t *mask; /* 0xFF where its bytes count */
    size_t size;         /* with the byte behind them */
    uint32_t dots, corner;
} shown_corner;

/* Corners on their way, three numbers each: digits / divisor, which carries the sign. */
typedef struct pending {
    uint8_t digits[9 * BLOCK + 4][16];
    uint64_t divisor[9 * BLOCK + 4];
    float finished[9 * BLOCK]; /* numbers that came another way */
    uint16_t finished_at[9 * BLOCK];
    size_t finished_count;
    uint8_t facet_of[3 * BLOCK]; /* which facet had the corner first */
    size_t corner_count;
    const char *facet[BLOCK]; /* where each begins */
    lqi_text_normal normal[BLOCK];
    uint8_t corner[3 * BLOCK];
    bool dot[BLOCK]; /* does it hold one? */
    size_t count;
    shown_corner shown[2][3]; /* of the facet before, in this block, and room for those of this one */
    size_t before;            /* which of the two */
    bool any_shown;
} pending;

_Static_assert(3 * BLOCK <= 256, "a byte for a corner");

/* ---- learning ---- */

static bool learn_phrase(phrase *t, const char *from, const char *to)
{
    t->size = (size_t)(to - from);
    if (t->size > PHRASE_MAX) return false;
    memset(t->bytes, 0, sizeof t->bytes);
    memset(t->mask, 0, sizeof t->mask);
    memcpy(t->bytes, from, t->size);
    memset(t->mask, 0xFF, t->size);
    return true;
}

/* A blank in the place of a sign belongs to the number. */
static const char *before_blank(const char *number)
{
    return number[-1] == ' ' && lqi_is_space(number[-2]) ? number - 1 : number;
}

static void learn(layout *l, const char *facet, const lqi_facet_marks *m)
{
    l->valid = learn_phrase(&l->opening, facet, before_blank(m->normal)) &&
               learn_phrase(&l->loop, m->normal_end, before_blank(m->number_first[0])) &&
               learn_phrase(&l->vertex, m->number_last[2], before_blank(m->number_first[3])) &&
               learn_phrase(&l->closing, m->number_last[8], m->next);
}

/* ---- one facet ---- */

LQI_BYTES_INLINE bool matches(const phrase *t, const char *p)
{
    if (!lqi_bytes_same_32(p, t->bytes, t->mask)) return false;
    if (t->size <= 32) return true;
    return lqi_bytes_same_32(p + 32, t->bytes + 32, t->mask + 32);
}

LQI_BYTES_INLINE const char *skip_blanks(const char *p)
{
    if (__builtin_expect(*p == ' ', 0)) {
        p++;
        for (int i = 1; i < BLANKS_MAX && *p == ' '; i++) p++;
    }
    return p;
}

LQI_BYTES_INLINE bool is_blank(char c) { return c == ' ' || c == '\t'; }

LQI_BYTES_INLINE bool begins_no_number(const char *p) { return (unsigned char)*p >= 'A' && (*p | 0x20) != 'n'; }

/* Three tokens anywhere in their lines, a blank or tab behind the first two. */
LQI_BYTES static __attribute__((noinline)) const char *skip_other_normal(const char *p, uint32_t *minus)
{
    *minus = 0;
    for (int i = 0; i < 3; i++) {
        p = skip_blanks(p);
        *minus |= (uint32_t)(*p == '-') << i;
        uint32_t spaces = (uint32_t)lqi_bytes_spaces(p);
        if (begins_no_number(p) || !spaces || spaces & 1) return NULL;
        p += (size_t)__builtin_ctz(spaces);
        if (i < 2 && !is_blank(*p++)) return NULL;
    }
    return p;
}

/* Behind the three tokens at p; *last is how long they were the last time, *minus which of them are negative. */
LQI_BYTES_INLINE const char *skip_normal(const char *p, size_t *last, uint32_t *minus)
{
    uint64_t spaces = lqi_bytes_spaces(p), second = spaces & (spaces - 1);
    uint64_t third = second & (second - 1);
    if (!third || spaces & (spaces << 1 | 1) & (third ^ (third - 1))) return skip_other_normal(p, minus);
    const char *first_end = p + __builtin_ctzll(spaces), *second_end = p + __builtin_ctzll(second);
    if (!is_blank(*first_end) || !is_blank(*second_end)) return NULL;
    if (begins_no_number(p) || begins_no_number(first_end + 1) || begins_no_number(second_end + 1)) return NULL;
    *minus = (uint32_t)(*p == '-') | (uint32_t)(first_end[1] == '-') << 1 | (uint32_t)(second_end[1] == '-') << 2;
    size_t size = (size_t)__builtin_ctzll(third), guess = *last;
    if (__builtin_expect(size != guess, 0)) {
        *last = guess = size;
        __asm__ volatile("" : "+r"(guess)); /* or the compiler would see that both ways give `size` */
    }
    return p + guess;
}

/* Takes the form of the number at p. false: it has none. Out of line, where it does not push others out of registers.
 */
LQI_BYTES static __attribute__((noinline)) bool learn_form(form *f, const char *p, uint32_t key)
{
    uint32_t others = key & 0xFFFF, dot_bit = others & -others & key >> 16;
    uint32_t dot = dot_bit != 0, first = (uint32_t)__builtin_ctz(others | 0x10000);
    uint32_t size = (uint32_t)__builtin_ctz((others ^ dot_bit) | 0x10000), digits = size - dot;
    if (digits == 0 || digits == 16) return false; /* at most 15: less than 2^53 */
    uint32_t exponent = 0;
    if (size < 16 && (p[size] | 0x20) == 'e') {
        exponent = 2 + (uint32_t)__builtin_ctz(others >> (size + 2) | 0x10);
        if (exponent < 4 || exponent > 5 || size + exponent > 15) return false;
    }
    f->key = key;
    f->size = size + exponent;
    f->care = size == 16 ? 0xFFFFFFFF : (((uint32_t)2 << f->size) - 1) * 0x10001;
    f->fraction = size - first - dot;
    f->divisor = lqi_bits_of_double(lqi_number_tens[f->fraction]);
    f->dot = dot;
    f->tail = size == 16 ? GOES_ON : exponent;
    lqi_bytes_order(f->order, digits, dot ? first : 16);
    return true;
}

/* A number of another form, correctly rounded there and then. */
static const char *take_other_number(const char *p, pending *q, size_t at, uint32_t *dots)
{
    float value;
    const char *behind;
    if (!lqi_number_quick_float(p, &value, &behind))
        behind = p + lqi_decimal_to_float(p, p + LQI_DECIMAL_TOKEN_MAX, LQI_DECIMAL_PLAIN, &value);
    float magnitude = fabsf(value);
    if (behind == p || !(magnitude <= LQI_FACET_TEXT_MAX) || (magnitude < FLT_MIN && magnitude != 0)) return NULL;
    *dots |= memchr(p, '.', (size_t)(behind - p)) != NULL;
    q->finished[q->finished_count] = magnitude == 0 ? 0 : value;
    q->finished_at[q->finished_count++] = (uint16_t)at;
    memset(q->digits[at], 0, sizeof q->digits[at]);
    q->divisor[at] = lqi_bits_of_double(1);
    return behind;
}

/* The power of ten that two or three digits before p, their sign and the e stand for; a large one when they do not. */
LQI_BYTES_INLINE int exponent_before(const char *p, uint32_t size)
{
    const char *e = p - size;
    bool negative = e[1] == '-';
    if ((e[0] | 0x20) != 'e' || !(negative || e[1] == '+')) return LQI_NUMBER_POWER_MAX * 2;
    int power = (p[-2] - '0') * 10 + (p[-1] - '0');
    if (size == 5) power += (p[-3] - '0') * 100;
    return negative ? -power : power;
}

/* The rest of a number that goes on at p, 15 digits of which are known. Of those, 13 significant ones tell the nearest
 * float for certain but near midpoints, see LQI_TIE_MARGIN. NULL: this way does not do. */
LQI_BYTES static __attribute__((noinline)) const char *take_rest(const char *p, const layout *l, int *power)
{
    lqi_bytes16 values;
    uint32_t dot = lqi_bytes_key(p - 16, &l->classes, &values) >> 16;
    uint32_t zeros = lqi_bytes_zeros(values);
    int front = __builtin_ctz(~(zeros | dot));
    if (front > 2 + (__builtin_ctz(dot) < front)) return NULL; /* more than two zeros in front */
    uint32_t others = lqi_bytes_key(p, &l->classes, &values) & 0xFFFF;
    if (!others) return NULL;
    p += __builtin_ctz(others);
    if ((*p | 0x20) == 'e' && !lqi_number_exponent(&p, power)) return NULL;
    return p;
}

/* Behind the number at p, or NULL. */
LQI_BYTES_INLINE const char *take_number(const char *p, layout *l, form *f, pending *q, size_t at, uint32_t *dots)
{
    const char *sign = p = skip_blanks(p);
    bool negative = *p == '-';
    p += negative;
    lqi_bytes16 values;
    uint32_t key = lqi_bytes_key(p, &l->classes, &values);
    if (__builtin_expect((key ^ f->key) & f->care, 0) && !learn_form(f, p, key))
        return take_other_number(sign, q, at, dots);
    p += f->size;
    uint64_t divisor = f->divisor;
    if (f->tail) {
        int power = -(int)f->fraction;
        if (f->tail != GOES_ON)
            power += exponent_before(p, f->tail);
        else if (!(p = take_rest(p, l, &power)))
            return take_other_number(sign, q, at, dots);
        if (power > 0 || power < -LQI_NUMBER_POWER_MAX) return take_other_number(sign, q, at, dots);
        divisor = lqi_bits_of_double(lqi_number_tens[-power]);
    }
    *dots |= f->dot;
    q->divisor[at] = divisor ^ (uint64_t)negative << 63;
    lqi_bytes_put(q->digits[at], values, f->order);
    return p;
}

/* SHOWN_MAX bytes that count, then as many that do not. */
static const uint8_t counted[2 * SHOWN_MAX] = {
#define FOUR 0xFF, 0xFF, 0xFF, 0xFF
#define SIXTEEN FOUR, FOUR, FOUR, FOUR
    SIXTEEN, SIXTEEN, SIXTEEN, SIXTEEN};

LQI_BYTES_INLINE bool is_same(const char *p, const shown_corner *c)
{
    if (!lqi_bytes_same_32(p, c->text, c->mask)) return false;
    if (c->size <= 32) return true;
    return lqi_bytes_same_32(p + 32, c->text + 32, c->mask + 32);
}

/* Behind the numbers of the corner at p, or NULL. */
LQI_BYTES_INLINE const char *take_corner(const char *p, layout *l, pending *q, const shown_corner before[3],
                                         shown_corner *shown, uint32_t *dots)
{
    if (q->any_shown) {
        LQI_UNROLL
        for (int i = 0; i < 3; i++)
            if (is_same(p, &before[i])) {
                *shown = before[i];
                shown->text = p;
                *dots |= shown->dots;
                return p + shown->size - 1;
            }
    }
    size_t at = 3 * q->corner_count;
    const char *first = p;
    uint32_t any = 0;
    if (!(p = take_number(p, l, &l->form[0], q, at, &any)) || !is_blank(*p)) return NULL;
    if (!(p = take_number(p + 1, l, &l->form[1], q, at + 1, &any)) || !is_blank(*p)) return NULL;
    if (!(p = take_number(p + 1, l, &l->form[2], q, at + 2, &any))) return NULL;
    size_t size = (size_t)(p + 1 - first);
    const uint8_t *mask = counted + SHOWN_MAX - (size < SHOWN_MAX ? size : SHOWN_MAX);
    *shown = (shown_corner){first, mask, size, any, (uint32_t)q->corner_count};
    *dots |= any;
    q->facet_of[q->corner_count++] = (uint8_t)q->count;
    return p;
}

/* Behind the facet at p, or NULL. */
LQI_BYTES_INLINE const char *take_facet(const char *p, layout *l, pending *q)
{
    uint32_t dots = 0;
    const shown_corner *before = q->shown[q->before];
    shown_corner *shown = q->shown[1 - q->before];
    if (!matches(&l->opening, p)) return NULL;
    lqi_text_normal *normal = &q->normal[q->count];
    normal->text = p + l->opening.size;
    p = skip_normal(normal->text, &l->normal_size, &normal->minus);
    if (!p || !matches(&l->loop, p)) return NULL;
    p = take_corner(p + l->loop.size, l, q, before, &shown[0], &dots);
    if (!p || !matches(&l->vertex, p)) return NULL;
    p = take_corner(p + l->vertex.size, l, q, before, &shown[1], &dots);
    if (!p || !matches(&l->vertex, p)) return NULL;
    p = take_corner(p + l->vertex.size, l, q, before, &shown[2], &dots);
    if (!p || !matches(&l->closing, p)) return NULL;
    for (size_t i = 0; i < 3; i++) q->corner[3 * q->count + i] = (uint8_t)shown[i].corner;
    q->before = 1 - q->before;
    q->any_shown = shown[0].size <= SHOWN_MAX && shown[1].size <= SHOWN_MAX && shown[2].size <= SHOWN_MAX;
    q->dot[q->count] = dots;
    return p + l->closing.size;
}

/* ---- many ---- */

/* Divides and narrows; returns how many facets from the first on are certainly right. */
LQI_BYTES static size_t finish(pending *q, float *corners)
{
    float narrow[9 * BLOCK + 4];
    size_t number_count = 3 * q->corner_count;
    for (size_t i = number_count; i % 4; i++) {
        memset(q->digits[i], 0, sizeof q->digits[i]);
        q->divisor[i] = lqi_bits_of_double(1);
    }
    size_t certain = lqi_bytes_narrow((const uint8_t(*)[16])q->digits, q->divisor, number_count, narrow);
    size_t good = certain < number_count ? q->facet_of[certain / 3] : q->count;
    for (size_t i = 0; i < q->finished_count; i++) narrow[q->finished_at[i]] = q->finished[i];
    if (!good) return 0;
    size_t last = 3 * good - 1; /* each of the others may write a fourth number behind its three */
    for (size_t i = 0; i < last; i++) memcpy(corners + 3 * i, narrow + (size_t)3 * q->corner[i], 4 * sizeof *corners);
    memcpy(corners + 3 * last, narrow + (size_t)3 * q->corner[last], 3 * sizeof *corners);
    return good;
}

/* Collects up to `room` facets; returns where the next one begins. */
LQI_BYTES static const char *collect(const char *p, const char *end, layout *l, pending *q, size_t room)
{
    q->count = q->corner_count = q->finished_count = 0;
    q->before = 0;
    q->any_shown = false;
    while (l->valid && q->count < room && end - p >= REACH_MAX) {
        size_t finished_before = q->finished_count, corners_before = q->corner_count;
        const char *next = take_facet(p, l, q);
        if (!next) {
            q->finished_count = finished_before;
            q->corner_count = corners_before;
            break;
        }
        q->facet[q->count++] = p;
        p = next;
    }
    return p;
}

/* A lqi_facet_text_fn. */
LQI_BYTES_INLINE size_t lqi_facet_text_run(lqi_facet_text *in_out, float *corners, size_t capacity)
{
    const char *p = in_out->text, *end = in_out->end;
    const form none = {.key = 0x10000, .care = 0xFFFFFFFF}; /* a byte is never dot and digit */
    layout l = {.valid = false, .form = {none, none, none}};
    lqi_bytes_set(&l.classes);
    pending q;
    size_t count = 0;
    while (count < capacity) {
        size_t room = capacity - count < BLOCK ? capacity - count : BLOCK;
        p = collect(p, end, &l, &q, room);
        size_t good = finish(&q, corners + 9 * count);
        for (size_t i = 0; i < good; i++) in_out->any_dot |= q.dot[i];
        if (in_out->normals) memcpy(in_out->normals + count, q.normal, good * sizeof *q.normal);
        count += good;
        if (good == room) continue;
        if (good < q.count) p = q.facet[good];
        while (p < end && lqi_is_space(*p)) p++;
        lqi_facet_marks marks;
        if (!lqi_facet_text_one(p, end, corners + 9 * count, &marks)) break;
        learn(&l, p, &marks);
        in_out->any_dot |= marks.any_dot;
        if (in_out->normals) in_out->normals[count] = (lqi_text_normal){marks.normal, marks.normal_minus};
        p = marks.next;
        count++;
    }
    while (p < end && lqi_is_space(*p)) p++;
    in_out->text = p;
    return count;
}

#endif
