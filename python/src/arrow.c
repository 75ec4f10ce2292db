/*
 * Columns out of a stream of the Arrow C data interface, which pyarrow, polars, pandas and DuckDB share: no library of
 * theirs is needed. The three structs are laid out as its specification has them.
 */
#include <math.h>
#include <stdio.h>

#include "column.h"

typedef struct arrow_schema {
    const char *format;
    const char *name;
    const char *metadata;
    int64_t flags;
    int64_t n_children;
    struct arrow_schema **children;
    struct arrow_schema *dictionary;
    void (*release)(struct arrow_schema *);
    void *private_data;
} arrow_schema;

typedef struct arrow_array {
    int64_t length;
    int64_t null_count;
    int64_t offset;
    int64_t n_buffers;
    int64_t n_children;
    const void **buffers;
    struct arrow_array **children;
    struct arrow_array *dictionary;
    void (*release)(struct arrow_array *);
    void *private_data;
} arrow_array;

typedef struct arrow_stream {
    int (*get_schema)(struct arrow_stream *, arrow_schema *);
    int (*get_next)(struct arrow_stream *, arrow_array *);
    const char *(*get_last_error)(struct arrow_stream *);
    void (*release)(struct arrow_stream *);
    void *private_data;
} arrow_stream;

/* Row `at` of an array, its offset counted in. */
static bool is_null(const arrow_array *a, int64_t at)
{
    const uint8_t *valid = a->n_buffers > 0 ? a->buffers[0] : NULL;
    return valid != NULL && (valid[at >> 3] >> (at & 7) & 1) == 0;
}

/* ---- texts ------------------------------------------------------------------------------------------------------- */

/* A text of 12 bytes stands in its view itself, a longer one in one of the buffers behind. */
static vt_str text_of_view(const arrow_array *a, int64_t at)
{
    const char *view = (const char *)a->buffers[1] + at * 16;
    int32_t number[4];
    memcpy(number, view, sizeof number);
    if (number[0] <= 12) {
        return (vt_str){view + 4, (size_t)number[0]};
    }
    return (vt_str){(const char *)a->buffers[2 + number[2]] + number[3], (size_t)number[0]};
}

static vt_str text_at(const arrow_array *a, const char *format, int64_t at)
{
    if (format[0] == 'v') {
        return text_of_view(a, at);
    }
    const char *text = a->buffers[2];
    if (format[0] == 'u') {
        const int32_t *offset = a->buffers[1];
        return (vt_str){text + offset[at], (size_t)(offset[at + 1] - offset[at])};
    }
    const int64_t *offset = a->buffers[1];
    return (vt_str){text + offset[at], (size_t)(offset[at + 1] - offset[at])};
}

static bool is_text(const char *format)
{
    return strcmp(format, "u") == 0 || strcmp(format, "U") == 0 || strcmp(format, "vu") == 0;
}

/* ---- numbers ----------------------------------------------------------------------------------------------------- */

static bool is_whole(const char *format)
{
    return format[0] != '\0' && format[1] == '\0' && strchr("cCsSiIlLb", format[0]) != NULL;
}

static int64_t whole_at(const arrow_array *a, char format, int64_t at)
{
    const void *cells = a->buffers[1];
    switch (format) {
    case 'c':
        return ((const int8_t *)cells)[at];
    case 'C':
        return ((const uint8_t *)cells)[at];
    case 's':
        return ((const int16_t *)cells)[at];
    case 'S':
        return ((const uint16_t *)cells)[at];
    case 'i':
        return ((const int32_t *)cells)[at];
    case 'I':
        return ((const uint32_t *)cells)[at];
    case 'b':
        return ((const uint8_t *)cells)[at >> 3] >> (at & 7) & 1;
    default:
        return ((const int64_t *)cells)[at];
    }
}

/* Units of a time in a second: of "tsn:UTC" 1e9, of days (tdD) 0; -1 for what is no time. */
static int64_t per_second(const char *format)
{
    if (strncmp(format, "ts", 2) == 0) {
        return format[2] == 's' ? 1 : format[2] == 'm' ? 1000 : format[2] == 'u' ? 1000000 : 1000000000;
    }
    return strcmp(format, "tdm") == 0 ? 1000 : strcmp(format, "tdD") == 0 ? 0 : -1;
}

static int64_t seconds_at(const arrow_array *a, int64_t units, int64_t at)
{
    if (units == 0) {
        return (int64_t)((const int32_t *)a->buffers[1])[at] * 86400;
    }
    int64_t value = ((const int64_t *)a->buffers[1])[at];
    return value / units - (value % units != 0 && value < 0);
}

/* ---- columns ----------------------------------------------------------------------------------------------------- */

/* The type of a column; false with an exception. */
static bool type_of(vt_column_type *type, const arrow_schema *s)
{
    if (s->dictionary != NULL ? is_text(s->dictionary->format) : is_text(s->format)) {
        *type = VT_COLUMN_TEXT;
    } else if (s->dictionary == NULL && is_whole(s->format)) {
        *type = VT_COLUMN_WHOLE;
    } else if (strcmp(s->format, "f") == 0 || strcmp(s->format, "g") == 0) {
        *type = VT_COLUMN_REAL;
    } else if (per_second(s->format) >= 0) {
        *type = VT_COLUMN_TIME;
    } else if (strcmp(s->format, "n") == 0) {
        *type = VT_COLUMN_REAL; /* nothing but nulls */
    } else {
        vt_raise_as(VT_ERR_FORMAT, -1,
                    "column \"%s\" has the Arrow type \"%s\"; texts, whole numbers, reals or times are "
                    "expected",
                    s->name, s->format);
        return false;
    }
    return true;
}

static bool set_row(vt_column *c, int64_t row, const arrow_schema *s, const arrow_array *a, int64_t at)
{
    bool missing = s->format[0] == 'n' || is_null(a, at);
    if (c->type == VT_COLUMN_TEXT) {
        vt_str text = {NULL, 0};
        if (!missing && s->dictionary != NULL) {
            int64_t entry = whole_at(a, s->format[0], at) + a->dictionary->offset;
            missing = is_null(a->dictionary, entry);
            text = text_at(a->dictionary, s->dictionary->format, entry);
        } else if (!missing) {
            text = text_at(a, s->format, at);
        }
        return vt_column_set_text(c, row, text.ptr, missing ? 0 : text.len, missing);
    }
    if (missing) {
        return true;
    }
    c->missing[row] = 0;
    if (c->type == VT_COLUMN_WHOLE) {
        c->whole[row] = whole_at(a, s->format[0], at);
    } else if (c->type == VT_COLUMN_TIME) {
        c->whole[row] = seconds_at(a, per_second(s->format), at);
    } else {
        c->real[row] =
            s->format[0] == 'f' ? (double)((const float *)a->buffers[1])[at] : ((const double *)a->buffers[1])[at];
        c->missing[row] = (uint8_t)(isnan(c->real[row]) != 0);
    }
    return true;
}

/* Pieces of a stream, which are kept until all rows are counted. */
typedef struct pieces {
    arrow_array *array;
    size_t n, capacity;
    int64_t rows;
} pieces;

static void release_pieces(pieces *p)
{
    for (size_t i = 0; i < p->n; i++) {
        if (p->array[i].release != NULL) {
            p->array[i].release(&p->array[i]);
        }
    }
    free(p->array);
}

static bool refuse_stream(arrow_stream *stream)
{
    const char *why = stream->get_last_error(stream);
    vt_raise_as(VT_ERR_FORMAT, -1, "the table cannot be read: %s", why == NULL ? "its library does not say why" : why);
    return false;
}

static bool read_pieces(pieces *p, arrow_stream *stream)
{
    for (;;) {
        if (p->n == p->capacity) {
            size_t capacity = p->capacity * 2 + 8;
            arrow_array *grown = realloc(p->array, capacity * sizeof *grown);
            if (grown == NULL) {
                PyErr_NoMemory();
                return false;
            }
            p->array = grown;
            p->capacity = capacity;
        }
        arrow_array *next = &p->array[p->n];
        *next = (arrow_array){0};
        if (stream->get_next(stream, next) != 0) {
            return refuse_stream(stream);
        }
        if (next->release == NULL) {
            return true;
        }
        p->rows += next->length;
        p->n++;
    }
}

static vt_column *read_column(const pieces *p, const arrow_schema *schema, int64_t child)
{
    const arrow_schema *s = schema->children[child];
    vt_column_type type;
    vt_column *c = type_of(&type, s) ? vt_column_new(type, p->rows) : NULL;
    int64_t row = 0;
    for (size_t i = 0; i < p->n && c != NULL; i++) {
        const arrow_array *a = p->array[i].children[child];
        int64_t begin = a->offset + p->array[i].offset;
        for (int64_t at = 0; at < p->array[i].length; at++) {
            if (!set_row(c, row++, s, a, begin + at)) {
                vt_column_free(c);
                return NULL;
            }
        }
    }
    return c;
}

/* The columns that are named, as a dict. */
static PyObject *read_named(const pieces *p, const arrow_schema *schema, PyObject *names)
{
    PyObject *columns = PyDict_New();
    for (int64_t c = 0; columns != NULL && c < schema->n_children; c++) {
        const char *name = schema->children[c]->name;
        PyObject *key = PyUnicode_FromString(name == NULL ? "" : name);
        int wanted = key == NULL ? -1 : PySequence_Contains(names, key);
        Py_XDECREF(key);
        if (wanted < 0 || (wanted > 0 && !vt_put_in(columns, name, vt_column_handle(read_column(p, schema, c))))) {
            Py_CLEAR(columns);
        }
    }
    return columns;
}

/* (capsule of __arrow_c_stream__, names of columns): a dict of columns; names that are not there are left out. */
PyObject *vt_columns_from_arrow(PyObject *module, PyObject *args)
{
    PyObject *capsule = NULL, *names = NULL, *columns = NULL;
    pieces p = {0};
    (void)module;
    if (!PyArg_ParseTuple(args, "OO", &capsule, &names)) {
        return NULL;
    }
    arrow_stream *stream = PyCapsule_GetPointer(capsule, "arrow_array_stream");
    arrow_schema schema = {0};
    if (stream == NULL) {
        return NULL;
    }
    if (stream->release == NULL || stream->get_schema(stream, &schema) != 0) {
        refuse_stream(stream);
        return NULL;
    }
    if (read_pieces(&p, stream)) {
        columns = read_named(&p, &schema, names);
    }
    release_pieces(&p);
    schema.release(&schema);
    return columns;
}
