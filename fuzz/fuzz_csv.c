/*
 * CSV: the first byte chooses the delimiter. Lines go up, no row is larger than the file, and the rows that were read
 * read back the same when written.
 */
#include "fuzz.h"

#include <string.h>

#include "base/buf.h"
#include "base/csv.h"

typedef struct table {
    vt_stream *stream;
    vt_csv *csv;
} table;

static table open_table(const void *bytes, size_t len, char delimiter)
{
    table t = {NULL, NULL};
    vt_error err = VT_ERROR_INIT;
    if (vt_stream_memory(&t.stream, bytes, len, "fuzz.csv", &err) == VT_OK) {
        fuzz_require(vt_csv_create(&t.csv, t.stream, delimiter, &err) == VT_OK);
    }
    return t;
}

static void close_table(table *t)
{
    vt_csv_free(t->csv);
    vt_stream_close(t->stream);
}

/* A row that says the same when it is written: not one empty field, which would be an empty line. */
static int can_be_written(const vt_str *fields, size_t n)
{
    return n > 1 || fields[0].len > 0;
}

static void add_length(vt_buf *out, size_t length)
{
    fuzz_require(vt_buf_add(out, &length, sizeof length, NULL) == VT_OK);
}

/* All rows: `flat` gets counts, lengths and bytes, `text` (may be NULL) CSV again. Gives the number of rows. */
static int64_t read_all(table *t, size_t size, vt_buf *flat, vt_buf *text)
{
    int64_t rows = 0;
    int64_t line = 0;
    int64_t budget = (int64_t)size + 2; /* rows and errors: at most one a byte */
    for (; budget > 0; budget--) {
        vt_error err = VT_ERROR_INIT;
        const vt_str *fields = NULL;
        size_t n = 0;
        int status = vt_csv_row(t->csv, &fields, &n, &err);
        fuzz_require(vt_csv_line(t->csv) >= line);
        line = vt_csv_line(t->csv);
        if (status == VT_ERR_FORMAT || status == VT_ERR_LIMIT) {
            fuzz_require(text != NULL && err.position == line); /* what we wrote ourselves has no bad row */
            continue;
        }
        if (status != VT_OK || n == 0) {
            fuzz_require(status == VT_OK || status == VT_ERR_CORRUPT || status == VT_ERR_UNSUPPORTED); /* packed */
            break;
        }
        if (text == NULL || can_be_written(fields, n)) {
            add_length(flat, n);
            for (size_t i = 0; i < n; i++) {
                add_length(flat, fields[i].len);
                fuzz_require(vt_buf_add(flat, fields[i].ptr, fields[i].len, NULL) == VT_OK);
                fuzz_require(text == NULL || vt_csv_write_field(text, fields[i], i == 0, NULL) == VT_OK);
            }
            fuzz_require(text == NULL || vt_buf_add(text, "\r\n", 2, NULL) == VT_OK);
            rows++;
        }
    }
    fuzz_require(budget > 0);
    return rows;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char delimiters[] = {'\0', ',', ';', '\t', '|'};
    if (size == 0) {
        return 0;
    }
    table t = open_table(data + 1, size - 1, delimiters[data[0] % sizeof delimiters]);
    if (t.csv == NULL) {
        return 0;
    }
    vt_buf flat;
    vt_buf text;
    vt_buf again;
    vt_buf_init(&flat, (size_t)1 << 30);
    vt_buf_init(&text, (size_t)1 << 30);
    vt_buf_init(&again, (size_t)1 << 30);
    /* The line before keeps the first field from looking like a BOM or a packed file. */
    fuzz_require(vt_buf_add_text(&text, "head\r\n", NULL) == VT_OK);
    int64_t rows = read_all(&t, (size_t)1 << 24, &flat, &text); /* a packed input has more rows than bytes */
    close_table(&t);

    t = open_table(text.data, text.len, ',');
    const vt_str *head = NULL;
    size_t n = 0;
    fuzz_require(t.csv != NULL && vt_csv_row(t.csv, &head, &n, NULL) == VT_OK && n == 1);
    fuzz_require(vt_str_equal(head[0], vt_str_of("head")));
    fuzz_require(read_all(&t, text.len, &again, NULL) == rows);
    fuzz_require(again.len == flat.len && (flat.len == 0 || memcmp(again.data, flat.data, flat.len) == 0));
    close_table(&t);
    vt_buf_done(&flat);
    vt_buf_done(&text);
    vt_buf_done(&again);
    return 0;
}
