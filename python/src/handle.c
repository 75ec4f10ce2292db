/*
 * Handles. The lock of the interpreter is given up in long calls, so a thing may be in use while another thread closes
 * it: it is then destroyed by the last one who leaves. A forked child has none of the library's threads and must not
 * touch the parent's files: there every use is refused and nothing is destroyed.
 */
#include "handle.h"

#include <stddef.h>
#include <unistd.h>

typedef struct handle {
    PyObject ob_base;
    const vt_handle_kind *kind;
    void *thing; /* NULL: closed */
    PyObject *kept[2];
    int in_use;
    bool closing;
    pid_t process;
    PyThread_type_lock lock; /* NULL unless exclusive */
    unsigned long owner;     /* who has the lock, 0: nobody */
} handle;

static PyTypeObject *type;

PyObject *vt_handle_new(const vt_handle_kind *kind, void *thing, PyObject *first, PyObject *second)
{
    allocfunc alloc = (allocfunc)PyType_GetSlot(type, Py_tp_alloc);
    PyObject *self = alloc(type, 0);
    handle *h = (handle *)self;
    if (self == NULL) {
        kind->destroy(thing);
        return NULL;
    }
    h->kind = kind;
    h->thing = thing;
    h->process = getpid();
    h->kept[0] = first;
    h->kept[1] = second;
    for (int i = 0; i < 2 && h->kept[i] != NULL; i++) {
        Py_INCREF(h->kept[i]);
        ((handle *)h->kept[i])->in_use++; /* what is borrowed from is not destroyed before */
    }
    h->lock = kind->exclusive ? PyThread_allocate_lock() : NULL;
    if (kind->exclusive && h->lock == NULL) {
        Py_DECREF(self);
        return PyErr_NoMemory();
    }
    return self;
}

/* Why a handle cannot be used; false with an exception. */
static bool usable(const handle *h, const vt_handle_kind *kind)
{
    if (h->kind != kind) {
        PyErr_Format(PyExc_TypeError, "%s is expected, not %s", kind->noun, h->kind->noun);
        return false;
    }
    if (h->process != getpid()) {
        vt_raise_as((vt_code)-2, -1, "%s was opened before this process was forked; open it again here", h->kind->noun);
        return false;
    }
    if (h->thing == NULL || h->closing) {
        vt_raise_as((vt_code)-1, -1, "%s is closed", h->kind->noun);
        return false;
    }
    return true;
}

/* Waits for other threads; a call back into the same thing from its own progress would wait for ever. */
static bool take(handle *h)
{
    if (h->owner == PyThread_get_thread_ident()) {
        vt_raise_as(VT_ERR_BUSY, -1, "%s is at work in this thread already", h->kind->noun);
        return false;
    }
    Py_INCREF((PyObject *)h);
    Py_BEGIN_ALLOW_THREADS;
    PyThread_acquire_lock(h->lock, WAIT_LOCK);
    Py_END_ALLOW_THREADS;
    h->owner = PyThread_get_thread_ident();
    bool still = usable(h, h->kind);
    if (!still) {
        h->owner = 0;
        PyThread_release_lock(h->lock);
    }
    Py_DECREF((PyObject *)h);
    return still;
}

void *vt_handle_enter(PyObject *self, const vt_handle_kind *kind)
{
    handle *h = (handle *)self;
    if (Py_TYPE(self) != type) {
        PyErr_Format(PyExc_TypeError, "%s is expected", kind->noun);
        return NULL;
    }
    if (!usable(h, kind) || (kind->exclusive && !take(h))) {
        return NULL;
    }
    Py_INCREF(self);
    h->in_use++;
    return h->thing;
}

static void destroy(handle *h)
{
    void *thing = h->thing;
    h->thing = NULL;
    if (thing != NULL && h->process == getpid()) {
        h->kind->destroy(thing);
    }
    for (int i = 0; i < 2; i++) {
        handle *kept = (handle *)h->kept[i];
        h->kept[i] = NULL;
        if (kept != NULL) {
            kept->in_use--;
            if (kept->closing && kept->in_use == 0) {
                destroy(kept);
            }
            Py_DECREF((PyObject *)kept);
        }
    }
}

void vt_handle_leave(PyObject *self)
{
    handle *h = (handle *)self;
    h->in_use--;
    if (h->lock != NULL) {
        h->owner = 0;
        PyThread_release_lock(h->lock);
    }
    if (h->closing && h->in_use == 0) {
        destroy(h);
    }
    Py_DECREF(self);
}

PyObject *vt_handle_kept(PyObject *self, int which)
{
    return ((handle *)self)->kept[which];
}

static PyObject *close_handle(PyObject *self, PyObject *unused)
{
    handle *h = (handle *)self;
    (void)unused;
    h->closing = true;
    if (h->in_use == 0) {
        destroy(h);
    }
    Py_RETURN_NONE;
}

static PyObject *is_closed(PyObject *self, void *unused)
{
    const handle *h = (const handle *)self;
    (void)unused;
    return PyBool_FromLong(h->thing == NULL || h->closing);
}

static void dealloc(PyObject *self)
{
    handle *h = (handle *)self;
    freefunc release = (freefunc)PyType_GetSlot(type, Py_tp_free);
    destroy(h);
    if (h->lock != NULL) {
        PyThread_free_lock(h->lock);
    }
    release(self);
    Py_DECREF((PyObject *)type);
}

static int get_buffer(PyObject *self, Py_buffer *view, int flags)
{
    handle *h = (handle *)self;
    if (h->kind->view == NULL) {
        PyErr_Format(PyExc_BufferError, "%s has no memory to be seen", h->kind->noun);
        return -1;
    }
    if (!usable(h, h->kind)) {
        return -1;
    }
    int status = h->kind->view(self, h->thing, view, flags);
    h->in_use += status == 0; /* closing waits for the view */
    return status;
}

static void release_buffer(PyObject *self, Py_buffer *view)
{
    handle *h = (handle *)self;
    free(view->internal); /* shape and strides */
    h->in_use--;
    if (h->closing && h->in_use == 0) {
        destroy(h);
    }
}

static PyMethodDef methods[] = {
    {"close", close_handle, METH_NOARGS, "Frees what it holds, at the end of calls that are under way."},
    {NULL, NULL, 0, NULL},
};

static PyGetSetDef properties[] = {
    {"closed", is_closed, NULL, "Whether it was closed.", NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyType_Slot slots[] = {
    {Py_tp_dealloc, (void *)dealloc},
    {Py_tp_methods, methods},
    {Py_tp_getset, properties},
    {Py_bf_getbuffer, (void *)get_buffer},
    {Py_bf_releasebuffer, (void *)release_buffer},
    {0, NULL},
};

static PyType_Spec spec = {
    .name = "vitrine._vitrine.Handle",
    .basicsize = sizeof(handle),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .slots = slots,
};

int vt_handle_ready(PyObject *module)
{
    type = (PyTypeObject *)PyType_FromSpec(&spec);
    return type == NULL ? -1 : PyModule_AddObjectRef(module, "Handle", (PyObject *)type);
}
