/* Thousands of damaged and unusual models: kernels and XML parser together give what the parser gives alone. An
 * argument sets how many. */
#include <ctype.h>

#include "tests/unit/threemf_both.h"
#include "tests/unit/threemf_shapes.h"

static size_t mutant_count = 1000;

typedef struct text {
    char *data;
    size_t size;
} text;

static void replace(text *t, size_t at, size_t removed, const char *with, size_t size)
{
    char *data = malloc(t->size - removed + size + 1);
    memcpy(data, t->data, at);
    memcpy(data + at, with, size);
    memcpy(data + at + size, t->data + at + removed, t->size - at - removed);
    free(t->data);
    t->data = data;
    t->size = t->size - removed + size;
}

/* Unusual, but not wrong, in front of the next "/>" or the next element. */
static void make_unusual(text *t, uint64_t *state)
{
    static const char *const inside[] = {" pid=\"1\"", " q='1'",   " q=\"&amp;\"", " slic3rpe:q=\"1\"",
                                         "  ",         " q=\">\"", "\n",           " xmlns:q=\"u\" q:x=\"1\""};
    static const char *const before[] = {
        "<!-- c -->", "\n\n",   "<?pi?>",           "<!-- <vertices><triangles> -->",
        "<unknown/>", " text ", "<![CDATA[ >> ]]>", "<u:u xmlns:u=\"u\"><vertex/></u:u>"};
    uint32_t which = draw(state, 16);
    const char *word = which < 8 ? inside[which] : before[which - 8];
    const char *mark = which < 8 ? "/>" : draw(state, 2) ? "<vertex " : "<triangle ";
    size_t from = draw(state, (uint32_t)t->size);
    const char *found = memmem(t->data + from, t->size - from, mark, strlen(mark));
    if (found) replace(t, (size_t)(found - t->data), 0, word, strlen(word));
}

/* Mostly at a place where something begins or ends, mostly inside the lists. */
static size_t choose_place(const text *t, uint64_t *state)
{
    size_t at = draw(state, (uint32_t)t->size);
    if (draw(state, 4) == 0) return at;
    while (at < t->size && (isalnum((unsigned char)t->data[at]) || t->data[at] == '.')) at++;
    return at < t->size ? at + draw(state, 2) : at;
}

static void damage(text *t, uint64_t *state)
{
    size_t at = choose_place(t, state), rest = t->size - at;
    char byte = (char)draw(state, 256);
    switch (draw(state, 12)) {
    case 8:
    case 9:
    case 10:
    case 11: make_unusual(t, state); break;
    case 0:
        if (rest) t->data[at] = byte;
        break;
    case 1:
        if (rest) t->data[at] = (char)(t->data[at] ^ 1 << draw(state, 8));
        break;
    case 2: {
        static const char bytes[] = "\"'<>&/ =\n\r\t.,-+eExyzv0129\x80";
        byte = bytes[draw(state, sizeof bytes)]; /* its NUL too */
        if (rest) t->data[at] = byte;
        break;
    }
    case 3: replace(t, at, rest ? 1 + draw(state, rest < 30 ? (uint32_t)rest : 30) : 0, "", 0); break;
    case 4: { /* a stretch again elsewhere */
        size_t from = choose_place(t, state), size = draw(state, 90);
        if (from > t->size) from = t->size;
        if (size > t->size - from) size = t->size - from;
        char copy[96];
        memcpy(copy, t->data + from, size);
        replace(t, at, 0, copy, size);
        break;
    }
    default: {
        const char *word = words[draw(state, WORD_COUNT)];
        replace(t, at, draw(state, 3) ? 0 : rest != 0, word, strlen(word));
    }
    }
}

static void test_damage(void **state)
{
    (void)state;
    uint64_t random = 3;
    size_t good = 0;
    for (size_t n = 0; n < mutant_count; n++) {
        uint32_t vertex_count = n % 50 == 49 ? 600 : 4 + draw(&random, 12);
        text t = {.data = make_model(&shapes[n % SHAPE_COUNT], vertex_count, 4 + draw(&random, 12), &random)};
        t.size = strlen(t.data);
        for (uint32_t k = 1 + draw(&random, 3); k; k--)
            if (n % 3)
                damage(&t, &random);
            else
                make_unusual(&t, &random);
        options o = {.lenient = n % 5 == 0};
        if (n % 11 == 0) o.limits.vertices = 1 + draw(&random, 30);
        if (n % 13 == 0) o.limits.triangles = 1 + draw(&random, 40);
        if (n % 17 == 0) o.limits.xml_depth = 3 + draw(&random, 6);
        compare("damaged", t.data, t.size, &o);
        collected c;
        read_with(&c, t.data, t.size, &o, best_kernels());
        good += c.status == LQ_OK;
        collect_free(&c);
        free(t.data);
    }
    CHECK(mutant_count < 100 || (good > mutant_count / 5 && good < mutant_count * 4 / 5), "%zu of %zu still readable",
          good, mutant_count);
}

int main(int count, char **arguments)
{
    if (count > 1) mutant_count = strtoul(arguments[1], NULL, 10);
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_damage)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
