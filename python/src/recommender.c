/*
 * A model over the shop in memory, as a server uses it. Each question first moves on to what was committed since, so
 * that an answer is never older than the store.
 */
#include <math.h>

#include "live.h"
#include "vitrine/choice.h"
#include "vitrine/json.h"
#include "vitrine/recommend.h"
#include "vitrine/search.h"

static void close_live(void *thing)
{
    vt_live_close(thing);
}

static void free_recommender(void *thing)
{
    vt_recommender_free(thing);
}

const vt_handle_kind vt_live_kind = {.noun = "the shop", .destroy = close_live};
static const vt_handle_kind recommender_kind = {.noun = "the recommender", .destroy = free_recommender};

/* (path, progress) */
static PyObject *live_open(PyObject *module, PyObject *args)
{
    const char *path = NULL;
    PyObject *progress = NULL;
    vt_live *live = NULL;
    vt_live_options options;
    vt_call call;
    (void)module;
    if (!PyArg_ParseTuple(args, "sO", &path, &progress)) {
        return NULL;
    }
    vt_live_options_init(&options);
    vt_call_begin(&call, progress);
    options.progress = &call.progress;
    int status = vt_live_open(&live, path, &options, &call.err);
    return vt_call_end(&call, status) ? vt_handle_new(&vt_live_kind, live, NULL, NULL) : NULL;
}

/* (live, model or None, threads): (recommender, name of the model, why another one or none answers or None) */
static PyObject *recommender_open(PyObject *module, PyObject *args)
{
    PyObject *live_handle = NULL;
    const char *model = NULL;
    vt_recommender *recommender = NULL;
    vt_recommender_options options;
    vt_chosen_model chosen;
    vt_call call;
    (void)module;
    vt_recommender_options_init(&options);
    if (!PyArg_ParseTuple(args, "Ozi", &live_handle, &model, &options.threads)) {
        return NULL;
    }
    vt_live *live = vt_handle_enter(live_handle, &vt_live_kind);
    if (live == NULL) {
        return NULL;
    }
    vt_call_begin(&call, NULL);
    int status = vt_recommender_choose(&recommender, &chosen, live, model, &options, &call.err);
    bool made = vt_call_end(&call, status);
    PyObject *handle = made ? vt_handle_new(&recommender_kind, recommender, live_handle, NULL) : NULL;
    vt_handle_leave(live_handle);
    if (handle == NULL) {
        return NULL;
    }
    PyObject *out = Py_BuildValue("(Osz)", handle, chosen.name, chosen.why.code == VT_OK ? NULL : chosen.why.message);
    Py_DECREF(handle);
    return out;
}

/* ---- questions --------------------------------------------------------------------------------------------------- */

/* A recommender and its shop, both in use and as of now once vt_call_begin() is behind. */
typedef struct engine {
    PyObject *handle;
    vt_recommender *recommender;
    vt_live *live;
} engine;

static bool enter(engine *e, PyObject *handle)
{
    *e = (engine){.handle = handle};
    e->recommender = vt_handle_enter(handle, &recommender_kind);
    if (e->recommender == NULL) {
        return false;
    }
    e->live = vt_handle_enter(vt_handle_kept(handle, 0), &vt_live_kind);
    if (e->live == NULL) {
        vt_handle_leave(handle);
    }
    return e->live != NULL;
}

static void leave(engine *e)
{
    PyObject *live = vt_handle_kept(e->handle, 0);
    vt_handle_leave(live);
    vt_handle_leave(e->handle);
}

static int refresh(engine *e, vt_error *err)
{
    int status = vt_live_refresh(e->live, NULL, err);
    return status != VT_OK ? status : vt_recommender_refresh(e->recommender, err);
}

/* (n, keep_seen, keep_unavailable, explain, category, brand, now or None) */
static bool read_request(vt_request *r, PyObject *tuple)
{
    int keep_seen = 0, keep_unavailable = 0, explain = 0;
    PyObject *now = NULL;
    vt_request_init(r);
    if (!PyArg_ParseTuple(tuple, "ipppzzO", &r->n, &keep_seen, &keep_unavailable, &explain, &r->category, &r->brand,
                          &now)) {
        return false;
    }
    r->keep_seen = keep_seen != 0;
    r->keep_unavailable = keep_unavailable != 0;
    r->explain = explain != 0;
    r->now = now == Py_None ? VT_NONE : PyLong_AsLongLong(now);
    return !PyErr_Occurred();
}

/* Events of a visitor: [(item, kind or -1, time or None, value or None)]. Freed with free(). */
static bool read_events(vt_given_event **out, vt_request *r, PyObject *list)
{
    Py_ssize_t n = PyList_Size(list);
    vt_given_event *events = n < 0 ? NULL : calloc((size_t)n + 1, sizeof *events);
    for (Py_ssize_t i = 0; events != NULL && i < n; i++) {
        PyObject *time = NULL, *value = NULL;
        vt_given_event *e = &events[i];
        vt_given_event_init(e);
        if (PyArg_ParseTuple(PyList_GetItem(list, i), "siOO", &e->item, &e->kind, &time, &value)) {
            e->time = time == Py_None ? VT_NONE : PyLong_AsLongLong(time);
            e->value = value == Py_None ? (double)NAN : PyFloat_AsDouble(value);
        }
        if (PyErr_Occurred()) {
            free(events);
            return false;
        }
    }
    *out = events;
    r->events = events;
    r->n_events = (size_t)n;
    return events != NULL;
}

static int load_rules(vt_rules *rules, const char *path, vt_error *err)
{
    vt_shop *shop = NULL;
    int status = vt_shop_open(&shop, path, VT_SHOP_READ, err);
    status = status != VT_OK ? status : vt_rules_load(rules, shop, err);
    vt_shop_close(shop);
    return status;
}

/* The shop's rules, with those of [(name, value)] in place of the same ones; None: `r` asks for the shop's. */
static bool read_rules(vt_rules *rules, vt_request *r, const engine *e, PyObject *list)
{
    const char *name = NULL, *value = NULL;
    vt_error err = VT_ERROR_INIT;
    vt_rules_init(rules);
    if (list == Py_None) {
        return true;
    }
    int status = load_rules(rules, vt_live_path(e->live), &err);
    Py_ssize_t n = PyList_Size(list);
    for (Py_ssize_t i = 0; status == VT_OK && i < n; i++) {
        if (!PyArg_ParseTuple(PyList_GetItem(list, i), "ss", &name, &value)) {
            return false;
        }
        status = vt_rules_set(rules, name, value, &err);
    }
    r->rules = rules;
    if (status != VT_OK) {
        vt_raise(&err);
    }
    return status == VT_OK && n >= 0;
}

/* (ids, scores, reasons or None, sources, degraded) */
static PyObject *answer_row(const vt_answer *a)
{
    PyObject *lists[4] = {PyList_New(0), PyList_New(0), PyList_New(0), PyList_New(0)}, *row = NULL;
    bool all = lists[0] != NULL && lists[1] != NULL && lists[2] != NULL && lists[3] != NULL;
    for (size_t i = 0; all && i < a->n; i++) {
        const vt_recommendation *r = &a->items[i];
        all = vt_append(lists[0], vt_py_chars(r->item)) && vt_append(lists[1], PyFloat_FromDouble(r->score)) &&
              vt_append(lists[2], vt_py_chars(r->reason)) && vt_append(lists[3], vt_py_chars(r->source));
    }
    if (all) {
        row = Py_BuildValue("(OOOOs)", lists[0], lists[1], lists[2], lists[3], a->degraded);
    }
    for (int i = 0; i < 4; i++) {
        Py_XDECREF(lists[i]);
    }
    return row;
}

/* One question after the refresh; adds its row to `out`. */
static bool ask(engine *e, const vt_request *request, PyObject *out)
{
    vt_answer answer = {0};
    vt_call call;
    vt_call_begin(&call, NULL);
    int status = request->item != NULL ? vt_similar(&answer, e->recommender, request, &call.err)
                                       : vt_recommend(&answer, e->recommender, request, &call.err);
    bool answered = vt_call_end(&call, status);
    bool added = answered && vt_append(out, answer_row(&answer));
    if (answered) {
        vt_answer_done(&answer);
    }
    return added;
}

static bool refresh_first(engine *e)
{
    vt_call call;
    vt_call_begin(&call, NULL);
    int status = refresh(e, &call.err);
    return vt_call_end(&call, status);
}

/* A row for each of `ids`. */
static PyObject *ask_all(engine *e, vt_request *request, PyObject *ids, bool similar)
{
    PyObject *out = refresh_first(e) ? PyList_New(0) : NULL;
    for (Py_ssize_t i = 0; out != NULL && i < PyList_Size(ids); i++) {
        const char **id = similar ? &request->item : &request->user;
        if (PyErr_CheckSignals() < 0 || !vt_py_optional(id, PyList_GetItem(ids, i), similar ? "an item" : "a user") ||
            !ask(e, request, out)) {
            Py_CLEAR(out);
        }
    }
    return out;
}

/* (recommender, [user or item], request, similar, rules): a row for each */
static PyObject *recommender_ask(PyObject *module, PyObject *args)
{
    PyObject *handle = NULL, *ids = NULL, *tuple = NULL, *list = NULL;
    int similar = 0;
    vt_request request;
    vt_rules rules;
    engine e;
    (void)module;
    if (!PyArg_ParseTuple(args, "OO!O!pO", &handle, &PyList_Type, &ids, &PyTuple_Type, &tuple, &similar, &list) ||
        !read_request(&request, tuple) || !enter(&e, handle)) {
        return NULL;
    }
    PyObject *out = read_rules(&rules, &request, &e, list) ? ask_all(&e, &request, ids, similar != 0) : NULL;
    vt_rules_done(&rules);
    leave(&e);
    return out;
}

/* (recommender, user or None, events, request, rules): a row for a visitor or a user with events that the shop was not
   told */
static PyObject *recommender_visit(PyObject *module, PyObject *args)
{
    PyObject *handle = NULL, *list = NULL, *tuple = NULL, *of_call = NULL;
    const char *user = NULL;
    vt_request request;
    vt_rules rules;
    vt_given_event *events = NULL;
    engine e;
    (void)module;
    if (!PyArg_ParseTuple(args, "OzO!O!O", &handle, &user, &PyList_Type, &list, &PyTuple_Type, &tuple, &of_call) ||
        !read_request(&request, tuple) || !read_events(&events, &request, list)) {
        return NULL;
    }
    PyObject *out = NULL;
    request.user = user;
    request.visitor = user == NULL;
    if (enter(&e, handle)) {
        out = read_rules(&rules, &request, &e, of_call) && refresh_first(&e) ? PyList_New(0) : NULL;
        if (out != NULL && !ask(&e, &request, out)) {
            Py_CLEAR(out);
        }
        vt_rules_done(&rules);
        leave(&e);
    }
    free(events);
    return out;
}

/* ---- answers as JSON --------------------------------------------------------------------------------------------- */

static int complements_json(vt_text *out, engine *e, const vt_request *request, vt_error *err)
{
    vt_complements complements = {0};
    int status = vt_complement(&complements, e->recommender, request, 1, err);
    if (status == VT_OK) {
        status = vt_complements_json(out, &complements, request, false, err);
        vt_complements_done(&complements);
    }
    return status;
}

static int why_json(vt_text *out, engine *e, const vt_request *request, vt_error *err)
{
    vt_why why;
    memset(&why, 0, sizeof why);
    int status = vt_explain(&why, e->recommender, request, err);
    if (status == VT_OK) {
        status = vt_why_json(out, &why, request, "", false, err);
        vt_why_done(&why);
    }
    return status;
}

/* (recommender, user or None, item, request): what `json` makes of it, as text. */
static PyObject *ask_json(PyObject *args,
                          int (*json)(vt_text *out, engine *e, const vt_request *request, vt_error *err))
{
    PyObject *handle = NULL, *tuple = NULL;
    const char *user = NULL, *item = NULL;
    vt_request request;
    vt_text text = {NULL, 0};
    engine e;
    vt_call call;
    if (!PyArg_ParseTuple(args, "OzsO!", &handle, &user, &item, &PyTuple_Type, &tuple) ||
        !read_request(&request, tuple) || !enter(&e, handle)) {
        return NULL;
    }
    request.user = user;
    request.item = item;
    vt_call_begin(&call, NULL);
    int status = refresh(&e, &call.err);
    status = status != VT_OK ? status : json(&text, &e, &request, &call.err);
    bool made = vt_call_end(&call, status);
    leave(&e);
    PyObject *out = made ? vt_py_text((vt_str){text.data, text.len}) : NULL;
    vt_text_free(&text);
    return out;
}

static PyObject *recommender_complements(PyObject *module, PyObject *args)
{
    (void)module;
    return ask_json(args, complements_json);
}

static PyObject *recommender_explain(PyObject *module, PyObject *args)
{
    (void)module;
    return ask_json(args, why_json);
}

static int search(vt_text *out, engine *e, const vt_search_query *query, vt_error *err)
{
    vt_found found;
    int status = refresh(e, err);
    status = status != VT_OK ? status : vt_search(&found, e->recommender, query, err);
    if (status == VT_OK) {
        status = vt_found_json(out, &found, query, false, err);
        vt_found_done(&found);
    }
    return status;
}

/* (recommender, words, photo, item, by, request): items by one of the first three, as text */
static PyObject *recommender_search(PyObject *module, PyObject *args)
{
    PyObject *handle = NULL, *tuple = NULL;
    const char *item = NULL;
    int by = 0;
    vt_search_query query;
    vt_text text = {NULL, 0};
    engine e;
    vt_call call;
    (void)module;
    vt_search_query_init(&query);
    if (!PyArg_ParseTuple(args, "OzzziO!", &handle, &query.text, &query.photo, &item, &by, &PyTuple_Type, &tuple) ||
        !read_request(&query.request, tuple) || !enter(&e, handle)) {
        return NULL;
    }
    query.request.item = item;
    query.by = (vt_search_by)by;
    vt_call_begin(&call, NULL);
    int status = search(&text, &e, &query, &call.err);
    bool made = vt_call_end(&call, status);
    leave(&e);
    PyObject *out = made ? vt_py_text((vt_str){text.data, text.len}) : NULL;
    vt_text_free(&text);
    return out;
}

static PyMethodDef functions[] = {
    {"live_open", live_open, METH_VARARGS, NULL},
    {"recommender_open", recommender_open, METH_VARARGS, NULL},
    {"recommender_ask", recommender_ask, METH_VARARGS, NULL},
    {"recommender_visit", recommender_visit, METH_VARARGS, NULL},
    {"recommender_complements", recommender_complements, METH_VARARGS, NULL},
    {"recommender_explain", recommender_explain, METH_VARARGS, NULL},
    {"recommender_search", recommender_search, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

bool vt_add_recommenders(PyObject *module)
{
    return PyModule_AddFunctions(module, functions) == 0;
}
