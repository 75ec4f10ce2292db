/* Questions about a shop, or a plain file; answers are the library's JSON. Options come as a dict of texts. */
#include "vitrine/insight.h"

#include "live.h"

/* Names and values are texts, borrowed from the dict for the call. */
static bool read_options(vt_insight_options *o, PyObject *dict)
{
    Py_ssize_t at = 0;
    PyObject *key = NULL, *value = NULL;
    vt_error err = VT_ERROR_INIT;
    vt_insight_options_init(o);
    while (PyDict_Next(dict, &at, &key, &value)) {
        const char *name = NULL, *text = NULL;
        if (!vt_py_optional(&name, key, "an option") || !vt_py_optional(&text, value, "its value")) {
            return false;
        }
        if (vt_insight_options_set(o, name, text, &err) != VT_OK) {
            vt_raise(&err);
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
