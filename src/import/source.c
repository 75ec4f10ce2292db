/* What the kinds share: opening files, and reading lines and CSV rows of which some are broken. */
#include "import/source.h"

#include <stdio.h>

#include "base/number.h"
#include "import/xlsx.h"

vt_mark vt_forms_mark(const vt_forms *forms, size_t field)
{
    return forms->marks[field] != VT_MARK_NONE ? forms->marks[field] : forms->mark;
}

int vt_source_stream(vt_source *source, vt_stream **out, const char *path, vt_error *err)
{
    vt_stream *stream = NULL;
    vt_encoding encoding = source->encoding;
    if (encoding == VT_ENCODING_AUTO && source->json) {
        encoding = VT_ENCODING_UNICODE;
    }
    if (vt_xlsx_is(path)) {
        return vt_xlsx_open(out, path, err);
    }
    int status = vt_stream_open(&stream, path, err);
    status = status == VT_OK ? vt_stream_set_text(stream, encoding, err) : status;
    if (status != VT_OK) {
        vt_stream_close(stream);
        return status;
    }
    *out = stream;
    return VT_OK;
}

int vt_source_table(vt_source *source, vt_csv **out, vt_stream *stream, vt_error *err)
{
    int status = vt_csv_create(out, stream, '\0', err);
    if (status == VT_OK && strcmp(source->options->kind, "csv") == 0) {
        vt_csv_allow_blanks(*out);
    }
    if (status == VT_OK && source->options->no_quotes) {
        vt_csv_set_quotes(*out, VT_CSV_QUOTES_OFF);
    }
    return status;
}

int vt_source_header(vt_source *source, vt_csv *csv, const vt_str **header, size_t *n, vt_error *err)
{
    int status = vt_csv_row(csv, header, n, err);
    if (status != VT_OK || *n == 0 || !source->options->no_header) {
        return status;
    }
    enum { BYTES = 24 };
    size_t columns = *n;
    vt_buf_clear(&source->numbers);
    status = vt_buf_reserve(&source->numbers, columns * (sizeof(vt_str) + BYTES), err);
    if (status != VT_OK) {
        return status;
    }
    vt_str *names = (vt_str *)(void *)source->numbers.data;
    char *texts = source->numbers.data + columns * sizeof *names;
    for (size_t i = 0; i < columns; i++) {
        snprintf(texts + i * BYTES, BYTES, "%zu", i + 1);
        names[i] = vt_str_of(texts + i * BYTES);
    }
    vt_csv_again(csv);
    *header = names;
    return VT_OK;
}

int vt_source_open(vt_source *source, vt_stream **out, const char *path, vt_error *err)
{
    vt_stream *stream = NULL;
    int status = vt_source_stream(source, &stream, path, err);
    if (status != VT_OK) {
        return status;
    }
    status = vt_sink_file(source->sink, path, stream, err);
    if (status != VT_OK) {
        vt_stream_close(stream);
        return status;
    }
    *out = stream;
    return VT_OK;
}

void vt_source_close(vt_source *source, vt_stream *stream)
{
    if (stream != NULL) {
        vt_encoding found = vt_stream_encoding(stream);
        if (found != VT_ENCODING_UTF8 && found != VT_ENCODING_BYTES) {
            vt_sink_remark(source->sink, "%s is %s", vt_sink_name(source->sink), vt_encoding_name(found));
        }
        vt_sink_file(source->sink, NULL, NULL, NULL);
        vt_stream_close(stream);
    }
}

bool vt_source_row_bad(int status)
{
    return status == VT_ERR_FORMAT || status == VT_ERR_LIMIT;
}

int vt_source_reject_row(vt_source *source, int64_t line, const char *reason, const vt_error *why, vt_error *err)
{
    int status = vt_sink_row(source->sink, line, err);
    if (status != VT_OK) {
        return status;
    }
    /* The sink puts file and line in front itself. */
    const char *name = vt_sink_name(source->sink);
    const char *sentence = why->message;
    if (strncmp(sentence, name, strlen(name)) == 0 && strstr(sentence + strlen(name), ": ") != NULL) {
        sentence = strstr(sentence + strlen(name), ": ") + 2;
    }
    return vt_sink_reject(source->sink, err, reason, "%s", sentence);
}

int vt_source_line(vt_source *source, vt_stream *stream, vt_str *line, vt_error *err)
{
    for (;;) {
        vt_error why = VT_ERROR_INIT;
        vt_str text = {NULL, 0};
        int status = vt_stream_line(stream, &text, &why);
        int64_t number = vt_stream_line_number(stream);
        if (vt_source_row_bad(status)) {
            status = vt_source_reject_row(source, number, "line too long", &why, err);
            if (status != VT_OK) {
                return status;
            }
            continue;
        }
        if (status != VT_OK) {
            if (err != NULL) {
                *err = why;
            }
            return status;
        }
        if (text.ptr != NULL && vt_trim(text).len == 0) {
            continue;
        }
        *line = text;
        return text.ptr == NULL ? VT_OK : vt_sink_row(source->sink, number, err);
    }
}

int vt_source_csv_row(vt_source *source, vt_csv *csv, const vt_str **fields, size_t *n, vt_error *err)
{
    for (;;) {
        vt_error why = VT_ERROR_INIT;
        int status = vt_csv_row(csv, fields, n, &why);
        if (vt_source_row_bad(status)) {
            status = vt_source_reject_row(source, vt_csv_line(csv), "not CSV", &why, err);
            if (status != VT_OK) {
                return status;
            }
            continue;
        }
        if (status != VT_OK) {
            if (err != NULL) {
                *err = why;
            }
            return status;
        }
        return *n == 0 ? VT_OK : vt_sink_row(source->sink, vt_csv_line(csv), err);
    }
}

void vt_source_csv_end(vt_source *source, const vt_csv *csv)
{
    const char *name = vt_sink_name(source->sink);
    if (vt_csv_unquoted(csv) && vt_csv_delimiter(csv) != ' ' && !source->options->no_quotes) {
        vt_sink_remark(source->sink, "%s: quotes are characters of its fields", name);
    }
    if (vt_csv_unended(csv)) {
        vt_sink_remark(source->sink, "%s ends without a line end; if it was cut off, line %lld is not whole", name,
                       (long long)vt_csv_line(csv));
    }
}
