/*
 * A row is taken apart where it lies in a block of the stream: fields are places in the block, and only fields with
 * doubled quotes are rewritten, in place, once the row is whole. After a bad row reading goes on with the next line, so
 * that one stray quote costs one row and not the file.
 */
#include "base/csv.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "base/limits.h"

enum { BLOCK = 256 << 10 };

static const char too_long[] = "the row is too long; is a quote opened and not closed?";

/* A field as bytes from the beginning of the row. */
typedef struct place {
    size_t begin;
    size_t end;
    bool doubled; /* holds doubled quotes */
} place;

struct vt_csv {
    vt_stream *stream;
    char delimiter;
    vt_csv_quotes quotes; /* never AUTO once started */
    bool lenient;         /* tabs: a row that quotes break may be read without them */
    size_t width;         /* fields of the first row */
    bool blanks;          /* may separate fields */
    bool again;           /* the next row is the one that was given last */
    bool quoting;         /* of the row at hand */
    bool unended;         /* a row ended with the file, not with its line */
    char *data;           /* (size) bytes; row_begin to end are not yet handed out */
    size_t size, row, end;
    bool at_end;       /* the stream has no more bytes */
    bool started;      /* BOM and delimiter are dealt with */
    int64_t line;      /* of the row given last */
    int64_t next_line; /* of the byte at `row` */
    place *places;     /* (VT_CSV_FIELDS_MAX) */
    vt_str *fields;    /* (VT_CSV_FIELDS_MAX) */
    size_t n;
};

int vt_csv_create(vt_csv **out, vt_stream *stream, char delimiter, vt_error *err)
{
    vt_csv *csv = vt_alloc_zero(1, sizeof *csv, err);
    if (csv == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    csv->stream = stream;
    csv->delimiter = delimiter;
    csv->next_line = 1;
    csv->places = vt_alloc(VT_CSV_FIELDS_MAX, sizeof *csv->places, err);
    csv->fields = csv->places == NULL ? NULL : vt_alloc(VT_CSV_FIELDS_MAX, sizeof *csv->fields, err);
    if (csv->fields == NULL) {
        vt_csv_free(csv);
        return VT_ERR_NO_MEMORY;
    }
    *out = csv;
    return VT_OK;
}

void vt_csv_free(vt_csv *csv)
{
    if (csv != NULL) {
        vt_free(csv->data);
        vt_free(csv->places);
        vt_free(csv->fields);
        vt_free(csv);
    }
}

/* Reads more behind what is there; the row moves to the front of the block. Sets at_end when there is no more. */
static int fill(vt_csv *csv, vt_error *err)
{
    size_t have = csv->end - csv->row;
    if (csv->row > 0) {
        memmove(csv->data, csv->data + csv->row, have);
        csv->row = 0;
        csv->end = have;
    }
    if (csv->size - have < BLOCK / 2) {
        size_t size = csv->size * 2 + BLOCK;
        char *data = vt_realloc(csv->data, size, 1, err);
        if (data == NULL) {
            return VT_ERR_NO_MEMORY;
        }
        csv->data = data;
        csv->size = size;
    }
    size_t got = 0;
    int status = vt_stream_read(csv->stream, csv->data + have, csv->size - have, &got, err);
    if (status == VT_OK) {
        csv->end += got;
        csv->at_end = got == 0;
    }
    return status;
}

/* The byte `at` bytes behind the beginning of the row, reading more when needed; -1 at the end of the file. */
static int peek(vt_csv *csv, size_t at, int *byte, vt_error *err)
{
    while (csv->row + at >= csv->end) {
        if (csv->at_end) {
            *byte = -1;
            return VT_OK;
        }
        int status = fill(csv, err);
        if (status != VT_OK) {
            return status;
        }
    }
    *byte = (unsigned char)csv->data[csv->row + at];
    return VT_OK;
}

/* The mark that occurs most in the first line outside quotes; a comma when none does. */
static char guess_delimiter(const char *text, size_t len)
{
    static const char marks[] = {',', ';', '\t', '|'};
    size_t count[sizeof marks] = {0};
    bool quoted = false;
    for (size_t i = 0; i < len && (quoted || text[i] != '\n'); i++) {
        quoted ^= text[i] == '"';
        for (size_t m = 0; m < sizeof marks && !quoted; m++) {
            count[m] += text[i] == marks[m];
        }
    }
    size_t best = 0;
    for (size_t m = 1; m < sizeof marks; m++) {
        best = count[m] > count[best] ? m : best;
    }
    return marks[best];
}

/* True for a field that is quoted as RFC 4180 has it, all of it. */
static bool well_quoted(const char *text, size_t len)
{
    for (size_t i = 1; i + 1 < len; i++) {
        if (text[i] == '"') {
            if (i + 2 >= len || text[i + 1] != '"') {
                return false;
            }
            i++;
        }
    }
    return len >= 2 && text[len - 1] == '"';
}

/* Fields of a line, quotes being characters; `*broken` becomes true for a field that begins with a quote wrongly. */
static size_t plain_fields(const char *text, size_t len, char delimiter, bool *broken)
{
    size_t n = 0;
    for (const char *end = text + len, *field = text;; field++) {
        const char *stop = memchr(field, delimiter, (size_t)(end - field));
        stop = stop == NULL ? end : stop;
        *broken = *broken || (stop > field && *field == '"' && !well_quoted(field, (size_t)(stop - field)));
        n++;
        field = stop;
        if (stop == end) {
            return n;
        }
    }
}

static size_t line_length(const char *text, size_t len)
{
    const char *end = len == 0 ? NULL : memchr(text, '\n', len);
    return end == NULL ? len : (size_t)(end - text);
}

static size_t without_return(const char *text, size_t len)
{
    return len > 0 && text[len - 1] == '\r' ? len - 1 : len;
}

/* Quotes are characters where every line has the width of the first, and a field with a quote in front that closes
 * nowhere in it. */
static bool quotes_are_characters(const char *text, size_t len, char delimiter, bool whole)
{
    size_t width = 0;
    bool broken = false;
    for (size_t at = 0; at < len;) {
        size_t line = line_length(text + at, len - at);
        if (at + line == len && !whole) {
            break; /* cut off by the end of the block */
        }
        size_t used = without_return(text + at, line);
        size_t n = used == 0 ? width : plain_fields(text + at, used, delimiter, &broken);
        width = width == 0 ? n : width;
        if (n != width) {
            return false;
        }
        at += line + 1;
    }
    return broken && width > 1;
}

/* "sep=;" as a first line, which spreadsheets write. */
static void take_sep(vt_csv *csv)
{
    const char *text = csv->data + csv->row;
    size_t line = line_length(text, csv->end - csv->row);
    size_t used = without_return(text, line);
    if (used == 5 && memcmp(text, "sep=", 4) == 0) {
        csv->delimiter = text[4];
        csv->row += line + 1 > csv->end - csv->row ? line : line + 1;
        csv->next_line++;
    }
}

static size_t count_words(const char *text, size_t len)
{
    size_t n = 0;
    for (size_t i = 0; i < len; i++) {
        n += text[i] != ' ' && (i == 0 || text[i - 1] == ' ');
    }
    return n;
}

/* True when no mark stands in the first line, and it has as many words as the second one. */
static bool separated_by_blanks(const char *text, size_t len)
{
    size_t first = line_length(text, len);
    size_t begin = first + 1 < len ? first + 1 : len;
    size_t words = count_words(text, without_return(text, first));
    for (size_t i = 0; i < first; i++) {
        if (memchr(",;\t|\"", text[i], 5) != NULL) {
            return false;
        }
    }
    if (words < 2) {
        return false;
    }
    size_t second = line_length(text + begin, len - begin);
    return count_words(text + begin, without_return(text + begin, second)) == words;
}

static int start(vt_csv *csv, vt_error *err)
{
    bool enough = false;
    while (!enough && !csv->at_end) { /* the whole first line, or what a block holds of it */
        int status = fill(csv, err);
        if (status != VT_OK) {
            return status;
        }
        enough = csv->end >= BLOCK || (csv->end > 0 && memchr(csv->data, '\n', csv->end) != NULL);
    }
    if (csv->end >= 3 && memcmp(csv->data, "\xef\xbb\xbf", 3) == 0) {
        csv->row = 3;
    }
    if (csv->delimiter == '\0') {
        take_sep(csv);
    }
    if (csv->delimiter == '\0' && csv->blanks && csv->end > csv->row) {
        bool blanks = separated_by_blanks(csv->data + csv->row, csv->end - csv->row);
        csv->delimiter = blanks ? ' ' : '\0';
        csv->quotes = blanks ? VT_CSV_QUOTES_OFF : csv->quotes;
    }
    if (csv->delimiter == '\0') {
        csv->delimiter = guess_delimiter(csv->data + csv->row, csv->end - csv->row);
    }
    csv->lenient = csv->delimiter == '\t' && csv->quotes == VT_CSV_QUOTES_AUTO;
    while (csv->lenient && csv->end - csv->row < BLOCK && !csv->at_end) {
        int status = fill(csv, err);
        if (status != VT_OK) {
            return status;
        }
    }
    bool characters = csv->lenient && csv->end > csv->row &&
                      quotes_are_characters(csv->data + csv->row, csv->end - csv->row, csv->delimiter, csv->at_end);
    if (csv->quotes == VT_CSV_QUOTES_AUTO) {
        csv->quotes = characters ? VT_CSV_QUOTES_OFF : VT_CSV_QUOTES_ON;
    }
    csv->started = true;
    return VT_OK;
}

static int bad_row(const vt_csv *csv, vt_code code, const char *what, vt_error *err)
{
    return vt_fail_at(err, code, csv->line, "%s:%lld: %s", vt_stream_name(csv->stream), (long long)csv->line, what);
}

/* Goes on behind the line on which a bad row began. */
static int skip_line(vt_csv *csv, vt_error *err)
{
    for (;;) {
        char *begin = csv->data + csv->row;
        size_t have = csv->end - csv->row;
        char *end = have == 0 ? NULL : memchr(begin, '\n', have);
        csv->row = end != NULL ? (size_t)(end - csv->data) + 1 : csv->end;
        if (end != NULL || csv->at_end) {
            csv->next_line = csv->line + 1;
            return VT_OK;
        }
        int status = fill(csv, err);
        if (status != VT_OK) {
            return status;
        }
    }
}

/* A quoted field from the byte behind its opening quote; `*at` moves behind the closing one. */
static int take_quoted(vt_csv *csv, size_t *at, place *field, vt_error *err)
{
    size_t i = *at;
    field->begin = i;
    for (;;) {
        int byte = 0;
        int status = peek(csv, i, &byte, err);
        if (status != VT_OK) {
            return status;
        }
        if (byte < 0) {
            return bad_row(csv, VT_ERR_FORMAT, "a quote is opened and not closed", err);
        }
        const char *from = csv->data + csv->row + i;
        const char *quote = memchr(from, '"', csv->end - csv->row - i);
        if (quote == NULL) {
            i = csv->end - csv->row;
            if (i > VT_LINE_BYTES_MAX) {
                return bad_row(csv, VT_ERR_LIMIT, too_long, err);
            }
            continue;
        }
        i += (size_t)(quote - from);
        status = peek(csv, i + 1, &byte, err);
        if (status != VT_OK) {
            return status;
        }
        if (byte != '"') {
            field->end = i;
            *at = i + 1;
            return VT_OK;
        }
        field->doubled = true;
        i += 2;
    }
}

/* An unquoted field; `*at` moves to the delimiter or line end behind it. */
static int take_plain(vt_csv *csv, size_t *at, place *field, vt_error *err)
{
    const char delimiter = csv->delimiter;
    size_t i = *at;
    field->begin = i;
    for (;;) {
        const char *begin = csv->data + csv->row;
        size_t have = csv->end - csv->row;
        while (i < have && begin[i] != delimiter && begin[i] != '\n' && (begin[i] != '"' || !csv->quoting)) {
            i++;
        }
        if (i < have || csv->at_end) {
            if (i < have && csv->quoting && begin[i] == '"') {
                return bad_row(csv, VT_ERR_FORMAT,
                               "a quote stands inside a field; put the field in quotes and double it", err);
            }
            break;
        }
        if (i > VT_LINE_BYTES_MAX) {
            return bad_row(csv, VT_ERR_LIMIT, too_long, err);
        }
        int status = fill(csv, err);
        if (status != VT_OK) {
            return status;
        }
    }
    field->end = i;
    *at = i;
    return VT_OK;
}

/* What stands behind a field: a delimiter (`*last` false), the end of the line or of the file. */
static int take_end(vt_csv *csv, size_t *at, place *field, bool quoted, bool *last, vt_error *err)
{
    int byte = 0;
    int status = peek(csv, *at, &byte, err);
    if (status == VT_OK && byte == '\r') { /* only a quoted field stops before one */
        int next = 0;
        status = peek(csv, *at + 1, &next, err);
        if (next == '\n' || next < 0) {
            *at += 1;
            byte = next;
        }
    }
    if (status != VT_OK) {
        return status;
    }
    *last = byte != (unsigned char)csv->delimiter;
    if (*last && byte >= 0 && byte != '\n') {
        return bad_row(csv, VT_ERR_FORMAT, "text follows a closing quote; double the quotes inside a field", err);
    }
    *at += byte >= 0;
    csv->unended = csv->unended || (*last && byte < 0);
    const char *begin = csv->data + csv->row;
    if (!quoted && *last && field->end > field->begin && begin[field->end - 1] == '\r') {
        field->end--;
    }
    return VT_OK;
}

/* Moves to the next byte that is no blank. */
static int skip_blanks(vt_csv *csv, size_t *at, int *byte, vt_error *err)
{
    int status = peek(csv, *at, byte, err);
    while (status == VT_OK && *byte == ' ' && *at <= VT_LINE_BYTES_MAX) {
        status = peek(csv, ++*at, byte, err);
    }
    return status;
}

/* Takes the end of the line behind blanks. */
static int end_of_words(vt_csv *csv, size_t *at, int byte, vt_error *err)
{
    int next = byte;
    int status = VT_OK;
    if (byte == '\r') {
        status = peek(csv, ++*at, &next, err);
    }
    *at += next == '\n';
    return status;
}

static int take_row(vt_csv *csv, size_t *len, vt_error *err)
{
    size_t at = 0;
    bool last = false;
    csv->n = 0;
    while (!last) {
        int byte = 0;
        int status = peek(csv, at, &byte, err);
        if (status != VT_OK) {
            return status;
        }
        if (csv->n == VT_CSV_FIELDS_MAX) {
            return bad_row(csv, VT_ERR_LIMIT, "the row has too many fields; is this a CSV file?", err);
        }
        if (csv->delimiter == ' ') {
            status = skip_blanks(csv, &at, &byte, err);
            if (status != VT_OK) {
                return status;
            }
            if (csv->n > 0 && (byte < 0 || byte == '\n' || byte == '\r')) { /* blanks at the end of the line */
                status = end_of_words(csv, &at, byte, err);
                *len = at;
                return status;
            }
        }
        place *field = &csv->places[csv->n];
        *field = (place){0};
        bool quoted = csv->quoting && byte == '"';
        if (csv->quoting && byte == '=') { /* ="0012": how spreadsheets keep the noughts of a text */
            status = peek(csv, at + 1, &byte, err);
            quoted = status == VT_OK && byte == '"';
            at += quoted;
        }
        if (status != VT_OK) {
            return status;
        }
        at += quoted;
        status = quoted ? take_quoted(csv, &at, field, err) : take_plain(csv, &at, field, err);
        if (status == VT_OK) {
            status = take_end(csv, &at, field, quoted, &last, err);
        }
        if (status == VT_OK && at > VT_LINE_BYTES_MAX) {
            status = bad_row(csv, VT_ERR_LIMIT, too_long, err);
        }
        if (status != VT_OK) {
            return status;
        }
        csv->n++;
    }
    *len = at;
    return VT_OK;
}

static int64_t count_lines(const char *text, size_t len)
{
    int64_t lines = 0;
    const char *end = text + len;
    for (const char *p = memchr(text, '\n', len); p != NULL; p = memchr(p, '\n', (size_t)(end - p))) {
        lines++;
        if (++p == end) {
            break;
        }
    }
    return lines;
}

/*
 * True when a row of several lines is several rows that a quote has run together: each of its lines has the width of
 * the first row by itself. Of two short lines this may be chance.
 */
static bool swallowed(const vt_csv *csv, size_t len)
{
    const char *text = csv->data + csv->row;
    size_t lines = 0;
    bool broken = false;
    for (size_t at = 0; at < len; lines++) {
        size_t line = line_length(text + at, len - at);
        size_t used = without_return(text + at, line);
        if (plain_fields(text + at, used, csv->delimiter, &broken) != csv->width) {
            return false;
        }
        at += line + 1;
    }
    return lines > 1 && broken && csv->width + lines > 5;
}

/* A row with its quotes read as the file has them, and where that fails and may be tried, as characters. */
static int take_best(vt_csv *csv, size_t *len, vt_error *err)
{
    vt_error why = VT_ERROR_INIT;
    csv->quoting = csv->quotes == VT_CSV_QUOTES_ON;
    int status = take_row(csv, len, &why);
    if (status == VT_OK && csv->quoting && csv->width > 0 && swallowed(csv, *len)) {
        status = bad_row(csv, VT_ERR_FORMAT, "a quote is opened and not closed", &why);
    }
    if (status == VT_ERR_FORMAT && csv->lenient && csv->width > 1) {
        csv->quoting = false;
        status = take_row(csv, len, &why);
        if (status == VT_OK && csv->n != csv->width) {
            status = bad_row(csv, VT_ERR_FORMAT, "a quote is opened and not closed", &why);
        }
    }
    if (status != VT_OK && err != NULL) {
        *err = why;
    }
    return status;
}

static size_t undouble(char *text, size_t len)
{
    size_t out = 0;
    for (size_t i = 0; i < len; i++) {
        text[out++] = text[i];
        i += text[i] == '"';
    }
    return out;
}

/* Turns the places of a whole row into texts. */
static void give(vt_csv *csv)
{
    char *begin = csv->data + csv->row;
    for (size_t i = 0; i < csv->n; i++) {
        const place *p = &csv->places[i];
        size_t len = p->doubled ? undouble(begin + p->begin, p->end - p->begin) : p->end - p->begin;
        csv->fields[i] = (vt_str){begin + p->begin, len};
    }
}

int vt_csv_row(vt_csv *csv, const vt_str **fields, size_t *n, vt_error *err)
{
    int status = csv->started ? VT_OK : start(csv, err);
    if (csv->again) {
        csv->again = false;
        *fields = csv->fields;
        *n = csv->n;
        return VT_OK;
    }
    while (status == VT_OK) {
        int byte = 0;
        size_t len = 0;
        csv->line = csv->next_line;
        status = peek(csv, 0, &byte, err);
        if (status != VT_OK) {
            break;
        }
        if (byte < 0) {
            *fields = NULL;
            *n = 0;
            break;
        }
        status = take_best(csv, &len, err);
        if (status == VT_ERR_FORMAT || status == VT_ERR_LIMIT) {
            int skipped = skip_line(csv, err);
            return skipped == VT_OK ? status : skipped;
        }
        if (status != VT_OK) {
            break;
        }
        char *begin = csv->data + csv->row;
        csv->next_line += count_lines(begin, len);
        bool empty = csv->n == 1 && csv->places[0].begin == 0 && csv->places[0].end == 0;
        if (!empty) {
            give(csv);
        }
        csv->row += len;
        if (!empty) {
            csv->width = csv->width == 0 ? csv->n : csv->width;
            *fields = csv->fields;
            *n = csv->n;
            break;
        }
    }
    return status;
}

void vt_csv_set_quotes(vt_csv *csv, vt_csv_quotes quotes)
{
    csv->quotes = quotes;
}

void vt_csv_again(vt_csv *csv)
{
    csv->again = true;
}

void vt_csv_allow_blanks(vt_csv *csv)
{
    csv->blanks = true;
}

char vt_csv_delimiter(const vt_csv *csv)
{
    return csv->delimiter;
}

bool vt_csv_unquoted(const vt_csv *csv)
{
    return csv->quotes == VT_CSV_QUOTES_OFF;
}

bool vt_csv_unended(const vt_csv *csv)
{
    return csv->unended;
}

int64_t vt_csv_line(const vt_csv *csv)
{
    return csv->line;
}

int vt_csv_write_field(vt_buf *out, vt_str field, bool first, vt_error *err)
{
    bool quote = false;
    size_t extra = 3;
    for (size_t i = 0; i < field.len; i++) {
        char c = field.ptr[i];
        quote = quote || c == ',' || c == '"' || c == '\n' || c == '\r';
        extra += c == '"';
    }
    int status = vt_buf_reserve(out, field.len + extra, err); /* a field comes whole or not at all */
    if (status != VT_OK) {
        return status;
    }
    vt_buf_add(out, ",", first ? 0 : 1, NULL);
    vt_buf_add(out, "\"", quote ? 1 : 0, NULL);
    const char *p = field.ptr;
    const char *end = field.len == 0 ? p : p + field.len;
    while (p < end) {
        const char *mark = memchr(p, '"', (size_t)(end - p));
        size_t n = mark == NULL ? (size_t)(end - p) : (size_t)(mark - p) + 1;
        vt_buf_add(out, p, n, NULL);
        vt_buf_add(out, "\"", mark == NULL ? 0 : 1, NULL);
        p += n;
    }
    vt_buf_add(out, "\"", quote ? 1 : 0, NULL);
    return VT_OK;
}
