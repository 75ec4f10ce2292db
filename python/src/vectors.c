/* Vectors of a shop's items, seen without copying, and maps of vectors. */
#include "data.h"
#include "vitrine/project.h"

static void free_vectors(void *thing)
{
    vt_item_vectors_free(thing);
}

static Py_ssize_t shape_of(Py_ssize_t shape[2], const vt_item_vectors *v)
{
    shape[0] = v->n;
    shape[1] = (Py_ssize_t)v->d;
    return shape[0] * shape[1] * (Py_ssize_t)sizeof(float);
}

/* Read-only memory of (N, D) floats. Shape and strides live in one block that the view owns. */
static int view_vectors(PyObject *self, void *thing, Py_buffer *view, int flags)
{
    vt_item_vectors *v = thing;
    if ((flags & PyBUF_WRITABLE) == PyBUF_WRITABLE) {
        PyErr_SetString(PyExc_BufferError, "vectors are read-only; copy them to change them");
        return -1;
    }
    Py_ssize_t shape[2];
    Py_ssize_t bytes = shape_of(shape, v);
    Py_ssize_t *room = malloc(4 * sizeof *room);
    if (room == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    room[0] = shape[0];
    room[1] = shape[1];
    room[2] = shape[1] * (Py_ssize_t)sizeof(float);
    room[3] = (Py_ssize_t)sizeof(float);
    *view = (Py_buffer){.buf = (void *)(uintptr_t)v->data,
                        .obj = Py_NewRef(self),
                        .len = bytes,
                        .itemsize = (Py_ssize_t)sizeof(float),
                        .readonly = 1,
                        .ndim = 2,
                        .format = (char *)(uintptr_t) "f",
                        .shape = room,
                        .strides = room + 2,
                        .internal = room};
    return 0;
}

const vt_handle_kind vt_vectors_kind = {.noun = "the vectors", .destroy = free_vectors, .view = view_vectors};

/* (shop, kind): 0 texts, 1 photos */
static PyObject *vectors_open(PyObject *module, PyObject *args)
{
    const char *path = NULL;
    int kind = 0;
    vt_item_vectors *vectors = NULL;
    vt_call call;
    (void)module;
    if (!PyArg_ParseTuple(args, "si", &path, &kind)) {
        return NULL;
    }
    vt_call_begin(&call, NULL);
    int status = vt_item_vectors_open(&vectors, path, (vt_encoder_kind)kind, &call.err);
    return vt_call_end(&call, status) ? vt_handle_new(&vt_vectors_kind, vectors, NULL, NULL) : NULL;
}

/* In place of those of a dataset, which stay as long as it: a fit may be reading them. Holds the interpreter's lock. */
static void renew(vt_dataset *d, vt_item_vectors **held, vt_item_vectors *newer)
{
    if (newer == NULL || d->n_retired == VT_RETIRED_MAX) {
        vt_item_vectors_free(newer);
        return;
    }
    d->retired[d->n_retired++] = *held;
    *held = newer;
}

/* (dataset, shop): reads the vectors of the shop's items again */
static PyObject *dataset_renew_vectors(PyObject *module, PyObject *args)
{
    PyObject *handle = NULL;
    const char *shop = NULL;
    vt_item_vectors *text = NULL, *image = NULL;
    vt_call call;
    (void)module;
    if (!PyArg_ParseTuple(args, "Os", &handle, &shop)) {
        return NULL;
    }
    vt_dataset *d = vt_handle_enter(handle, &vt_dataset_kind);
    if (d == NULL) {
        return NULL;
    }
    vt_call_begin(&call, NULL);
    int status = vt_dataset_open_vectors(&text, shop, VT_ENCODER_TEXT, &call.err);
    status = status != VT_OK ? status : vt_dataset_open_vectors(&image, shop, VT_ENCODER_IMAGE, &call.err);
    bool opened = vt_call_end(&call, status);
    if (opened) {
        renew(d, &d->text, text);
        renew(d, &d->image, image);
    } else {
        vt_item_vectors_free(text);
    }
    vt_handle_leave(handle);
    return opened ? Py_NewRef(Py_None) : NULL;
}

/* (ids, encoder, hash) */
static PyObject *vectors_info(PyObject *module, PyObject *handle)
{
    (void)module;
    const vt_item_vectors *v = vt_handle_enter(handle, &vt_vectors_kind);
    if (v == NULL) {
        return NULL;
    }
    PyObject *ids = vt_py_ids(&v->ids);
    PyObject *out = ids == NULL ? NULL : Py_BuildValue("(Oss)", ids, v->encoder, v->hash);
    Py_XDECREF(ids);
    vt_handle_leave(handle);
    return out;
}

/* ---- maps -------------------------------------------------------------------------------------------------------- */

static int map_view(float *at, vt_projection_fit *fit, const Py_buffer *view, vt_projection_options *options,
                    PyObject *progress, bool *made)
{
    vt_call call;
    vt_call_begin(&call, progress);
    options->progress = &call.progress;
    int status =
        vt_project_vectors(at, fit, view->buf, (size_t)view->shape[0], (size_t)view->shape[1], options, &call.err);
    *made = vt_call_end(&call, status);
    return status;
}

/* (C-contiguous (N, D) floats, 0 PCA or 1 t-SNE, dims, perplexity, seed, threads, progress): (bytes of (N, M) floats,
   explained, perplexity, divergence) */
static PyObject *project(PyObject *module, PyObject *args)
{
    PyObject *object = NULL, *progress = NULL, *out = NULL;
    int method = 0;
    unsigned long long seed = 0;
    vt_projection_options options;
    vt_projection_fit fit = {{0, 0, 0}, 0, 0};
    Py_buffer view;
    (void)module;
    vt_projection_options_init(&options);
    if (!PyArg_ParseTuple(args, "OiidKiO", &object, &method, &options.dims, &options.perplexity, &seed,
                          &options.threads, &progress) ||
        PyObject_GetBuffer(object, &view, PyBUF_FORMAT | PyBUF_C_CONTIGUOUS) < 0) {
        return NULL;
    }
    options.method = (vt_projection_method)method;
    options.seed = seed;
    if (view.ndim != 2 || view.format == NULL || strcmp(view.format, "f") != 0) {
        vt_raise_as(VT_ERR_FORMAT, -1, "a matrix of float32 is expected");
    } else {
        size_t bytes = (size_t)view.shape[0] * 3 * sizeof(float);
        float *at = calloc(bytes + 1, 1);
        bool made = false;
        if (at == NULL) {
            PyErr_NoMemory();
        } else {
            map_view(at, &fit, &view, &options, progress, &made);
        }
        bytes = (size_t)view.shape[0] * (size_t)options.dims * sizeof(float);
        out = made ? Py_BuildValue("(y#(ddd)dd)", (const char *)at, (Py_ssize_t)bytes, fit.explained[0],
                                   fit.explained[1], fit.explained[2], fit.perplexity, fit.divergence)
                   : NULL;
        free(at);
    }
    PyBuffer_Release(&view);
    return out;
}

static PyMethodDef functions[] = {
    {"dataset_renew_vectors", dataset_renew_vectors, METH_VARARGS, NULL},
    {"vectors_open", vectors_open, METH_VARARGS, NULL},
    {"vectors_info", vectors_info, METH_O, NULL},
    {"project", project, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

bool vt_add_vectors(PyObject *module)
{
    return PyModule_AddFunctions(module, functions) == 0;
}
