/* Kinds of models, fitting, files, and what a model says of itself. */
#include "data.h"

#include <time.h>

#include "vitrine/choice.h"
#include "vitrine/evaluation.h"

static void free_model(void *thing)
{
    vt_model_free(thing);
}

const vt_handle_kind vt_model_kind_of_handle = {.noun = "the model", .destroy = free_model};

static PyObject *new_model(vt_model *model)
{
    return vt_handle_new(&vt_model_kind_of_handle, model, NULL, NULL);
}

/* ---- kinds ------------------------------------------------------------------------------------------------------- */

static PyObject *spec_row(const vt_param_spec *p)
{
    static const char *const types[] = {"int", "real", "choice", "text"};
    return Py_BuildValue("(ssdddzss)", p->name, types[p->type], p->fallback, p->min, p->max, p->choices, p->unit,
                         p->help);
}

static PyObject *kind_row(const vt_model_kind *k)
{
    PyObject *params = PyList_New(0), *presets = PyList_New(0), *row = NULL;
    bool all = params != NULL && presets != NULL;
    for (size_t i = 0; all && i < k->n_params; i++) {
        all = vt_append(params, spec_row(&k->params[i]));
    }
    for (size_t i = 0; all && i < k->n_presets; i++) {
        const vt_preset *p = &k->presets[i];
        all = vt_append(presets, Py_BuildValue("(sss)", p->name, p->settings, p->help));
    }
    if (all) {
        row = Py_BuildValue("(sssIOO)", k->name, k->summary, k->source, k->abilities, params, presets);
    }
    Py_XDECREF(params);
    Py_XDECREF(presets);
    return row;
}

/* [(name, summary, source, abilities, params, presets)] */
static PyObject *model_kinds(PyObject *module, PyObject *unused)
{
    size_t n = 0;
    const vt_model_kind *const *kinds = vt_model_kinds(&n);
    PyObject *list = PyList_New(0);
    (void)module;
    (void)unused;
    for (size_t i = 0; list != NULL && i < n; i++) {
        if (!vt_append(list, kind_row(kinds[i]))) {
            Py_CLEAR(list);
        }
    }
    return list;
}

/* ---- fitting ----------------------------------------------------------------------------------------------------- */

bool vt_fit_options_read(vt_fit_options *options, const char ***settings, PyObject *tuple, const vt_dataset *data)
{
    PyObject *list = NULL;
    unsigned long long seed = 0;
    int threads = 0;
    const char *preset = NULL;
    vt_fit_options_init(options);
    *settings = NULL;
    if (!PyArg_ParseTuple(tuple, "zOKi", &preset, &list, &seed, &threads)) {
        return false;
    }
    Py_ssize_t n = PyList_Size(list);
    const char **texts = n < 0 ? NULL : calloc((size_t)n + 1, sizeof *texts);
    for (Py_ssize_t i = 0; texts != NULL && i < n; i++) {
        if (!vt_py_optional(&texts[i], PyList_GetItem(list, i), "a setting")) {
            free(texts);
            return false;
        }
    }
    if (texts == NULL) {
        if (n >= 0) {
            PyErr_NoMemory();
        }
        return false;
    }
    *settings = texts;
    options->settings = texts;
    options->n_settings = (size_t)n;
    options->preset = preset;
    options->seed = seed;
    options->threads = threads;
    options->text = data->text;
    options->image = data->image;
    options->links = data->links;
    return true;
}

/* What lives as long as a fit. */
typedef struct fitting {
    vt_interactions *train;
    vt_validation validation;
    vt_validation_part part;
    vt_fit_report report;
    double seconds; /* of the fit alone, as the program has it */
    char trained_on[VT_TRAINED_ON_BYTES];
} fitting;

/* Wall time. */
static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static int fit(vt_model **out, fitting *f, const char *kind, const vt_parts *p, vt_fit_options *options, bool validate,
               vt_error *err)
{
    const vt_snapshot *snapshot = p->data->snapshot;
    unsigned parts = p->split == NULL ? 0 : 1U << VT_PART_TRAIN;
    int status = vt_interactions_create(&f->train, snapshot, p->split, parts | VT_PARTS_SIGNALS, err);
    if (status != VT_OK) {
        return status;
    }
    if (p->split != NULL) {
        vt_protocol protocol;
        vt_protocol_init(&protocol);
        protocol.threads = options->threads;
        vt_evaluation_trained_on(f->trained_on, p->split);
        options->trained_on = f->trained_on;
        if (validate && vt_validation_init(&f->validation, &f->part, kind, snapshot, p->split, &protocol)) {
            options->validation = &f->validation;
        }
    }
    options->report = &f->report;
    double began = seconds();
    status = vt_model_fit(out, kind, f->train, options, err);
    f->seconds = seconds() - began;
    vt_interactions_free(f->train);
    return status;
}

/* (kind, dataset, split or None, validate, (preset, settings, seed, threads), progress): (model, seconds) */
static PyObject *model_fit(PyObject *module, PyObject *args)
{
    const char *kind = NULL, **settings = NULL;
    PyObject *dataset = NULL, *split = NULL, *options = NULL, *progress = NULL;
    int validate = 0;
    vt_parts p;
    vt_fit_options fit_options;
    vt_model *model = NULL;
    fitting f = {0};
    (void)module;
    if (!PyArg_ParseTuple(args, "sOOpO!O", &kind, &dataset, &split, &validate, &PyTuple_Type, &options, &progress) ||
        !vt_parts_enter(&p, dataset, split)) {
        return NULL;
    }
    bool made = vt_fit_options_read(&fit_options, &settings, options, p.data);
    if (made) {
        vt_call call;
        vt_call_begin(&call, progress);
        fit_options.progress = &call.progress;
        int status = fit(&model, &f, kind, &p, &fit_options, validate != 0, &call.err);
        made = vt_call_end(&call, status);
    }
    free((void *)(uintptr_t)settings);
    vt_parts_leave(&p);
    return made ? Py_BuildValue("(Nd)", new_model(model), f.seconds) : NULL;
}

/* From (kind, (preset, settings, seed, threads)): every parameter as the program has it; false with an exception. */
static bool settings_of(const char **kind, char out[VT_SETTINGS_BYTES], PyObject *args)
{
    const char **settings = NULL;
    PyObject *options = NULL;
    const vt_dataset none = {0};
    vt_fit_options fit_options;
    vt_error err = VT_ERROR_INIT;
    if (!PyArg_ParseTuple(args, "sO!", kind, &PyTuple_Type, &options) ||
        !vt_fit_options_read(&fit_options, &settings, options, &none)) {
        return false;
    }
    int status = vt_model_settings(out, VT_SETTINGS_BYTES, *kind, &fit_options, NULL, &err);
    free((void *)(uintptr_t)settings);
    if (status != VT_OK) {
        vt_raise(&err);
    }
    return status == VT_OK;
}

/* (kind, options): "alpha=40,factors=64,..." */
static PyObject *model_settings(PyObject *module, PyObject *args)
{
    const char *kind = NULL;
    char out[VT_SETTINGS_BYTES];
    (void)module;
    return settings_of(&kind, out, args) ? PyUnicode_FromString(out) : NULL;
}

/* (kind, options): (whether a fit reads vectors of texts, of photos) */
static PyObject *model_vectors(PyObject *module, PyObject *args)
{
    const char *kind = NULL;
    char settings[VT_SETTINGS_BYTES];
    unsigned read = 0;
    vt_error err = VT_ERROR_INIT;
    (void)module;
    if (!settings_of(&kind, settings, args)) {
        return NULL;
    }
    if (vt_model_vectors(&read, vt_model_kind_find(kind), settings, &err) != VT_OK) {
        return vt_raise(&err);
    }
    return Py_BuildValue("(NN)", PyBool_FromLong((read & VT_VECTORS_TEXT) != 0),
                         PyBool_FromLong((read & VT_VECTORS_IMAGE) != 0));
}

/* ---- files ------------------------------------------------------------------------------------------------------- */

/* (model, path) */
static PyObject *model_save(PyObject *module, PyObject *args)
{
    PyObject *handle = NULL;
    const char *path = NULL;
    vt_call call;
    (void)module;
    if (!PyArg_ParseTuple(args, "Os", &handle, &path)) {
        return NULL;
    }
    const vt_model *model = vt_handle_enter(handle, &vt_model_kind_of_handle);
    if (model == NULL) {
        return NULL;
    }
    vt_call_begin(&call, NULL);
    int status = vt_model_save(model, path, &call.err);
    bool saved = vt_call_end(&call, status);
    vt_handle_leave(handle);
    return saved ? Py_NewRef(Py_None) : NULL;
}

/* (model, shop, name): why weights were not recorded, None where they were */
static PyObject *model_save_in(PyObject *module, PyObject *args)
{
    PyObject *handle = NULL;
    const char *shop = NULL, *name = NULL;
    vt_error unrecorded = VT_ERROR_INIT;
    vt_call call;
    (void)module;
    if (!PyArg_ParseTuple(args, "Oss", &handle, &shop, &name)) {
        return NULL;
    }
    const vt_model *model = vt_handle_enter(handle, &vt_model_kind_of_handle);
    if (model == NULL) {
        return NULL;
    }
    vt_call_begin(&call, NULL);
    int status = vt_model_save_in(shop, name, model, NULL, &unrecorded, &call.err);
    bool saved = vt_call_end(&call, status);
    vt_handle_leave(handle);
    return saved ? vt_py_chars(unrecorded.code == VT_OK ? NULL : unrecorded.message) : NULL;
}

static PyObject *model_load(PyObject *module, PyObject *args)
{
    const char *path = NULL;
    vt_model *model = NULL;
    vt_call call;
    (void)module;
    if (!PyArg_ParseTuple(args, "s", &path)) {
        return NULL;
    }
    vt_call_begin(&call, NULL);
    int status = vt_model_load(&model, path, &call.err);
    return vt_call_end(&call, status) ? new_model(model) : NULL;
}

/* ---- what it says ------------------------------------------------------------------------------------------------ */

static PyObject *fit_row(const vt_model_info *info)
{
    if (info->fit == NULL) {
        Py_RETURN_NONE;
    }
    PyObject *value = vt_py_real(info->fit->value);
    PyObject *row = value == NULL
                        ? NULL
                        : Py_BuildValue("{s:i,s:i,s:d,s:O,s:z}", "epochs", info->fit->epochs, "best", info->fit->best,
                                        "loss", info->fit->loss, "value", value, "validation", info->validation);
    Py_XDECREF(value);
    return row;
}

static PyObject *model_info(PyObject *module, PyObject *handle)
{
    (void)module;
    const vt_model *model = vt_handle_enter(handle, &vt_model_kind_of_handle);
    if (model == NULL) {
        return NULL;
    }
    vt_model_info info;
    vt_model_describe(model, &info);
    PyObject *out = PyDict_New();
    bool all = out != NULL && vt_put_in(out, "kind", PyUnicode_FromString(info.kind->name)) &&
               vt_put_in(out, "settings", PyUnicode_FromString(info.settings)) &&
               vt_put_in(out, "snapshot", PyUnicode_FromString(info.snapshot)) &&
               vt_put_in(out, "trained_on", PyUnicode_FromString(info.trained_on)) &&
               vt_put_in(out, "positive", PyUnicode_FromString(info.positive)) &&
               vt_put_in(out, "seed", PyLong_FromUnsignedLongLong(info.seed)) &&
               vt_put_in(out, "users", PyLong_FromLong(info.n_users)) &&
               vt_put_in(out, "items", PyLong_FromLong(info.n_items)) &&
               vt_put_in(out, "interactions", PyLong_FromLongLong(info.n_interactions)) &&
               vt_put_in(out, "until", vt_py_time(info.until)) && vt_put_in(out, "fit", fit_row(&info));
    if (!all) {
        Py_CLEAR(out);
    }
    vt_handle_leave(handle);
    return out;
}

static PyObject *model_items(PyObject *module, PyObject *handle)
{
    (void)module;
    const vt_model *model = vt_handle_enter(handle, &vt_model_kind_of_handle);
    if (model == NULL) {
        return NULL;
    }
    vt_model_info info;
    vt_model_describe(model, &info);
    PyObject *list = vt_py_ids(&info.items);
    vt_handle_leave(handle);
    return list;
}

static PyMethodDef functions[] = {
    {"model_kinds", model_kinds, METH_NOARGS, NULL},
    {"model_fit", model_fit, METH_VARARGS, NULL},
    {"model_settings", model_settings, METH_VARARGS, NULL},
    {"model_vectors", model_vectors, METH_VARARGS, NULL},
    {"model_save", model_save, METH_VARARGS, NULL},
    {"model_save_in", model_save_in, METH_VARARGS, NULL},
    {"model_load", model_load, METH_VARARGS, NULL},
    {"model_info", model_info, METH_O, NULL},
    {"model_items", model_items, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};

bool vt_add_models(PyObject *module)
{
    return PyModule_AddFunctions(module, functions) == 0;
}
