/*
 * A workbook is a ZIP of XML parts: shared texts and formats are read first, then the sheet is read piece by piece and
 * written as CSV, so that memory holds the texts and one row. Numbers that are formatted as dates become dates; the
 * rest is as a person sees it, to 15 digits. No formula is evaluated: the values that the spreadsheet kept are taken.
 */
#include "import/xlsx.h"

#include <expat.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zip.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/csv.h"
#include "base/limits.h"
#include "base/number.h"

enum { SHEETS = 64, PIECE = 64 << 10, COLUMNS = VT_CSV_FIELDS_MAX, FORMATS = 65536, TEXT_STEP = 1024 };

/* Which of the texts within the XML are wanted. */
typedef enum inside { IN_NOTHING, IN_VALUE, IN_PHONETIC } inside;

typedef struct xlsx {
    char *name;
    zip_t *archive;
    zip_file_t *sheet;
    XML_Parser parser; /* of the part at hand */
    vt_error error;    /* of a handler */
    /* Shared texts: `ends` (n_texts) offsets into `texts`. */
    vt_buf texts;
    size_t *ends;
    size_t n_texts, texts_capacity;
    bool *dated; /* (n_formats) cell formats that are dates */
    size_t n_formats, formats_capacity;
    int date_ids[256]; /* number formats of the file's own that are dates */
    size_t n_date_ids;
    bool cell_formats; /* inside cellXfs */
    bool from_1904;
    struct {
        char relation[64];
        char path[256];
    } sheets[SHEETS];
    size_t n_sheets;
    /* The sheet at hand. */
    size_t number;
    bool heading;        /* its first row is at hand, which goes into `head` */
    bool left_out;       /* its columns are not those of the first sheet */
    int64_t before;      /* lines of the sheets before it */
    vt_buf head, header; /* the first row of this sheet, and of the first one */
    vt_buf csv;
    size_t given; /* bytes of csv handed out */
    vt_buf cell;
    inside in;
    char type[16];
    int style;
    int column;    /* of the cell, from 0 */
    int next;      /* column that the row goes on with */
    int width;     /* of the first row */
    int64_t row;   /* number of the row at hand */
    int64_t lines; /* written */
    bool done;
} xlsx;

bool vt_xlsx_is(const char *path)
{
    static const char magic[4] = {'P', 'K', 3, 4};
    char first[4] = "";
    struct stat info;
    int code = 0;
    int fd = stat(path, &info) == 0 && S_ISREG(info.st_mode) ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (fd < 0) {
        return false;
    }
    bool packed = pread(fd, first, sizeof first, 0) == sizeof first && memcmp(first, magic, sizeof magic) == 0;
    close(fd);
    zip_t *archive = packed ? zip_open(path, ZIP_RDONLY, &code) : NULL;
    bool workbook = archive != NULL && zip_name_locate(archive, "xl/workbook.xml", ZIP_FL_NOCASE) >= 0;
    if (archive != NULL) {
        zip_discard(archive);
    }
    return workbook;
}

static void stop(xlsx *x)
{
    XML_StopParser(x->parser, XML_FALSE);
}

/* Keeps the first failure of a handler and ends the parsing. */
static void check(xlsx *x, int status)
{
    if (status != VT_OK) {
        stop(x);
    }
}

static const char *attribute(const char **attributes, const char *name)
{
    for (; *attributes != NULL; attributes += 2) {
        if (strcmp(attributes[0], name) == 0) {
            return attributes[1];
        }
    }
    return NULL;
}

static int number_of(const char *text, int otherwise)
{
    int64_t number = 0;
    return text != NULL && vt_parse_int(&number, vt_str_of(text)) && number >= 0 && number < INT32_MAX ? (int)number
                                                                                                       : otherwise;
}

/* ---- reading a part ---------------------------------------------------------------------------------------------- */

static int corrupt(const xlsx *x, const char *what, vt_error *err)
{
    return vt_fail(err, VT_ERR_CORRUPT, "%s is damaged (%s); save it again", x->name, what);
}

static void no_doctype(void *context, const char *name, const char *system, const char *public_id, int internal)
{
    (void)name, (void)system, (void)public_id, (void)internal;
    stop(context); /* no workbook has one: it could only be an attack */
}

static int new_parser(xlsx *x, XML_StartElementHandler start, XML_EndElementHandler end, XML_CharacterDataHandler text,
                      vt_error *err)
{
    if (x->parser != NULL) {
        XML_ParserFree(x->parser);
    }
    x->parser = XML_ParserCreate(NULL);
    if (x->parser == NULL) {
        return vt_fail(err, VT_ERR_NO_MEMORY, "not enough memory to read %s", x->name);
    }
    XML_SetUserData(x->parser, x);
    XML_SetElementHandler(x->parser, start, end);
    XML_SetCharacterDataHandler(x->parser, text);
    XML_SetStartDoctypeDeclHandler(x->parser, no_doctype);
    return VT_OK;
}

/* One piece of a part through the parser; `*last` at its end. */
static int feed(xlsx *x, zip_file_t *file, bool *last, vt_error *err)
{
    void *piece = XML_GetBuffer(x->parser, PIECE);
    if (piece == NULL) {
        return vt_fail(err, VT_ERR_NO_MEMORY, "not enough memory to read %s", x->name);
    }
    zip_int64_t got = zip_fread(file, piece, PIECE);
    if (got < 0) {
        return corrupt(x, "a part cannot be unpacked", err);
    }
    *last = got == 0;
    if (XML_ParseBuffer(x->parser, (int)got, *last) != XML_STATUS_OK) {
        if (x->error.code != VT_OK) {
            *err = x->error;
            return (int)x->error.code;
        }
        return corrupt(x, XML_ErrorString(XML_GetErrorCode(x->parser)), err);
    }
    return VT_OK;
}

/* All of a part; one that is not there is empty when `optional`. */
static int read_part(xlsx *x, const char *part, bool optional, XML_StartElementHandler start, XML_EndElementHandler end,
                     XML_CharacterDataHandler text, vt_error *err)
{
    zip_file_t *file = zip_fopen(x->archive, part, ZIP_FL_NOCASE);
    bool last = false;
    if (file == NULL) {
        return optional ? VT_OK : vt_fail(err, VT_ERR_FORMAT, "%s is no workbook: it has no %s", x->name, part);
    }
    int status = new_parser(x, start, end, text, err);
    while (status == VT_OK && !last) {
        status = feed(x, file, &last, err);
    }
    zip_fclose(file);
    return status;
}

/* ---- the parts before the sheet ---------------------------------------------------------------------------------- */

static void workbook_start(void *context, const char *name, const char **attributes)
{
    xlsx *x = context;
    const char *value = NULL;
    if (strcmp(name, "workbookPr") == 0) {
        value = attribute(attributes, "date1904");
        x->from_1904 = value != NULL && (strcmp(value, "1") == 0 || strcmp(value, "true") == 0);
    } else if (strcmp(name, "sheet") == 0 && x->n_sheets < SHEETS) {
        value = attribute(attributes, "r:id");
        snprintf(x->sheets[x->n_sheets++].relation, sizeof x->sheets[0].relation, "%s", value == NULL ? "" : value);
    }
}

static void relation_start(void *context, const char *name, const char **attributes)
{
    xlsx *x = context;
    const char *id = attribute(attributes, "Id");
    const char *target = attribute(attributes, "Target");
    for (size_t i = 0; strcmp(name, "Relationship") == 0 && id != NULL && target != NULL && i < x->n_sheets; i++) {
        if (strcmp(id, x->sheets[i].relation) == 0) {
            bool whole = target[0] == '/';
            snprintf(x->sheets[i].path, sizeof x->sheets[i].path, "%s%s", whole ? "" : "xl/", target + whole);
        }
    }
}

static void shared_start(void *context, const char *name, const char **attributes)
{
    xlsx *x = context;
    (void)attributes;
    if (strcmp(name, "rPh") == 0) {
        x->in = IN_PHONETIC;
    } else if (strcmp(name, "t") == 0 && x->in == IN_NOTHING) {
        x->in = IN_VALUE;
    }
}

static void shared_end(void *context, const char *name)
{
    xlsx *x = context;
    if (strcmp(name, "rPh") == 0 || (strcmp(name, "t") == 0 && x->in == IN_VALUE)) {
        x->in = IN_NOTHING;
    }
    if (strcmp(name, "si") == 0) {
        int status = vt_alloc_next(&x->ends, &x->texts_capacity, x->n_texts, sizeof *x->ends, &x->error);
        if (status == VT_OK) {
            x->ends[x->n_texts++] = x->texts.len;
        }
        check(x, status);
    }
}

static void shared_text(void *context, const char *text, int len)
{
    xlsx *x = context;
    if (x->in == IN_VALUE) {
        check(x, vt_buf_add(&x->texts, text, (size_t)len, &x->error));
    }
}

/* True for a format with a day, month, year or hour outside quotes and brackets. */
static bool is_date_format(const char *code)
{
    for (const char *p = code; *p != '\0'; p++) {
        if (*p == '"' || *p == '[') {
            const char *end = strchr(p + 1, *p == '"' ? '"' : ']');
            if (end == NULL) {
                return false;
            }
            p = end;
        } else if (*p == '\\' && p[1] != '\0') {
            p++;
        } else if (strchr("dmyhDMYH", *p) != NULL) {
            return true;
        }
    }
    return false;
}

static bool is_date_id(const xlsx *x, int id)
{
    for (size_t i = 0; i < x->n_date_ids; i++) {
        if (x->date_ids[i] == id) {
            return true;
        }
    }
    return (id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 45 && id <= 47) || (id >= 50 && id <= 58);
}

static void styles_start(void *context, const char *name, const char **attributes)
{
    xlsx *x = context;
    int id = number_of(attribute(attributes, "numFmtId"), 0);
    const char *code = attribute(attributes, "formatCode");
    if (strcmp(name, "numFmt") == 0 && code != NULL && is_date_format(code) &&
        x->n_date_ids < sizeof x->date_ids / sizeof x->date_ids[0]) {
        x->date_ids[x->n_date_ids++] = id;
    } else if (strcmp(name, "cellXfs") == 0) {
        x->cell_formats = true;
    } else if (strcmp(name, "xf") == 0 && x->cell_formats && x->n_formats < FORMATS) {
        int status = vt_alloc_next(&x->dated, &x->formats_capacity, x->n_formats, sizeof *x->dated, &x->error);
        if (status == VT_OK) {
            x->dated[x->n_formats++] = is_date_id(x, id);
        }
        check(x, status);
    }
}

static void styles_end(void *context, const char *name)
{
    xlsx *x = context;
    x->cell_formats = x->cell_formats && strcmp(name, "cellXfs") != 0;
}

/* ---- the sheet --------------------------------------------------------------------------------------------------- */

/* "BC12" is column 54, from 0. */
static int column_of(const char *reference, int otherwise)
{
    int column = 0;
    const char *p = reference;
    for (; p != NULL && *p >= 'A' && *p <= 'Z' && column < 1 << 20; p++) {
        column = column * 26 + (*p - 'A' + 1);
    }
    return column == 0 ? otherwise : column - 1;
}

/*
 * Empty lines for rows that the file leaves out, so that a line's number is that of its row; in a further sheet they
 * count on, its header not among them.
 */
static void row_start(xlsx *x, const char *number)
{
    bool further = x->number > 0;
    x->row = number_of(number, (int)(x->lines - x->before) + 1 + further) + x->before - further;
    int status = VT_OK;
    while (status == VT_OK && !x->heading && !x->left_out && x->lines + 1 < x->row && x->lines < 1 << 21) {
        status = vt_buf_add(&x->csv, "\n", 1, &x->error);
        x->lines++;
    }
    x->next = 0;
    check(x, status);
}

static void sheet_start(void *context, const char *name, const char **attributes)
{
    xlsx *x = context;
    if (strcmp(name, "row") == 0) {
        row_start(x, attribute(attributes, "r"));
    } else if (strcmp(name, "c") == 0) {
        const char *type = attribute(attributes, "t");
        x->column = column_of(attribute(attributes, "r"), x->next);
        x->style = number_of(attribute(attributes, "s"), 0);
        snprintf(x->type, sizeof x->type, "%s", type == NULL ? "n" : type);
        vt_buf_clear(&x->cell);
    } else if (strcmp(name, "v") == 0 || strcmp(name, "t") == 0) {
        x->in = IN_VALUE;
    }
}

static void sheet_text(void *context, const char *text, int len)
{
    xlsx *x = context;
    if (x->in == IN_VALUE) {
        check(x, vt_buf_add(&x->cell, text, (size_t)len, &x->error));
    }
}

/* Days since the workbook's first as a date, with the time of day when there is one. */
static void write_date(char out[40], const xlsx *x, double days)
{
    double seconds = round((days - (x->from_1904 ? 24107.0 : 25569.0)) * 86400.0);
    if (fabs(seconds) > 1e12) {
        snprintf(out, 40, "%.15g", days);
    } else if (fmod(seconds, 86400.0) == 0) {
        char date[16];
        vt_format_date(date, (int64_t)seconds);
        snprintf(out, 40, "%s", date);
    } else {
        char time[32];
        vt_format_time(time, (int64_t)seconds);
        snprintf(out, 40, "%s", time);
    }
}

/* What a person sees in the cell. `number` is written to. */
static vt_str cell_text(const xlsx *x, char number[40])
{
    vt_str raw = {x->cell.data, x->cell.len};
    double value = 0;
    int index = 0;
    if (strcmp(x->type, "s") == 0) {
        char digits[16];
        snprintf(digits, sizeof digits, "%.*s", VT_STR_ARGS(raw));
        index = number_of(digits, -1);
        if (index < 0 || (size_t)index >= x->n_texts) {
            return (vt_str){NULL, 0};
        }
        size_t begin = index == 0 ? 0 : x->ends[index - 1];
        return (vt_str){x->texts.data + begin, x->ends[index] - begin};
    }
    if (strcmp(x->type, "e") == 0) { /* #N/A and the like */
        return (vt_str){NULL, 0};
    }
    if (strcmp(x->type, "b") == 0) {
        return vt_str_of(vt_str_equal(raw, vt_str_of("1")) ? "true" : "false");
    }
    if (strcmp(x->type, "n") != 0 || !vt_parse_real(&value, raw)) {
        return raw;
    }
    if (x->style >= 0 && (size_t)x->style < x->n_formats && x->dated[x->style]) {
        write_date(number, x, value);
    } else {
        snprintf(number, 40, "%.15g", value);
    }
    return vt_str_of(number);
}

/* Where the row at hand goes. */
static vt_buf *place_of(xlsx *x)
{
    return x->heading ? &x->head : &x->csv;
}

static int fill_columns(xlsx *x, int until)
{
    int status = VT_OK;
    for (; status == VT_OK && x->next < until; x->next++) {
        status = vt_csv_write_field(place_of(x), (vt_str){"", 0}, x->next == 0, &x->error);
    }
    return status;
}

static void cell_end(xlsx *x)
{
    char number[40];
    if (x->column < x->next || x->column >= COLUMNS || x->left_out) {
        return;
    }
    int status = fill_columns(x, x->column);
    if (status == VT_OK) {
        status = vt_csv_write_field(place_of(x), cell_text(x, number), x->next == 0, &x->error);
        x->next++;
    }
    check(x, status);
}

/* The first row of a sheet: that of the first is the header, those of others say whether they go on with it. */
static int end_heading(xlsx *x)
{
    x->heading = false;
    if (x->number > 0) {
        vt_str a = {x->head.data, x->head.len};
        x->left_out = !vt_str_equal(a, (vt_str){x->header.data, x->header.len});
        return VT_OK;
    }
    int status = vt_buf_add(&x->header, x->head.data, x->head.len, &x->error);
    status = status == VT_OK ? vt_buf_add(&x->csv, x->head.data, x->head.len, &x->error) : status;
    x->width = x->next;
    x->lines++;
    return status == VT_OK ? vt_buf_add(&x->csv, "\n", 1, &x->error) : status;
}

static void row_end(xlsx *x)
{
    int status = VT_OK;
    if (x->heading && x->next > 0) {
        check(x, end_heading(x));
        return;
    }
    if (x->left_out || x->heading) {
        return;
    }
    if (x->next > 0) {
        x->width = x->width == 0 ? x->next : x->width;
        status = fill_columns(x, x->width);
    }
    status = status == VT_OK ? vt_buf_add(&x->csv, "\n", 1, &x->error) : status;
    x->lines++;
    check(x, status);
}

static void sheet_end(void *context, const char *name)
{
    xlsx *x = context;
    if (strcmp(name, "v") == 0 || strcmp(name, "t") == 0) {
        x->in = IN_NOTHING;
    } else if (strcmp(name, "c") == 0) {
        cell_end(x);
    } else if (strcmp(name, "row") == 0) {
        row_end(x);
    }
}

/* ---- the stream -------------------------------------------------------------------------------------------------- */

static int open_sheet(xlsx *x, vt_error *err)
{
    if (x->parser != NULL) {
        XML_ParserFree(x->parser);
        x->parser = NULL;
    }
    if (x->sheet != NULL) {
        zip_fclose(x->sheet);
    }
    const char *path = x->sheets[x->number].path;
    path = path[0] == '\0' && x->number == 0 ? "xl/worksheets/sheet1.xml" : path;
    x->in = IN_NOTHING;
    x->done = false;
    x->heading = true;
    x->left_out = false;
    vt_buf_clear(&x->head);
    x->sheet = zip_fopen(x->archive, path, ZIP_FL_NOCASE);
    if (x->sheet == NULL) {
        return vt_fail(err, VT_ERR_FORMAT, "%s has no sheet \"%s\"", x->name, path);
    }
    return new_parser(x, sheet_start, sheet_end, sheet_text, err);
}

static int read_csv(void *context, void *bytes, size_t size, size_t *got, vt_error *err)
{
    xlsx *x = context;
    while (x->given == x->csv.len && !x->done) {
        vt_buf_clear(&x->csv);
        x->given = 0;
        int status = feed(x, x->sheet, &x->done, err);
        if (status == VT_OK && x->done && x->number + 1 < x->n_sheets) {
            x->number++;
            x->before = x->lines;
            status = open_sheet(x, err);
        }
        if (status != VT_OK) {
            return status;
        }
    }
    size_t n = x->csv.len - x->given < size ? x->csv.len - x->given : size;
    memcpy(bytes, n == 0 ? "" : x->csv.data + x->given, n);
    x->given += n;
    *got = n;
    return VT_OK;
}

static void close_xlsx(void *context)
{
    xlsx *x = context;
    if (x == NULL) {
        return;
    }
    if (x->parser != NULL) {
        XML_ParserFree(x->parser);
    }
    if (x->sheet != NULL) {
        zip_fclose(x->sheet);
    }
    if (x->archive != NULL) {
        zip_discard(x->archive);
    }
    vt_buf_done(&x->texts);
    vt_buf_done(&x->csv);
    vt_buf_done(&x->cell);
    vt_buf_done(&x->head);
    vt_buf_done(&x->header);
    vt_free(x->ends);
    vt_free(x->dated);
    vt_free(x->name);
    vt_free(x);
}

static int open_parts(xlsx *x, vt_error *err)
{
    int status = read_part(x, "xl/workbook.xml", false, workbook_start, NULL, NULL, err);
    if (status == VT_OK) {
        status = read_part(x, "xl/_rels/workbook.xml.rels", true, relation_start, NULL, NULL, err);
    }
    if (status == VT_OK) {
        status = read_part(x, "xl/styles.xml", true, styles_start, styles_end, NULL, err);
    }
    if (status == VT_OK) {
        status = read_part(x, "xl/sharedStrings.xml", true, shared_start, shared_end, shared_text, err);
    }
    return status == VT_OK ? open_sheet(x, err) : status;
}

int vt_xlsx_open(vt_stream **out, const char *path, vt_error *err)
{
    int code = 0;
    xlsx *x = vt_alloc_zero(1, sizeof *x, err);
    if (x == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    vt_error_reset(&x->error);
    vt_buf_init(&x->texts, VT_JSON_FILE_BYTES_MAX);
    vt_buf_init(&x->csv, VT_JSON_FILE_BYTES_MAX);
    vt_buf_init(&x->cell, VT_LINE_BYTES_MAX);
    vt_buf_init(&x->head, VT_LINE_BYTES_MAX * 2);
    vt_buf_init(&x->header, VT_LINE_BYTES_MAX * 2);
    x->name = vt_strndup(path, strlen(path), err);
    x->archive = x->name == NULL ? NULL : zip_open(path, ZIP_RDONLY, &code);
    int status = x->name == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    if (status == VT_OK && x->archive == NULL) {
        status = code == ZIP_ER_NOENT || code == ZIP_ER_OPEN
                     ? vt_fail(err, VT_ERR_NOT_FOUND, "cannot open %s", path)
                     : vt_fail(err, VT_ERR_FORMAT, "%s is no workbook: it is no ZIP file that can be read", path);
    }
    status = status == VT_OK ? open_parts(x, err) : status;
    if (status != VT_OK) {
        close_xlsx(x);
        return status;
    }
    const vt_stream_source source = {read_csv, close_xlsx, x};
    return vt_stream_of(out, &source, path, err);
}
