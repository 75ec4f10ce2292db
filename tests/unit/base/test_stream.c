/*
 * Streams: plain, gzip and zstd give the same bytes; every cut of a packed file is told; lines of all ends and sizes.
 */
#include "check.h"

#include <zlib.h>
#include <zstd.h>

#include "base/buf.h"
#include "base/limits.h"
#include "base/stream.h"
#include "fault.h"
#include "scratch.h"

static void add_gzip(vt_buf *out, const char *text, size_t len)
{
    z_stream z = {0};
    assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY), Z_OK);
    size_t bound = deflateBound(&z, len) + 64;
    assert_int_equal(vt_buf_reserve(out, bound, NULL), VT_OK);
    z.next_in = (Bytef *)(uintptr_t)text;
    z.avail_in = (uInt)len;
    z.next_out = (Bytef *)out->data + out->len;
    z.avail_out = (uInt)bound;
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    out->len += z.total_out;
    deflateEnd(&z);
}

static void add_zstd(vt_buf *out, const char *text, size_t len)
{
    ZSTD_CCtx *zstd = ZSTD_createCCtx();
    assert_non_null(zstd);
    ZSTD_CCtx_setParameter(zstd, ZSTD_c_checksumFlag, 1); /* as the program zstd writes it */
    assert_int_equal(vt_buf_reserve(out, ZSTD_compressBound(len), NULL), VT_OK);
    size_t n = ZSTD_compress2(zstd, out->data + out->len, out->capacity - out->len, text, len);
    ZSTD_freeCCtx(zstd);
    assert_false(ZSTD_isError(n));
    out->len += n;
}

/* Reads to the end in pieces of `piece` bytes. */
static int drain(vt_stream *stream, size_t piece, vt_buf *out, vt_error *err)
{
    for (;;) {
        size_t got = 0;
        int status = vt_buf_reserve(out, piece, err);
        if (status == VT_OK) {
            status = vt_stream_read(stream, out->data + out->len, piece, &got, err);
        }
        if (status != VT_OK || got == 0) {
            return status;
        }
        out->len += got;
    }
}

static void expect_bytes(const vt_buf *packed, const vt_buf *plain, size_t piece)
{
    vt_error err = VT_ERROR_INIT;
    vt_stream *stream = NULL;
    vt_buf out;
    vt_buf_init(&out, 1 << 26);
    check_ok(vt_stream_memory(&stream, packed->data, packed->len, "packed", &err));
    check_ok(drain(stream, piece, &out, &err));
    assert_int_equal(out.len, plain->len);
    assert_memory_equal(out.data, plain->data, plain->len);
    assert_int_equal(vt_stream_consumed(stream), packed->len);
    assert_int_equal(vt_stream_size(stream), packed->len);
    vt_stream_close(stream);
    vt_buf_done(&out);
}

/* Text that does not pack too well, several blocks long. */
static void make_text(vt_buf *text)
{
    uint64_t word = 88172645463325252U;
    vt_buf_init(text, 1 << 26);
    for (int i = 0; i < 60000; i++) {
        word ^= word << 13;
        word ^= word >> 7;
        word ^= word << 17;
        assert_int_equal(vt_buf_printf(text, NULL, "%d %llx\n", i, (unsigned long long)word), VT_OK);
    }
}

static void packed_equals_plain(void **state)
{
    (void)state;
    vt_buf text;
    vt_buf packed;
    make_text(&text);
    vt_buf_init(&packed, 1 << 26);
    expect_bytes(&text, &text, 1000);

    size_t third = text.len / 3;
    add_gzip(&packed, text.data, third);
    add_gzip(&packed, "", 0);
    add_gzip(&packed, text.data + third, text.len - third);
    expect_bytes(&packed, &text, 1 << 20);
    expect_bytes(&packed, &text, 777);
    assert_int_equal(vt_buf_add(&packed, "\0\0\0\0\0", 5, NULL), VT_OK); /* padding of tape tools */
    expect_bytes(&packed, &text, 4096);

    vt_buf_clear(&packed);
    assert_int_equal(vt_buf_add(&packed, "\x50\x2a\x4d\x18\x03\0\0\0abc", 11, NULL), VT_OK); /* skippable frame */
    add_zstd(&packed, text.data, third);
    add_zstd(&packed, "", 0);
    add_zstd(&packed, text.data + third, text.len - third);
    expect_bytes(&packed, &text, 1 << 20);
    expect_bytes(&packed, &text, 777);
    vt_buf_done(&packed);
    vt_buf_done(&text);
}

static int read_file(const char *path, vt_buf *out, vt_error *err)
{
    vt_stream *stream = NULL;
    int status = vt_stream_open(&stream, path, err);
    if (status == VT_OK) {
        status = drain(stream, 4096, out, err);
    }
    vt_stream_close(stream);
    return status;
}

/* Cuts a packed file at every byte: never a short success. */
static void cut_everywhere(const vt_buf *packed, const char *name)
{
    scratch dir;
    scratch_init(&dir);
    for (size_t len = 0; len < packed->len; len++) {
        vt_error err = VT_ERROR_INIT;
        char want[64];
        vt_buf out;
        vt_buf_init(&out, 1 << 20);
        const char *path = scratch_write(&dir, name, packed->data, len);
        int status = read_file(path, &out, &err);
        vt_buf_done(&out);
        assert_int_equal(status, VT_ERR_CORRUPT);
        snprintf(want, sizeof want, "%s ends too early, at byte %zu:", name, len);
        if (strstr(err.message, want) == NULL || err.position != (int64_t)len) {
            fail_msg("cut at %zu: %s", len, err.message);
        }
    }
    scratch_done(&dir);
}

static void truncation_is_told(void **state)
{
    (void)state;
    static const char text[] = "one line\nanother line that is a bit longer\nand a third\n";
    vt_buf packed;
    vt_buf_init(&packed, 1 << 20);
    add_gzip(&packed, text, sizeof text - 1);
    cut_everywhere(&packed, "cut.json.gz");
    vt_buf_clear(&packed);
    add_zstd(&packed, text, sizeof text - 1);
    cut_everywhere(&packed, "cut.json.zst");
    vt_buf_done(&packed);
}

static void damage_is_told(void **state)
{
    (void)state;
    vt_buf text;
    vt_buf packed;
    make_text(&text);
    vt_buf_init(&packed, 1 << 26);
    for (int kind = 0; kind < 3; kind++) {
        vt_error err = VT_ERROR_INIT;
        vt_stream *stream = NULL;
        vt_buf out;
        vt_buf_init(&out, 1 << 26);
        vt_buf_clear(&packed);
        (kind == 1 ? add_zstd : add_gzip)(&packed, text.data, text.len);
        if (kind == 2) {
            assert_int_equal(vt_buf_add_text(&packed, "stray text", NULL), VT_OK);
        } else {
            packed.data[packed.len / 2] = (char)(packed.data[packed.len / 2] ^ 0x55);
            packed.data[packed.len / 2 + 1] = (char)(packed.data[packed.len / 2 + 1] ^ 0x55);
        }
        check_ok(vt_stream_memory(&stream, packed.data, packed.len, "reviews.gz", &err));
        assert_int_equal(drain(stream, 4096, &out, &err), VT_ERR_CORRUPT);
        assert_non_null(strstr(err.message, "reviews.gz is damaged near byte "));
        assert_in_range(err.position, packed.len / 3, packed.len);
        vt_stream_close(stream);
        vt_buf_done(&out);
    }
    vt_buf_done(&packed);
    vt_buf_done(&text);
}

/* A frame that asks for a window of 512 GiB: not a bad line that one could go on behind. */
static void huge_windows_are_refused(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_stream *stream = NULL;
    vt_str line;
    check_ok(vt_stream_memory(&stream, "\x28\xb5\x2f\xfd\x00\xf0\x01\x00\x00", 9, "long.zst", &err));
    assert_int_equal(vt_stream_line(stream, &line, &err), VT_ERR_UNSUPPORTED);
    assert_string_equal(err.message, "long.zst: packed with a window over 128 MiB; pack it again without --long");
    assert_int_equal(vt_stream_line(stream, &line, &err), VT_ERR_CORRUPT);
    vt_stream_close(stream);
}

static void wrong_files_are_refused(void **state)
{
    (void)state;
    scratch dir;
    vt_error err = VT_ERROR_INIT;
    vt_stream *stream = NULL;
    scratch_init(&dir);
    assert_int_equal(vt_stream_open(&stream, scratch_path(&dir, "none.json"), &err), VT_ERR_NOT_FOUND);
    assert_non_null(strstr(err.message, "none.json: No such file"));
    assert_int_equal(vt_stream_open(&stream, dir.dir, &err), VT_ERR_FORMAT);
    assert_non_null(strstr(err.message, "is a folder"));
    const char *zip = scratch_write(&dir, "ml.zip", "PK\3\4rest of it", 14);
    assert_int_equal(vt_stream_open(&stream, zip, &err), VT_ERR_UNSUPPORTED);
    assert_non_null(strstr(err.message, "ml.zip is packed with zip; unpack it first"));
    assert_null(stream);
    vt_stream_close(NULL);
    scratch_done(&dir);
}

static void expect_lines(const char *text, size_t len, const char *const *lines, int n)
{
    vt_error err = VT_ERROR_INIT;
    vt_stream *stream = NULL;
    vt_str line = {NULL, 0};
    check_ok(vt_stream_memory(&stream, text, len, "lines", &err));
    for (int i = 0; i < n; i++) {
        check_ok(vt_stream_line(stream, &line, &err));
        assert_non_null(line.ptr);
        assert_true(vt_str_equal(line, vt_str_of(lines[i])));
        assert_int_equal(vt_stream_line_number(stream), i + 1);
    }
    for (int again = 0; again < 2; again++) {
        check_ok(vt_stream_line(stream, &line, &err));
        assert_null(line.ptr);
        assert_int_equal(vt_stream_line_number(stream), n);
    }
    assert_int_equal(vt_stream_consumed(stream), len);
    vt_stream_close(stream);
}

static void lines_of_all_ends(void **state)
{
    (void)state;
#define LINES(text, ...)                                                                                               \
    do {                                                                                                               \
        static const char *const lines[] = {__VA_ARGS__};                                                              \
        expect_lines(text, sizeof text - 1, lines, (int)(sizeof lines / sizeof lines[0]));                             \
    } while (0)
    expect_lines("", 0, NULL, 0);
    LINES("a\nb\n", "a", "b");
    LINES("a\nb", "a", "b");
    LINES("a\r\nb\r\n", "a", "b");
    LINES("\n\n", "", "");
    LINES("a\r", "a\r"); /* a lone \r is no line end */
    LINES("\xef\xbb\xbf"
          "a\nb",
          "a", "b");
    LINES("a\n\xef\xbb\xbf\n", "a", "\xef\xbb\xbf");
#undef LINES
}

static void lines_across_blocks(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_stream *stream = NULL;
    vt_buf text;
    vt_buf packed;
    make_text(&text);
    vt_buf_init(&packed, 1 << 26);
    add_gzip(&packed, text.data, text.len);
    scratch dir;
    scratch_init(&dir);
    for (int kind = 0; kind < 2; kind++) {
        const vt_buf *bytes = kind == 0 ? &text : &packed;
        vt_str line;
        const char *expected = text.data;
        int64_t before = 0;
        check_ok(vt_stream_open(&stream, scratch_write(&dir, "lines", bytes->data, bytes->len), &err));
        for (int i = 0; i < 60000; i++) {
            check_ok(vt_stream_line(stream, &line, &err));
            assert_non_null(line.ptr);
            assert_memory_equal(line.ptr, expected, line.len);
            assert_int_equal(expected[line.len], '\n');
            expected += line.len + 1;
            assert_true(vt_stream_consumed(stream) >= before);
            before = vt_stream_consumed(stream);
            assert_true(kind == 1 || before == expected - text.data);
        }
        check_ok(vt_stream_line(stream, &line, &err));
        assert_null(line.ptr);
        assert_int_equal(vt_stream_consumed(stream), bytes->len);
        vt_stream_close(stream);
    }
    scratch_done(&dir);
    vt_buf_done(&packed);
    vt_buf_done(&text);
}

static void overlong_line_costs_one_line(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_stream *stream = NULL;
    vt_str line;
    size_t lengths[] = {3, VT_LINE_BYTES_MAX, 2, VT_LINE_BYTES_MAX + 1, 4, 3 * VT_LINE_BYTES_MAX, 5};
    vt_buf text;
    vt_buf_init(&text, (size_t)1 << 28);
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        assert_int_equal(vt_buf_reserve(&text, lengths[i] + 1, NULL), VT_OK);
        memset(text.data + text.len, 'x', lengths[i]);
        text.data[text.len + lengths[i]] = '\n';
        text.len += lengths[i] + 1;
    }
    check_ok(vt_stream_memory(&stream, text.data, text.len, "long.json", &err));
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        int status = vt_stream_line(stream, &line, &err);
        if (lengths[i] > VT_LINE_BYTES_MAX) {
            assert_int_equal(status, VT_ERR_LIMIT);
            assert_int_equal(err.position, i + 1);
        } else {
            assert_int_equal(status, VT_OK);
            assert_int_equal(line.len, lengths[i]);
        }
        assert_int_equal(vt_stream_line_number(stream), i + 1);
    }
    check_ok(vt_stream_line(stream, &line, &err));
    assert_null(line.ptr);
    vt_stream_close(stream);
    vt_buf_done(&text);
}

static int read_lines(void *context, vt_error *err)
{
    const vt_buf *bytes = context;
    vt_stream *stream = NULL;
    vt_str line = {"", 0};
    int status = vt_stream_memory(&stream, bytes->data, bytes->len, "fault.gz", err);
    while (status == VT_OK && line.ptr != NULL) {
        status = vt_stream_line(stream, &line, err);
    }
    vt_stream_close(stream);
    return status;
}

static int read_path(void *path, vt_error *err)
{
    vt_buf out;
    vt_buf_init(&out, 1 << 26);
    int status = read_file(path, &out, err);
    vt_buf_done(&out);
    return status;
}

static void memory_runs_out(void **state)
{
    (void)state;
    vt_buf text;
    vt_buf packed;
    make_text(&text);
    vt_buf_init(&packed, 1 << 26);
    add_gzip(&packed, text.data, text.len);
    assert_in_range(fault_allocations(read_lines, &packed), 5, 100); /* stream, name, unpacker, zlib's two, lines */
    assert_in_range(fault_allocations(read_lines, &text), 3, 100);
    scratch dir;
    scratch_init(&dir);
    char *path = (char *)(uintptr_t)scratch_write(&dir, "fault.gz", packed.data, packed.len);
    assert_in_range(fault_allocations(read_path, path), 6, 100);
    scratch_done(&dir);
    vt_buf_done(&packed);
    vt_buf_done(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(packed_equals_plain),      cmocka_unit_test(truncation_is_told),
        cmocka_unit_test(damage_is_told),           cmocka_unit_test(wrong_files_are_refused),
        cmocka_unit_test(huge_windows_are_refused), cmocka_unit_test(lines_of_all_ends),
        cmocka_unit_test(lines_across_blocks),      cmocka_unit_test(overlong_line_costs_one_line),
        cmocka_unit_test(memory_runs_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
