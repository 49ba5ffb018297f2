#include "container/inflate.h"

#include <string.h>

#include "base/bytes.h"

/* An entry of the tables. Low byte: how many bits it takes, those behind the code included. */
#define BITS 0x3F
#define CODE_SHIFT 8       /* from here five bits: how many of them are the code */
#define LITERAL (1u << 13) /* value: one byte, or two that follow each other */
#define PAIR (1u << 14)
#define SPECIAL (1u << 15) /* value: where a block of further entries begins, but for these two */
#define END_OF_BLOCK (1u << 6)
#define WRONG (1u << 7)
#define VALUE_SHIFT 16 /* the rest: literals, or the base of a length or distance */

#define DISTANCE_BITS_MAX (LQI_INFLATE_CODE_MAX + 13)

/* What a code means: value and flags with the number of bits that follow it; the code's length is added. */
#define MEANS(base, extra) ((uint32_t)(base) << VALUE_SHIFT | (extra))

static const uint32_t length_meanings[LQI_INFLATE_SYMBOLS - 257] = {
    MEANS(3, 0),   MEANS(4, 0),   MEANS(5, 0),   MEANS(6, 0),   MEANS(7, 0),  MEANS(8, 0),  MEANS(9, 0),  MEANS(10, 0),
    MEANS(11, 1),  MEANS(13, 1),  MEANS(15, 1),  MEANS(17, 1),  MEANS(19, 2), MEANS(23, 2), MEANS(27, 2), MEANS(31, 2),
    MEANS(35, 3),  MEANS(43, 3),  MEANS(51, 3),  MEANS(59, 3),  MEANS(67, 4), MEANS(83, 4), MEANS(99, 4), MEANS(115, 4),
    MEANS(131, 5), MEANS(163, 5), MEANS(195, 5), MEANS(227, 5), MEANS(258, 0)};

static const uint32_t distance_meanings[LQI_INFLATE_DISTANCES] = {
    MEANS(1, 0),     MEANS(2, 0),     MEANS(3, 0),     MEANS(4, 0),      MEANS(5, 1),      MEANS(7, 1),
    MEANS(9, 2),     MEANS(13, 2),    MEANS(17, 3),    MEANS(25, 3),     MEANS(33, 4),     MEANS(49, 4),
    MEANS(65, 5),    MEANS(97, 5),    MEANS(129, 6),   MEANS(193, 6),    MEANS(257, 7),    MEANS(385, 7),
    MEANS(513, 8),   MEANS(769, 8),   MEANS(1025, 9),  MEANS(1537, 9),   MEANS(2049, 10),  MEANS(3073, 10),
    MEANS(4097, 11), MEANS(6145, 11), MEANS(8193, 12), MEANS(12289, 12), MEANS(16385, 13), MEANS(24577, 13)};

/* The fixed codes have room for two more of either, which mean nothing. */
static uint32_t symbol_meaning(size_t symbol)
{
    if (symbol < 256) return LITERAL | MEANS(symbol, 0);
    if (symbol == 256) return SPECIAL | END_OF_BLOCK;
    return symbol < LQI_INFLATE_SYMBOLS ? length_meanings[symbol - 257] : SPECIAL | WRONG;
}

static uint32_t distance_meaning(size_t symbol)
{
    return symbol < LQI_INFLATE_DISTANCES ? distance_meanings[symbol] : SPECIAL | WRONG;
}

static uint32_t plain_meaning(size_t symbol) { return MEANS(symbol, 0); }

/* ---- bits ---- */

static lqi_inflate_bits bits_of(const uint8_t *in, const uint8_t *end)
{
    return (lqi_inflate_bits){.in = in, .in_end = end, .in_near = end - in >= 8 ? end - 7 : in};
}

/* At least 56 are there afterwards; behind the end they are zeros. */
static inline void refill(lqi_inflate_bits *b)
{
    if (__builtin_expect(b->in < b->in_near, 1)) {
        b->next |= lqi_load_u64(b->in) << b->count;
        b->in += (63 - b->count) >> 3;
        b->count |= 56;
        return;
    }
    for (; b->count < 56; b->count += 8) {
        if (b->in < b->in_end)
            b->next |= (uint64_t)*b->in++ << b->count;
        else
            b->made_up++;
    }
}

/* Bits that do not exist were used. */
static bool is_past_end(const lqi_inflate_bits *b) { return b->made_up > b->count / 8; }

static inline void skip_bits(lqi_inflate_bits *b, unsigned count)
{
    b->next >>= count;
    b->count -= count;
}

static inline uint32_t take_bits(lqi_inflate_bits *b, unsigned count)
{
    uint32_t value = (uint32_t)(b->next & (((uint64_t)1 << count) - 1));
    skip_bits(b, count);
    return value;
}

/* ---- tables ---- */

typedef struct code_lengths {
    uint16_t count[LQI_INFLATE_CODE_MAX + 1];
    uint16_t first[LQI_INFLATE_CODE_MAX + 1]; /* code of each length, its first bit highest */
    unsigned longest;
} code_lengths;

/* false: not a code. It uses up all beginnings, or is a single code of one bit, or there is none at all. */
static bool count_lengths(const uint8_t *length, size_t symbol_count, bool may_be_single, code_lengths *c)
{
    *c = (code_lengths){{0}, {0}, 0};
    for (size_t i = 0; i < symbol_count; i++) c->count[length[i]]++;
    c->count[0] = 0;
    unsigned code = 0;
    for (unsigned bits = 1; bits <= LQI_INFLATE_CODE_MAX; bits++) {
        code = (code + c->count[bits - 1]) << 1;
        c->first[bits] = (uint16_t)code;
        if (code + c->count[bits] > 1u << bits) return false;
        if (c->count[bits]) c->longest = bits;
    }
    bool complete = c->longest && c->first[c->longest] + c->count[c->longest] == 1u << c->longest;
    return complete || (may_be_single && c->longest <= 1);
}

static unsigned reversed(unsigned code, unsigned bits)
{
    unsigned turned = 0;
    for (unsigned i = 0; i < bits; i++) turned |= (code >> i & 1) << (bits - 1 - i);
    return turned;
}

/* A table for looks at no more than bits_max bits: entries of codes that are not longer fill it at every place that
 * begins so; the others lie in blocks behind it, one for each beginning. Returns the mask of a look; 0 when these are
 * no lengths of a code, and of a code without symbols, where a look finds WRONG. */
static bool fill_table(uint32_t *table, unsigned bits_max, const uint8_t *length, size_t symbol_count,
                       bool may_be_single, uint32_t meaning(size_t symbol), uint64_t *mask)
{
    code_lengths c;
    if (!count_lengths(length, symbol_count, may_be_single, &c)) return false;
    const unsigned bits = c.longest < bits_max ? c.longest : bits_max, block_bits = LQI_INFLATE_CODE_MAX - bits_max;
    const size_t size = (size_t)1 << bits, block_size = (size_t)1 << block_bits;
    size_t next_block = size;
    *mask = size - 1;
    for (size_t i = 0; i < size; i++) table[i] = SPECIAL | WRONG;
    for (size_t symbol = 0; symbol < symbol_count; symbol++) {
        unsigned count = length[symbol];
        if (!count) continue;
        unsigned code = reversed(c.first[count]++, count);
        uint32_t entry = meaning(symbol) + (count | count << CODE_SHIFT);
        if (count <= bits) {
            for (size_t i = code; i < size; i += (size_t)1 << count) table[i] = entry;
            continue;
        }
        uint32_t *beginning = &table[code & (size - 1)];
        if (*beginning & WRONG) {
            *beginning = SPECIAL | MEANS(next_block, 0);
            next_block += block_size;
        }
        uint32_t *block = table + (*beginning >> VALUE_SHIFT);
        for (size_t i = code >> bits; i < block_size; i += (size_t)1 << (count - bits)) block[i] = entry;
    }
    return true;
}

/* Where two literals fit in one look they become one entry. From the end, because an entry looks at one in front. */
static void join_literals(uint32_t *table, uint64_t mask)
{
    const unsigned bits_max = (unsigned)__builtin_popcountll(mask);
    for (size_t i = (size_t)mask + 1; i-- > 0;) {
        uint32_t first = table[i], bits = first & BITS;
        if (!(first & LITERAL)) continue;
        uint32_t second = table[i >> bits], both = bits + (second & BITS);
        if (!(second & LITERAL) || both > bits_max) continue;
        uint32_t value = first >> VALUE_SHIFT | (second >> VALUE_SHIFT) << 8;
        table[i] = LITERAL | PAIR | value << VALUE_SHIFT | both;
    }
}

/* ---- heads of blocks ---- */

static bool make_tables(lqi_inflate *s, const uint8_t *length, size_t symbol_count, size_t distance_count)
{
    if (!fill_table(s->symbol, LQI_INFLATE_SYMBOL_BITS, length, symbol_count, true, symbol_meaning, &s->symbol_mask) ||
        !fill_table(s->distance, LQI_INFLATE_DISTANCE_BITS, length + symbol_count, distance_count, true,
                    distance_meaning, &s->distance_mask))
        return false;
    join_literals(s->symbol, s->symbol_mask);
    return true;
}

static bool use_fixed_codes(lqi_inflate *s)
{
    if (s->is_fixed) return true;
    uint8_t length[288 + 32];
    for (size_t i = 0; i < sizeof length; i++) length[i] = i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : i < 288 ? 8 : 5;
    s->is_fixed = make_tables(s, length, 288, 32);
    return s->is_fixed;
}

#define LENGTH_CODES 19
#define LENGTH_CODE_BITS 7

/* Lengths of `count` codes, run by run. */
static bool read_lengths(lqi_inflate *s, const uint32_t *table, uint64_t mask, uint8_t *length, size_t count)
{
    for (size_t i = 0; i < count;) {
        refill(&s->bits);
        uint32_t entry = table[s->bits.next & mask], value = entry >> VALUE_SHIFT;
        if (entry & WRONG) return false;
        skip_bits(&s->bits, entry & BITS);
        if (value < 16) {
            length[i++] = (uint8_t)value;
            continue;
        }
        if (value == 16 && i == 0) return false;
        uint8_t repeated = value == 16 ? length[i - 1] : 0;
        size_t run = value == 16   ? 3 + take_bits(&s->bits, 2)
                     : value == 17 ? 3 + take_bits(&s->bits, 3)
                                   : 11 + take_bits(&s->bits, 7);
        if (run > count - i) return false;
        memset(length + i, repeated, run);
        i += run;
    }
    return !is_past_end(&s->bits);
}

static bool read_codes(lqi_inflate *s)
{
    static const uint8_t order[LENGTH_CODES] = {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};
    uint8_t of_lengths[LENGTH_CODES] = {0}, length[LQI_INFLATE_SYMBOLS + LQI_INFLATE_DISTANCES];
    uint32_t table[1 << LENGTH_CODE_BITS];
    uint64_t mask;
    refill(&s->bits);
    size_t symbol_count = 257 + take_bits(&s->bits, 5), distance_count = 1 + take_bits(&s->bits, 5),
           count = 4 + take_bits(&s->bits, 4);
    if (symbol_count > LQI_INFLATE_SYMBOLS || distance_count > LQI_INFLATE_DISTANCES) return false;
    for (size_t i = 0; i < count; i++) {
        refill(&s->bits);
        of_lengths[order[i]] = (uint8_t)take_bits(&s->bits, 3);
    }
    if (!fill_table(table, LENGTH_CODE_BITS, of_lengths, LENGTH_CODES, false, plain_meaning, &mask)) return false;
    if (!read_lengths(s, table, mask, length, symbol_count + distance_count) || length[256] == 0) return false;
    s->is_fixed = false;
    return make_tables(s, length, symbol_count, distance_count);
}

/* Behind the last byte of which a bit was used. */
static const uint8_t *behind_used(const lqi_inflate_bits *b) { return b->in - (b->count / 8 - b->made_up); }

/* The bits left in front of a whole byte go; whole bytes already read come again. */
static bool begin_stored(lqi_inflate *s)
{
    refill(&s->bits);
    skip_bits(&s->bits, s->bits.count % 8);
    uint32_t size = take_bits(&s->bits, 16), inverted = take_bits(&s->bits, 16);
    if (is_past_end(&s->bits) || (size ^ inverted) != 0xFFFF) return false;
    s->bits = bits_of(behind_used(&s->bits), s->bits.in_end);
    s->stored_left = size;
    s->state = LQI_INFLATE_STORED;
    return true;
}

static bool begin_block(lqi_inflate *s)
{
    refill(&s->bits);
    s->is_last = take_bits(&s->bits, 1);
    uint32_t kind = take_bits(&s->bits, 2);
    if (is_past_end(&s->bits) || kind == 3) return false;
    if (kind == 0) return begin_stored(s);
    s->state = LQI_INFLATE_CODED;
    return kind == 1 ? use_fixed_codes(s) : read_codes(s);
}

/* ---- bodies of blocks ---- */

static void end_block(lqi_inflate *s) { s->state = s->is_last ? LQI_INFLATE_DONE : LQI_INFLATE_BETWEEN; }

static uint8_t *copy_stored(lqi_inflate *s, uint8_t *at, const uint8_t *end)
{
    size_t size = (size_t)(end - at), left = (size_t)(s->bits.in_end - s->bits.in);
    if (size > s->stored_left) size = s->stored_left;
    if (size > left) size = left;
    memcpy(at, s->bits.in, size);
    s->bits.in += size;
    s->stored_left -= size;
    if (!s->stored_left)
        end_block(s);
    else if (size == left)
        s->state = LQI_INFLATE_DAMAGED;
    return at + size;
}

static inline void copy_sixteen(uint8_t *to, const uint8_t *from) { memcpy(to, from, 16); }

/* Overlap repeats what was copied. Writes up to 32 bytes more. */
static inline void copy_match(uint8_t *to, size_t distance, size_t length)
{
    const uint8_t *from = to - distance, *end = to + length;
    if (__builtin_expect(distance >= 16, 1)) {
        copy_sixteen(to, from);
        copy_sixteen(to + 16, from + 16); /* most are shorter than this, and which are is hard to foresee */
        for (to += 32, from += 32; __builtin_expect(to < end, 0); to += 16, from += 16) copy_sixteen(to, from);
    } else {
        while (to < end) *to++ = *from++;
    }
}

/* Of an entry that is not special: its value plus what the bits behind the code say. Takes them. */
static inline size_t take_value(lqi_inflate_bits *b, uint32_t entry)
{
    unsigned code = entry >> CODE_SHIFT & 0x1F;
    return (entry >> VALUE_SHIFT) + (take_bits(b, entry & BITS) >> code);
}

static inline uint8_t *put_literals(lqi_inflate_bits *b, uint32_t entry, uint8_t *at)
{
    skip_bits(b, entry & BITS);
    at[0] = (uint8_t)(entry >> VALUE_SHIFT);
    at[1] = (uint8_t)(entry >> (VALUE_SHIFT + 8));
    return at + 1 + (entry / PAIR & 1);
}

/* The state at the end says why: still CODED, or what comes behind the block, or DAMAGED. */
static uint8_t *read_coded(lqi_inflate *s, const uint8_t *begin, uint8_t *at, const uint8_t *end)
{
    const uint32_t *symbols = s->symbol, *distances = s->distance;
    const uint64_t symbol_mask = s->symbol_mask, distance_mask = s->distance_mask;
    lqi_inflate_bits b = s->bits; /* the compiler knows that bytes written do not change it */
    uint32_t entry = 0;
    while (at < end) {
        refill(&b);
        entry = symbols[b.next & symbol_mask];
        if (entry & LITERAL) { /* three looks take 33 bits at most */
            at = put_literals(&b, entry, at);
            entry = symbols[b.next & symbol_mask];
            if (entry & LITERAL) {
                at = put_literals(&b, entry, at);
                entry = symbols[b.next & symbol_mask];
                if (entry & LITERAL) {
                    at = put_literals(&b, entry, at);
                    continue;
                }
            }
        }
        if (__builtin_expect(entry & SPECIAL, 0)) {
            if (!(entry & (END_OF_BLOCK | WRONG)))
                entry = symbols[(entry >> VALUE_SHIFT) + (b.next >> LQI_INFLATE_SYMBOL_BITS & 15)];
            if (entry & LITERAL) {
                at = put_literals(&b, entry, at);
                continue;
            }
            if (entry & SPECIAL) break;
        }
        size_t length = take_value(&b, entry);
        if (__builtin_expect(b.count < DISTANCE_BITS_MAX, 0)) refill(&b);
        entry = distances[b.next & distance_mask];
        if (__builtin_expect(entry & SPECIAL, 0)) {
            if (!(entry & WRONG))
                entry = distances[(entry >> VALUE_SHIFT) + (b.next >> LQI_INFLATE_DISTANCE_BITS & 63)];
            if (entry & WRONG) break;
        }
        size_t distance = take_value(&b, entry);
        if (distance > (size_t)(at - begin)) {
            entry = SPECIAL | WRONG;
            break;
        }
        copy_match(at, distance, length);
        at += length;
    }
    if (entry & WRONG) s->state = LQI_INFLATE_DAMAGED;
    if (entry & END_OF_BLOCK) {
        skip_bits(&b, entry & BITS);
        end_block(s);
    }
    s->bits = b;
    return at;
}

/* ---- the stream ---- */

void lqi_inflate_begin(lqi_inflate *s, const uint8_t *packed, size_t size)
{
    s->bits = bits_of(packed, packed + size);
    s->state = LQI_INFLATE_BETWEEN;
    s->is_last = s->is_fixed = false;
    s->stored_left = 0;
}

uint8_t *lqi_inflate_more(lqi_inflate *s, const uint8_t *begin, uint8_t *at, const uint8_t *end)
{
    const uint8_t *from = s->bits.in;
    while (at < end && s->state < LQI_INFLATE_DONE && (size_t)(s->bits.in - from) < LQI_INFLATE_STEP) {
        if (s->state == LQI_INFLATE_BETWEEN && !begin_block(s)) s->state = LQI_INFLATE_DAMAGED;
        if (s->state == LQI_INFLATE_STORED) at = copy_stored(s, at, end);
        if (s->state == LQI_INFLATE_CODED) at = read_coded(s, begin, at, end);
        if (is_past_end(&s->bits)) s->state = LQI_INFLATE_DAMAGED;
    }
    return at;
}

size_t lqi_inflate_used(const lqi_inflate *s, const uint8_t *packed)
{
    return (size_t)(behind_used(&s->bits) - packed);
}
