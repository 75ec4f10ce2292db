/*
 * What a fitted model says of users of a dataset: lists, ratings, explanations, similar items. The ranker here is a
 * vt_history_ranker over a model of any kind; the kind of model of that name is one of them.
 */
#include <math.h>

#include "data.h"
#include "vitrine/history_ranker.h"

/* Keeps its dataset and its model. */
typedef struct ranker {
    vt_interactions *history;
    vt_history_ranker *lists;
    const vt_model *model;
    const vt_snapshot *snapshot;
} ranker;

static void free_ranker(void *thing)
{
    ranker *r = thing;
    if (r != NULL) {
        vt_history_ranker_free(r->lists);
        vt_interactions_free(r->history);
        free(r);
    }
}

static const vt_handle_kind ranker_kind = {.noun = "the ranker", .destroy = free_ranker};

/* (model, dataset, split or None, parts) */
static PyObject *ranker_new(PyObject *module, PyObject *args)
{
    PyObject *model_handle = NULL, *dataset = NULL, *split = NULL;
    unsigned parts = 0;
    vt_parts p;
    vt_call call;
    (void)module;
    if (!PyArg_ParseTuple(args, "OOOI", &model_handle, &dataset, &split, &parts) ||
        !vt_parts_enter(&p, dataset, split)) {
        return NULL;
    }
    ranker *r = calloc(1, sizeof *r);
    const vt_model *model = vt_handle_enter(model_handle, &vt_model_kind_of_handle);
    bool made = r != NULL && model != NULL;
    if (made) {
        r->model = model;
        r->snapshot = p.data->snapshot;
        vt_call_begin(&call, NULL);
        int status =
            vt_interactions_create(&r->history, r->snapshot, p.split, parts | (unsigned)VT_PARTS_SIGNALS, &call.err);
        status = status != VT_OK ? status : vt_history_ranker_create(&r->lists, model, r->history, &call.err);
        made = vt_call_end(&call, status);
    }
    if (model != NULL) {
        vt_handle_leave(model_handle);
    }
    vt_parts_leave(&p);
    if (!made) {
        free_ranker(r);
        return PyErr_Occurred() ? NULL : PyErr_NoMemory();
    }
    return vt_handle_new(&ranker_kind, r, dataset, model_handle);
}

/* ---- lists ------------------------------------------------------------------------------------------------------- */

/* What is asked, and room for the answer. */
typedef struct question {
    int32_t *user; /* (N) */
    int32_t *item; /* (N, K) */
    float *score;  /* (N, K) */
    size_t n, k;
} question;

static void question_done(question *q)
{
    free(q->user);
    free(q->item);
    free(q->score);
}

static bool find_user(int32_t *out, const ranker *r, PyObject *id)
{
    vt_str text;
    if (!vt_py_str(&text, id, "a user")) {
        return false;
    }
    *out = vt_ids_find(&r->snapshot->users, text);
    if (*out < 0) {
        vt_raise_as(VT_ERR_NOT_FOUND, -1, "no user \"%.*s\" in the history; ids are case-sensitive", VT_STR_ARGS(text));
    }
    return *out >= 0;
}

static bool question_init(question *q, const ranker *r, PyObject *users, Py_ssize_t k)
{
    Py_ssize_t n = PyList_Size(users);
    vt_model_info info;
    vt_model_describe(r->model, &info);
    if (n < 0) {
        return false;
    }
    if (k < 1) {
        vt_raise_as(VT_ERR_USAGE, -1, "n is %zd; 1 or more is expected", k);
        return false;
    }
    k = k < info.n_items ? k : info.n_items; /* no list is longer */
    *q = (question){.n = (size_t)n, .k = (size_t)(k < 1 ? 1 : k)};
    q->user = calloc(q->n + 1, sizeof *q->user);
    q->item = calloc(q->n * q->k + 1, sizeof *q->item);
    q->score = calloc(q->n * q->k + 1, sizeof *q->score);
    if (q->user == NULL || q->item == NULL || q->score == NULL) {
        PyErr_NoMemory();
        return false;
    }
    for (size_t i = 0; i < q->n; i++) {
        if (!find_user(&q->user[i], r, PyList_GetItem(users, (Py_ssize_t)i))) {
            return false;
        }
    }
    return true;
}

/* One list of ids and one of scores behind those that are there. */
static bool add_list(PyObject *ids, PyObject *scores, const vt_model_info *info, const int32_t *item,
                     const float *score, size_t k)
{
    PyObject *row = PyList_New(0), *values = PyList_New(0);
    bool all = row != NULL && values != NULL;
    for (size_t i = 0; all && i < k && item[i] >= 0; i++) {
        all = vt_append(row, vt_py_text(vt_ids_get(&info->items, item[i]))) &&
              vt_append(values, PyFloat_FromDouble((double)score[i]));
    }
    all = all && PyList_Append(ids, row) == 0 && PyList_Append(scores, values) == 0;
    Py_XDECREF(row);
    Py_XDECREF(values);
    return all;
}

static PyObject *answer(const ranker *r, const question *q)
{
    vt_model_info info;
    vt_model_describe(r->model, &info);
    PyObject *out = Py_BuildValue("([][])");
    for (size_t i = 0; out != NULL && i < q->n; i++) {
        if (!add_list(PyTuple_GetItem(out, 0), PyTuple_GetItem(out, 1), &info, q->item + i * q->k, q->score + i * q->k,
                      q->k)) {
            Py_CLEAR(out);
        }
    }
    return out;
}

static vt_history_ranker_options options_of(int keep_seen, PyObject *now, int threads)
{
    vt_history_ranker_options options;
    vt_history_ranker_options_init(&options);
    options.keep_seen = keep_seen != 0;
    options.threads = threads;
    options.now = now == Py_None ? VT_NONE : PyLong_AsLongLong(now);
    return options;
}

/* (ranker, users, n, keep_seen, now or None, threads, progress): (ids, scores), a list for each user */
static PyObject *ranker_list(PyObject *module, PyObject *args)
{
    PyObject *handle = NULL, *users = NULL, *now = NULL, *progress = NULL, *out = NULL;
    Py_ssize_t k = 0;
    int keep_seen = 0, threads = 0;
    question q = {0};
    (void)module;
    if (!PyArg_ParseTuple(args, "OO!npOiO", &handle, &PyList_Type, &users, &k, &keep_seen, &now, &threads, &progress)) {
        return NULL;
    }
    const ranker *r = vt_handle_enter(handle, &ranker_kind);
    if (r == NULL) {
        return NULL;
    }
    vt_history_ranker_options options = options_of(keep_seen, now, threads);
    if (!PyErr_Occurred() && question_init(&q, r, users, k)) {
        vt_call call;
        vt_call_begin(&call, progress);
        options.progress = &call.progress;
        int status = vt_history_ranker_list(r->lists, q.user, q.n, q.k, &options, q.item, q.score, &call.err);
        out = vt_call_end(&call, status) ? answer(r, &q) : NULL;
    }
    question_done(&q);
    vt_handle_leave(handle);
    return out;
}

/* ---- single items ------------------------------------------------------------------------------------------------ */

static bool find_items(int32_t **out, size_t *n, const vt_model *model, PyObject *items)
{
    vt_model_info info;
    vt_str text;
    Py_ssize_t size = PyList_Size(items);
    vt_model_describe(model, &info);
    int32_t *found = size < 0 ? NULL : calloc((size_t)size + 1, sizeof *found);
    for (Py_ssize_t i = 0; found != NULL && i < size; i++) {
        bool is_text = vt_py_str(&text, PyList_GetItem(items, i), "an item");
        found[i] = is_text ? vt_ids_find(&info.items, text) : -1;
        if (is_text && found[i] < 0) {
            vt_raise_as(VT_ERR_NOT_FOUND, i, "the model knows no item \"%.*s\"; ids are case-sensitive",
                        VT_STR_ARGS(text));
        }
        if (found[i] < 0) {
            free(found);
            return false;
        }
    }
    *out = found;
    *n = (size_t)size;
    return found != NULL;
}

static PyObject *part_row(const vt_score_part *part, size_t n_events)
{
    PyObject *share = vt_py_real(part->share), *events = part->by_event == NULL ? Py_NewRef(Py_None) : PyList_New(0);
    bool all = share != NULL && events != NULL;
    for (size_t e = 0; all && part->by_event != NULL && e < n_events; e++) {
        all = vt_append(events, PyFloat_FromDouble(part->by_event[e]));
    }
    PyObject *row =
        !all ? NULL
             : Py_BuildValue("{s:s,s:s,s:d,s:O,s:O}", "name", part->name, "kind", vt_reason_kind_name((int)part->kind),
                             "value", part->value, "share", share, "by_event", events);
    Py_XDECREF(share);
    Py_XDECREF(events);
    return row;
}

static PyObject *attended_row(const vt_explanation *e)
{
    if (e->attended == NULL) {
        Py_RETURN_NONE;
    }
    PyObject *list = PyList_New(0);
    for (size_t i = 0; list != NULL && i < e->n_events; i++) {
        if (!vt_append(list, PyFloat_FromDouble(e->attended[i]))) {
            Py_CLEAR(list);
        }
    }
    return list;
}

static PyObject *explanation_row(const vt_explanation *e)
{
    PyObject *parts = PyList_New(0), *tokens = PyList_New(0), *attended = attended_row(e), *row = NULL;
    bool all = parts != NULL && tokens != NULL && attended != NULL;
    for (size_t i = 0; all && i < e->n_parts; i++) {
        all = vt_append(parts, part_row(&e->parts[i], e->n_events));
    }
    for (size_t i = 0; all && i < e->n_tokens; i++) {
        all = vt_append(tokens, Py_BuildValue("(sd)", e->tokens[i].name, e->tokens[i].value));
    }
    if (all) {
        row = Py_BuildValue("{s:d,s:O,s:O,s:O}", "score", e->score, "parts", parts, "tokens", tokens, "attended",
                            attended);
    }
    Py_XDECREF(parts);
    Py_XDECREF(tokens);
    Py_XDECREF(attended);
    return row;
}

/* Items of the history, in the order in which explanations count events: positive ones, then signals. */
static PyObject *history_row(const ranker *r, int32_t user)
{
    const vt_interactions *all[] = {r->history, r->history->signals};
    PyObject *list = PyList_New(0);
    for (int s = 0; s < 2 && all[s] != NULL; s++) {
        for (int64_t e = all[s]->ptr[user]; list != NULL && e < all[s]->ptr[user + 1]; e++) {
            if (!vt_append(list, vt_py_text(vt_ids_get(&r->snapshot->items, all[s]->item[e])))) {
                Py_CLEAR(list);
            }
        }
    }
    return list;
}

static PyObject *explain(const ranker *r, int32_t user, const int32_t *items, size_t n,
                         const vt_history_ranker_options *options)
{
    vt_call call;
    PyObject *out = NULL;
    vt_explanation *why = calloc(n + 1, sizeof *why);
    if (why == NULL) {
        return PyErr_NoMemory();
    }
    vt_call_begin(&call, NULL);
    int status = vt_history_ranker_explain(why, r->lists, user, items, n, options, &call.err);
    if (vt_call_end(&call, status)) {
        out = PyList_New(0);
        for (size_t i = 0; i < n; i++) {
            if (out != NULL && !vt_append(out, explanation_row(&why[i]))) {
                Py_CLEAR(out);
            }
            vt_explanation_done(&why[i]);
        }
    }
    free(why);
    return out;
}

static PyObject *predict(const ranker *r, int32_t user, const int32_t *items, size_t n,
                         const vt_history_ranker_options *options)
{
    vt_call call;
    float *rating = calloc(n + 1, sizeof *rating);
    if (rating == NULL) {
        return PyErr_NoMemory();
    }
    vt_call_begin(&call, NULL);
    int status = vt_history_ranker_predict(rating, r->lists, user, items, n, options, &call.err);
    PyObject *out = vt_call_end(&call, status) ? vt_py_floats(rating, n) : NULL;
    free(rating);
    return out;
}

/* (ranker, user, items, now): what `of` says of these items. */
static PyObject *about_items(PyObject *args, PyObject *(*of)(const ranker *r, int32_t user, const int32_t *items,
                                                             size_t n, const vt_history_ranker_options *options))
{
    PyObject *handle = NULL, *user_id = NULL, *ids = NULL, *now = NULL, *out = NULL;
    int32_t user = -1, *items = NULL;
    size_t n = 0;
    if (!PyArg_ParseTuple(args, "OOO!O", &handle, &user_id, &PyList_Type, &ids, &now)) {
        return NULL;
    }
    const ranker *r = vt_handle_enter(handle, &ranker_kind);
    if (r == NULL) {
        return NULL;
    }
    vt_history_ranker_options options = options_of(0, now, 0);
    if (!PyErr_Occurred() && find_user(&user, r, user_id) && find_items(&items, &n, r->model, ids)) {
        out = of(r, user, items, n, &options);
    }
    free(items);
    vt_handle_leave(handle);
    return out;
}

static PyObject *ranker_explain(PyObject *module, PyObject *args)
{
    (void)module;
    return about_items(args, explain);
}

static PyObject *ranker_predict(PyObject *module, PyObject *args)
{
    (void)module;
    return about_items(args, predict);
}

/* (ranker, user): items of the user's history */
static PyObject *ranker_history(PyObject *module, PyObject *args)
{
    PyObject *handle = NULL, *user_id = NULL;
    int32_t user = -1;
    (void)module;
    if (!PyArg_ParseTuple(args, "OO", &handle, &user_id)) {
        return NULL;
    }
    const ranker *r = vt_handle_enter(handle, &ranker_kind);
    if (r == NULL) {
        return NULL;
    }
    PyObject *out = find_user(&user, r, user_id) ? history_row(r, user) : NULL;
    vt_handle_leave(handle);
    return out;
}

/* (model, item): similarity of every item of the model, -inf where there is none */
static PyObject *model_similar(PyObject *module, PyObject *args)
{
    PyObject *handle = NULL, *id = NULL, *ids = NULL, *out = NULL;
    int32_t *item = NULL;
    size_t n = 0;
    vt_model_info info;
    (void)module;
    if (!PyArg_ParseTuple(args, "OO", &handle, &id)) {
        return NULL;
    }
    const vt_model *model = vt_handle_enter(handle, &vt_model_kind_of_handle);
    ids = model == NULL ? NULL : Py_BuildValue("[O]", id);
    if (ids != NULL && find_items(&item, &n, model, ids)) {
        vt_model_describe(model, &info);
        float *score = calloc((size_t)info.n_items + 1, sizeof *score);
        vt_call call;
        vt_call_begin(&call, NULL);
        int status = score == NULL ? vt_fail(&call.err, VT_ERR_NO_MEMORY, "memory ran out")
                                   : vt_model_similar(model, item[0], score, &call.err);
        out = vt_call_end(&call, status) ? vt_py_floats(score, (size_t)info.n_items) : NULL;
        free(score);
    }
    free(item);
    Py_XDECREF(ids);
    if (model != NULL) {
        vt_handle_leave(handle);
    }
    return out;
}

static PyMethodDef functions[] = {
    {"ranker_new", ranker_new, METH_VARARGS, NULL},
    {"ranker_list", ranker_list, METH_VARARGS, NULL},
    {"ranker_explain", ranker_explain, METH_VARARGS, NULL},
    {"ranker_predict", ranker_predict, METH_VARARGS, NULL},
    {"ranker_history", ranker_history, METH_VARARGS, NULL},
    {"model_similar", model_similar, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

bool vt_add_rankers(PyObject *module)
{
    return PyModule_AddFunctions(module, functions) == 0;
}
