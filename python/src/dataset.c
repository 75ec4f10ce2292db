/* Datasets: of a shop, or of columns in memory; and their splits. */
#include <math.h>

#include "column.h"
#include "data.h"
#include "vitrine/statistics.h"
#include "vitrine/table.h"

static void free_dataset(void *thing)
{
    vt_dataset *d = thing;
    if (d != NULL) {
        vt_user_links_free(d->links);
        vt_item_vectors_free(d->text);
        vt_item_vectors_free(d->image);
        for (size_t i = 0; i < d->n_retired; i++) {
            vt_item_vectors_free(d->retired[i]);
        }
        vt_snapshot_free(d->snapshot);
        free(d);
    }
}

static void free_split(void *thing)
{
    vt_split_free(thing);
}

const vt_handle_kind vt_dataset_kind = {.noun = "the dataset", .destroy = free_dataset};
const vt_handle_kind vt_split_kind_of_handle = {.noun = "the split", .destroy = free_split};

bool vt_parts_enter(vt_parts *parts, PyObject *dataset, PyObject *split)
{
    *parts = (vt_parts){dataset, split == Py_None ? NULL : split, NULL, NULL};
    parts->data = vt_handle_enter(dataset, &vt_dataset_kind);
    if (parts->data == NULL || parts->split_handle == NULL) {
        return parts->data != NULL;
    }
    parts->split = vt_handle_enter(split, &vt_split_kind_of_handle);
    if (parts->split == NULL) {
        vt_handle_leave(dataset);
        return false;
    }
    if (vt_handle_kept(split, 0) != dataset) {
        vt_parts_leave(parts);
        PyErr_SetString(PyExc_ValueError, "the split is of another dataset");
        return false;
    }
    return true;
}

void vt_parts_leave(vt_parts *parts)
{
    if (parts->split != NULL) {
        vt_handle_leave(parts->split_handle);
    }
    vt_handle_leave(parts->dataset_handle);
}

/* ---- of a shop --------------------------------------------------------------------------------------------------- */

int vt_dataset_open_vectors(vt_item_vectors **out, const char *shop, vt_encoder_kind kind, vt_error *err)
{
    int status = vt_item_vectors_open(out, shop, kind, err);
    if (status == VT_ERR_NOT_FOUND) {
        vt_error_reset(err);
        return VT_OK;
    }
    return status;
}

static int take(vt_dataset *d, const char *path, const vt_snapshot_options *options, vt_error *err)
{
    vt_shop *shop = NULL;
    int status = vt_shop_open(&shop, path, VT_SHOP_READ, err);
    status = status != VT_OK ? status : vt_snapshot_take(&d->snapshot, shop, options, err);
    status = status != VT_OK ? status : vt_user_links_load(&d->links, shop, d->snapshot, err);
    vt_shop_close(shop);
    status = status != VT_OK ? status : vt_dataset_open_vectors(&d->text, path, VT_ENCODER_TEXT, err);
    return status != VT_OK ? status : vt_dataset_open_vectors(&d->image, path, VT_ENCODER_IMAGE, err);
}

static PyObject *finish(vt_dataset *d, bool made)
{
    if (!made) {
        free_dataset(d);
        return NULL;
    }
    return vt_handle_new(&vt_dataset_kind, d, NULL, NULL);
}

/* (shop, positive, min_user, min_item, progress) */
static PyObject *dataset_of_shop(PyObject *module, PyObject *args)
{
    const char *path = NULL;
    PyObject *progress = NULL;
    vt_snapshot_options options;
    vt_call call;
    (void)module;
    vt_snapshot_options_init(&options);
    if (!PyArg_ParseTuple(args, "ssiiO", &path, &options.positive, &options.min_user, &options.min_item, &progress)) {
        return NULL;
    }
    vt_dataset *d = calloc(1, sizeof *d);
    if (d == NULL) {
        return PyErr_NoMemory();
    }
    vt_call_begin(&call, progress);
    options.progress = &call.progress;
    int status = take(d, path, &options, &call.err);
    return finish(d, vt_call_end(&call, status));
}

/* ---- of columns -------------------------------------------------------------------------------------------------- */

/* The columns of events, None where there is none. */
typedef struct event_columns {
    PyObject *handle[6];
    vt_column *column[6];
} event_columns;

enum { USER, ITEM, TIME, VALUE, KIND, PART, COLUMNS };

static const char *const names[COLUMNS] = {"the user", "the item", "the time", "the rating", "the kind", "the part"};

static void leave_columns(event_columns *c)
{
    for (int i = 0; i < COLUMNS; i++) {
        if (c->column[i] != NULL) {
            vt_handle_leave(c->handle[i]);
        }
    }
}

static bool enter_columns(event_columns *c)
{
    for (int i = 0; i < COLUMNS; i++) {
        if (c->handle[i] == Py_None) {
            continue;
        }
        c->column[i] = vt_handle_enter(c->handle[i], &vt_column_kind);
        if (c->column[i] == NULL) {
            return false;
        }
        if (c->column[i]->n != c->column[USER]->n) {
            vt_raise_as(VT_ERR_USAGE, -1, "there are %lld values of %s and %lld users; one for every event is expected",
                        (long long)c->column[i]->n, names[i], (long long)c->column[USER]->n);
            return false;
        }
    }
    return vt_column_make_ids(c->column[USER], names[USER]) && vt_column_make_ids(c->column[ITEM], names[ITEM]);
}

/* Seconds, in place: VT_NONE where there is none. */
static bool make_times(vt_column *c)
{
    if (c->type != VT_COLUMN_WHOLE && c->type != VT_COLUMN_TIME && c->type != VT_COLUMN_REAL) {
        vt_raise_as(VT_ERR_FORMAT, -1,
                    "the time is a column of texts; datetimes or whole seconds since 1970 are expected");
        return false;
    }
    if (c->type == VT_COLUMN_REAL) {
        c->whole = calloc((size_t)c->n + 1, sizeof *c->whole);
        if (c->whole == NULL) {
            PyErr_NoMemory();
            return false;
        }
    }
    for (int64_t i = 0; i < c->n; i++) {
        if (!c->missing[i] && c->type == VT_COLUMN_REAL && !(fabs(c->real[i]) < 9e18)) {
            vt_raise_as(VT_ERR_FORMAT, i, "row %lld: the time is no number of seconds", (long long)i);
            return false;
        }
        c->whole[i] = c->missing[i] ? VT_NONE : c->type == VT_COLUMN_REAL ? (int64_t)floor(c->real[i]) : c->whole[i];
    }
    return true;
}

/* Reals, in place: NaN where there is none. */
static bool make_values(vt_column *c)
{
    if (c->type != VT_COLUMN_WHOLE && c->type != VT_COLUMN_REAL) {
        vt_raise_as(VT_ERR_FORMAT, -1, "the rating is a column of %s; numbers are expected",
                    c->type == VT_COLUMN_TEXT ? "texts" : "times");
        return false;
    }
    if (c->type == VT_COLUMN_WHOLE) {
        c->real = calloc((size_t)c->n + 1, sizeof *c->real);
        if (c->real == NULL) {
            PyErr_NoMemory();
            return false;
        }
    }
    for (int64_t i = 0; i < c->n; i++) {
        double value = c->type == VT_COLUMN_WHOLE ? (double)c->whole[i] : c->real[i];
        c->real[i] = c->missing[i] ? (double)NAN : value;
    }
    return true;
}

static int part_of(vt_str text)
{
    static const char *const parts[] = {"train", "valid", "test"};
    for (int i = 0; i < 3; i++) {
        if (vt_str_equal(text, vt_str_of(parts[i]))) {
            return i + VT_PART_TRAIN;
        }
    }
    return -1;
}

/* Numbers of words, into the column's `missing`, which has a byte for each row. */
static bool make_words(vt_column *c, int which)
{
    if (c->type != VT_COLUMN_TEXT) {
        vt_raise_as(VT_ERR_FORMAT, -1, "%s is a column of numbers; words are expected", names[which]);
        return false;
    }
    for (int64_t i = 0; i < c->n; i++) {
        vt_str text = {NULL, 0};
        if (!c->missing[i]) {
            text = vt_column_text(c, i);
        }
        int number = which == KIND ? vt_event_kind_find(text) : part_of(text);
        if (number < 0) {
            vt_raise_as(VT_ERR_FORMAT, i, "row %lld: %s is \"%.*s\"; %s is expected", (long long)i, names[which],
                        VT_STR_ARGS(text),
                        which == KIND ? "view, cart, purchase, return, rating, like or dislike"
                                      : "train, valid or test");
            return false;
        }
        c->missing[i] = (uint8_t)number;
    }
    return true;
}

static vt_ids ids_of(const vt_column *c)
{
    return (vt_ids){(int32_t)c->n_texts, c->offset, c->text};
}

static bool fill_table(vt_event_table *table, event_columns *c)
{
    vt_column **column = c->column;
    vt_event_table_init(table);
    if ((column[TIME] != NULL && !make_times(column[TIME])) || (column[VALUE] != NULL && !make_values(column[VALUE])) ||
        (column[KIND] != NULL && !make_words(column[KIND], KIND)) ||
        (column[PART] != NULL && !make_words(column[PART], PART))) {
        return false;
    }
    table->n = column[USER]->n;
    table->user_of = column[USER]->code;
    table->item_of = column[ITEM]->code;
    table->user = ids_of(column[USER]);
    table->item = ids_of(column[ITEM]);
    table->time = column[TIME] == NULL ? NULL : column[TIME]->whole;
    table->value = column[VALUE] == NULL ? NULL : column[VALUE]->real;
    table->kind = column[KIND] == NULL ? NULL : column[KIND]->missing;
    table->part = column[PART] == NULL ? NULL : column[PART]->missing;
    return true;
}

/* ---- the catalogue ----------------------------------------------------------------------------------------------- */

/* One field of an item from the tuple (id, title, description, brand, category, attributes, price). */
static bool read_item(vt_item *item, PyObject *row)
{
    vt_str *const texts[] = {&item->id,    &item->title,    &item->description,
                             &item->brand, &item->category, &item->attributes};
    static const char *const what[] = {"the id",    "the title",    "the description",
                                       "the brand", "the category", "the attributes"};
    vt_item_init(item);
    for (Py_ssize_t i = 0; i < 6; i++) {
        PyObject *cell = PyTuple_GetItem(row, i);
        if (cell == NULL || (cell != Py_None && !vt_py_str(texts[i], cell, what[i]))) {
            return false;
        }
    }
    PyObject *price = PyTuple_GetItem(row, 6);
    if (price != NULL && price != Py_None) {
        double value = PyFloat_AsDouble(price) * 100.0; /* no currency: hundredths */
        item->price = value >= 0 && value < 9e15 ? llround(value) : VT_NONE;
    }
    return !PyErr_Occurred();
}

static bool read_items(vt_item **out, size_t *n, PyObject *rows)
{
    *n = rows == Py_None ? 0 : (size_t)PyList_Size(rows);
    *out = PyErr_Occurred() ? NULL : calloc(*n + 1, sizeof **out);
    for (size_t i = 0; *out != NULL && i < *n; i++) {
        if (!read_item(&(*out)[i], PyList_GetItem(rows, (Py_ssize_t)i))) {
            free(*out);
            *out = NULL;
        }
    }
    if (*out == NULL && !PyErr_Occurred()) {
        PyErr_NoMemory();
    }
    return *out != NULL;
}

/* ((user, item, time, rating, kind, part), items, positive, min_user, min_item, progress) */
static PyObject *dataset_of_columns(PyObject *module, PyObject *args)
{
    event_columns c = {0};
    PyObject **h = c.handle, *rows = NULL, *progress = NULL, *made = NULL;
    vt_item *items = NULL;
    size_t n_items = 0;
    vt_event_table table;
    vt_snapshot_options options;
    (void)module;
    vt_snapshot_options_init(&options);
    if (!PyArg_ParseTuple(args, "(OOOOOO)OsiiO", &h[0], &h[1], &h[2], &h[3], &h[4], &h[5], &rows, &options.positive,
                          &options.min_user, &options.min_item, &progress)) {
        return NULL;
    }
    vt_dataset *d = calloc(1, sizeof *d);
    if (d == NULL) {
        return PyErr_NoMemory();
    }
    if (enter_columns(&c) && fill_table(&table, &c) && read_items(&items, &n_items, rows)) {
        vt_call call;
        table.items = items;
        table.n_items = n_items;
        vt_call_begin(&call, progress);
        options.progress = &call.progress;
        int status = vt_snapshot_build(&d->snapshot, &table, &options, &call.err);
        made = finish(d, vt_call_end(&call, status));
    } else {
        free_dataset(d);
    }
    free(items);
    leave_columns(&c);
    return made;
}

/* ---- what stands in it ------------------------------------------------------------------------------------------- */

static PyObject *dataset_info(PyObject *module, PyObject *handle)
{
    vt_statistics s;
    vt_call call;
    (void)module;
    vt_dataset *d = vt_handle_enter(handle, &vt_dataset_kind);
    if (d == NULL) {
        return NULL;
    }
    vt_call_begin(&call, NULL);
    int status = vt_statistics_compute(&s, d->snapshot, &call.err);
    PyObject *out = vt_call_end(&call, status) ? PyDict_New() : NULL;
    bool all = out != NULL && vt_put_in(out, "users", PyLong_FromLongLong(s.users)) &&
               vt_put_in(out, "items", PyLong_FromLongLong(s.items)) &&
               vt_put_in(out, "all_users", PyLong_FromLongLong(s.all_users)) &&
               vt_put_in(out, "catalogue", PyLong_FromLongLong(s.catalogue)) &&
               vt_put_in(out, "interactions", PyLong_FromLongLong(s.interactions)) &&
               vt_put_in(out, "pairs", PyLong_FromLongLong(s.pairs)) &&
               vt_put_in(out, "events", PyLong_FromLongLong(d->snapshot->n_all)) &&
               vt_put_in(out, "sparsity", vt_py_real(s.sparsity)) &&
               vt_put_in(out, "per_user_mean", vt_py_real(s.per_user_mean)) &&
               vt_put_in(out, "per_item_mean", vt_py_real(s.per_item_mean)) &&
               vt_put_in(out, "gini_items", vt_py_real(s.gini_items)) &&
               vt_put_in(out, "head_share", vt_py_real(s.head_share)) &&
               vt_put_in(out, "rating_mean", vt_py_real(s.rating_mean)) &&
               vt_put_in(out, "ratings", PyLong_FromLongLong(s.ratings)) &&
               vt_put_in(out, "time_min", vt_py_time(s.time_min)) &&
               vt_put_in(out, "time_max", vt_py_time(s.time_max)) &&
               vt_put_in(out, "hash", PyUnicode_FromString(d->snapshot->hash)) &&
               vt_put_in(out, "positive", PyUnicode_FromString(d->snapshot->positive_rule));
    if (!all) {
        Py_CLEAR(out);
    }
    vt_handle_leave(handle);
    return out;
}

static PyObject *ids_of_handle(PyObject *handle, bool users)
{
    vt_dataset *d = vt_handle_enter(handle, &vt_dataset_kind);
    if (d == NULL) {
        return NULL;
    }
    PyObject *list = vt_py_ids(users ? &d->snapshot->users : &d->snapshot->items);
    vt_handle_leave(handle);
    return list;
}

static PyObject *dataset_users(PyObject *module, PyObject *handle)
{
    (void)module;
    return ids_of_handle(handle, true);
}

static PyObject *dataset_items(PyObject *module, PyObject *handle)
{
    (void)module;
    return ids_of_handle(handle, false);
}

/* ---- splits ------------------------------------------------------------------------------------------------------ */

/* (dataset, spec, seed, fold, inner) */
static PyObject *dataset_split(PyObject *module, PyObject *args)
{
    PyObject *handle = NULL;
    const char *text = NULL;
    unsigned long long seed = 0;
    int fold = 0, inner = 0;
    vt_split_spec spec;
    vt_split *split = NULL;
    vt_call call;
    (void)module;
    if (!PyArg_ParseTuple(args, "OsKip", &handle, &text, &seed, &fold, &inner)) {
        return NULL;
    }
    vt_dataset *d = vt_handle_enter(handle, &vt_dataset_kind);
    if (d == NULL) {
        return NULL;
    }
    vt_call_begin(&call, NULL);
    int status = vt_split_parse(&spec, text, &call.err);
    if (status == VT_OK) {
        status = vt_split_create(&split, d->snapshot, &spec, seed, fold, inner != 0, &call.err);
    }
    bool made = vt_call_end(&call, status);
    vt_handle_leave(handle);
    return made ? vt_handle_new(&vt_split_kind_of_handle, split, handle, NULL) : NULL;
}

static PyObject *split_info(PyObject *module, PyObject *handle)
{
    (void)module;
    const vt_split *s = vt_handle_enter(handle, &vt_split_kind_of_handle);
    if (s == NULL) {
        return NULL;
    }
    PyObject *moment = vt_py_time(s->moment);
    PyObject *out = moment == NULL
                        ? NULL
                        : Py_BuildValue("{s:s,s:(LLLLL),s:O}", "name", s->name, "counts", (long long)s->count[0],
                                        (long long)s->count[1], (long long)s->count[2], (long long)s->count[3],
                                        (long long)s->count[4], "moment", moment);
    Py_XDECREF(moment);
    vt_handle_leave(handle);
    return out;
}

/* (dataset, split or None, parts): events as (users, items, times, values), the shop's ids. */
static PyObject *part_events(PyObject *module, PyObject *args)
{
    PyObject *dataset = NULL, *split = NULL;
    unsigned parts = 0;
    vt_parts p;
    (void)module;
    if (!PyArg_ParseTuple(args, "OOI", &dataset, &split, &parts) || !vt_parts_enter(&p, dataset, split)) {
        return NULL;
    }
    const vt_snapshot *s = p.data->snapshot;
    PyObject *users = vt_py_ids(&s->users), *items = vt_py_ids(&s->items);
    PyObject *out = Py_BuildValue("([][][][])");
    bool all = users != NULL && items != NULL && out != NULL;
    for (int32_t u = 0; all && u < s->n_users; u++) {
        for (int64_t e = s->user_ptr[u]; all && e < s->user_ptr[u + 1]; e++) {
            if (p.split == NULL ? !s->positive[e] : (1U << p.split->label[e] & parts) == 0) {
                continue;
            }
            all = PyList_Append(PyTuple_GetItem(out, 0), PyList_GetItem(users, u)) == 0 &&
                  PyList_Append(PyTuple_GetItem(out, 1), PyList_GetItem(items, s->item[e])) == 0 &&
                  vt_append(PyTuple_GetItem(out, 2), vt_py_time(s->time[e])) &&
                  vt_append(PyTuple_GetItem(out, 3), vt_py_real((double)s->value[e]));
        }
    }
    if (!all) {
        Py_CLEAR(out);
    }
    Py_XDECREF(users);
    Py_XDECREF(items);
    vt_parts_leave(&p);
    return out;
}

static PyMethodDef functions[] = {
    {"dataset_of_shop", dataset_of_shop, METH_VARARGS, NULL},
    {"dataset_of_columns", dataset_of_columns, METH_VARARGS, NULL},
    {"dataset_info", dataset_info, METH_O, NULL},
    {"dataset_users", dataset_users, METH_O, NULL},
    {"dataset_items", dataset_items, METH_O, NULL},
    {"dataset_split", dataset_split, METH_VARARGS, NULL},
    {"split_info", split_info, METH_O, NULL},
    {"part_events", part_events, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

bool vt_add_datasets(PyObject *module)
{
    return PyModule_AddFunctions(module, functions) == 0;
}
