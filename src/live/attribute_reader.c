/* A list is in the order of the texts, as a snapshot has it, whatever numbers its names have got. */
#include "live/attribute_reader.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "dataset/columns.h"

int vt_attribute_reader_init(vt_attribute_reader *g, vt_arena *arena, vt_error *err)
{
    *g = (vt_attribute_reader){.arena = arena};
    return vt_json_reader_create(&g->json, err);
}

void vt_attribute_reader_done(vt_attribute_reader *g)
{
    vt_json_reader_free(g->json);
    vt_free(g->number);
    *g = (vt_attribute_reader){0};
}

static int take_attribute(void *context, vt_str text, vt_error *err)
{
    vt_attribute_reader *g = context;
    int32_t number = -1;
    int status = vt_names_intern(&number, g->names, g->arena, text, err);
    if (status == VT_OK && g->n == g->capacity) {
        status = vt_column_grow(&g->number, &g->capacity, g->capacity + 1, sizeof *g->number, err);
    }
    if (status == VT_OK) {
        g->number[g->n++] = number;
    }
    return status;
}

static int by_text(const void *left, const void *right, void *context)
{
    int32_t a = *(const int32_t *)left, b = *(const int32_t *)right;
    return a == b ? 0 : vt_str_compare(vt_names_at(context, a), vt_names_at(context, b));
}

/* Sorts what was read, drops doubles and keeps it. */
static int keep(const vt_number_list **out, vt_attribute_reader *g, const vt_number_list *before, vt_error *err)
{
    size_t n = 0;
    if (g->n > 0) {
        qsort_r(g->number, g->n, sizeof *g->number, by_text, g->names);
    }
    for (size_t i = 0; i < g->n; i++) {
        if (n == 0 || g->number[n - 1] != g->number[i]) {
            g->number[n++] = g->number[i];
        }
    }
    size_t bytes = n * sizeof *g->number;
    if (before != NULL && (size_t)before->n == n && (n == 0 || memcmp(before->number, g->number, bytes) == 0)) {
        *out = before;
        return VT_OK;
    }
    vt_number_list *list = vt_arena_alloc(g->arena, 1, sizeof *list + bytes, err);
    if (list == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    list->n = (int32_t)n;
    if (n > 0) {
        memcpy(list->number, g->number, bytes);
    }
    *out = list;
    return VT_OK;
}

int vt_attributes_read_user(const vt_number_list **out, vt_attribute_reader *g, vt_names *names,
                            const vt_number_list *before, const vt_user *user, vt_error *err)
{
    g->names = names;
    g->n = 0;
    int status = vt_each_user_attribute(user, g->json, take_attribute, g, err);
    return status != VT_OK ? status : keep(out, g, before, err);
}

int vt_attributes_read_item(const vt_number_list **out, vt_attribute_reader *g, vt_names *names,
                            const vt_number_list *before, const vt_item *item, vt_error *err)
{
    g->names = names;
    g->n = 0;
    int status = vt_each_item_attribute(item, g->json, take_attribute, g, err);
    return status != VT_OK ? status : keep(out, g, before, err);
}
