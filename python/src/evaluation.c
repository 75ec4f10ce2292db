/*
 * Evaluation: the calls of `vitrine evaluate`, whose figures are handed over as they are. Protocols come as one tuple
 * that vitrine/evaluation.py makes.
 */
#include <math.h>

#include "data.h"
#include "vitrine/evaluation.h"

static void free_evaluation(void *thing)
{
    vt_evaluation_done(thing);
    free(thing);
}

static const vt_handle_kind evaluation_kind = {.noun = "the evaluation", .destroy = free_evaluation};

bool vt_protocol_read(vt_protocol *p, PyObject *tuple, const vt_dataset *data, const vt_split_spec *spec)
{
    int state = 0, candidates = 0, test_items = 0, seen = 0, users = 0, fallback = 0, part = 0, slices = 0;
    unsigned long long seed = 0;
    PyObject *cutoffs = NULL;
    vt_error err = VT_ERROR_INIT;
    vt_protocol_init(p);
    if (!PyArg_ParseTuple(tuple, "iiiiipiiKO!ipi", &state, &candidates, &test_items, &seen, &users, &fallback, &part,
                          &p->negatives, &seed, &PyList_Type, &cutoffs, &p->resamples, &slices, &p->threads)) {
        return false;
    }
    Py_ssize_t n = PyList_Size(cutoffs);
    if (n > VT_CUTOFFS_MAX) {
        vt_raise_as(VT_ERR_USAGE, -1, "at has %zd lengths; at most %d are expected", n, VT_CUTOFFS_MAX);
        return false;
    }
    for (Py_ssize_t i = 0; i < n; i++) {
        p->cutoff[i] = (int32_t)PyLong_AsLong(PyList_GetItem(cutoffs, i));
    }
    p->n_cutoffs = (size_t)n;
    if (spec != NULL) {
        vt_protocol_suit(p, spec);
    }
    p->state = state < 0 ? p->state : (vt_state_mode)state;
    p->candidates = candidates < 0 ? p->candidates : (vt_candidates)candidates;
    p->test_items = (vt_test_items)test_items;
    p->seen = (vt_seen)seen;
    p->users = (vt_users)users;
    p->fallback = fallback != 0;
    p->part = (vt_part)part;
    p->seed = seed;
    p->slices = slices != 0;
    p->text = data->text;
    p->image = data->image;
    if (!PyErr_Occurred() && vt_protocol_check(p, &err) != VT_OK) {
        vt_raise(&err);
    }
    return !PyErr_Occurred();
}

PyObject *vt_evaluation_handle(vt_evaluation *e, bool made)
{
    if (!made) {
        free(e);
        return NULL;
    }
    return vt_handle_new(&evaluation_kind, e, NULL, NULL);
}

/* What the three ways of evaluating have in common. */
typedef struct evaluating {
    PyObject *dataset, *split, *protocol_tuple, *progress;
    vt_parts parts;
    vt_protocol protocol;
    vt_evaluation *out;
} evaluating;

static bool begin(evaluating *e)
{
    if (e->split == Py_None) {
        vt_raise_as(VT_ERR_USAGE, -1, "a part of a split is expected: nothing of the whole dataset is held out");
        return false;
    }
    if (!vt_parts_enter(&e->parts, e->dataset, e->split)) {
        return false;
    }
    e->out = calloc(1, sizeof *e->out);
    if (e->out == NULL) {
        PyErr_NoMemory();
    }
    if (e->out == NULL || !vt_protocol_read(&e->protocol, e->protocol_tuple, e->parts.data, NULL)) {
        free(e->out);
        vt_parts_leave(&e->parts);
        return false;
    }
    return true;
}

/* (kind, (preset, settings, seed, threads), dataset, split, protocol, progress): fits anew and evaluates */
static PyObject *evaluate_kind(PyObject *module, PyObject *args)
{
    const char *kind = NULL, **settings = NULL;
    PyObject *options = NULL;
    evaluating e = {0};
    vt_fit_options fit;
    (void)module;
    if (!PyArg_ParseTuple(args, "sO!OOO!O", &kind, &PyTuple_Type, &options, &e.dataset, &e.split, &PyTuple_Type,
                          &e.protocol_tuple, &e.progress) ||
        !begin(&e)) {
        return NULL;
    }
    bool made = vt_fit_options_read(&fit, &settings, options, e.parts.data);
    if (made) {
        vt_call call;
        vt_call_begin(&call, e.progress);
        e.protocol.progress = &call.progress;
        fit.progress = &call.progress;
        int status =
            vt_evaluate_model(e.out, kind, &fit, e.parts.data->snapshot, e.parts.split, &e.protocol, &call.err);
        made = vt_call_end(&call, status);
    }
    free((void *)(uintptr_t)settings);
    vt_parts_leave(&e.parts);
    return vt_evaluation_handle(e.out, made);
}

static int evaluate_accepted(evaluating *e, const vt_model *model, vt_error *err)
{
    const vt_snapshot *snapshot = e->parts.data->snapshot;
    const vt_split *split = e->parts.split;
    int status = vt_evaluation_accepts(model, snapshot, split, err);
    status = status != VT_OK ? status : vt_model_check_vectors(model, e->protocol.text, e->protocol.image, err);
    status = status != VT_OK ? status : vt_evaluate_fitted(e->out, model, snapshot, split, &e->protocol, err);
    if (status == VT_OK) {
        status = vt_evaluation_add_ratings(e->out, model, snapshot, split, &e->protocol, err);
        if (status != VT_OK) {
            vt_evaluation_done(e->out);
        }
    }
    return status;
}

/* (model, dataset, split, protocol, progress): of a model that was fitted on the training part */
static PyObject *evaluate_model(PyObject *module, PyObject *args)
{
    PyObject *handle = NULL;
    evaluating e = {0};
    (void)module;
    if (!PyArg_ParseTuple(args, "OOOO!O", &handle, &e.dataset, &e.split, &PyTuple_Type, &e.protocol_tuple,
                          &e.progress)) {
        return NULL;
    }
    const vt_model *model = vt_handle_enter(handle, &vt_model_kind_of_handle);
    if (model == NULL) {
        return NULL;
    }
    bool made = begin(&e);
    if (made) {
        vt_call call;
        vt_call_begin(&call, e.progress);
        e.protocol.progress = &call.progress;
        int status = evaluate_accepted(&e, model, &call.err);
        made = vt_call_end(&call, status);
        vt_parts_leave(&e.parts);
        vt_handle_leave(handle);
        return vt_evaluation_handle(e.out, made);
    }
    vt_handle_leave(handle);
    return NULL;
}

/* ---- lists of others --------------------------------------------------------------------------------------------- */

/* (dataset, split, part): users with held-out events, whose lists are evaluated */
static PyObject *evaluated_users(PyObject *module, PyObject *args)
{
    PyObject *dataset = NULL, *split = NULL;
    int part = 0;
    vt_parts p;
    (void)module;
    if (!PyArg_ParseTuple(args, "OOi", &dataset, &split, &part) || !vt_parts_enter(&p, dataset, split)) {
        return NULL;
    }
    const vt_snapshot *s = p.data->snapshot;
    PyObject *list = PyList_New(0);
    for (int32_t u = 0; list != NULL && p.split != NULL && u < s->n_users; u++) {
        bool held_out = false;
        for (int64_t e = s->user_ptr[u]; e < s->user_ptr[u + 1]; e++) {
            held_out = held_out || p.split->label[e] == part;
        }
        if (held_out && !vt_append(list, vt_py_text(vt_ids_get(&s->users, u)))) {
            Py_CLEAR(list);
        }
    }
    vt_parts_leave(&p);
    return list;
}

typedef struct lists {
    int32_t *user;
    int64_t *ptr;
    int32_t *item;
} lists;

static void lists_done(lists *l)
{
    free(l->user);
    free(l->ptr);
    free(l->item);
}

/* Items of one list behind those that are there. */
static bool add_items(lists *l, size_t at, PyObject *items, const vt_snapshot *s, PyObject *user)
{
    Py_ssize_t n = PyList_Size(items);
    int64_t end = l->ptr[at];
    int32_t *grown = n < 0 ? NULL : realloc(l->item, (size_t)(end + n + 1) * sizeof *grown);
    if (grown == NULL) {
        return PyErr_Occurred() ? false : (PyErr_NoMemory(), false);
    }
    l->item = grown;
    for (Py_ssize_t i = 0; i < n; i++) {
        vt_str id;
        if (!vt_py_str(&id, PyList_GetItem(items, i), "an item of a list")) {
            return false;
        }
        grown[end] = vt_ids_find(&s->items, id);
        if (grown[end++] < 0) {
            vt_raise_as(VT_ERR_FORMAT, (int64_t)at, "item \"%.*s\" in the list of user \"%s\" is none of the dataset's",
                        VT_STR_ARGS(id), PyUnicode_AsUTF8AndSize(user, NULL));
            return false;
        }
    }
    l->ptr[at + 1] = end;
    return true;
}

static bool read_lists(lists *l, PyObject *users, PyObject *items, const vt_snapshot *s)
{
    size_t n = (size_t)PyList_Size(users);
    l->user = calloc(n + 1, sizeof *l->user);
    l->ptr = calloc(n + 1, sizeof *l->ptr);
    if (l->user == NULL || l->ptr == NULL || (size_t)PyList_Size(items) != n) {
        PyErr_SetString(PyExc_ValueError, "a list of items for each user is expected");
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        vt_str id;
        PyObject *user = PyList_GetItem(users, (Py_ssize_t)i), *list = PyList_GetItem(items, (Py_ssize_t)i);
        if (!vt_py_str(&id, user, "a user") || !PyList_Check(list)) {
            return PyErr_Occurred() ? false : (PyErr_SetString(PyExc_TypeError, "a list of items is expected"), false);
        }
        l->user[i] = vt_ids_find(&s->users, id);
        if (!add_items(l, i, list, s, user)) {
            return false;
        }
    }
    return true;
}

/* (name, users, lists of items, dataset, split, protocol, progress): (evaluation, counts of what was dropped) */
static PyObject *evaluate_lists(PyObject *module, PyObject *args)
{
    const char *name = NULL;
    PyObject *users = NULL, *items = NULL, *out = NULL;
    evaluating e = {0};
    lists l = {0};
    vt_lists_counts counts = {0};
    (void)module;
    if (!PyArg_ParseTuple(args, "sO!O!OOO!O", &name, &PyList_Type, &users, &PyList_Type, &items, &e.dataset, &e.split,
                          &PyTuple_Type, &e.protocol_tuple, &e.progress) ||
        !begin(&e)) {
        return NULL;
    }
    bool made = read_lists(&l, users, items, e.parts.data->snapshot);
    if (made) {
        const vt_given_lists given = {(size_t)PyList_Size(users), l.user, l.ptr, l.item};
        vt_call call;
        vt_call_begin(&call, e.progress);
        e.protocol.progress = &call.progress;
        int status = vt_evaluate_given(e.out, &counts, &given, name, e.parts.data->snapshot, e.parts.split, &e.protocol,
                                       &call.err);
        made = vt_call_end(&call, status);
    }
    lists_done(&l);
    vt_parts_leave(&e.parts);
    PyObject *handle = vt_evaluation_handle(e.out, made);
    if (handle != NULL) {
        out = Py_BuildValue("(O{s:L,s:L,s:L,s:L,s:L,s:L})", handle, "strangers", (long long)counts.strangers, "missing",
                            (long long)counts.missing, "padding", (long long)counts.padding, "repeated",
                            (long long)counts.repeated, "seen", (long long)counts.seen, "foreign",
                            (long long)counts.foreign);
        Py_DECREF(handle);
    }
    return out;
}

/* ---- figures ----------------------------------------------------------------------------------------------------- */

static PyObject *figure_row(const vt_figure *f)
{
    return Py_BuildValue("(ddd)", f->value, f->low, f->high);
}

/* {metric: {K: (value, low, high)}} */
static PyObject *metric_rows(const vt_evaluation *e)
{
    PyObject *out = PyDict_New();
    for (int m = 0; out != NULL && m < VT_METRICS; m++) {
        PyObject *row = PyList_New(0);
        for (size_t k = 0; row != NULL && k < e->n_cutoffs; k++) {
            if (!vt_append(row, figure_row(&e->figure[k][m]))) {
                Py_CLEAR(row);
            }
        }
        if (!vt_put_in(out, vt_metrics()[m].name, row)) {
            Py_CLEAR(out);
        }
    }
    return out;
}

static PyObject *slice_rows(const vt_evaluation *e)
{
    PyObject *out = PyList_New(0);
    for (size_t s = 0; out != NULL && s < e->n_slices; s++) {
        const vt_slice *slice = &e->slices[s];
        for (size_t k = 0; out != NULL && k < e->n_cutoffs; k++) {
            PyObject *row =
                Py_BuildValue("(ssLLi(ddd)(ddd)(ddd))", slice->group, slice->name, (long long)slice->users,
                              (long long)slice->positives, (int)e->cutoff[k], slice->figure[k][VT_SLICE_HR].value,
                              slice->figure[k][VT_SLICE_HR].low, slice->figure[k][VT_SLICE_HR].high,
                              slice->figure[k][VT_SLICE_NDCG].value, slice->figure[k][VT_SLICE_NDCG].low,
                              slice->figure[k][VT_SLICE_NDCG].high, slice->figure[k][VT_SLICE_RECALL].value,
                              slice->figure[k][VT_SLICE_RECALL].low, slice->figure[k][VT_SLICE_RECALL].high);
            if (!vt_append(out, row)) {
                Py_CLEAR(out);
            }
        }
    }
    return out;
}

static PyObject *cutoff_row(const vt_evaluation *e)
{
    PyObject *list = PyList_New(0);
    for (size_t k = 0; list != NULL && k < e->n_cutoffs; k++) {
        if (!vt_append(list, PyLong_FromLong(e->cutoff[k]))) {
            Py_CLEAR(list);
        }
    }
    return list;
}

static PyObject *rating_rows(const vt_evaluation *e)
{
    if (e->ratings.n == 0) {
        Py_RETURN_NONE;
    }
    return Py_BuildValue("{s:L,s:(ddd),s:(ddd)}", "n", (long long)e->ratings.n, "rmse", e->ratings.rmse.value,
                         e->ratings.rmse.low, e->ratings.rmse.high, "mae", e->ratings.mae.value, e->ratings.mae.low,
                         e->ratings.mae.high);
}

static PyObject *evaluation_figures(PyObject *module, PyObject *handle)
{
    (void)module;
    const vt_evaluation *e = vt_handle_enter(handle, &evaluation_kind);
    if (e == NULL) {
        return NULL;
    }
    PyObject *out = PyDict_New();
    bool all = out != NULL && vt_put_in(out, "protocol", PyUnicode_FromString(e->protocol)) &&
               vt_put_in(out, "queries", PyLong_FromLongLong(e->queries)) &&
               vt_put_in(out, "users", PyLong_FromLongLong(e->users)) &&
               vt_put_in(out, "candidates", PyLong_FromLongLong(e->candidates)) &&
               vt_put_in(out, "positives", PyLong_FromLongLong(e->positives)) &&
               vt_put_in(out, "skipped", PyLong_FromLongLong(e->skipped)) &&
               vt_put_in(out, "fit_seconds", PyFloat_FromDouble(e->fit_seconds)) &&
               vt_put_in(out, "rank_seconds", PyFloat_FromDouble(e->rank_seconds)) &&
               vt_put_in(out, "at", cutoff_row(e)) && vt_put_in(out, "metrics", metric_rows(e)) &&
               vt_put_in(out, "ratings", rating_rows(e)) && vt_put_in(out, "slices", slice_rows(e));
    if (!all) {
        Py_CLEAR(out);
    }
    vt_handle_leave(handle);
    return out;
}

static PyObject *comparison_rows(const vt_comparison *c, size_t n_cutoffs)
{
    PyObject *out = PyDict_New();
    for (int m = 0; out != NULL && m < VT_METRICS; m++) {
        PyObject *row = PyList_New(0);
        for (size_t k = 0; row != NULL && k < n_cutoffs; k++) {
            const vt_difference *d = &c->metric[k][m];
            if (!vt_append(row, Py_BuildValue("(dddd)", d->value.value, d->value.low, d->value.high, d->p))) {
                Py_CLEAR(row);
            }
        }
        if (vt_metrics()[m].per_user ? !vt_put_in(out, vt_metrics()[m].name, row) : row == NULL) {
            Py_CLEAR(out);
        }
        if (!vt_metrics()[m].per_user) {
            Py_XDECREF(row);
        }
    }
    return out;
}

/* (evaluation, baseline, resamples, seed, threads): {metric: [(value, low, high, p) for each K]} */
static PyObject *evaluation_compare(PyObject *module, PyObject *args)
{
    PyObject *handle = NULL, *baseline = NULL, *out = NULL;
    unsigned long long seed = 0;
    vt_protocol protocol;
    vt_comparison comparison;
    (void)module;
    vt_protocol_init(&protocol);
    if (!PyArg_ParseTuple(args, "OOiKi", &handle, &baseline, &protocol.resamples, &seed, &protocol.threads)) {
        return NULL;
    }
    protocol.seed = seed;
    const vt_evaluation *e = vt_handle_enter(handle, &evaluation_kind);
    const vt_evaluation *b = e == NULL ? NULL : vt_handle_enter(baseline, &evaluation_kind);
    if (b != NULL) {
        vt_call call;
        vt_call_begin(&call, NULL);
        int status = vt_evaluation_compare(&comparison, e, b, &protocol, &call.err);
        out = vt_call_end(&call, status) ? comparison_rows(&comparison, e->n_cutoffs) : NULL;
        vt_handle_leave(baseline);
    }
    if (e != NULL) {
        vt_handle_leave(handle);
    }
    return out;
}

/* [(name, title, formula, good, per_user)] */
static PyObject *metrics(PyObject *module, PyObject *unused)
{
    PyObject *list = PyList_New(0);
    (void)module;
    (void)unused;
    for (int m = 0; list != NULL && m < VT_METRICS; m++) {
        const vt_metric_info *i = &vt_metrics()[m];
        if (!vt_append(list, Py_BuildValue("(sssii)", i->name, i->title, i->formula, i->good, (int)i->per_user))) {
            Py_CLEAR(list);
        }
    }
    return list;
}

static PyMethodDef functions[] = {
    {"evaluate_kind", evaluate_kind, METH_VARARGS, NULL},
    {"evaluate_model", evaluate_model, METH_VARARGS, NULL},
    {"evaluate_lists", evaluate_lists, METH_VARARGS, NULL},
    {"evaluated_users", evaluated_users, METH_VARARGS, NULL},
    {"evaluation_figures", evaluation_figures, METH_O, NULL},
    {"evaluation_compare", evaluation_compare, METH_VARARGS, NULL},
    {"metrics", metrics, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

bool vt_add_evaluation(PyObject *module)
{
    return PyModule_AddFunctions(module, functions) == 0;
}
