/*
 * A damaged model file must not take a shop's lists from it while an older model is there. The order: the model that
 * answered before the active one, since somebody has seen it answer, then the others, newest first.
 */
#include "recommend/fallback.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"

typedef struct other {
    char name[256];
    bool previous; /* it answered before the active one */
    struct timespec written;
} other;

typedef struct others {
    const vt_chosen_model *chosen;
    vt_active_model active;
    other *rows;
    size_t n, capacity;
    vt_error *err;
} others;

static int add_other(void *context, const vt_model_file *file)
{
    others *o = context;
    struct stat now;
    if (strcmp(file->name, o->chosen->name) == 0 || file->written == VT_NONE || stat(file->path, &now) != 0) {
        return VT_OK;
    }
    int status = vt_alloc_next(&o->rows, &o->capacity, o->n, sizeof *o->rows, o->err);
    if (status == VT_OK) {
        other *row = &o->rows[o->n++];
        snprintf(row->name, sizeof row->name, "%s", file->name);
        row->previous = strcmp(file->name, o->active.previous) == 0;
        row->written = now.st_mtim;
    }
    return status;
}

static int in_order(const void *a, const void *b)
{
    const other *x = a, *y = b;
    if (x->previous != y->previous) {
        return x->previous ? -1 : 1;
    }
    if (x->written.tv_sec != y->written.tv_sec) {
        return x->written.tv_sec > y->written.tv_sec ? -1 : 1;
    }
    if (x->written.tv_nsec != y->written.tv_nsec) {
        return x->written.tv_nsec > y->written.tv_nsec ? -1 : 1;
    }
    return strcmp(x->name, y->name);
}

/* What is popular answers without any model, and words and attributes then tell what is alike: it would add nothing. */
static bool adds_nothing(vt_recommender *recommender)
{
    vt_model_info info;
    return !vt_recommender_describe(recommender, &info) || strcmp(info.kind->name, "popularity") == 0;
}

static int open_first(vt_recommender **out, vt_chosen_model *chosen, const others *o, vt_live *live,
                      const vt_recommender_options *options, vt_error *err)
{
    char path[4096];
    for (size_t i = 0; i < o->n; i++) {
        vt_error why = VT_ERROR_INIT;
        int status = vt_model_path(path, sizeof path, vt_live_path(live), o->rows[i].name, &why);
        status = status != VT_OK ? status : vt_recommender_open(out, live, path, options, &why);
        if (status == VT_ERR_NO_MEMORY || status == VT_ERR_CANCELLED) {
            return vt_fail(err, why.code, "%s", why.message);
        }
        if (status == VT_OK && adds_nothing(*out)) {
            vt_recommender_free(*out);
            *out = NULL;
            continue;
        }
        if (status == VT_OK) {
            why = chosen->why;
            vt_fail(&chosen->why, why.code, "%.700s; the model %s answers in its place", why.message, o->rows[i].name);
            snprintf(chosen->name, sizeof chosen->name, "%s", o->rows[i].name);
            chosen->active = false;
            chosen->fallback = true;
            return VT_OK;
        }
    }
    return VT_ERR_NOT_FOUND;
}

int vt_fallback_open(vt_recommender **out, vt_chosen_model *chosen, vt_live *live,
                     const vt_recommender_options *options, vt_error *err)
{
    others o = {.chosen = chosen, .err = err};
    if (vt_model_active(&o.active, vt_live_path(live), NULL) != VT_OK) {
        o.active.previous[0] = '\0'; /* then the newest goes first */
    }
    int status = vt_model_files(vt_live_path(live), add_other, &o, err);
    if (status == VT_OK && o.n > 0) {
        qsort(o.rows, o.n, sizeof *o.rows, in_order);
    }
    status = status != VT_OK ? status : open_first(out, chosen, &o, live, options, err);
    vt_free(o.rows);
    return status;
}
