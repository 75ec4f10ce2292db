/*
 * The rows of a shop as columns: goods, users, events. They are gathered without the interpreter's lock and become
 * lists at the end, so that other threads run while a large shop is read.
 */
#include "handle.h"
#include "vitrine/read.h"

#include <math.h>
#include <stddef.h>

enum { STEP = 4096 /* rows between two reports */ };

/* What a field of a record is, and so what its column holds. */
typedef enum cell_sort { TEXT, WHOLE, MONEY, REAL, KIND, STATE, IMAGES } cell_sort;

typedef struct field {
    const char *name;
    cell_sort sort;
    size_t offset; /* in the record */
} field;

static const field item_fields[] = {
    {"id", TEXT, offsetof(vt_item, id)},
    {"title", TEXT, offsetof(vt_item, title)},
    {"description", TEXT, offsetof(vt_item, description)},
    {"brand", TEXT, offsetof(vt_item, brand)},
    {"category", TEXT, offsetof(vt_item, category)},
    {"price", MONEY, offsetof(vt_item, price)},
    {"cost", MONEY, offsetof(vt_item, cost)},
    {"stock", WHOLE, offsetof(vt_item, stock)},
    {"available_from", WHOLE, offsetof(vt_item, available_from)},
    {"available_until", WHOLE, offsetof(vt_item, available_until)},
    {"images", IMAGES, 0},
    {"attributes", TEXT, offsetof(vt_item, attributes)},
};

static const field user_fields[] = {
    {"id", TEXT, offsetof(vt_user, id)},           {"age_band", TEXT, offsetof(vt_user, age_band)},
    {"segment", TEXT, offsetof(vt_user, segment)}, {"region", TEXT, offsetof(vt_user, region)},
    {"tier", TEXT, offsetof(vt_user, tier)},       {"attributes", TEXT, offsetof(vt_user, attributes)},
};

static const field event_fields[] = {
    {"user", TEXT, offsetof(vt_event, user)},
    {"item", TEXT, offsetof(vt_event, item)},
    {"kind", KIND, offsetof(vt_event, kind)},
    {"time", WHOLE, offsetof(vt_event, time)},
    {"value", REAL, offsetof(vt_event, value)},
    {"quantity", WHOLE, offsetof(vt_event, quantity)},
    {"unit_price", MONEY, offsetof(vt_event, unit_price)},
    {"discount", MONEY, offsetof(vt_event, discount)},
    {"refunded", MONEY, offsetof(vt_event, refunded)},
    {"order_id", TEXT, offsetof(vt_event, order_id)},
    {"line", TEXT, offsetof(vt_event, line)},
    {"line_state", STATE, offsetof(vt_event, state)},
    {"session", TEXT, offsetof(vt_event, session)},
    {"id", TEXT, offsetof(vt_event, id)},
    {"title", TEXT, offsetof(vt_event, title)},
    {"body", TEXT, offsetof(vt_event, body)},
    {"placement", TEXT, offsetof(vt_event, placement)},
    {"model", TEXT, offsetof(vt_event, model)},
    {"request", TEXT, offsetof(vt_event, request)},
};

static const char *const state_names[VT_LINE_STATES] = {"sold", "cancelled", "returned"};

/* A column as it is gathered. Legend: N rows so far. */
typedef struct series {
    const field *field;
    int64_t *whole; /* (N) numbers, VT_NONE without; of texts where they end */
    double *real;   /* (N) REAL and MONEY, NaN without */
    char *text;     /* end to end; a text that is not given ends where it begins */
    size_t len, room;
} series;

typedef struct gathering {
    series *series; /* (n_series) */
    size_t n_series;
    size_t n, capacity; /* rows */
    double unit;        /* minor units in one of the shop's currency */
    const vt_progress *progress;
    vt_error *err;
} gathering;

static void gathering_done(gathering *g)
{
    for (size_t i = 0; i < g->n_series; i++) {
        free(g->series[i].whole);
        free(g->series[i].real);
        free(g->series[i].text);
    }
    free(g->series);
}

static bool is_real(cell_sort sort)
{
    return sort == REAL || sort == MONEY;
}

static bool grow(gathering *g)
{
    size_t capacity = 2 * g->capacity + 1024;
    for (size_t i = 0; i < g->n_series; i++) {
        series *s = &g->series[i];
        void **column = is_real(s->field->sort) ? (void **)&s->real : (void **)&s->whole;
        void *grown = realloc(*column, capacity * sizeof(int64_t));
        if (grown == NULL) {
            return false;
        }
        *column = grown;
    }
    g->capacity = capacity;
    return true;
}

static bool add_bytes(series *s, const char *bytes, size_t len)
{
    if (s->len + len > s->room) {
        size_t room = 2 * (s->len + len) + 4096;
        char *grown = realloc(s->text, room);
        if (grown == NULL) {
            return false;
        }
        s->text = grown;
        s->room = room;
    }
    if (len > 0) {
        memcpy(s->text + s->len, bytes, len);
        s->len += len;
    }
    return true;
}

/* As an import reads them. */
static bool add_images(series *s, const vt_item *item)
{
    bool all = true;
    for (size_t i = 0; all && i < item->n_images; i++) {
        all = (i == 0 || add_bytes(s, "|", 1)) && add_bytes(s, item->images[i].ptr, item->images[i].len);
    }
    return all;
}

static bool add_cell(const gathering *g, series *s, const void *record)
{
    const void *at = (const char *)record + s->field->offset;
    const vt_str *text = at;
    bool all = true;
    switch (s->field->sort) {
    case TEXT:
        all = add_bytes(s, text->ptr, text->ptr == NULL ? 0 : text->len);
        s->whole[g->n] = (int64_t)s->len;
        break;
    case IMAGES:
        all = add_images(s, record);
        s->whole[g->n] = (int64_t)s->len;
        break;
    case WHOLE:
        s->whole[g->n] = *(const int64_t *)at;
        break;
    case MONEY:
        s->real[g->n] = *(const int64_t *)at == VT_NONE ? (double)NAN : (double)*(const int64_t *)at / g->unit;
        break;
    case REAL:
        s->real[g->n] = *(const double *)at;
        break;
    case KIND:
        s->whole[g->n] = *(const vt_event_kind *)at;
        break;
    case STATE:
        s->whole[g->n] = *(const vt_line_state *)at;
        break;
    }
    return all;
}

static int add_row(gathering *g, const void *record)
{
    bool all = g->n < g->capacity || grow(g);
    for (size_t i = 0; all && i < g->n_series; i++) {
        all = add_cell(g, &g->series[i], record);
    }
    if (!all) {
        return vt_fail(g->err, VT_ERR_NO_MEMORY, "memory ran out");
    }
    if (++g->n % STEP == 0) {
        const vt_progress_state state = {"reading the shop", "rows", (double)g->n, 0, NULL};
        return vt_progress_report(g->progress, &state, g->err);
    }
    return VT_OK;
}

static int on_item(void *context, const vt_item *item)
{
    return add_row(context, item);
}

static int on_user(void *context, const vt_user *user)
{
    return add_row(context, user);
}

static int on_event(void *context, const vt_event *event)
{
    return add_row(context, event);
}

static int read_items(gathering *g, vt_shop *shop, vt_error *err)
{
    return vt_shop_each_item(shop, on_item, g, err);
}

static int read_users(gathering *g, vt_shop *shop, vt_error *err)
{
    return vt_shop_each_user(shop, on_user, g, err);
}

static int read_events(gathering *g, vt_shop *shop, vt_error *err)
{
    return vt_shop_each_event(shop, on_event, g, err);
}

/* What can be read. */
static const struct table {
    const char *name;
    const field *fields;
    size_t n_fields;
    int (*read)(gathering *g, vt_shop *shop, vt_error *err);
} tables[] = {
    {"items", item_fields, sizeof item_fields / sizeof *item_fields, read_items},
    {"users", user_fields, sizeof user_fields / sizeof *user_fields, read_users},
    {"events", event_fields, sizeof event_fields / sizeof *event_fields, read_events},
};

static int gather(gathering *g, const struct table *table, const char *path, vt_error *err)
{
    vt_shop *shop = NULL;
    char currency[8] = "";
    int status = vt_shop_open(&shop, path, VT_SHOP_READ, err);
    status = status != VT_OK ? status : vt_shop_read_begin(shop, err);
    if (status == VT_OK) {
        status = vt_shop_get(shop, "currency", currency, sizeof currency, err);
        g->unit = pow(10, vt_currency_digits(currency));
        status = status != VT_OK ? status : table->read(g, shop, err);
        vt_shop_read_end(shop);
    }
    vt_shop_close(shop);
    return status;
}

/* ---- lists ------------------------------------------------------------------------------------------------------- */

static PyObject *cell_of(const series *s, size_t row)
{
    int64_t value = s->whole == NULL ? 0 : s->whole[row];
    int64_t begin = row == 0 || s->whole == NULL ? 0 : s->whole[row - 1];
    switch (s->field->sort) {
    case REAL:
    case MONEY:
        return vt_py_real(s->real[row]);
    case WHOLE:
        return value == VT_NONE ? Py_NewRef(Py_None) : PyLong_FromLongLong(value);
    case KIND:
        return vt_py_chars(vt_event_kind_name((int)value));
    case STATE:
        return vt_py_chars(value >= 0 && value < VT_LINE_STATES ? state_names[value] : NULL);
    case TEXT:
    case IMAGES:
        break;
    }
    return value == begin ? Py_NewRef(Py_None) : vt_py_text((vt_str){s->text + begin, (size_t)(value - begin)});
}

/* A list by each name, in the order of the fields. */
static PyObject *lists_of(const gathering *g)
{
    PyObject *out = PyDict_New();
    for (size_t i = 0; out != NULL && i < g->n_series; i++) {
        PyObject *list = PyList_New((Py_ssize_t)g->n);
        for (size_t row = 0; list != NULL && row < g->n; row++) {
            PyObject *cell = cell_of(&g->series[i], row);
            if (cell == NULL || PyList_SetItem(list, (Py_ssize_t)row, cell) < 0) {
                Py_CLEAR(list);
            }
        }
        if (!vt_put_in(out, g->series[i].field->name, list)) {
            Py_CLEAR(out);
        }
    }
    return out;
}

static const struct table *find_table(const char *name)
{
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        if (strcmp(tables[i].name, name) == 0) {
            return &tables[i];
        }
    }
    PyErr_Format(PyExc_ValueError, "there is no table %s", name);
    return NULL;
}

/* Series of the columns that are named; of all for None. */
static bool choose_columns(gathering *g, const struct table *table, PyObject *columns)
{
    g->series = calloc(table->n_fields, sizeof *g->series);
    if (g->series == NULL) {
        PyErr_NoMemory();
        return false;
    }
    for (size_t i = 0; i < table->n_fields; i++) {
        PyObject *name = columns == Py_None ? NULL : PyUnicode_FromString(table->fields[i].name);
        int wanted = columns == Py_None ? 1 : name == NULL ? -1 : PySequence_Contains(columns, name);
        Py_XDECREF(name);
        if (wanted < 0) {
            return false;
        }
        if (wanted > 0) {
            g->series[g->n_series++].field = &table->fields[i];
        }
    }
    return true;
}

/* (shop, "items", "users" or "events", names of columns or None, progress): {column: list} */
static PyObject *shop_rows(PyObject *module, PyObject *args)
{
    const char *path = NULL, *name = NULL;
    PyObject *columns = NULL, *progress = NULL, *out = NULL;
    gathering g = {.n = 0};
    vt_call call;
    (void)module;
    if (!PyArg_ParseTuple(args, "ssOO", &path, &name, &columns, &progress)) {
        return NULL;
    }
    const struct table *table = find_table(name);
    if (table != NULL && choose_columns(&g, table, columns)) {
        vt_call_begin(&call, progress);
        g.progress = &call.progress;
        g.err = &call.err;
        int status = gather(&g, table, path, &call.err);
        out = vt_call_end(&call, status) ? lists_of(&g) : NULL;
    }
    gathering_done(&g);
    return out;
}

/* (name): names of the columns of a table */
static PyObject *shop_columns(PyObject *module, PyObject *args)
{
    const char *name = NULL;
    (void)module;
    const struct table *table = PyArg_ParseTuple(args, "s", &name) ? find_table(name) : NULL;
    PyObject *list = table == NULL ? NULL : PyList_New(0);
    for (size_t i = 0; list != NULL && i < table->n_fields; i++) {
        if (!vt_append(list, PyUnicode_FromString(table->fields[i].name))) {
            Py_CLEAR(list);
        }
    }
    return list;
}

static PyMethodDef functions[] = {
    {"shop_rows", shop_rows, METH_VARARGS, NULL},
    {"shop_columns", shop_columns, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

bool vt_add_rows(PyObject *module)
{
    return PyModule_AddFunctions(module, functions) == 0;
}
