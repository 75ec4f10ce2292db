/* Questions about a shop, or a plain file; answers are the library's JSON. Options come as a dict by their names. */
#include "vitrine/insight.h"

#include "live.h"

typedef enum option_type { TEXT, SMALL, WHOLE, REAL, FLAG } option_type;

typedef struct option {
    const char *name;
    option_type type;
    size_t at;
} option;

#define OPTION(field, type)                                                                                            \
    {                                                                                                                  \
#field, type, offsetof(vt_insight_options, field)                                                              \
    }

static const option options[] = {
    OPTION(period, TEXT),   OPTION(compare, TEXT),   OPTION(category, TEXT),     OPTION(brand, TEXT),
    OPTION(price, TEXT),    OPTION(customers, TEXT), OPTION(segment, TEXT),      OPTION(now, WHOLE),
    OPTION(n, SMALL),       OPTION(support, REAL),   OPTION(confidence, REAL),   OPTION(season, SMALL),
    OPTION(horizon, SMALL), OPTION(backtest, FLAG),  OPTION(until, TEXT),        OPTION(holidays, TEXT),
    OPTION(unit, TEXT),     OPTION(quantity, TEXT),  OPTION(price_column, TEXT), OPTION(by, TEXT),
    OPTION(target, TEXT),   OPTION(service, REAL),   OPTION(lead_days, SMALL),   OPTION(user, TEXT),
    OPTION(item, TEXT),     OPTION(masked, FLAG),
};

static bool set_option(vt_insight_options *o, const option *of, PyObject *value)
{
    char *at = (char *)o + of->at;
    switch (of->type) {
    case TEXT:
        return vt_py_optional((const char **)(void *)at, value, of->name);
    case SMALL:
        *(int32_t *)(void *)at = (int32_t)PyLong_AsLong(value);
        break;
    case WHOLE:
        *(int64_t *)(void *)at = PyLong_AsLongLong(value);
        break;
    case REAL:
        *(double *)(void *)at = PyFloat_AsDouble(value);
        break;
    case FLAG:
        *(bool *)(void *)at = PyObject_IsTrue(value) > 0;
        break;
    }
    return !PyErr_Occurred();
}

static bool read_options(vt_insight_options *o, PyObject *dict)
{
    Py_ssize_t at = 0;
    PyObject *key = NULL, *value = NULL;
    vt_insight_options_init(o);
    while (PyDict_Next(dict, &at, &key, &value)) {
        const char *name = NULL;
        const option *found = NULL;
        if (!vt_py_optional(&name, key, "an option") || name == NULL) {
            return false;
        }
        for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
            found = strcmp(options[i].name, name) == 0 ? &options[i] : found;
        }
        if (found == NULL) {
            PyErr_Format(PyExc_TypeError, "there is no option \"%s\" of an insight", name);
            return false;
        }
        if (!set_option(o, found, value)) {
            return false;
        }
    }
    return true;
}

/* The answer as JSON; `insight` is used up. */
static int write_answer(vt_text *out, int status, vt_insight *insight, vt_error *err)
{
    status = status != VT_OK ? status : vt_insight_json(out, insight, false, err);
    vt_insight_free(insight);
    return status;
}

static PyObject *finish(vt_call *call, int status, vt_text *text)
{
    PyObject *out = vt_call_end(call, status) ? vt_py_text((vt_str){text->data, text->len}) : NULL;
    vt_text_free(text);
    return out;
}

/* (live, kind, options, progress) */
static PyObject *insight_ask(PyObject *module, PyObject *args)
{
    PyObject *handle = NULL, *dict = NULL, *progress = NULL;
    const char *kind = NULL;
    vt_insight_options o;
    vt_insight *insight = NULL;
    vt_text text = {NULL, 0};
    vt_call call;
    (void)module;
    if (!PyArg_ParseTuple(args, "OsO!O", &handle, &kind, &PyDict_Type, &dict, &progress) || !read_options(&o, dict)) {
        return NULL;
    }
    vt_live *live = vt_handle_enter(handle, &vt_live_kind);
    if (live == NULL) {
        return NULL;
    }
    vt_call_begin(&call, progress);
    o.progress = &call.progress;
    int status = vt_live_refresh(live, NULL, &call.err);
    status = status != VT_OK ? status : vt_insight_ask(&insight, live, kind, &o, &call.err);
    PyObject *out = finish(&call, write_answer(&text, status, insight, &call.err), &text);
    vt_handle_leave(handle);
    return out;
}

/* (path, kind, options, progress) */
static PyObject *insight_file(PyObject *module, PyObject *args)
{
    PyObject *dict = NULL, *progress = NULL;
    const char *path = NULL, *kind = NULL;
    vt_insight_options o;
    vt_insight *insight = NULL;
    vt_text text = {NULL, 0};
    vt_call call;
    (void)module;
    if (!PyArg_ParseTuple(args, "ssO!O", &path, &kind, &PyDict_Type, &dict, &progress) || !read_options(&o, dict)) {
        return NULL;
    }
    vt_call_begin(&call, progress);
    o.progress = &call.progress;
    int status = vt_insight_file(&insight, path, kind, &o, &call.err);
    return finish(&call, write_answer(&text, status, insight, &call.err), &text);
}

/* [(name, summary, of shops, of files)] */
static PyObject *insight_kinds(PyObject *module, PyObject *unused)
{
    PyObject *list = PyList_New(0);
    vt_insight_info info;
    (void)module;
    (void)unused;
    for (size_t i = 0; list != NULL && vt_insight_kind_at(&info, i); i++) {
        PyObject *shop = PyBool_FromLong(info.shop), *file = PyBool_FromLong(info.file);
        if (!vt_append(list, Py_BuildValue("(ssNN)", info.name, info.summary, shop, file))) {
            Py_CLEAR(list);
        }
    }
    return list;
}

static PyMethodDef functions[] = {
    {"insight_ask", insight_ask, METH_VARARGS, NULL},
    {"insight_file", insight_file, METH_VARARGS, NULL},
    {"insight_kinds", insight_kinds, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

bool vt_add_insight(PyObject *module)
{
    return PyModule_AddFunctions(module, functions) == 0;
}
