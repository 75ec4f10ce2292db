/* Days and categories come from the same scope as figures do, so that a page and its figures agree on "now". */
#include "report/page_meta.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/json_values.h"
#include "base/text.h"
#include "insight/groups.h"
#include "insight/number_text.h"
#include "vitrine/key.h"
#include "vitrine/version.h"

enum { TEXT_BYTES_MAX = 1 << 20 };

static void put_day(vt_json_writer *w, const char *key, int64_t day)
{
    char text[16];
    vt_format_date(text, day * 86400);
    vt_json_text(w, key, vt_str_of(text));
}

typedef struct ranked {
    double revenue;
    const char *name;
} ranked;

static int by_revenue(const void *a, const void *b)
{
    const ranked *x = a, *y = b;
    if (x->revenue != y->revenue) {
        return x->revenue > y->revenue ? -1 : 1;
    }
    return strcmp(x->name, y->name);
}

static int put_categories(vt_json_writer *w, const vt_scope *scope, vt_error *err)
{
    vt_groups groups = {0};
    vt_sums total;
    int status = vt_groups_make(&groups, VT_GROUPS_CATEGORY, scope, NULL, err);
    ranked *rows = status == VT_OK ? vt_alloc((size_t)groups.now.n, sizeof *rows, err) : NULL;
    if (rows == NULL) {
        vt_groups_done(&groups);
        return status != VT_OK ? status : VT_ERR_NO_MEMORY;
    }
    status = vt_sales_sum(&total, scope, &scope->period, &groups.now, 1, err);
    int32_t n = groups.now.n - 1; /* the last one is of goods without a category, which nothing filters by */
    for (int32_t k = 0; k < n; k++) {
        rows[k] = (ranked){vt_sums_revenue(&groups.now.sums[k]), groups.name[k]};
    }
    qsort(rows, (size_t)n, sizeof *rows, by_revenue);
    vt_json_array(w, "categories");
    for (int32_t k = 0; k < n && k < VT_PAGE_CATEGORIES && rows[k].revenue > 0 && status == VT_OK; k++) {
        vt_json_text(w, NULL, vt_str_of(rows[k].name));
    }
    vt_json_array_end(w);
    vt_free(rows);
    vt_groups_done(&groups);
    return status;
}

static int put_days(vt_json_writer *w, const vt_view *view, int64_t now, vt_error *err)
{
    vt_scope scope;
    vt_insight_options options;
    vt_insight_options_init(&options);
    options.period = "365d";
    options.compare = "none";
    options.now = now;
    int status = vt_scope_open(&scope, view, &options, err);
    if (status != VT_OK) {
        return status;
    }
    vt_json_time(w, "now", scope.now);
    vt_json_time(w, "newest_event", vt_view_last_time(view));
    if (vt_scope_first_time(view) != VT_NONE) {
        vt_period always = vt_scope_always(&scope);
        put_day(w, "first_day", always.first);
        put_day(w, "last_day", always.last);
    } else {
        vt_json_null(w, "first_day");
        vt_json_null(w, "last_day");
    }
    status = put_categories(w, &scope, err);
    vt_scope_close(&scope);
    return status;
}

/* What the ? beside a figure says, from the one table of metrics. */
static void put_metrics(vt_json_writer *w)
{
    const vt_metric_definition *metric;
    vt_json_array(w, "metrics");
    for (size_t i = 0; (metric = vt_metric_at(i)) != NULL; i++) {
        vt_json_object(w, NULL);
        vt_json_text(w, "id", vt_str_of(metric->id));
        vt_json_text(w, "name", vt_str_of(metric->name));
        vt_json_text(w, "unit", vt_str_of(vt_unit_name(metric->unit)));
        vt_json_text(w, "formula", vt_str_of(metric->formula));
        vt_json_text(w, "note", vt_str_of(metric->notes));
        vt_json_object_end(w);
    }
    vt_json_array_end(w);
}

int vt_page_meta_write(vt_json_writer *w, vt_live *live, const vt_page_meta *meta, vt_error *err)
{
    vt_live_state state;
    vt_live_describe(live, &state);
    vt_json_text(w, "shop", vt_str_of(meta->shop));
    if (state.currency[0] != '\0') {
        vt_json_text(w, "currency", vt_str_of(state.currency));
    } else {
        vt_json_null(w, "currency");
    }
    vt_json_text(w, "time_zone", vt_str_of(state.time_zone[0] == '\0' ? "UTC" : state.time_zone));
    vt_json_null(w, "locale");
    vt_view *view = vt_live_view(live);
    int status = put_days(w, view, meta->now, err);
    vt_json_int(w, "products", view->n_items);
    vt_json_int(w, "customers", view->n_users);
    vt_view_release(view);
    if (meta->model[0] != '\0') {
        vt_json_text(w, "model", vt_str_of(meta->model));
    } else {
        vt_json_null(w, "model");
    }
    vt_json_text(w, "version", vt_str_of(vt_version()));
    vt_json_array(w, "scopes");
    for (size_t i = 0; i < VT_SCOPES; i++) {
        if ((meta->scopes & (1U << i)) != 0) {
            vt_json_text(w, NULL, vt_str_of(vt_scope_name(i)));
        }
    }
    vt_json_array_end(w);
    vt_json_bool(w, "names", meta->names);
    vt_json_bool(w, "live", meta->live);
    if (meta->lists > 0) {
        vt_json_object(w, "lists");
        vt_json_int(w, "answered", meta->lists);
        vt_json_number(w, "seconds", meta->list_seconds);
        vt_json_object_end(w);
    } else {
        vt_json_null(w, "lists");
    }
    put_metrics(w);
    vt_json_time(w, "made", meta->now != VT_NONE ? meta->now : vt_now());
    return status;
}

int vt_page_meta_text(vt_text *out, vt_live *live, const vt_page_meta *meta, vt_error *err)
{
    vt_json_writer w;
    vt_buf text;
    vt_buf_init(&text, TEXT_BYTES_MAX);
    vt_json_writer_init(&w, &text, false);
    vt_json_object(&w, NULL);
    int status = vt_page_meta_write(&w, live, meta, err);
    if (status != VT_OK) {
        vt_json_writer_abort(&w);
        vt_buf_done(&text);
        return status;
    }
    vt_json_object_end(&w);
    return vt_text_finish(out, &text, vt_json_writer_done(&w, err), err);
}

size_t vt_page_meta_categories(const char *names[VT_PAGE_CATEGORIES], yyjson_val *meta)
{
    size_t n = 0, at, all;
    yyjson_val *category;
    yyjson_arr_foreach(yyjson_obj_get(meta, "categories"), at, all, category)
    {
        if (n < VT_PAGE_CATEGORIES) {
            names[n++] = yyjson_get_str(category);
        }
    }
    return n;
}
