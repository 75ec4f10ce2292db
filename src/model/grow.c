/* Items that came after the fit: ids are merged in order, the kind's state follows. */
#include <string.h>

#include "base/alloc.h"
#include "math/team.h"
#include "model/model.h"

/* Where everything goes. */
typedef struct merge {
    vt_own_ids ids;
    int64_t *count;
    int32_t *moved, *number, *of;
    size_t n; /* that come */
} merge;

static void merge_done(merge *m)
{
    vt_free(m->ids.offset);
    vt_free(m->ids.text);
    vt_free(m->count);
    vt_free(m->moved);
    vt_free(m->number);
    vt_free(m->of);
}

static int merge_init(merge *m, const vt_ids *old, const vt_ids *other, vt_error *err)
{
    size_t most = (size_t)old->n + (size_t)other->n;
    m->ids.offset = vt_alloc(most + 1, sizeof *m->ids.offset, err);
    m->ids.text = vt_alloc((size_t)(old->offset[old->n] + other->offset[other->n]), 1, err);
    m->count = vt_alloc_zero(most, sizeof *m->count, err);
    m->moved = vt_alloc((size_t)old->n, sizeof *m->moved, err);
    m->number = vt_alloc((size_t)other->n, sizeof *m->number, err);
    m->of = vt_alloc((size_t)other->n, sizeof *m->of, err);
    bool allocated = m->ids.offset != NULL && m->ids.text != NULL && m->count != NULL && m->moved != NULL &&
                     m->number != NULL && m->of != NULL;
    return allocated ? VT_OK : VT_ERR_NO_MEMORY;
}

static void put_id(merge *m, vt_str id)
{
    int64_t begin = m->ids.n == 0 ? 0 : m->ids.offset[m->ids.n];
    memcpy(m->ids.text + begin, id.ptr, id.len);
    m->ids.offset[m->ids.n++] = begin;
    m->ids.offset[m->ids.n] = begin + (int64_t)id.len;
}

/* Both tables of ids ascend. */
static void merge_ids(merge *m, const vt_ids *old, const vt_ids *other, const int64_t *count)
{
    int32_t a = 0, b = 0;
    m->ids.offset[0] = 0;
    while (a < old->n || b < other->n) {
        int order = a == old->n ? 1 : b == other->n ? -1 : vt_str_compare(vt_ids_get(old, a), vt_ids_get(other, b));
        if (order <= 0) {
            m->count[m->ids.n] = count[a];
            m->moved[a] = m->ids.n;
            put_id(m, vt_ids_get(old, a++));
            b += order == 0;
        } else {
            m->number[m->n] = m->ids.n;
            m->of[m->n++] = b;
            put_id(m, vt_ids_get(other, b++));
        }
    }
}

int vt_model_add_items(int64_t *added, vt_model *model, const vt_snapshot *items, const struct vt_item_vectors *text,
                       const struct vt_item_vectors *image, int threads, vt_error *err)
{
    vt_ids old = {model->items.n, model->items.offset, model->items.text};
    merge m = {.n = 0};
    *added = 0;
    if (model->ops->grow == NULL) {
        return vt_fail(err, VT_ERR_UNSUPPORTED, "%s knows nothing of items that came after it was fitted",
                       model->ops->kind.name);
    }
    int status = vt_model_check_vectors(model, text, image, err);
    if (status == VT_OK) {
        status = merge_init(&m, &old, &items->items, err);
    }
    if (status == VT_OK) {
        merge_ids(&m, &old, &items->items, model->item_count);
    }
    if (status == VT_OK && m.n > 0) {
        vt_growth growth = {m.moved, m.n, m.number, m.of, items, text, image, vt_team(threads)};
        status = model->ops->grow(model->state, &growth, err);
    }
    if (status == VT_OK && m.n > 0) {
        vt_own_ids before = model->items;
        int64_t *count = model->item_count;
        model->items = m.ids;
        model->item_count = m.count;
        m.ids = before;
        m.count = count;
        *added = (int64_t)m.n;
    }
    merge_done(&m);
    return status;
}
