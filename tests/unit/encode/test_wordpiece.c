/*
 * Token ids: equal to those of the Hugging Face tokenizer on texts made to be hard (tests/golden/wordpiece.py) and,
 * where they are there, on the shared product texts with the vocabulary of the text encoder.
 */
#include "check.h"

#include "fault.h"
#include "real_data.h"
#include "scratch.h"

#include <inttypes.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "base/stream.h"
#include "encode/wordpiece.h"

enum { LENGTH_MAX = 512, TEXT_MAX = 4096 };

static const char small[] = "[PAD]\n[UNK]\n[CLS]\n[SEP]\ntea\n##s\nun\n##wash\n";

static const char *source_file(char path[512], const char *name)
{
    const char *source = getenv("VITRINE_SOURCE");
    snprintf(path, 512, "%s/%s", source == NULL ? "." : source, name);
    return path;
}

static vt_wordpiece *open_golden(bool lower_case)
{
    char path[512];
    vt_error err = VT_ERROR_INIT;
    vt_wordpiece *wordpiece = NULL;
    check_ok(vt_wordpiece_open(&wordpiece, source_file(path, "tests/golden/wordpiece_vocab.txt"), lower_case, &err));
    return wordpiece;
}

static vt_wordpiece *open_text(scratch *s, const void *bytes, size_t len)
{
    vt_error err = VT_ERROR_INIT;
    vt_wordpiece *wordpiece = NULL;
    check_ok(vt_wordpiece_open(&wordpiece, scratch_write(s, "vocab.txt", bytes, len), true, &err));
    return wordpiece;
}

/* The bytes of a hexadecimal text; "-" has none. */
static size_t unhex(char *out, const char *hex, size_t len)
{
    size_t n = 0;
    for (size_t i = 0; hex[0] != '-' && i + 1 < len; i += 2) {
        char digits[3] = {hex[i], hex[i + 1], '\0'};
        assert_in_range(n, 0, TEXT_MAX - 1);
        out[n++] = (char)strtoul(digits, NULL, 16);
    }
    return n;
}

/* One line of the golden file: mode, greatest length, text, ids. */
static void check_line(const vt_wordpiece *wordpiece, const char *line, int64_t number)
{
    char text[TEXT_MAX];
    int32_t ids[LENGTH_MAX];
    char *rest = NULL;
    size_t max_length = strtoul(strchr(line, ' ') + 1, &rest, 10);
    const char *hex = rest + 1;
    size_t digits = strcspn(hex, " ");
    size_t bytes = unhex(text, hex, digits);
    assert_in_range(max_length, 2, LENGTH_MAX);
    size_t n = vt_wordpiece_encode(wordpiece, (vt_str){text, bytes}, ids, max_length);
    const char *p = hex + digits;
    for (size_t i = 0; i < n; i++) {
        char *end = NULL;
        int32_t want = (int32_t)strtol(p, &end, 10);
        if (end == p || want != ids[i]) {
            fail_msg("wordpiece.txt:%d: id %zu is %d, not %d", (int)number, i, ids[i], end == p ? -1 : want);
        }
        p = end;
    }
    assert_int_equal(*p, '\0');
}

/* Gives how many lines were compared. */
static int check_golden(const char *mode, bool lower_case)
{
    char path[512];
    int lines = 0;
    vt_error err = VT_ERROR_INIT;
    vt_stream *stream = NULL;
    vt_wordpiece *wordpiece = open_golden(lower_case);
    check_ok(vt_stream_open(&stream, source_file(path, "tests/golden/wordpiece.txt"), &err));
    for (vt_str line = {"", 0}; line.ptr != NULL;) {
        check_ok(vt_stream_line(stream, &line, &err));
        if (line.ptr != NULL && strncmp(line.ptr, mode, strlen(mode)) == 0) {
            char *copy = vt_strndup(line.ptr, line.len, &err);
            assert_non_null(copy);
            check_line(wordpiece, copy, vt_stream_line_number(stream));
            vt_free(copy);
            lines++;
        }
    }
    vt_stream_close(stream);
    vt_wordpiece_close(wordpiece);
    return lines;
}

static void golden_ids_in_lower_case(void **state)
{
    (void)state;
    assert_in_range(check_golden("uncased", true), 400, 10000);
}

static void golden_ids_as_written(void **state)
{
    (void)state;
    assert_in_range(check_golden("cased", false), 400, 10000);
}

static void a_megabyte_is_cut_and_is_one_word(void **state)
{
    (void)state;
    enum { MEGABYTE = 1 << 20 };
    scratch s;
    scratch_init(&s);
    vt_wordpiece *wordpiece = open_text(&s, small, sizeof small - 1);
    char *text = malloc(MEGABYTE);
    int32_t *ids = malloc(MEGABYTE * sizeof *ids);
    assert_true(text != NULL && ids != NULL);
    for (size_t i = 0; i < MEGABYTE; i++) {
        text[i] = "teas "[i % 5];
    }
    vt_str all = {text, MEGABYTE};
    assert_int_equal(vt_wordpiece_encode(wordpiece, all, ids, 6), 6);
    assert_memory_equal(ids, ((int32_t[]){2, 4, 5, 4, 5, 3}), 6 * sizeof *ids);
    size_t words = MEGABYTE / 5; /* and one letter, "t", which is unknown */
    assert_int_equal(vt_wordpiece_encode(wordpiece, all, ids, MEGABYTE), 2 + 2 * words + 1);
    assert_int_equal(ids[2 * words + 1], 1);
    memset(text, 's', MEGABYTE);
    assert_int_equal(vt_wordpiece_encode(wordpiece, all, ids, 128), 3);
    assert_memory_equal(ids, ((int32_t[]){2, 1, 3}), 3 * sizeof *ids);
    free(ids);
    free(text);
    vt_wordpiece_close(wordpiece);
    scratch_done(&s);
}

static void lines_may_end_as_in_windows(void **state)
{
    (void)state;
    static const char text[] = "[PAD]\r\n[UNK]\r\n\r\n[CLS]\r\n[SEP]\r\ntea";
    int32_t ids[8];
    scratch s;
    scratch_init(&s);
    vt_wordpiece *wordpiece = open_text(&s, text, sizeof text - 1);
    assert_int_equal(vt_wordpiece_pad(wordpiece), 0);
    assert_int_equal(vt_wordpiece_encode(wordpiece, vt_str_of("Tea [MASK]"), ids, 8), 6);
    assert_memory_equal(ids, ((int32_t[]){3, 5, 1, 1, 1, 4}), 6 * sizeof *ids); /* [, mask, ]: no such token */
    vt_wordpiece_close(wordpiece);
    scratch_done(&s);
}

static void check_refused(scratch *s, const void *bytes, size_t len, const char *says)
{
    vt_error err = VT_ERROR_INIT;
    vt_wordpiece *wordpiece = NULL;
    const char *path = scratch_write(s, "vocab.txt", bytes, len);
    assert_int_equal(vt_wordpiece_open(&wordpiece, path, true, &err), VT_ERR_FORMAT);
    assert_null(wordpiece);
    if (strstr(err.message, says) == NULL || strstr(err.message, "vocab.txt") == NULL) {
        fail_msg("\"%s\" does not say \"%s\"", err.message, says);
    }
}

static void other_vocabularies_are_refused(void **state)
{
    (void)state;
    static const char model[] = "\n\x0E\n\x05<unk>\x15\0\0\0\0\x18\x02";
    static const char pieces[] = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n\xE2\x96\x81the\n\xE2\x96\x81tea\n";
    static const char bytes_of_latin1[] = "[PAD]\n[UNK]\n[CLS]\n[SEP]\ncaf\xE9\n";
    scratch s;
    scratch_init(&s);
    check_refused(&s, model, sizeof model - 1, "SentencePiece");
    check_refused(&s, pieces, sizeof pieces - 1, "SentencePiece");
    check_refused(&s, bytes_of_latin1, sizeof bytes_of_latin1 - 1, "UTF-8");
    check_refused(&s, "", 0, "[UNK]");
    check_refused(&s, "[UNK]\n[CLS]\n[SEP]\n", 18, "[PAD]");
    check_refused(&s, "{\"[UNK]\": 0}", 12, "[UNK]");
    vt_error err = VT_ERROR_INIT;
    vt_wordpiece *wordpiece = NULL;
    assert_int_equal(vt_wordpiece_open(&wordpiece, scratch_path(&s, "none"), true, &err), VT_ERR_NOT_FOUND);
    assert_null(wordpiece);
    scratch_done(&s);
}

static int open_and_close(void *context, vt_error *err)
{
    vt_wordpiece *wordpiece = NULL;
    int status = vt_wordpiece_open(&wordpiece, context, true, err);
    assert_true((status == VT_OK) == (wordpiece != NULL));
    vt_wordpiece_close(wordpiece);
    return status;
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    scratch s;
    scratch_init(&s);
    scratch_write(&s, "vocab.txt", small, sizeof small - 1);
    assert_in_range(fault_allocations(open_and_close, s.path), 5, 100);
    scratch_done(&s);
}

static void add_ids(vt_digest *digest, int64_t *count, const vt_wordpiece *wordpiece, vt_str line, size_t max_length)
{
    size_t most = max_length == 0 ? line.len + 2 : max_length;
    int32_t *ids = malloc(most * sizeof *ids);
    assert_non_null(ids);
    size_t n = vt_wordpiece_encode(wordpiece, line, ids, most);
    vt_digest_add(digest, ids, n * sizeof *ids);
    *count += (int64_t)n;
    free(ids);
}

/* The texts of wordpiece.txt, once each, as they stand there in order. */
static int64_t digest_nasty(vt_digest *digest, int64_t *count, const vt_wordpiece *wordpiece, size_t max_length)
{
    char path[512], text[TEXT_MAX];
    int64_t n = 0;
    vt_error err = VT_ERROR_INIT;
    vt_stream *stream = NULL;
    check_ok(vt_stream_open(&stream, source_file(path, "tests/golden/wordpiece.txt"), &err));
    for (vt_str line = {"", 0}; line.ptr != NULL;) {
        check_ok(vt_stream_line(stream, &line, &err));
        if (line.len > 10 && strncmp(line.ptr, "uncased 64", 10) == 0) {
            size_t len = unhex(text, line.ptr + 11, strcspn(line.ptr + 11, " "));
            add_ids(digest, count, wordpiece, (vt_str){text, len}, max_length);
            n++;
        }
    }
    vt_stream_close(stream);
    return n;
}

static int64_t digest_file(vt_digest *digest, int64_t *count, const vt_wordpiece *wordpiece, const char *path,
                           size_t max_length)
{
    int64_t n = 0;
    vt_error err = VT_ERROR_INIT;
    vt_stream *stream = NULL;
    check_ok(vt_stream_open(&stream, path, &err));
    for (vt_str line = {"", 0}; line.ptr != NULL;) {
        check_ok(vt_stream_line(stream, &line, &err));
        if (line.ptr != NULL) {
            add_ids(digest, count, wordpiece, line, max_length);
            n++;
        }
    }
    vt_stream_close(stream);
    return n;
}

static void real_product_texts(void **state)
{
    (void)state;
    char path[512], name[128], hex[33], want_hex[33];
    const char *encoders = getenv("VITRINE_ENCODERS");
    snprintf(path, sizeof path, "%s/minilm/vocab.txt", encoders == NULL ? "" : encoders);
    if (encoders == NULL) {
        source_file(path, "encoders/minilm/vocab.txt");
    }
    if (!vt_file_exists(path)) {
        print_message("skipped: no %s (script/setup makes it; or set VITRINE_ENCODERS)\n", path);
        skip();
    }
    vt_error err = VT_ERROR_INIT;
    vt_wordpiece *wordpiece = NULL;
    check_ok(vt_wordpiece_open(&wordpiece, path, true, &err));
    FILE *golden = fopen(source_file(path, "tests/golden/wordpiece_real.txt"), "r");
    assert_non_null(golden);
    int64_t lines = 0, max_length = 0, ids = 0;
    while (fscanf(golden, "%127s %" SCNd64 " %" SCNd64 " %" SCNd64 " %32s", name, &lines, &max_length, &ids,
                  want_hex) == 5) {
        bool nasty = strcmp(name, "nasty") == 0;
        if (!nasty && data_file(path, name) == NULL) {
            continue;
        }
        vt_digest digest;
        unsigned char bytes[16];
        int64_t count = 0;
        vt_digest_init(&digest, sizeof bytes);
        int64_t n = nasty ? digest_nasty(&digest, &count, wordpiece, (size_t)max_length)
                          : digest_file(&digest, &count, wordpiece, path, (size_t)max_length);
        vt_digest_done(&digest, bytes, sizeof bytes);
        vt_hex(hex, bytes, sizeof bytes);
        if (n != lines || count != ids || strcmp(hex, want_hex) != 0) {
            fail_msg("%s at %d: %d texts, %d ids, %s", name, (int)max_length, (int)n, (int)count, hex);
        }
    }
    fclose(golden);
    vt_wordpiece_close(wordpiece);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(golden_ids_in_lower_case),
        cmocka_unit_test(golden_ids_as_written),
        cmocka_unit_test(a_megabyte_is_cut_and_is_one_word),
        cmocka_unit_test(lines_may_end_as_in_windows),
        cmocka_unit_test(other_vocabularies_are_refused),
        cmocka_unit_test(every_allocation_may_fail),
        cmocka_unit_test(real_product_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
