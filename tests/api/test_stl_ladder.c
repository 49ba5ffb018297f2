/*
 * The ladder of the STL readers: every prefix, every flipped bit, reads in pieces, I/O errors, the nth allocation
 * fails, stop at the nth progress call. A status each time, never a crash, balanced memory, and nothing missing unsaid.
 */
#include "tests/support/check.h"

#include "corpus/wrap.h"
#include "tests/support/expect.h"

static stl_bytes binary_sample(void)
{
    solid_soup soup = solid_sphere(10, 2); /* 80 triangles, 4084 bytes */
    stl_bytes bytes = stl_write_binary(&soup, NULL);
    solid_free(&soup);
    return bytes;
}

static stl_bytes small_sample(int ascii)
{
    solid_soup soup = solid_tetrahedron(6);
    stl_bytes bytes =
        ascii ? stl_write_ascii(&soup, &(stl_ascii){.name = "four faces"}) : stl_write_binary(&soup, NULL);
    solid_free(&soup);
    return bytes;
}

static void check_outcome(const char *what, size_t at, run_result *run)
{
    const char *complaint = run_complaint(run);
    CHECK(complaint[0] == '\0', "%s %zu: %s (status %d, code %s)", what, at, complaint, (int)run->status, run->code);
}

/* ---- prefixes ---- */

static void every_prefix_of_a_binary_file(void **state)
{
    (void)state;
    stl_bytes bytes = binary_sample();
    lend_guard guard;
    assert_true(lend_guard_open(&guard, bytes.size));
    for (size_t size = 0; size <= bytes.size; size++) {
        const uint8_t *prefix = lend_guard_put(&guard, bytes.data, size);
        run_result run = run_bytes(prefix, size, NULL);
        check_outcome("prefix", size, &run);
        if (size == bytes.size) {
            CHECK_INT("the whole file", run.status, LQ_OK, "status");
        } else {
            CHECK(run.status != LQ_OK, "prefix %zu: accepted", size);
            const char *codes = size == 0    ? "empty_file"
                                : size < 84  ? "unsupported_format"
                                : size < 134 ? "unsupported_format|stl_truncated"
                                             : "stl_truncated";
            CHECK(expect_one_of(run.code, codes), "prefix %zu: code %s, not %s", size, run.code, codes);
            if (size >= 134) {
                int64_t whole = 84 + (int64_t)((size - 84) / 50) * 50;
                CHECK(run.error.offset >= whole && run.error.offset <= (int64_t)size, "prefix %zu: offset %lld", size,
                      (long long)run.error.offset);
            }
        }
        run_free(&run);
        run = run_bytes(prefix, size, &(run_options){.lenient = 1});
        check_outcome("lenient prefix", size, &run);
        if (size >= 134) CHECK(run.status == LQ_OK, "lenient prefix %zu: %s", size, run.code);
        if (size >= 134 && size < bytes.size)
            CHECK(run_find(&run, "stl_truncated") != NULL, "lenient prefix %zu: no stl_truncated", size);
        if (size >= 134) CHECK_INT("lenient prefix", run.facts.triangle_count, (size - 84) / 50, "triangles");
        run_free(&run);
    }
    lend_guard_close(&guard);
    stl_bytes_free(&bytes);
}

/* How many facets end within the first `size` bytes, and where the last of them ends. */
static size_t facets_within(const stl_bytes *bytes, size_t size, size_t *end)
{
    static const char word[] = "endfacet";
    size_t count = 0;
    *end = 0;
    for (size_t i = 0; i + sizeof word - 1 <= size; i++) {
        if (memcmp(bytes->data + i, word, sizeof word - 1) != 0) continue;
        count++;
        *end = i + sizeof word - 1;
    }
    return count;
}

static void every_prefix_of_a_text_file(void **state)
{
    (void)state;
    stl_bytes bytes = small_sample(1);
    size_t all_end = 0, all = facets_within(&bytes, bytes.size, &all_end);
    lend_guard guard;
    assert_true(lend_guard_open(&guard, bytes.size));
    for (size_t size = 0; size <= bytes.size; size++) {
        size_t end = 0, facets = facets_within(&bytes, size, &end);
        const uint8_t *prefix = lend_guard_put(&guard, bytes.data, size);
        run_result run = run_bytes(prefix, size, NULL);
        check_outcome("prefix", size, &run);
        /* Behind endfacet there may be blanks, or a word that has only begun: no facet is known to be missing then. */
        size_t word = end;
        while (word < size && (bytes.data[word] == ' ' || bytes.data[word] == '\n')) word++;
        int within_facet = size > word + 4 && facets < all;
        if (facets == 0 || within_facet) {
            CHECK(run.status != LQ_OK, "prefix %zu: accepted with %zu facets", size, facets);
            const char *codes = size == 0  ? "empty_file"
                                : size < 6 ? "unsupported_format|stl_truncated"
                                           : "stl_truncated";
            CHECK(expect_one_of(run.code, codes), "prefix %zu: code %s, not %s", size, run.code, codes);
            if (facets > 0)
                CHECK(run.error.offset >= (int64_t)end && run.error.offset <= (int64_t)size, "prefix %zu: offset %lld",
                      size, (long long)run.error.offset);
        } else if (run.status == LQ_OK) {
            CHECK_INT("prefix", run.facts.triangle_count, facets, "triangles");
            int ended = size >= all_end + sizeof "\nendsolid" - 1;
            CHECK(ended || run_find(&run, "stl_no_endsolid") != NULL, "prefix %zu: no stl_no_endsolid", size);
        } else {
            CHECK_TEXT("prefix between facets", run.code, "stl_truncated", "code");
        }
        if (size == bytes.size) CHECK_INT("the whole file", run.status, LQ_OK, "status");
        run_free(&run);
        run = run_bytes(prefix, size, &(run_options){.lenient = 1});
        check_outcome("lenient prefix", size, &run);
        if (facets > 0) CHECK(run.status == LQ_OK, "lenient prefix %zu: %s", size, run.code);
        /* Three corners are a facet even when its end is missing. */
        size_t read = (size_t)run.facts.triangle_count;
        if (facets > 0)
            CHECK(read == facets || (within_facet && read == facets + 1), "lenient prefix %zu: %zu triangles", size,
                  read);
        run_free(&run);
    }
    lend_guard_close(&guard);
    stl_bytes_free(&bytes);
}

static void every_prefix_of_a_gzip_file(void **state)
{
    (void)state;
    stl_bytes plain = small_sample(0), bytes = wrap_gzip(&plain);
    lend_guard guard;
    assert_true(lend_guard_open(&guard, bytes.size));
    for (size_t size = 0; size <= bytes.size; size++) {
        run_result run = run_bytes(lend_guard_put(&guard, bytes.data, size), size, NULL);
        check_outcome("gzip prefix", size, &run);
        CHECK((run.status == LQ_OK) == (size == bytes.size), "gzip prefix %zu: status %d", size, (int)run.status);
        if (size >= 18 && size < bytes.size) CHECK_TEXT("gzip prefix", run.code, "gzip_corrupt", "code");
        run_free(&run);
    }
    lend_guard_close(&guard);
    stl_bytes_free(&bytes);
    stl_bytes_free(&plain);
}

/* ---- flipped bits ---- */

static void every_flipped_bit(void **state)
{
    (void)state;
    for (int kind = 0; kind < 3; kind++) {
        stl_bytes bytes = small_sample(kind == 1);
        if (kind == 2) {
            stl_bytes packed = wrap_gzip(&bytes);
            stl_bytes_free(&bytes);
            bytes = packed;
        }
        run_result good = run_bytes(bytes.data, bytes.size, NULL);
        assert_int_equal(good.status, LQ_OK);
        lend_guard guard;
        assert_true(lend_guard_open(&guard, bytes.size));
        for (size_t bit = 0; bit < 8 * bytes.size; bit++) {
            bytes.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
            const uint8_t *data = lend_guard_put(&guard, bytes.data, bytes.size);
            run_result run = run_bytes(data, bytes.size, NULL),
                       lenient = run_bytes(data, bytes.size, &(run_options){.lenient = 1});
            check_outcome("bit", bit, &run);
            check_outcome("bit, lenient", bit, &lenient);
            CHECK(run.status != LQ_OK || lenient.status == LQ_OK, "bit %zu: lenient is stricter: %s", bit,
                  lenient.code);
            if (kind == 0) {
                size_t byte = bit / 8, in_record = byte < 84 ? 0 : (byte - 84) % 50;
                int harmless = byte < 80 || (byte >= 84 && (in_record < 12 || in_record >= 48));
                if (harmless) {
                    CHECK(run.status == LQ_OK, "bit %zu of header, normal or attribute: %s", bit, run.code);
                    CHECK_NEAR("harmless bit", run.facts.volume_mm3, good.facts.volume_mm3, 0, "volume");
                }
            }
            if (kind == 2 && bit / 8 >= bytes.size - 8)
                CHECK_TEXT("a wrong checksum or size", run.code, "gzip_corrupt", "code");
            run_free(&run);
            run_free(&lenient);
            bytes.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
        }
        lend_guard_close(&guard);
        run_free(&good);
        stl_bytes_free(&bytes);
    }
}

/* ---- sources ---- */

static void pieces_make_no_difference(void **state)
{
    (void)state;
    static const size_t pieces[] = {1, 2, 3, 7, 50, 4096, 1 << 20};
    for (int kind = 0; kind < 3; kind++) {
        stl_bytes bytes = kind == 1 ? small_sample(1) : binary_sample();
        if (kind == 2) {
            stl_bytes packed = wrap_gzip(&bytes);
            stl_bytes_free(&bytes);
            bytes = packed;
        }
        run_result whole = run_bytes(bytes.data, bytes.size, NULL);
        assert_int_equal(whole.status, LQ_OK);
        for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
            run_result run = run_bytes(bytes.data, bytes.size, &(run_options){.piece = pieces[i]});
            CHECK(run.status == LQ_OK, "pieces of %zu: %s", pieces[i], run.error.message);
            CHECK_TEXT("pieces", run.json, whole.json, "report");
            check_outcome("pieces", pieces[i], &run);
            run_free(&run);
        }
        run_free(&whole);
        stl_bytes_free(&bytes);
    }
}

static void read_errors_are_io(void **state)
{
    (void)state;
    stl_bytes bytes = binary_sample();
    for (size_t at = 1; at < bytes.size; at += at < 200 ? 1 : 97) {
        run_result run = run_bytes(bytes.data, bytes.size, &(run_options){.piece = 64, .error_at = at});
        CHECK_INT("read error", run.status, LQ_ERR_IO, "status");
        CHECK_TEXT("read error", run.code, "io", "code");
        check_outcome("read error at", at, &run);
    }
    /* A source that is shorter than it says. */
    lend_pieces pieces = {bytes.data, bytes.size - 50, 64, 0};
    lq_source source = lend_pieces_of(&pieces, "short");
    source.size = bytes.size;
    lq_context *context = NULL;
    lq_model *model = NULL;
    lq_part *part = NULL;
    assert_int_equal(lq_context_create(NULL, &context), LQ_OK);
    lq_status status = lq_model_open(context, &source, NULL, &model);
    if (status == LQ_OK) status = lq_part_read(model, NULL, &part);
    CHECK_INT("a short source", status, LQ_ERR_IO, "status");
    CHECK_TEXT("a short source", lq_context_error(context)->code, "io", "code");
    lq_part_destroy(part);
    lq_model_close(model);
    lq_context_destroy(context);
    stl_bytes_free(&bytes);
}

/* ---- memory ---- */

static void check_failing_memory(const char *name, const stl_bytes *bytes, uint32_t threads, int forever)
{
    lend_allocator allocator = {0};
    run_result good = run_bytes(bytes->data, bytes->size, &(run_options){.allocator = &allocator, .threads = threads});
    CHECK(good.status == LQ_OK, "%s: %s", name, good.error.message);
    CHECK(allocator.held == 0 && allocator.blocks == 0, "%s: %llu blocks are left", name,
          (unsigned long long)allocator.blocks);
    uint64_t calls = allocator.calls;
    CHECK(calls > 0, "%s: the allocator was never asked", name);
    for (uint64_t n = 1; n <= calls; n++) {
        memset(&allocator, 0, sizeof allocator);
        allocator.fail_at = n;
        allocator.forever = forever;
        run_result run =
            run_bytes(bytes->data, bytes->size, &(run_options){.allocator = &allocator, .threads = threads});
        CHECK(allocator.held == 0 && allocator.blocks == 0, "%s, allocation %llu of %llu: %llu blocks, %llu bytes leak",
              name, (unsigned long long)n, (unsigned long long)calls, (unsigned long long)allocator.blocks,
              (unsigned long long)allocator.held);
        check_outcome(name, (size_t)n, &run);
        /* With threads the number of allocations may differ by a few from run to run: then the last may not come. */
        int reached = allocator.calls >= n;
        if (reached && run.status == LQ_OK)
            CHECK(run_find(&run, "out_of_memory") != NULL || strcmp(run.json, good.json) == 0,
                  "%s, allocation %llu: another report and no out_of_memory", name, (unsigned long long)n);
        if (run.status != LQ_OK) CHECK_INT(name, run.status, LQ_ERR_MEMORY, "status");
        if (run.status != LQ_OK && run.stage != RUN_CONTEXT) CHECK_TEXT(name, run.code, "out_of_memory", "code");
        run_free(&run);
    }
    run_free(&good);
}

static void every_allocation_fails_once(void **state)
{
    (void)state;
    solid_soup soup = solid_sphere(10, 6);
    assert_true(solid_damage_apply(
        &soup, &(solid_damage){.removed = 2, .flipped = 1, .duplicated = 1, .opposed = 1, .split = 1, .degenerate = 1},
        1));
    stl_bytes samples[5] = {
        small_sample(0), small_sample(1), stl_write_binary(&soup, NULL), stl_write_ascii(&soup, NULL), {0}};
    samples[4] = wrap_gzip(&samples[2]);
    static const char *const names[5] = {"small binary", "small text", "damaged binary", "damaged text", "gzip"};
    for (int i = 0; i < 5; i++) {
        check_failing_memory(names[i], &samples[i], 1, 0);
        check_failing_memory(names[i], &samples[i], 1, 1);
        check_failing_memory(names[i], &samples[i], 2, 1);
        stl_bytes_free(&samples[i]);
    }
    solid_free(&soup);
}

/* ---- stopping ---- */

static void stop_at_every_progress_call(void **state)
{
    (void)state;
    solid_soup soup = solid_sphere(10, 70); /* 98 000 triangles, 4.9 MB */
    for (int ascii = 0; ascii < 2; ascii++) {
        stl_bytes bytes = ascii ? stl_write_ascii(&soup, NULL) : stl_write_binary(&soup, NULL);
        lend_stopper stopper = {0};
        run_result good = run_bytes(bytes.data, bytes.size, &(run_options){.stopper = &stopper});
        CHECK(good.status == LQ_OK, "not stopped: %s", good.error.message);
        uint64_t calls = stopper.calls;
        CHECK(calls >= bytes.size >> 20, "%llu progress calls for %zu bytes", (unsigned long long)calls, bytes.size);
        CHECK(calls <= 100 * ((bytes.size >> 20) + 1), "%llu progress calls for %zu bytes", (unsigned long long)calls,
              bytes.size);
        for (uint64_t n = 1; n <= calls; n += n < 24 || n + 8 > calls ? 1 : calls / 16 + 1) {
            stopper = (lend_stopper){0, n};
            run_result run = run_bytes(bytes.data, bytes.size, &(run_options){.stopper = &stopper});
            CHECK_INT("stopped", run.status, LQ_ERR_CANCELLED, "status");
            CHECK_TEXT("stopped", run.code, "cancelled", "code");
            CHECK_INT("stopped", stopper.calls, n, "calls after the stop");
            check_outcome("stopped", (size_t)n, &run);
        }
        run_free(&good);
        stl_bytes_free(&bytes);
    }
    solid_free(&soup);
}

static void cancel_holds_until_reset(void **state)
{
    (void)state;
    solid_soup soup = solid_sphere(10, 30);
    stl_bytes bytes = stl_write_binary(&soup, NULL);
    lq_source source;
    lq_source_memory(bytes.data, bytes.size, "sphere.stl", &source);
    lq_context *context = NULL;
    assert_int_equal(lq_context_create(NULL, &context), LQ_OK);
    for (int round = 0; round < 2; round++) {
        lq_model *model = NULL;
        lq_part *part = NULL;
        lq_report *report = NULL;
        lq_context_cancel(context);
        lq_status status = lq_model_open(context, &source, NULL, &model);
        if (status == LQ_OK) status = lq_part_read(model, NULL, &part);
        CHECK_INT("cancelled", status, LQ_ERR_CANCELLED, "status");
        CHECK_TEXT("cancelled", lq_context_error(context)->code, "cancelled", "code");
        lq_part_destroy(part);
        lq_model_close(model);
        lq_context_reset(context);
        assert_int_equal(lq_context_error(context)->status, LQ_OK);
        assert_int_equal(lq_model_open(context, &source, NULL, &model), LQ_OK);
        assert_int_equal(lq_part_read(model, NULL, &part), LQ_OK);
        assert_int_equal(lq_part_analyse(context, part, NULL, &report), LQ_OK);
        lq_report_destroy(report);
        lq_part_destroy(part);
        lq_model_close(model);
    }
    lq_context_destroy(context);
    stl_bytes_free(&bytes);
    solid_free(&soup);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_prefix_of_a_binary_file), cmocka_unit_test(every_prefix_of_a_text_file),
        cmocka_unit_test(every_prefix_of_a_gzip_file),   cmocka_unit_test(every_flipped_bit),
        cmocka_unit_test(pieces_make_no_difference),     cmocka_unit_test(read_errors_are_io),
        cmocka_unit_test(every_allocation_fails_once),   cmocka_unit_test(stop_at_every_progress_call),
        cmocka_unit_test(cancel_holds_until_reset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
