/* Looks up at most VT_TELLING_ITEMS ids, so that a small import into a large shop costs what a small one should. */
#include "import/catalogue.h"

#include <stdio.h>

enum { LOOKED_AT = 1000 /* items of the shop, for an example */ };

typedef struct looking {
    bool described;
    char *example; /* (64) */
    int left;
} looking;

static bool is_described(const vt_item *item)
{
    return item->title.ptr != NULL || item->price != VT_NONE;
}

static int look_at(void *context, int64_t row, const vt_item *item)
{
    looking *l = context;
    (void)row;
    l->described = is_described(item);
    return 0;
}

static int find_example(void *context, int64_t row, const vt_item *item)
{
    looking *l = context;
    (void)row;
    if (is_described(item)) {
        snprintf(l->example, 64, "%.*s", VT_STR_ARGS(item->id));
    }
    return l->example[0] != '\0' || --l->left == 0 ? VT_ERR_CANCELLED : VT_OK;
}

static int in_store(bool *described, vt_store *store, vt_str id, vt_error *err)
{
    looking l = {.described = false};
    vt_error why = VT_ERROR_INIT;
    int status = vt_store_item(store, id, look_at, &l, &why);
    *described = l.described;
    if (status != VT_OK && status != VT_ERR_NOT_FOUND) {
        if (err != NULL) {
            *err = why;
        }
        return status;
    }
    return VT_OK;
}

int vt_catalogue_look(const vt_telling *telling, vt_store *store, vt_import_report *report, vt_error *err)
{
    vt_import_coverage *c = &report->coverage;
    int status = VT_OK;
    c->items = (int64_t)vt_map_count(telling->wanted);
    snprintf(c->present, sizeof c->present, "%s", telling->present);
    for (size_t i = 0; status == VT_OK && i < (size_t)c->items; i++) {
        vt_str id;
        int64_t number = 0;
        bool described = false;
        vt_map_entry(telling->wanted, i, &id, &number);
        if (vt_map_get(telling->described, id, &number)) {
            described = true;
        } else if (store != NULL) {
            status = in_store(&described, store, id, err);
        }
        c->in_catalogue += described;
        if (!described && c->missing[0] == '\0') {
            snprintf(c->missing, sizeof c->missing, "%.*s", VT_STR_ARGS(id));
        }
    }
    if (status == VT_OK && store != NULL && c->present[0] == '\0' && c->in_catalogue < c->items) {
        looking l = {.example = c->present, .left = LOOKED_AT};
        status = vt_store_each_item_after(store, 0, find_example, &l, NULL);
        status = status == VT_ERR_CANCELLED ? VT_OK : status;
    }
    return status;
}
