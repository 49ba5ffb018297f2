/* ZIP archives: what must be read, what must be refused, and by which word, and the ladder of damage. */
#include <stdlib.h>

#include "base/context.h"
#include "base/memory.h"
#include "container/zip.h"
#include "corpus/pack.h"
#include "tests/support/check.h"
#include "tests/support/lend.h"

static const char text[] = "The quick brown fox jumps over the lazy dog. The quick brown fox jumps over the lazy dog.";
#define TEXT_SIZE (sizeof text - 1)

typedef struct opened {
    lq_context *context;
    lq_source source;
    lqi_zip *zip;
    lq_status status;
} opened;

static opened open_with(const void *data, size_t size, const lq_context_options *options)
{
    opened o = {0};
    assert_int_equal(lqi_context_create(options, &o.context), LQ_OK);
    lq_source_memory(data, size, NULL, &o.source);
    o.status = lqi_zip_open(o.context, &o.source, &o.zip);
    assert_int_equal(o.zip == NULL, o.status != LQ_OK);
    return o;
}

static opened open_packed(const pack_entry *entries, size_t count, const pack_options *options, uint8_t **data)
{
    size_t size;
    *data = pack_zip(entries, count, options, &size);
    return open_with(*data, size, NULL);
}

static void done(opened *o, uint8_t *data)
{
    lqi_zip_close(o->zip);
    lq_context_reset(o->context);
    assert_int_equal(lq_context_memory_held(o->context), 0);
    lq_context_destroy(o->context);
    free(data);
}

static void expect_failure(const opened *o, lq_status actual, lq_status status, const char *code, int64_t offset,
                           const char *part)
{
    const lq_error *error = lq_context_error(o->context);
    CHECK_INT(code, actual, status, "status");
    CHECK_INT(code, error->status, status, "status of the error");
    CHECK_TEXT(code, error->code, code, "code");
    CHECK_INT(code, error->offset, offset, "offset");
    CHECK_TEXT(code, error->part, part, "part");
    assert_true(error->message[0]);
}

static void expect_text(opened *o, const char *name)
{
    size_t index = lqi_zip_find(o->zip, name), size;
    CHECK(index != SIZE_MAX, "%s is not there", name);
    uint8_t *data;
    lq_status status = lqi_zip_read(o->zip, index, &data, &size);
    CHECK(status == LQ_OK, "%s: %s", name, lq_context_error(o->context)->message);
    CHECK(size == TEXT_SIZE && memcmp(data, text, size) == 0, "%s has other bytes", name);
    lqi_free(o->context, data);
    uint8_t head[16];
    assert_int_equal(lqi_zip_peek(o->zip, index, head, sizeof head, &size), LQ_OK);
    assert_int_equal(size, sizeof head);
    assert_memory_equal(head, text, sizeof head);
}

/* ---- what is read ---- */

static void test_forms(void **state)
{
    (void)state;
    static const char extractor[] = "#!/bin/sh\nexit 0\nPK\3\4 not an entry\n";
    const pack_entry entries[] = {
        {.name = "plain", .data = text, .size = TEXT_SIZE},
        {.name = "stored", .data = text, .size = TEXT_SIZE, .stored = 1},
        {.name = "streamed", .data = text, .size = TEXT_SIZE, .descriptor = 1},
        {.name = "big", .data = text, .size = TEXT_SIZE, .zip64 = 1},
        {.name = "streamed big stored", .data = text, .size = TEXT_SIZE, .zip64 = 1, .descriptor = 1, .stored = 1},
        {.name = "folder\\inside", .data = text, .size = TEXT_SIZE},
        {.name = "W\xC3\xBC"
                 "rfel",
         .data = text,
         .size = TEXT_SIZE,
         .utf8 = 1},
        {.name = "H\xC3\xA4user", .data = text, .size = TEXT_SIZE}, /* UTF-8 that does not say so */
        {.name = "K\x84se", .data = text, .size = TEXT_SIZE},       /* CP437 */
        {.name = "K?chen",
         .data = text,
         .size = TEXT_SIZE,
         .unicode_path = "K\xC3\xBC"
                         "chen"},
        {.name = "empty", .data = "", .size = 0, .stored = 1},
        {.name = "dir/", .data = "", .size = 0, .stored = 1},
    };
    static const char *const names[] = {"plain",
                                        "stored",
                                        "streamed",
                                        "big",
                                        "streamed big stored",
                                        "folder/inside",
                                        "W\xC3\xBC"
                                        "rfel",
                                        "H\xC3\xA4user",
                                        "K\xC3\xA4se",
                                        "K\xC3\xBC"
                                        "chen"};
    const pack_options forms[] = {
        {0},
        {.comment = "a comment with PK\5\6 in it, and some more text behind that"},
        {.prefix = extractor, .prefix_size = sizeof extractor - 1},
        {.suffix = "junk behind", .suffix_size = 11},
        {.zip64 = 1},
        {.zip64 = 1, .prefix = extractor, .prefix_size = sizeof extractor - 1, .comment = "both"},
    };
    for (size_t form = 0; form < sizeof forms / sizeof *forms; form++) {
        uint8_t *data;
        opened o = open_packed(entries, sizeof entries / sizeof *entries, &forms[form], &data);
        CHECK(o.status == LQ_OK, "form %zu: %s", form, lq_context_error(o.context)->message);
        assert_int_equal(lqi_zip_entry_count(o.zip), sizeof entries / sizeof *entries);
        for (size_t i = 0; i < sizeof names / sizeof *names; i++) expect_text(&o, names[i]);
        assert_int_equal(lqi_zip_notes(o.zip)->count, 0);
        assert_true(lqi_zip_entry_at(o.zip, 11)->directory);
        uint8_t *empty;
        size_t size = 1;
        assert_int_equal(lqi_zip_read(o.zip, lqi_zip_find(o.zip, "empty"), &empty, &size), LQ_OK);
        assert_int_equal(size, 0);
        lqi_free(o.context, empty);
        assert_null(lqi_zip_entry_at(o.zip, 12));
        assert_int_equal(lqi_zip_find(o.zip, "absent"), SIZE_MAX);
        done(&o, data);
    }
}

static void test_empty_archive(void **state)
{
    (void)state;
    uint8_t *data;
    opened o = open_packed(NULL, 0, NULL, &data);
    assert_int_equal(o.status, LQ_OK);
    assert_int_equal(lqi_zip_entry_count(o.zip), 0);
    assert_int_equal(lqi_zip_find(o.zip, ""), SIZE_MAX);
    done(&o, data);
}

static void test_many_entries(void **state)
{
    (void)state;
    enum { COUNT = 3000 };
    pack_entry *entries = calloc(COUNT, sizeof *entries);
    char(*names)[16] = calloc(COUNT, sizeof *names);
    for (size_t i = 0; i < COUNT; i++) {
        snprintf(names[i], sizeof names[i], "n%zu", (i * 7919) % COUNT);
        entries[i] = (pack_entry){.name = names[i], .data = text, .size = TEXT_SIZE, .stored = 1};
    }
    uint8_t *data;
    opened o = open_packed(entries, COUNT, NULL, &data);
    assert_int_equal(o.status, LQ_OK);
    for (size_t i = 0; i < COUNT; i++) assert_int_equal(lqi_zip_find(o.zip, names[i]), i);
    done(&o, data);
    free(names);
    free(entries);
}

static void test_folded_names(void **state)
{
    (void)state;
    const pack_entry entries[] = {{.name = "3D/A.model", .data = "a", .size = 1},
                                  {.name = "3d/a.MODEL", .data = "b", .size = 1},
                                  {.name = "3D/b.model", .data = "c", .size = 1}};
    uint8_t *data;
    opened o = open_packed(entries, 3, NULL, &data);
    size_t names;
    assert_int_equal(lqi_zip_find_folded(o.zip, "3d/B.Model", &names), 2);
    assert_int_equal(names, 1);
    assert_true(lqi_zip_find_folded(o.zip, "3d/a.model", &names) < 2);
    assert_int_equal(names, 2);
    assert_int_equal(lqi_zip_find_folded(o.zip, "3d/c.model", &names), SIZE_MAX);
    assert_int_equal(names, 0);
    done(&o, data);
}

static void test_bad_names(void **state)
{
    (void)state;
    static const char *const bad[] = {"../up",    "a/../../up",  "/absolute", "C:\\drive",
                                      "..\\back", "line\nbreak", "a/.."};
    static const char *const good[] = {"a/b", "..a", "a..", "a/...", ".hidden"};
    pack_entry entries[12] = {0};
    for (size_t i = 0; i < 7; i++) entries[i] = (pack_entry){.name = bad[i], .data = text, .size = TEXT_SIZE};
    for (size_t i = 0; i < 5; i++) entries[7 + i] = (pack_entry){.name = good[i], .data = text, .size = TEXT_SIZE};
    uint8_t *data;
    opened o = open_packed(entries, 12, NULL, &data);
    assert_int_equal(o.status, LQ_OK);
    for (size_t i = 0; i < 7; i++) {
        CHECK(lqi_zip_entry_at(o.zip, i)->ignored, "%s is taken", bad[i]);
        CHECK(lqi_zip_find(o.zip, lqi_zip_entry_at(o.zip, i)->name) == SIZE_MAX, "%s is found", bad[i]);
    }
    for (size_t i = 0; i < 5; i++) expect_text(&o, good[i]);
    const lqi_note *note = lqi_notes_find(lqi_zip_notes(o.zip), "zip_bad_name");
    assert_non_null(note);
    assert_int_equal(note->count, 7);
    assert_int_equal(note->severity, LQ_SEVERITY_WARN);
    done(&o, data);
}

static void test_junk(void **state)
{
    (void)state;
    static const char *const junk[] = {"__MACOSX/a.stl", "x/__MACOSX/a.stl", "x/._a.stl",
                                       ".DS_Store",      "x/thumbs.DB",      "d/"};
    pack_entry entries[7] = {{.name = "a.stl", .data = text, .size = TEXT_SIZE}};
    for (size_t i = 0; i < 6; i++) entries[1 + i] = (pack_entry){.name = junk[i], .data = text, .size = TEXT_SIZE};
    uint8_t *data;
    opened o = open_packed(entries, 7, NULL, &data);
    assert_false(lqi_zip_is_junk(lqi_zip_entry_at(o.zip, 0)));
    for (size_t i = 1; i < 7; i++) CHECK(lqi_zip_is_junk(lqi_zip_entry_at(o.zip, i)), "%s is no junk", junk[i - 1]);
    done(&o, data);
}

static void test_duplicates(void **state)
{
    (void)state;
    const pack_entry same[] = {{.name = "a", .data = text, .size = TEXT_SIZE},
                               {.name = "a", .data = text, .size = TEXT_SIZE, .stored = 1}};
    uint8_t *data;
    opened o = open_packed(same, 2, NULL, &data);
    expect_text(&o, "a");
    assert_int_equal(lqi_zip_find(o.zip, "a"), 0);
    assert_int_equal(lqi_notes_find(lqi_zip_notes(o.zip), "zip_duplicate")->count, 1);
    done(&o, data);
    const pack_entry other[] = {{.name = "a", .data = text, .size = TEXT_SIZE},
                                {.name = "a", .data = "other", .size = 5},
                                {.name = "b", .data = text, .size = TEXT_SIZE}};
    o = open_packed(other, 3, NULL, &data);
    expect_text(&o, "b");
    uint8_t *bytes;
    size_t size;
    lq_status status = lqi_zip_read(o.zip, lqi_zip_find(o.zip, "a"), &bytes, &size);
    expect_failure(&o, status, LQ_ERR_INPUT, "zip_duplicate", -1, "a");
    done(&o, data);
}

/* ---- what is refused when it is read ---- */

typedef struct refused {
    pack_entry entry;
    lq_status status;
    const char *code;
    int peek_too;
} refused;

static void test_refused_entries(void **state)
{
    (void)state;
    uint8_t bad_stream[8] = {0x07, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF}; /* block type 3 */
    const refused cases[] = {
        {{.crc_xor = 1}, LQ_ERR_INPUT, "zip_crc", 0},
        {{.size_more = 1}, LQ_ERR_INPUT, "zip_crc", 0},
        {{.size_more = -1}, LQ_ERR_INPUT, "zip_crc", 0},
        {{.size_more = 1000000}, LQ_ERR_INPUT, "zip_crc", 0}, /* more than deflate can make of these bytes */
        {{.stored = 1, .size_more = 1}, LQ_ERR_INPUT, "zip_crc", 0},
        {{.packed_more = -5}, LQ_ERR_INPUT, "zip_corrupt", 0},
        {{.encrypted = 1}, LQ_ERR_UNSUPPORTED, "zip_encrypted", 1},
        {{.method = 99}, LQ_ERR_UNSUPPORTED, "zip_encrypted", 1},
        {{.method = 12}, LQ_ERR_UNSUPPORTED, "zip_method", 1},
        {{.method = 8, .stored = 1, .data = bad_stream, .size = 8}, LQ_ERR_INPUT, "zip_corrupt", 0},
        {{.offset_more = 1}, LQ_ERR_INPUT, "zip_corrupt", 1},
        {{.size_more = (int64_t)3 << 30}, LQ_ERR_LIMIT, "zip_bomb", 0},
        {{.size_more = (int64_t)65 << 20}, LQ_ERR_LIMIT, "zip_bomb", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        pack_entry entries[2] = {cases[i].entry, {.name = "good", .data = text, .size = TEXT_SIZE}};
        entries[0].name = "bad";
        if (!entries[0].data) entries[0].data = text, entries[0].size = TEXT_SIZE;
        uint8_t *data, *bytes, head[8];
        size_t size;
        opened o = open_packed(entries, 2, NULL, &data);
        CHECK(o.status == LQ_OK, "case %zu: %s", i, lq_context_error(o.context)->message);
        expect_text(&o, "good");
        lq_status status = lqi_zip_read(o.zip, 0, &bytes, &size);
        assert_null(bytes);
        expect_failure(&o, status, cases[i].status, cases[i].code, -1, "bad");
        uint64_t peak = lq_context_memory_peak(o.context);
        CHECK(peak < 1 << 20, "case %zu: held %llu bytes", i, (unsigned long long)peak);
        lqi_begin(o.context);
        status = lqi_zip_peek(o.zip, 0, head, sizeof head, &size);
        CHECK((status != LQ_OK) == cases[i].peek_too, "case %zu: peek gives %d", i, status);
        done(&o, data);
    }
}

static void test_limits_of_an_entry(void **state)
{
    (void)state;
    lq_limits limits = {.struct_size = sizeof limits, .inflated_bytes = TEXT_SIZE - 1};
    lq_context_options options = {.struct_size = sizeof options, .limits = &limits};
    const pack_entry entry = {.name = "a", .data = text, .size = TEXT_SIZE};
    size_t size;
    uint8_t *data = pack_zip(&entry, 1, NULL, &size), *bytes;
    opened o = open_with(data, size, &options);
    lq_status status = lqi_zip_read(o.zip, 0, &bytes, &size);
    expect_failure(&o, status, LQ_ERR_LIMIT, "zip_bomb", -1, "a");
    assert_int_equal(lq_context_error(o.context)->limit, TEXT_SIZE - 1);
    assert_int_equal(lq_context_error(o.context)->actual, TEXT_SIZE);
    done(&o, data);
}

static void test_overlap(void **state)
{
    (void)state;
    uint8_t *data, *bytes;
    size_t size;
    const pack_entry shared[] = {{.name = "a", .data = text, .size = TEXT_SIZE},
                                 {.name = "b", .shares_previous = 1},
                                 {.name = "c", .data = text, .size = TEXT_SIZE}};
    opened o = open_packed(shared, 3, NULL, &data);
    assert_int_equal(o.status, LQ_OK);
    for (size_t i = 0; i < 2; i++) {
        lq_status status = lqi_zip_read(o.zip, i, &bytes, &size);
        expect_failure(&o, status, LQ_ERR_INPUT, "zip_overlap", -1, i ? "b" : "a");
        lqi_begin(o.context);
    }
    expect_text(&o, "c");
    done(&o, data);
    /* One that claims the bytes of the next. */
    const pack_entry longer[] = {
        {.name = "a", .data = text, .size = TEXT_SIZE, .stored = 1, .packed_more = 40, .size_more = 40},
        {.name = "b", .data = text, .size = TEXT_SIZE}};
    o = open_packed(longer, 2, NULL, &data);
    lq_status status = lqi_zip_read(o.zip, 0, &bytes, &size);
    expect_failure(&o, status, LQ_ERR_INPUT, "zip_overlap", -1, "a");
    done(&o, data);
    /* One that claims the directory. */
    o = open_packed(longer, 1, NULL, &data);
    status = lqi_zip_read(o.zip, 0, &bytes, &size);
    expect_failure(&o, status, LQ_ERR_INPUT, "zip_overlap", -1, "a");
    done(&o, data);
}

/* ---- what is refused at once ---- */

static void test_refused_archives(void **state)
{
    (void)state;
    const pack_entry entries[] = {{.name = "a", .data = text, .size = TEXT_SIZE},
                                  {.name = "b", .data = text, .size = TEXT_SIZE}};
    uint8_t *data;
    size_t size;
    opened o = open_packed(entries, 2, &(pack_options){.count_more = 1}, &data);
    int64_t end = (int64_t)o.source.size;
    /* 2 headers of 47 bytes stand before the end record of 22. */
    expect_failure(&o, o.status, LQ_ERR_INPUT, "zip_corrupt", end - 22 - 94, "");
    done(&o, data);
    o = open_packed(entries, 2, &(pack_options){.count_more = UINT64_MAX}, &data);
    expect_failure(&o, o.status, LQ_ERR_INPUT, "zip_corrupt", end - 22 - 47, "");
    done(&o, data);
    o = open_packed(entries, 2, &(pack_options){.directory_more = 1000}, &data);
    expect_failure(&o, o.status, LQ_ERR_INPUT, "zip_corrupt", (int64_t)o.source.size, "");
    done(&o, data);
    o = open_packed(entries, 2, &(pack_options){.zip64 = 1, .count_more = 65536}, &data);
    expect_failure(&o, o.status, LQ_ERR_LIMIT, "zip_bomb", -1, "");
    assert_int_equal(lq_context_error(o.context)->limit, 65535);
    assert_int_equal(lq_context_error(o.context)->actual, 65538);
    done(&o, data);
    const pack_entry bombs[] = {
        {.name = "a", .data = text, .size = TEXT_SIZE, .zip64 = 1, .size_more = (int64_t)2 << 30},
        {.name = "b", .data = text, .size = TEXT_SIZE, .zip64 = 1, .size_more = (int64_t)2 << 30}};
    o = open_packed(bombs, 2, NULL, &data);
    expect_failure(&o, o.status, LQ_ERR_LIMIT, "zip_bomb", -1, "");
    done(&o, data);
    const pack_entry outside[] = {{.name = "a", .data = text, .size = TEXT_SIZE, .offset_more = 1 << 20}};
    o = open_packed(outside, 1, NULL, &data);
    expect_failure(&o, o.status, LQ_ERR_INPUT, "zip_corrupt", (int64_t)o.source.size - 22 - 47, "");
    done(&o, data);
    char *name = malloc(5000);
    memset(name, 'n', 4999);
    name[4999] = 0;
    const pack_entry named = {.name = name, .data = text, .size = TEXT_SIZE};
    o = open_packed(&named, 1, NULL, &data);
    expect_failure(&o, o.status, LQ_ERR_LIMIT, "zip_bomb", (int64_t)o.source.size - 22 - 46 - 4999, "");
    done(&o, data);
    free(name);
    lq_limits limits = {.struct_size = sizeof limits, .archive_entries = 1};
    lq_context_options options = {.struct_size = sizeof options, .limits = &limits};
    data = pack_zip(entries, 2, NULL, &size);
    o = open_with(data, size, &options);
    expect_failure(&o, o.status, LQ_ERR_LIMIT, "zip_bomb", -1, "");
    done(&o, data);
    o = open_with("PK\7\10spanned", 11, NULL);
    expect_failure(&o, o.status, LQ_ERR_INPUT, "zip_corrupt", 0, "");
    done(&o, NULL);
}

/* Names that collide in a hash that many readers use, and false end records: neither may cost more than a moment. */
static void test_crafted_directory(void **state)
{
    (void)state;
    enum { COUNT = 20000 };
    pack_entry *entries = calloc(COUNT, sizeof *entries);
    char(*names)[40] = calloc(COUNT, sizeof *names);
    for (unsigned i = 0; i < COUNT; i++) {
        for (unsigned bit = 0; bit < 16; bit++) memcpy(names[i] + 2 * bit, i >> bit & 1 ? "FY" : "Ez", 2);
        entries[i] =
            (pack_entry){.name = names[i], .data = "PK\5\6PK\5\6PK\5\6PK\5\6PK\5\6PK\5\6", .size = 24, .stored = 1};
    }
    uint8_t *data;
    opened o = open_packed(entries, COUNT, NULL, &data);
    assert_int_equal(o.status, LQ_OK);
    assert_int_equal(lqi_zip_find(o.zip, names[12345]), 12345);
    done(&o, data);
    free(names);
    free(entries);
}

/* ---- the ladder ---- */

/* Everything that can be done with an archive; the result must be a status, and memory balanced. */
static lq_status use_all(const lq_source *source, const lq_context_options *options, uint64_t *held)
{
    lq_context *context;
    if (lqi_context_create(options, &context) != LQ_OK) return LQ_ERR_MEMORY;
    lqi_zip *zip;
    lq_status status = lqi_zip_open(context, source, &zip), first = status;
    for (size_t i = 0; status == LQ_OK && i < lqi_zip_entry_count(zip); i++) {
        uint8_t *data, head[32];
        size_t size;
        lq_status peeked = lqi_zip_peek(zip, i, head, sizeof head, &size);
        lqi_begin(context);
        lq_status read = lqi_zip_read(zip, i, &data, &size);
        if (read == LQ_OK) CHECK(peeked == LQ_OK || peeked >= LQ_ERR_MEMORY, "read, but not peeked");
        if (first == LQ_OK) first = read;
        if (read != LQ_OK) CHECK(lq_context_error(context)->status == read, "another status in the error");
        lqi_free(context, data);
    }
    lqi_zip_close(zip);
    lq_context_reset(context);
    *held = lq_context_memory_held(context);
    lq_context_destroy(context);
    return first;
}

static uint8_t *small_archive(size_t *size)
{
    const pack_entry entries[] = {{.name = "a/b.txt", .data = text, .size = TEXT_SIZE},
                                  {.name = "stored", .data = "12345", .size = 5, .stored = 1, .descriptor = 1},
                                  {.name = "z64", .data = text, .size = 20, .zip64 = 1, .utf8 = 1}};
    return pack_zip(entries, 3, NULL, size);
}

static void test_prefixes(void **state)
{
    (void)state;
    size_t size;
    uint8_t *archive = small_archive(&size);
    lend_guard guard;
    assert_true(lend_guard_open(&guard, size));
    for (size_t n = 0; n <= size; n++) {
        lq_source source;
        uint64_t held;
        lq_source_memory(lend_guard_put(&guard, archive, n), n, NULL, &source);
        lq_status status = use_all(&source, NULL, &held);
        CHECK(n == size ? status == LQ_OK : status == LQ_ERR_INPUT, "%zu of %zu bytes: status %d", n, size, status);
        CHECK(held == 0, "%zu bytes: %llu held", n, (unsigned long long)held);
    }
    lend_guard_close(&guard);
    free(archive);
}

static void test_bit_flips(void **state)
{
    (void)state;
    size_t size;
    uint8_t *archive = small_archive(&size);
    lend_guard guard;
    assert_true(lend_guard_open(&guard, size));
    uint8_t *copy = malloc(size);
    for (size_t bit = 0; bit < 8 * size; bit++) {
        memcpy(copy, archive, size);
        copy[bit / 8] ^= (uint8_t)(1u << bit % 8);
        lq_source source;
        uint64_t held;
        lq_source_memory(lend_guard_put(&guard, copy, size), size, NULL, &source);
        lq_status status = use_all(&source, NULL, &held);
        CHECK(status != LQ_ERR_INTERNAL && status != LQ_ERR_IO && status != LQ_ERR_MEMORY, "bit %zu: status %d", bit,
              status);
        CHECK(held == 0, "bit %zu: %llu held", bit, (unsigned long long)held);
    }
    free(copy);
    lend_guard_close(&guard);
    free(archive);
}

static void test_pieces(void **state)
{
    (void)state;
    static const size_t pieces[] = {1, 2, 3, 7};
    size_t size;
    uint8_t *archive = small_archive(&size);
    uint64_t held;
    for (size_t i = 0; i < 4; i++) {
        lend_pieces lent = {.data = archive, .size = size, .piece = pieces[i]};
        lq_source source = lend_pieces_of(&lent, NULL);
        assert_int_equal(use_all(&source, NULL, &held), LQ_OK);
        assert_int_equal(held, 0);
    }
    for (uint64_t at = 1; at < size; at += 3) {
        lend_pieces lent = {.data = archive, .size = size, .piece = 64, .error_at = at};
        lq_source source = lend_pieces_of(&lent, NULL);
        assert_int_equal(use_all(&source, NULL, &held), LQ_ERR_IO);
        assert_int_equal(held, 0);
    }
    free(archive);
}

static void test_no_memory(void **state)
{
    (void)state;
    size_t size;
    uint8_t *archive = small_archive(&size);
    lq_source source;
    lq_source_memory(archive, size, NULL, &source);
    for (uint64_t n = 1;; n++) {
        lend_allocator lent = {.fail_at = n, .forever = 1};
        lq_allocator allocator = lend_allocator_of(&lent);
        lq_context_options options = {.struct_size = sizeof options, .allocator = &allocator};
        uint64_t held = 0;
        lq_status status = use_all(&source, &options, &held);
        assert_int_equal(held, 0);
        assert_int_equal(lent.held, 0);
        if (status == LQ_OK) {
            assert_true(n > 5);
            break;
        }
        assert_int_equal(status, LQ_ERR_MEMORY);
    }
    free(archive);
}

static void test_cancel(void **state)
{
    (void)state;
    size_t size;
    uint8_t *archive = small_archive(&size);
    lq_source source;
    lq_source_memory(archive, size, NULL, &source);
    for (uint64_t n = 1;; n++) {
        lend_stopper stopper = {.stop_at = n};
        lq_context_options options = {.struct_size = sizeof options, .progress = lend_stop, .progress_user = &stopper};
        uint64_t held;
        lq_status status = use_all(&source, &options, &held);
        assert_int_equal(held, 0);
        if (status == LQ_OK) {
            assert_true(n > 3);
            break;
        }
        assert_int_equal(status, LQ_ERR_CANCELLED);
    }
    free(archive);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_forms),
        cmocka_unit_test(test_empty_archive),
        cmocka_unit_test(test_many_entries),
        cmocka_unit_test(test_folded_names),
        cmocka_unit_test(test_bad_names),
        cmocka_unit_test(test_junk),
        cmocka_unit_test(test_duplicates),
        cmocka_unit_test(test_refused_entries),
        cmocka_unit_test(test_limits_of_an_entry),
        cmocka_unit_test(test_overlap),
        cmocka_unit_test(test_refused_archives),
        cmocka_unit_test(test_crafted_directory),
        cmocka_unit_test(test_prefixes),
        cmocka_unit_test(test_bit_flips),
        cmocka_unit_test(test_pieces),
        cmocka_unit_test(test_no_memory),
        cmocka_unit_test(test_cancel),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
