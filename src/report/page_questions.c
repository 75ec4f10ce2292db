/* Every question is independent of the others: they are asked side by side, and kept in the order of the list. */
#include "report/page_questions.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/number.h"
#include "base/pool.h"
#include "report/bundle.h"

static const char *const periods[] = {"7d", "30d", "90d", "1y", NULL};
static const char *const compares[] = {"previous", "weekdays", "year", "none", NULL};
static const char *const kinds_of_customers[] = {"new", "returning", "premium", NULL};
static const char *const nothing[] = {"", NULL};

/* ---- the list ---------------------------------------------------------------------------------------------------- */

void vt_page_questions_done(vt_page_questions *p)
{
    vt_free(p->row);
    vt_arena_free(p->texts);
    *p = (vt_page_questions){0};
}

/* Adds a parameter at its place by name; "" is none. */
static int add_param(vt_page_question *p, const char *name, const char *value, vt_error *err)
{
    size_t at = p->n_params;
    if (value[0] == '\0') {
        return VT_OK;
    }
    if (at == VT_PAGE_PARAMS_MAX) {
        return vt_fail(err, VT_ERR_LIMIT, "a request has more than %d parameters", VT_PAGE_PARAMS_MAX);
    }
    while (at > 0 && strcmp(p->name[at - 1], name) > 0) {
        p->name[at] = p->name[at - 1];
        p->value[at] = p->value[at - 1];
        at--;
    }
    p->name[at] = name;
    p->value[at] = value;
    p->n_params++;
    return VT_OK;
}

/* Two requests of the pages may come down to one question. */
static bool is_listed(const vt_page_questions *list, const char *key)
{
    for (size_t i = 0; i < list->n; i++) {
        if (strcmp(list->row[i].key, key) == 0) {
            return true;
        }
    }
    return false;
}

/* Copies a question into the list, with its key, where it is not in it. */
static int add_question(vt_page_questions *list, const vt_page_question *from, const char *path, vt_error *err)
{
    char key[512];
    int n = snprintf(key, sizeof key, "%s", path);
    size_t used = n > 0 ? (size_t)n : 0;
    for (size_t i = 0; i < from->n_params && used < sizeof key; i++) {
        n = snprintf(key + used, sizeof key - used, "%c%s=%s", i == 0 ? '?' : '&', from->name[i], from->value[i]);
        used += n > 0 ? (size_t)n : 0;
    }
    if (used >= sizeof key) {
        return vt_fail(err, VT_ERR_LIMIT, "a request is longer than %zu bytes", sizeof key);
    }
    if (is_listed(list, key)) {
        return VT_OK;
    }
    int status = vt_alloc_next(&list->row, &list->capacity, list->n, sizeof *list->row, err);
    if (status != VT_OK) {
        return status;
    }
    vt_page_question *to = &list->row[list->n];
    *to = *from;
    to->key = vt_arena_str(list->texts, vt_str_of(key), err).ptr;
    for (size_t i = 0; i < to->n_params && to->key != NULL; i++) {
        to->name[i] = vt_arena_str(list->texts, vt_str_of(from->name[i]), err).ptr;
        to->value[i] = vt_arena_str(list->texts, vt_str_of(from->value[i]), err).ptr;
        if (to->name[i] == NULL || to->value[i] == NULL) {
            return VT_ERR_NO_MEMORY;
        }
    }
    if (to->key == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    to->kind = vt_arena_str(list->texts, vt_str_of(from->kind), err).ptr;
    list->n++;
    return to->kind == NULL ? VT_ERR_NO_MEMORY : VT_OK;
}

/* What filters there are: none, and one value each. */
typedef struct filters {
    const char **name, **value;
    size_t n, capacity_name, capacity_value;
} filters;

static int add_filter(filters *f, const char *name, const char *value, vt_error *err)
{
    int status = vt_alloc_next(&f->name, &f->capacity_name, f->n, sizeof *f->name, err);
    status = status != VT_OK ? status : vt_alloc_next(&f->value, &f->capacity_value, f->n, sizeof *f->value, err);
    if (status == VT_OK) {
        f->name[f->n] = name;
        f->value[f->n++] = value;
    }
    return status;
}

static int find_filters(filters *f, yyjson_val *requests, const char *const *categories, size_t n, vt_error *err)
{
    size_t at, all;
    yyjson_val *band;
    int status = add_filter(f, "category", "", err);
    for (size_t i = 0; i < n && status == VT_OK; i++) {
        status = add_filter(f, "category", categories[i], err);
    }
    yyjson_arr_foreach(yyjson_obj_get(requests, "prices"), at, all, band)
    {
        const char *text = yyjson_get_str(band);
        status = status != VT_OK ? status : add_filter(f, "price", text == NULL ? "" : text, err);
    }
    for (size_t i = 0; kinds_of_customers[i] != NULL && status == VT_OK; i++) {
        status = add_filter(f, "customers", kinds_of_customers[i], err);
    }
    return status;
}

static bool goes_by(yyjson_val *request, const char *control)
{
    size_t at, n;
    yyjson_val *by;
    yyjson_arr_foreach(yyjson_obj_get(request, "by"), at, n, by)
    {
        if (yyjson_equals_str(by, control)) {
            return true;
        }
    }
    return false;
}

/* What the controls are set to, each list with a NULL or a number at its end. */
typedef struct settings {
    const char *const *periods, *const *compares;
    filters filters;
} settings;

/* One request of the pages, with all that the controls are set to. */
static int list_request(vt_page_questions *list, yyjson_val *request, const settings *s, vt_error *err)
{
    const filters *f = &s->filters;
    static const char prefix[] = "insight/";
    const char *path = yyjson_get_str(yyjson_obj_get(request, "path"));
    if (path == NULL || strncmp(path, prefix, sizeof prefix - 1) != 0) {
        return VT_OK; /* lists are not asked with filters */
    }
    vt_page_question fixed = {.kind = path + sizeof prefix - 1};
    size_t at, n;
    yyjson_val *name, *value;
    int status = VT_OK;
    yyjson_obj_foreach(yyjson_obj_get(request, "params"), at, n, name, value)
    {
        const char *text = yyjson_get_str(value);
        status = status != VT_OK ? status
                 : text == NULL  ? vt_fail(err, VT_ERR_FORMAT, "a parameter of %s is no text", path)
                                 : add_param(&fixed, yyjson_get_str(name), text, err);
    }
    const char *const *p = goes_by(request, "period") ? s->periods : nothing;
    const char *const *c = goes_by(request, "compare") ? s->compares : nothing;
    size_t n_filters = goes_by(request, "filters") ? f->n : 1;
    for (size_t i = 0; p[i] != NULL; i++) {
        for (size_t k = 0; c[k] != NULL; k++) {
            for (size_t j = 0; j < n_filters && status == VT_OK; j++) {
                vt_page_question q = fixed;
                status = add_param(&q, "period", p[i], err);
                status = status != VT_OK ? status : add_param(&q, "compare", c[k], err);
                status = status != VT_OK ? status : add_param(&q, f->name[j], f->value[j], err);
                status = status != VT_OK ? status : add_question(list, &q, path, err);
            }
        }
    }
    return status;
}

/* Adds all requests of the table with these settings. */
static int list_all(vt_page_questions *list, yyjson_val *requests, const settings *s, vt_error *err)
{
    size_t at, all;
    yyjson_val *name, *request;
    int status = list->texts == NULL ? vt_arena_create(&list->texts, 0, err) : VT_OK;
    yyjson_obj_foreach(yyjson_obj_get(requests, "requests"), at, all, name, request)
    {
        status = status != VT_OK ? status : list_request(list, request, s, err);
    }
    return status;
}

static int give_list(vt_page_questions *out, vt_page_questions *list, int status)
{
    if (status == VT_OK) {
        *out = *list;
    } else {
        vt_page_questions_done(list);
    }
    return status;
}

int vt_page_questions_list(vt_page_questions *out, yyjson_val *requests, const char *const *categories, size_t n,
                           vt_error *err)
{
    vt_page_questions list = {0};
    settings s = {.periods = periods, .compares = compares};
    int status = find_filters(&s.filters, requests, categories, n, err);
    status = status != VT_OK ? status : list_all(&list, requests, &s, err);
    vt_free(s.filters.name);
    vt_free(s.filters.value);
    return give_list(out, &list, status);
}

/* What the controls are set to when a page is opened for the first time. */
typedef struct defaults {
    const char *period[2], *compare[2];
} defaults;

static int read_defaults(defaults *d, yyjson_val *requests, vt_error *err)
{
    yyjson_val *set = yyjson_obj_get(requests, "defaults");
    *d = (defaults){
        .period = {yyjson_get_str(yyjson_obj_get(set, "period"))},
        .compare = {yyjson_get_str(yyjson_obj_get(set, "compare"))},
    };
    return d->period[0] != NULL && d->compare[0] != NULL
               ? VT_OK
               : vt_fail(err, VT_ERR_FORMAT, "the table of requests names no period and comparison to begin with");
}

int vt_page_questions_first(vt_page_questions *out, yyjson_val *requests, vt_error *err)
{
    defaults d;
    const char *name[] = {"category"}, *none[] = {""};
    vt_page_questions list = {0};
    int status = read_defaults(&d, requests, err);
    settings s = {.periods = d.period, .compares = d.compare, .filters = {.name = name, .value = none, .n = 1}};
    status = status != VT_OK ? status : list_all(&list, requests, &s, err);
    s.periods = periods;
    status = status != VT_OK ? status : list_all(&list, requests, &s, err);
    return give_list(out, &list, status);
}

/* The requests of the table that go by filters, with one category. */
static int list_category(vt_page_questions *list, yyjson_val *requests, const settings *s, vt_error *err)
{
    size_t at, all;
    yyjson_val *name, *request;
    int status = VT_OK;
    yyjson_obj_foreach(yyjson_obj_get(requests, "requests"), at, all, name, request)
    {
        status = status != VT_OK || !goes_by(request, "filters") ? status : list_request(list, request, s, err);
    }
    return status;
}

int vt_page_questions_of(vt_page_questions *out, yyjson_val *requests, const char *const *categories, size_t n,
                         vt_error *err)
{
    defaults d;
    const char *name[] = {"category"}, *value[1];
    vt_page_questions list = {0};
    int status = read_defaults(&d, requests, err);
    const settings s = {.periods = d.period, .compares = d.compare, .filters = {.name = name, .value = value, .n = 1}};
    status = status != VT_OK ? status : vt_arena_create(&list.texts, 0, err);
    for (size_t i = 0; i < n && i < VT_PAGE_CATEGORIES_AHEAD && status == VT_OK; i++) {
        value[0] = categories[i];
        status = list_category(&list, requests, &s, err);
    }
    return give_list(out, &list, status);
}

int vt_page_requests_read(yyjson_val **out, vt_json_reader *reader, vt_error *err)
{
    vt_text text = {NULL, 0};
    const vt_bundle_file *file = vt_bundle_find(vt_str_of("requests.json"));
    int status = file == NULL ? vt_fail(err, VT_ERR_UNSUPPORTED, "the dashboard has no table of requests")
                              : vt_bundle_unpack(&text, file, err);
    status = status != VT_OK ? status : vt_json_read(reader, (vt_str){text.data, text.len}, out, err);
    vt_text_free(&text);
    return status;
}

/* ---- answers ----------------------------------------------------------------------------------------------------- */

typedef struct batch {
    const vt_page_questions *presets;
    vt_live *live;
    const vt_insight_options *options;
    vt_text *answers; /* (n) */
} batch;

static int answer_some(void *context, int worker, size_t begin, size_t end, vt_error *err)
{
    const batch *b = context;
    int status = VT_OK;
    (void)worker;
    for (size_t i = begin; i < end && status == VT_OK; i++) {
        const vt_page_question *p = &b->presets->row[i];
        vt_insight_options o = *b->options;
        vt_insight *insight = NULL;
        o.progress = NULL;
        for (size_t k = 0; k < p->n_params && status == VT_OK; k++) {
            status = vt_insight_options_set(&o, p->name[k], p->value[k], err);
        }
        status = status != VT_OK ? status : vt_insight_ask(&insight, b->live, p->kind, &o, err);
        status = status != VT_OK ? status : vt_insight_json(&b->answers[i], insight, false, err);
        vt_insight_free(insight);
    }
    return status;
}

static int report_done(void *context, size_t done, vt_error *err)
{
    const batch *b = context;
    const vt_progress_state state = {
        .stage = "computing figures", .unit = "answers", .done = (double)done, .total = (double)b->presets->n};
    return vt_progress_report(b->options->progress, &state, err);
}

int vt_page_questions_ask(vt_collected *to, const vt_page_questions *presets, vt_live *live,
                          const vt_insight_options *options, int threads,
                          int (*is_new)(void *context, yyjson_val *table, vt_error *err), void *context, vt_error *err)
{
    batch b = {presets, live, options, vt_alloc_zero(presets->n + 1, sizeof(vt_text), err)};
    int status = b.answers == NULL ? VT_ERR_NO_MEMORY
                                   : vt_parallel_for(threads, presets->n, 1, answer_some, report_done, &b, err);
    for (size_t i = 0; i < presets->n && b.answers != NULL; i++) {
        vt_str json = {b.answers[i].data, b.answers[i].len};
        if (status == VT_OK) {
            status = vt_collected_insight(to, vt_str_of(presets->row[i].key), json, is_new, context, err);
        }
        vt_text_free(&b.answers[i]);
    }
    vt_free(b.answers);
    return status;
}
