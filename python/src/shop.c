/* The folder of a shop: what it holds, how it is made, its vectors. Each call opens the shop and closes it. */
#include "vitrine/shop.h"
#include "handle.h"
#include "vitrine/encoder.h"
#include "vitrine/generator.h"

/* Opens `path`, does `work` with `context` and closes. */
static int with_shop(const char *path, vt_shop_mode mode, int (*work)(void *context, vt_shop *shop, vt_error *err),
                     void *context, vt_error *err)
{
    vt_shop *shop = NULL;
    int status = vt_shop_open(&shop, path, mode, err);
    status = status != VT_OK ? status : work(context, shop, err);
    vt_shop_close(shop);
    return status;
}

static int do_nothing(void *context, vt_shop *shop, vt_error *err)
{
    (void)context;
    (void)shop;
    (void)err;
    return VT_OK;
}

/* (path): makes an empty shop where there is none */
static PyObject *shop_create(PyObject *module, PyObject *args)
{
    const char *path = NULL;
    vt_call call;
    (void)module;
    if (!PyArg_ParseTuple(args, "s", &path)) {
        return NULL;
    }
    vt_call_begin(&call, NULL);
    int status = with_shop(path, VT_SHOP_CREATE, do_nothing, NULL, &call.err);
    return vt_call_end(&call, status) ? Py_NewRef(Py_None) : NULL;
}

static PyObject *shop_exists(PyObject *module, PyObject *args)
{
    const char *path = NULL;
    (void)module;
    return PyArg_ParseTuple(args, "s", &path) ? PyBool_FromLong(vt_shop_exists(path)) : NULL;
}

/* (path): deletes the shop with all that it holds */
static PyObject *shop_delete(PyObject *module, PyObject *args)
{
    const char *path = NULL;
    vt_call call;
    (void)module;
    if (!PyArg_ParseTuple(args, "s", &path)) {
        return NULL;
    }
    vt_call_begin(&call, NULL);
    int status = vt_shop_delete(path, &call.err);
    return vt_call_end(&call, status) ? Py_NewRef(Py_None) : NULL;
}

static int describe(void *context, vt_shop *shop, vt_error *err)
{
    return vt_shop_describe(shop, context, err);
}

static PyObject *kinds_row(const vt_shop_info *info)
{
    PyObject *row = PyDict_New();
    for (int k = 0; row != NULL && k < VT_EVENT_KINDS; k++) {
        if (!vt_put_in(row, vt_event_kind_name(k), PyLong_FromLongLong(info->events_by_kind[k]))) {
            Py_CLEAR(row);
        }
    }
    return row;
}

static PyObject *shop_describe(PyObject *module, PyObject *args)
{
    const char *path = NULL;
    vt_shop_info i;
    vt_call call;
    (void)module;
    if (!PyArg_ParseTuple(args, "s", &path)) {
        return NULL;
    }
    vt_call_begin(&call, NULL);
    int status = with_shop(path, VT_SHOP_READ, describe, &i, &call.err);
    PyObject *out = vt_call_end(&call, status) ? PyDict_New() : NULL;
    bool all =
        out != NULL && vt_put_in(out, "users", PyLong_FromLongLong(i.users)) &&
        vt_put_in(out, "items", PyLong_FromLongLong(i.items)) &&
        vt_put_in(out, "events", PyLong_FromLongLong(i.events)) && vt_put_in(out, "events_by_kind", kinds_row(&i)) &&
        vt_put_in(out, "reviews", PyLong_FromLongLong(i.reviews)) &&
        vt_put_in(out, "imports", PyLong_FromLongLong(i.imports)) &&
        vt_put_in(out, "revision", PyLong_FromLongLong(i.revision)) &&
        vt_put_in(out, "time_min", vt_py_time(i.time_min)) && vt_put_in(out, "time_max", vt_py_time(i.time_max)) &&
        vt_put_in(out, "bytes", PyLong_FromLongLong(i.bytes)) &&
        vt_put_in(out, "currency", PyUnicode_FromString(i.currency)) &&
        vt_put_in(out, "time_zone", PyUnicode_FromString(i.time_zone)) &&
        vt_put_in(out, "id", PyUnicode_FromString(i.id));
    if (!all) {
        Py_CLEAR(out);
    }
    return out;
}

typedef struct setting {
    const char *name, *value;
} setting;

static int set(void *context, vt_shop *shop, vt_error *err)
{
    const setting *s = context;
    return vt_shop_set(shop, s->name, s->value, err);
}

/* (path, name, value) */
static PyObject *shop_set(PyObject *module, PyObject *args)
{
    const char *path = NULL;
    setting s;
    vt_call call;
    (void)module;
    if (!PyArg_ParseTuple(args, "sss", &path, &s.name, &s.value)) {
        return NULL;
    }
    vt_call_begin(&call, NULL);
    int status = with_shop(path, VT_SHOP_WRITE, set, &s, &call.err);
    return vt_call_end(&call, status) ? Py_NewRef(Py_None) : NULL;
}

/* (path, products, users, reviews, orders, photos, seed, stock_outs, threads, progress) */
static PyObject *shop_generate(PyObject *module, PyObject *args)
{
    const char *path = NULL;
    PyObject *progress = NULL;
    long long products = 0, users = 0, reviews = 0, orders = 0, photos = 0;
    unsigned long long seed = 0;
    int stock_outs = 0;
    vt_generate_options o;
    vt_generate_report r;
    vt_call call;
    (void)module;
    vt_generate_options_init(&o);
    if (!PyArg_ParseTuple(args, "sLLLLLKpiO", &path, &products, &users, &reviews, &orders, &photos, &seed, &stock_outs,
                          &o.threads, &progress)) {
        return NULL;
    }
    o.products = products;
    o.users = users;
    o.reviews = reviews;
    o.orders = orders;
    o.photos = photos;
    o.seed = seed;
    o.stock_outs = stock_outs != 0;
    vt_call_begin(&call, progress);
    o.progress = &call.progress;
    int status = vt_generate(path, &o, &r, &call.err);
    return vt_call_end(&call, status)
               ? Py_BuildValue("{s:L,s:L,s:L,s:L,s:L,s:L,s:L}", "products", (long long)r.products, "photos",
                               (long long)r.photos, "users", (long long)r.users, "orders", (long long)r.orders, "lines",
                               (long long)r.lines, "reviews", (long long)r.reviews, "events", (long long)r.events)
               : NULL;
}

/* ---- vectors ----------------------------------------------------------------------------------------------------- */

typedef struct encoding {
    vt_encode_options options;
    vt_encode_report report;
} encoding;

static int encode(void *context, vt_shop *shop, vt_error *err)
{
    encoding *e = context;
    return vt_encode_shop(&e->report, shop, &e->options, err);
}

static PyObject *counts_row(const vt_encode_counts *c)
{
    return Py_BuildValue("{s:s,s:L,s:L,s:L,s:L,s:L}", "encoder", c->encoder, "items", (long long)c->items, "encoded",
                         (long long)c->encoded, "kept", (long long)c->kept, "without", (long long)c->without, "refused",
                         (long long)c->refused);
}

/* (path, encoder of texts or None, of photos or None, skip_text, skip_image, reviews, threads, progress) */
static PyObject *shop_encode(PyObject *module, PyObject *args)
{
    const char *path = NULL;
    PyObject *progress = NULL, *out = NULL;
    int skip_text = 0, skip_image = 0;
    encoding e = {0};
    vt_call call;
    (void)module;
    vt_encode_options_init(&e.options);
    if (!PyArg_ParseTuple(args, "szzppiiO", &path, &e.options.text, &e.options.image, &skip_text, &skip_image,
                          &e.options.reviews, &e.options.threads, &progress)) {
        return NULL;
    }
    e.options.skip_text = skip_text != 0;
    e.options.skip_image = skip_image != 0;
    vt_call_begin(&call, progress);
    e.options.progress = &call.progress;
    int status = with_shop(path, VT_SHOP_READ, encode, &e, &call.err);
    if (vt_call_end(&call, status)) {
        out = PyDict_New();
        if (!vt_put_in(out, "text", counts_row(&e.report.text)) ||
            !vt_put_in(out, "image", counts_row(&e.report.image))) {
            Py_CLEAR(out);
        }
    }
    return out;
}

static PyMethodDef functions[] = {
    {"shop_create", shop_create, METH_VARARGS, NULL}, {"shop_exists", shop_exists, METH_VARARGS, NULL},
    {"shop_delete", shop_delete, METH_VARARGS, NULL}, {"shop_describe", shop_describe, METH_VARARGS, NULL},
    {"shop_set", shop_set, METH_VARARGS, NULL},       {"shop_generate", shop_generate, METH_VARARGS, NULL},
    {"shop_encode", shop_encode, METH_VARARGS, NULL}, {NULL, NULL, 0, NULL},
};

bool vt_add_shops(PyObject *module)
{
    return PyModule_AddFunctions(module, functions) == 0;
}
