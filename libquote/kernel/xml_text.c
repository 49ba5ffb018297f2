#include "kernel/xml_text.h"

#define NAMES_MAX 16 /* attributes that are compared with each other; an element of more is not usual */

enum { NO_NAME, NAME_INSIDE, NAME_START };

/* Letters and _ start a name; digits, - and . may follow. */
static const uint8_t name_class[256] = {
    ['A'] = NAME_START,  ['B'] = NAME_START,  ['C'] = NAME_START,  ['D'] = NAME_START,  ['E'] = NAME_START,
    ['F'] = NAME_START,  ['G'] = NAME_START,  ['H'] = NAME_START,  ['I'] = NAME_START,  ['J'] = NAME_START,
    ['K'] = NAME_START,  ['L'] = NAME_START,  ['M'] = NAME_START,  ['N'] = NAME_START,  ['O'] = NAME_START,
    ['P'] = NAME_START,  ['Q'] = NAME_START,  ['R'] = NAME_START,  ['S'] = NAME_START,  ['T'] = NAME_START,
    ['U'] = NAME_START,  ['V'] = NAME_START,  ['W'] = NAME_START,  ['X'] = NAME_START,  ['Y'] = NAME_START,
    ['Z'] = NAME_START,  ['a'] = NAME_START,  ['b'] = NAME_START,  ['c'] = NAME_START,  ['d'] = NAME_START,
    ['e'] = NAME_START,  ['f'] = NAME_START,  ['g'] = NAME_START,  ['h'] = NAME_START,  ['i'] = NAME_START,
    ['j'] = NAME_START,  ['k'] = NAME_START,  ['l'] = NAME_START,  ['m'] = NAME_START,  ['n'] = NAME_START,
    ['o'] = NAME_START,  ['p'] = NAME_START,  ['q'] = NAME_START,  ['r'] = NAME_START,  ['s'] = NAME_START,
    ['t'] = NAME_START,  ['u'] = NAME_START,  ['v'] = NAME_START,  ['w'] = NAME_START,  ['x'] = NAME_START,
    ['y'] = NAME_START,  ['z'] = NAME_START,  ['_'] = NAME_START,  ['0'] = NAME_INSIDE, ['1'] = NAME_INSIDE,
    ['2'] = NAME_INSIDE, ['3'] = NAME_INSIDE, ['4'] = NAME_INSIDE, ['5'] = NAME_INSIDE, ['6'] = NAME_INSIDE,
    ['7'] = NAME_INSIDE, ['8'] = NAME_INSIDE, ['9'] = NAME_INSIDE, ['-'] = NAME_INSIDE, ['.'] = NAME_INSIDE,
};

typedef struct name_list {
    struct {
        const char *text;
        size_t size;
    } names[NAMES_MAX];
    size_t count;
    const char *prefix; /* with its colon; NULL while none is used */
    size_t prefix_size;
} name_list;

const char *lqi_xml_next_tag(const char *p, const char *end, const char *tag, size_t tag_size, lqi_xml_gap *gap)
{
    const char *q = p, *last = lqi_xml_within(p, end, LQI_XML_ELEMENT_MAX);
    while (q < last && (*q == ' ' || *q == '\n' || *q == '\r' || *q == '\t')) q++;
    if ((size_t)(end - q) < tag_size || memcmp(q, tag, tag_size) != 0) return NULL;
    lqi_xml_gap_learn(gap, p, (size_t)(q - p));
    return q;
}

/* Behind a name without a colon, or p. */
static const char *skip_name(const char *p, const char *end)
{
    if (p == end || name_class[(uint8_t)*p] != NAME_START) return p;
    while (p < end && name_class[(uint8_t)*p] != NO_NAME) p++;
    return p;
}

static bool is_declared(const char *prefixes, const char *prefix, size_t size)
{
    for (const char *p = prefixes; *p; p = strchr(p, ':') + 1)
        if (strncmp(p, prefix, size) == 0) return true;
    return false;
}

/* Two prefixes may mean one namespace, so one is all that can be told apart here. */
static bool use_prefix(name_list *list, const char *prefixes, const char *prefix, size_t size)
{
    if (list->prefix) return list->prefix_size == size && memcmp(list->prefix, prefix, size) == 0;
    list->prefix = prefix;
    list->prefix_size = size;
    return is_declared(prefixes, prefix, size);
}

static bool is_new(name_list *list, const char *name, size_t size, char own)
{
    if (own == 'v' ? size == 2 && name[0] == 'v' && name[1] >= '1' && name[1] <= '3'
                   : size == 1 && name[0] >= 'x' && name[0] <= 'z')
        return false;
    if (size == 5 && memcmp(name, "xmlns", 5) == 0) return false;
    if (list->count == NAMES_MAX) return false;
    for (size_t i = 0; i < list->count; i++)
        if (list->names[i].size == size && memcmp(list->names[i].text, name, size) == 0) return false;
    list->names[list->count].text = name;
    list->names[list->count++].size = size;
    return true;
}

/* The quote that ends a value, or NULL: white space other than blanks, references, markup, bytes that are not ASCII. */
static const char *find_quote(const char *p, const char *end)
{
    const uint64_t ones = 0x0101010101010101u, tops = 0x8080808080808080u;
    for (; end - p >= 8; p += 8) {
        uint64_t word = lqi_xml_word(p);
        uint64_t quote = word ^ ones * '"', reference = word ^ ones * '&', markup = word ^ ones * '<';
        uint64_t found = (quote - ones) & ~quote;
        found |= (reference - ones) & ~reference;
        found |= (markup - ones) & ~markup;
        found |= ((word - ones * ' ') & ~word) | word;
        found &= tops; /* exact up to the first */
        if (!found) continue;
        p += __builtin_ctzll(found) / 8;
        return *p == '"' ? p : NULL;
    }
    for (; p < end && *p >= ' ' && *p != '&' && *p != '<'; p++)
        if (*p == '"') return p;
    return NULL;
}

const char *lqi_xml_skip_attributes(const char *p, const char *end, char own, const char *prefixes)
{
    name_list list;
    list.count = 0;
    list.prefix = NULL;
    list.prefix_size = 0;
    while (end - p >= 3 && *p == ' ' && p[1] != '/') {
        const char *name = p + 1;
        p = skip_name(name, end);
        if (p < end && p > name && *p == ':') {
            const char *local = p + 1;
            p = skip_name(local, end);
            if (p == local || !use_prefix(&list, prefixes, name, (size_t)(local - name))) return NULL;
        }
        if (p == name || end - p < 2 || p[0] != '=' || p[1] != '"') return NULL;
        if (!is_new(&list, name, (size_t)(p - name), own)) return NULL;
        p = find_quote(p + 2, end);
        if (!p) return NULL;
        p++;
    }
    p += p < end && *p == ' ';
    return end - p >= 2 && p[0] == '/' && p[1] == '>' ? p + 2 : NULL;
}
