/* Between texts, times and numbers of the library and objects of Python. */
#include "handle.h"

#include <math.h>

PyObject *vt_py_text(vt_str text)
{
    if (text.ptr == NULL) {
        Py_RETURN_NONE;
    }
    return PyUnicode_DecodeUTF8(text.ptr, (Py_ssize_t)text.len, "replace");
}

PyObject *vt_py_chars(const char *text)
{
    return vt_py_text(vt_str_of(text));
}

PyObject *vt_py_time(int64_t time)
{
    if (time == VT_NONE) {
        Py_RETURN_NONE;
    }
    return PyLong_FromLongLong(time);
}

PyObject *vt_py_real(double value)
{
    if (isnan(value)) {
        Py_RETURN_NONE;
    }
    return PyFloat_FromDouble(value);
}

PyObject *vt_py_ids(const vt_ids *ids)
{
    PyObject *list = PyList_New(ids->n);
    for (int32_t i = 0; list != NULL && i < ids->n; i++) {
        PyObject *text = vt_py_text(vt_ids_get(ids, i));
        if (text == NULL || PyList_SetItem(list, i, text) < 0) {
            Py_DECREF(list);
            return NULL;
        }
    }
    return list;
}

PyObject *vt_py_floats(const float *values, size_t n)
{
    PyObject *list = PyList_New(0);
    for (size_t i = 0; list != NULL && i < n; i++) {
        if (!vt_append(list, PyFloat_FromDouble((double)values[i]))) {
            Py_CLEAR(list);
        }
    }
    return list;
}

bool vt_py_str(vt_str *out, PyObject *text, const char *what)
{
    Py_ssize_t size = 0;
    if (!PyUnicode_Check(text)) {
        PyErr_Format(PyExc_TypeError, "%s is %R; a str is expected", what, text);
        return false;
    }
    out->ptr = PyUnicode_AsUTF8AndSize(text, &size);
    out->len = (size_t)size;
    return out->ptr != NULL;
}

bool vt_py_optional(const char **out, PyObject *text, const char *what)
{
    vt_str found = {NULL, 0};
    if (text != Py_None && !vt_py_str(&found, text, what)) {
        return false;
    }
    if (found.ptr != NULL && strlen(found.ptr) != found.len) {
        PyErr_Format(PyExc_ValueError, "%s has a NUL inside", what);
        return false;
    }
    *out = found.ptr;
    return true;
}

bool vt_put_in(PyObject *dict, const char *key, PyObject *value)
{
    int status = value == NULL || dict == NULL ? -1 : PyDict_SetItemString(dict, key, value);
    Py_XDECREF(value);
    return status == 0;
}

bool vt_append(PyObject *list, PyObject *value)
{
    int status = value == NULL || list == NULL ? -1 : PyList_Append(list, value);
    Py_XDECREF(value);
    return status == 0;
}
