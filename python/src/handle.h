/*
 * What every file of the extension builds on. The package sees one opaque type, the handle: a thing of the library,
 * what it borrows from, and who may use it. Functions of the extension take handles; classes stand in Python.
 */
#ifndef VT_PYTHON_HANDLE_H
#define VT_PYTHON_HANDLE_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdbool.h>
#include <stdlib.h>

#include "vitrine/progress.h"
#include "vitrine/snapshot.h"

/** What a handle is of. */
typedef struct vt_handle_kind {
    const char *noun;             /* for messages: "the shop" */
    void (*destroy)(void *thing); /* never called in a forked child */
    bool exclusive;               /* one thread at a time: others wait */
    /* Fills `view` for the buffer protocol, `internal` to be freed with free(); NULL: none. */
    int (*view)(PyObject *self, void *thing, Py_buffer *view, int flags);
} vt_handle_kind;

/** The type, made once; -1 with an exception. */
int vt_handle_ready(PyObject *module);

/** A handle that owns `thing` and keeps `first` and `second` (NULL: nothing). Destroys `thing` where it fails. */
PyObject *vt_handle_new(const vt_handle_kind *kind, void *thing, PyObject *first, PyObject *second);

/**
 * The thing of a handle, in use until vt_handle_leave(): closing waits. NULL with an exception for another kind, one
 * that was closed, and in a forked child.
 */
void *vt_handle_enter(PyObject *self, const vt_handle_kind *kind);
void vt_handle_leave(PyObject *self);

/** What the handle keeps, borrowed. */
PyObject *vt_handle_kept(PyObject *self, int which);

/* ---- calls ------------------------------------------------------------------------------------------------------- */

/** A call of the library without the lock of the interpreter. */
typedef struct vt_call {
    vt_error err;
    vt_progress progress;
    PyObject *callback; /* (stage, unit, done, total, detail) or None */
    PyThreadState *thread;
    double next; /* when it is looked for signals again, seconds */
} vt_call;

/** Lets other threads run until vt_call_end(). `callback` NULL: None. */
void vt_call_begin(vt_call *call, PyObject *callback);

/** Takes the lock again; false with an exception unless `status` is VT_OK. */
bool vt_call_end(vt_call *call, int status);

/** Raises the exception of an error; gives NULL. */
PyObject *vt_raise(const vt_error *err);
PyObject *vt_raise_as(vt_code code, int64_t position, const char *format, ...);

/* ---- values ------------------------------------------------------------------------------------------------------ */

PyObject *vt_py_text(vt_str text);       /* None where it is not given */
PyObject *vt_py_chars(const char *text); /* likewise for NULL */
PyObject *vt_py_time(int64_t time);      /* None for VT_NONE */
PyObject *vt_py_real(double value);      /* None for NaN */
PyObject *vt_py_ids(const vt_ids *ids);  /* a list */
PyObject *vt_py_floats(const float *values, size_t n);

/** UTF-8 of a str, borrowed from it; false with TypeError that names `what`. */
bool vt_py_str(vt_str *out, PyObject *text, const char *what);

/** A NULL-terminated path or word from str; `*out` is NULL for None. */
bool vt_py_optional(const char **out, PyObject *text, const char *what);

/** Adds `value` (stolen, may be NULL) to a dict or list; false with an exception. */
bool vt_put_in(PyObject *dict, const char *key, PyObject *value);
bool vt_append(PyObject *list, PyObject *value);

/** Adds functions to the module; false with an exception. */
bool vt_add_columns(PyObject *module);
bool vt_add_datasets(PyObject *module);
bool vt_add_models(PyObject *module);
bool vt_add_rankers(PyObject *module);
bool vt_add_evaluation(PyObject *module);
bool vt_add_tuning(PyObject *module);
bool vt_add_vectors(PyObject *module);
bool vt_add_shops(PyObject *module);
bool vt_add_imports(PyObject *module);
bool vt_add_rows(PyObject *module);
bool vt_add_recommenders(PyObject *module);
bool vt_add_insight(PyObject *module);

#endif
