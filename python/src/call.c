/*
 * Calls of the library: other threads run meanwhile, progress is told to Python, Ctrl-C stops at the next report, and
 * an error becomes the exception that vitrine/errors.py names for its cause.
 */
#include "handle.h"

#include <stdarg.h>
#include <stdio.h>
#include <time.h>

#define LOOK_EVERY 0.05 /* seconds: taking the interpreter's lock is not free */

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

/* Tells the callback; -1 with an exception. */
static int tell(PyObject *callback, const vt_progress_state *state)
{
    PyObject *answer =
        PyObject_CallFunction(callback, "ssddz", state->stage, state->unit, state->done, state->total, state->detail);
    Py_XDECREF(answer);
    return answer == NULL ? -1 : 0;
}

static int report(void *context, const vt_progress_state *state)
{
    vt_call *call = context;
    double now = seconds();
    if (now < call->next && state->done > 0) {
        return 0;
    }
    call->next = now + LOOK_EVERY;
    PyEval_RestoreThread(call->thread);
    int status = PyErr_CheckSignals();
    if (status == 0 && call->callback != Py_None) {
        status = tell(call->callback, state);
    }
    call->thread = PyEval_SaveThread();
    return status;
}

void vt_call_begin(vt_call *call, PyObject *callback)
{
    *call = (vt_call){.err = VT_ERROR_INIT, .callback = callback == NULL ? Py_None : callback};
    call->progress = (vt_progress){report, call};
    call->thread = PyEval_SaveThread();
}

bool vt_call_end(vt_call *call, int status)
{
    PyEval_RestoreThread(call->thread);
    if (status == VT_OK) {
        return true;
    }
    if (!PyErr_Occurred()) { /* else the callback or a signal stopped it */
        call->err.code = (vt_code)status;
        vt_raise(&call->err);
    }
    return false;
}

static PyObject *raise_with(int code, int64_t position, const char *message)
{
    PyObject *module = PyImport_ImportModule("vitrine.errors");
    PyObject *text = PyUnicode_DecodeUTF8(message, (Py_ssize_t)strlen(message), "replace");
    PyObject *error = module == NULL || text == NULL
                          ? NULL
                          : PyObject_CallMethod(module, "make", "iOL", code, text, (long long)position);
    if (error != NULL) {
        PyErr_SetObject((PyObject *)Py_TYPE(error), error);
    }
    Py_XDECREF(error);
    Py_XDECREF(text);
    Py_XDECREF(module);
    return NULL;
}

PyObject *vt_raise(const vt_error *err)
{
    return raise_with((int)err->code, err->position, err->message);
}

PyObject *vt_raise_as(vt_code code, int64_t position, const char *format, ...)
{
    char message[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    return raise_with((int)code, position, message);
}
