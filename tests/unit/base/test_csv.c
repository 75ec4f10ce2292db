/* CSV: RFC 4180 by hand-written rows, delimiters, bad rows that cost one row, rows across blocks, write then read. */
#include "check.h"

#include "base/buf.h"
#include "base/csv.h"
#include "base/limits.h"
#include "base/rng.h"
#include "fault.h"

/* Reads everything into one text: fields in [], rows ended by the line they began on, errors as !line. */
static void read_rows(vt_buf *out, const char *text, size_t len, char delimiter)
{
    vt_error err = VT_ERROR_INIT;
    vt_stream *stream = NULL;
    vt_csv *csv = NULL;
    check_ok(vt_stream_memory(&stream, text, len, "t.csv", &err));
    check_ok(vt_csv_create(&csv, stream, delimiter, &err));
    for (;;) {
        const vt_str *fields = NULL;
        size_t n = 0;
        int status = vt_csv_row(csv, &fields, &n, &err);
        if (status != VT_OK) {
            assert_true(status == VT_ERR_FORMAT || status == VT_ERR_LIMIT);
            assert_int_equal(err.position, vt_csv_line(csv));
            assert_int_equal(vt_buf_printf(out, NULL, "!%lld ", (long long)err.position), VT_OK);
            continue;
        }
        if (n == 0) {
            break;
        }
        for (size_t i = 0; i < n; i++) {
            assert_non_null(fields[i].ptr);
            assert_int_equal(vt_buf_printf(out, NULL, "[%.*s]", VT_STR_ARGS(fields[i])), VT_OK);
        }
        assert_int_equal(vt_buf_printf(out, NULL, "%lld ", (long long)vt_csv_line(csv)), VT_OK);
    }
    vt_csv_free(csv);
    vt_stream_close(stream);
}

static void expect(const char *text, const char *rows)
{
    vt_buf out;
    vt_buf_init(&out, 1 << 20);
    assert_int_equal(vt_buf_add_text(&out, "", NULL), VT_OK);
    read_rows(&out, text, strlen(text), '\0');
    if (strcmp(out.data, rows) != 0) {
        fail_msg("%s\nis read as %s\nexpected %s", text, out.data, rows);
    }
    vt_buf_done(&out);
}

static void rfc_4180(void **state)
{
    (void)state;
    expect("", "");
    expect("\n\r\n\n", "");
    expect("a,b\nc,d\n", "[a][b]1 [c][d]2 ");
    expect("a,b\r\nc,d", "[a][b]1 [c][d]2 ");
    expect("a,b\n\nc,d\n", "[a][b]1 [c][d]3 ");
    expect("a,,\n,\n", "[a][][]1 [][]2 ");
    expect("\"\"\n", "[]1 ");
    expect("a,\"b,c\",d\n", "[a][b,c][d]1 ");
    expect("a,\"say \"\"hi\"\"\"\n\"\"\"\"\n", "[a][say \"hi\"]1 [\"]2 ");
    expect("a,\"two\nlines\r\nthree\"\r\nb,c\n", "[a][two\nlines\r\nthree]1 [b][c]4 ");
    expect("a,\"b\"", "[a][b]1 ");
    expect("a,\"b\"\r", "[a][b]1 ");
    expect("a,b\r", "[a][b]1 ");
    expect("a,b\rc\n", "[a][b\rc]1 ");
    expect(" a , b \n", "[ a ][ b ]1 ");
    expect("\xef\xbb\xbf\"a\",b\n", "[a][b]1 ");
}

static void delimiters(void **state)
{
    (void)state;
    expect("a;b;c,d\n1;2,5;3\n", "[a][b][c,d]1 [1][2,5][3]2 ");
    expect("a\tb,c\td\n", "[a][b,c][d]1 ");
    expect("\"a,b,c\";d\n", "[a,b,c][d]1 ");
    expect("one\ntwo,2\n", "[one]1 [two][2]2 ");
    expect("\xef\xbb\xbf"
           "a;b\n",
           "[a][b]1 ");
    vt_buf out;
    vt_buf_init(&out, 1000);
    read_rows(&out, "a,b|c\n", 6, '|');
    assert_string_equal(out.data, "[a,b][c]1 ");
    vt_buf_done(&out);
}

static void a_bad_row_costs_one_row(void **state)
{
    (void)state;
    expect("a,b\nc\"d,e\nf,g\n", "[a][b]1 !2 [f][g]3 ");
    expect("a,\"b\"c\nd,e\n", "!1 [d][e]2 ");
    expect("a,\"b\" ,c\nd,e\n", "!1 [d][e]2 ");
    expect("a,b\nc,\"open\nd,e\nf,g\n", "[a][b]1 !2 [d][e]3 [f][g]4 ");
    expect("a\n\"", "[a]1 !2 ");
    expect("\"\n\"x\n", "!1 !2 ");
    expect("a,\"b\"\rc\n1,2", "!1 [1][2]2 ");

    vt_buf text;
    vt_buf out;
    vt_buf_init(&text, 1 << 20);
    vt_buf_init(&out, 1 << 20);
    for (size_t i = 0; i < VT_CSV_FIELDS_MAX; i++) {
        assert_int_equal(vt_buf_add_text(&text, ",", NULL), VT_OK); /* one field too many */
    }
    assert_int_equal(vt_buf_add_text(&text, "\nx,y\n", NULL), VT_OK);
    read_rows(&out, text.data, text.len, ',');
    assert_string_equal(out.data, "!1 [x][y]2 ");
    vt_buf_done(&text);
    vt_buf_done(&out);
}

static void messages_name_the_line(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_stream *stream = NULL;
    vt_csv *csv = NULL;
    const vt_str *fields = NULL;
    size_t n = 0;
    check_ok(vt_stream_memory(&stream, "a\n\"b", 4, "items.csv", &err));
    check_ok(vt_csv_create(&csv, stream, '\0', &err));
    check_ok(vt_csv_row(csv, &fields, &n, &err));
    assert_int_equal(vt_csv_row(csv, &fields, &n, &err), VT_ERR_FORMAT);
    assert_string_equal(err.message, "items.csv:2: a quote is opened and not closed");
    check_ok(vt_csv_row(csv, &fields, &n, &err));
    assert_int_equal(n, 0);
    vt_csv_free(csv);
    vt_csv_free(NULL);
    vt_stream_close(stream);
}

static void overlong_rows(void **state)
{
    (void)state;
    vt_buf text;
    vt_buf out;
    vt_buf_init(&text, 1 << 26);
    vt_buf_init(&out, 1 << 20);
    for (int quoted = 0; quoted < 2; quoted++) {
        vt_buf_clear(&text);
        vt_buf_clear(&out);
        assert_int_equal(vt_buf_add_text(&text, quoted ? "a\n\"" : "a\n", NULL), VT_OK);
        assert_int_equal(vt_buf_reserve(&text, VT_LINE_BYTES_MAX + (1 << 20), NULL), VT_OK);
        memset(text.data + text.len, 'x', VT_LINE_BYTES_MAX + (1 << 20));
        text.len += VT_LINE_BYTES_MAX + (1 << 20);
        assert_int_equal(vt_buf_add_text(&text, "\nb,c\n", NULL), VT_OK);
        read_rows(&out, text.data, text.len, ',');
        assert_string_equal(out.data, "[a]1 !2 [b][c]3 ");
    }
    vt_buf_done(&text);
    vt_buf_done(&out);
}

/* Random fields, written and read again, over several blocks. */
static void write_then_read_is_same(void **state)
{
    (void)state;
    enum { ROWS = 30000 };
    const uint64_t seed = 4180;
    static const char *const words[] = {"",       "a",      "b,c", "\"",        "\"\"",       "\r",
                                        "x\r\ny", "1;2\t3", "\n",  "long word", "\xc3\xa4\"", " "};
    vt_error err = VT_ERROR_INIT;
    vt_buf text;
    vt_buf_init(&text, 1 << 26);
    vt_rng rng = vt_rng_at(seed, "csv", 0, 0);
    for (int r = 0; r < ROWS; r++) {
        int n = 2 + (int)vt_rng_below(&rng, 5);
        for (int f = 0; f < n; f++) {
            vt_str word = vt_str_of(words[vt_rng_below(&rng, sizeof words / sizeof words[0])]);
            check_ok(vt_csv_write_field(&text, word, f == 0, &err));
        }
        check_ok(vt_buf_add_text(&text, r % 2 == 0 ? "\n" : "\r\n", &err));
    }
    vt_stream *stream = NULL;
    vt_csv *csv = NULL;
    const vt_str *fields = NULL;
    size_t n = 0;
    check_ok(vt_stream_memory(&stream, text.data, text.len, "t.csv", &err));
    check_ok(vt_csv_create(&csv, stream, ',', &err));
    rng = vt_rng_at(seed, "csv", 0, 0);
    for (int r = 0; r < ROWS; r++) {
        check_ok(vt_csv_row(csv, &fields, &n, &err));
        size_t want = 2 + (size_t)vt_rng_below(&rng, 5);
        if (n != want) {
            fail_msg("seed %llu, row %d: %zu fields instead of %zu", (unsigned long long)seed, r, n, want);
        }
        for (size_t f = 0; f < n; f++) {
            vt_str word = vt_str_of(words[vt_rng_below(&rng, sizeof words / sizeof words[0])]);
            if (!vt_str_equal(fields[f], word)) {
                fail_msg("seed %llu, row %d, field %zu: \"%.*s\"", (unsigned long long)seed, r, f,
                         VT_STR_ARGS(fields[f]));
            }
        }
    }
    check_ok(vt_csv_row(csv, &fields, &n, &err));
    assert_int_equal(n, 0);
    vt_csv_free(csv);
    vt_stream_close(stream);
    vt_buf_done(&text);
}

static void a_field_comes_whole_or_not(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_buf out;
    vt_buf_init(&out, 12);
    check_ok(vt_csv_write_field(&out, vt_str_of("ab"), true, &err));
    check_ok(vt_csv_write_field(&out, (vt_str){NULL, 0}, false, &err));
    assert_int_equal(vt_csv_write_field(&out, vt_str_of("\"long enough\""), false, &err), VT_ERR_LIMIT);
    assert_string_equal(out.data, "ab,");
    vt_buf_done(&out);
}

static int read_everything(void *context, vt_error *err)
{
    const vt_buf *text = context;
    vt_stream *stream = NULL;
    vt_csv *csv = NULL;
    const vt_str *fields = NULL;
    size_t n = 1;
    int status = vt_stream_memory(&stream, text->data, text->len, "t.csv", err);
    if (status == VT_OK) {
        status = vt_csv_create(&csv, stream, '\0', err);
    }
    while (status == VT_OK && n > 0) {
        status = vt_csv_row(csv, &fields, &n, err);
    }
    vt_csv_free(csv);
    vt_stream_close(stream);
    return status;
}

static void memory_runs_out(void **state)
{
    (void)state;
    vt_buf text;
    vt_buf_init(&text, 1 << 24);
    assert_int_equal(vt_buf_reserve(&text, 3 << 20, NULL), VT_OK);
    memset(text.data, 'x', 3 << 20); /* a row that makes the block grow */
    text.len = 3 << 20;
    /* stream, name, reader, places, fields, block, three growths */
    assert_in_range(fault_allocations(read_everything, &text), 9, 30);
    vt_buf_done(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rfc_4180),
        cmocka_unit_test(delimiters),
        cmocka_unit_test(a_bad_row_costs_one_row),
        cmocka_unit_test(messages_name_the_line),
        cmocka_unit_test(overlong_rows),
        cmocka_unit_test(write_then_read_is_same),
        cmocka_unit_test(a_field_comes_whole_or_not),
        cmocka_unit_test(memory_runs_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
