/* Links between users, from the store's texts to pairs of dense ids. */
#include "vitrine/links.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "store/store.h"

typedef struct gather {
    const vt_ids *users;
    int32_t *pair;
    size_t n, capacity;
    vt_error *err;
} gather;

static int take_link(void *context, const vt_link *link)
{
    gather *g = context;
    int32_t a = vt_ids_find(g->users, link->from), b = vt_ids_find(g->users, link->to);
    if (a < 0 || b < 0 || a == b) {
        return VT_OK;
    }
    if (g->n == g->capacity) {
        size_t next = g->capacity == 0 ? 1024 : 2 * g->capacity;
        int32_t *grown = vt_realloc(g->pair, next, 2 * sizeof *grown, g->err);
        if (grown == NULL) {
            return VT_ERR_NO_MEMORY;
        }
        g->pair = grown;
        g->capacity = next;
    }
    g->pair[2 * g->n] = a < b ? a : b;
    g->pair[2 * g->n++ + 1] = a < b ? b : a;
    return VT_OK;
}

static int by_users(const void *a, const void *b)
{
    const int32_t *x = a, *y = b;
    int first = (x[0] > y[0]) - (x[0] < y[0]);
    return first != 0 ? first : (x[1] > y[1]) - (x[1] < y[1]);
}

int vt_user_links_load(vt_user_links **out, vt_shop *shop, const vt_snapshot *snapshot, vt_error *err)
{
    gather g = {.users = &snapshot->users, .err = err};
    vt_user_links *links = vt_alloc_zero(1, sizeof *links, err);
    int status = links == NULL ? VT_ERR_NO_MEMORY : vt_store_each_user_link(vt_shop_store(shop), take_link, &g, err);
    if (status != VT_OK) {
        vt_free(g.pair);
        vt_free(links);
        return status;
    }
    size_t kept = 0;
    if (g.n > 0) {
        qsort(g.pair, g.n, 2 * sizeof *g.pair, by_users);
    }
    for (size_t k = 0; k < g.n; k++) {
        if (k == 0 || by_users(g.pair + 2 * k, g.pair + 2 * (kept - 1)) != 0) {
            g.pair[2 * kept] = g.pair[2 * k];
            g.pair[2 * kept++ + 1] = g.pair[2 * k + 1];
        }
    }
    links->n = (int64_t)kept;
    links->pair = g.pair;
    *out = links;
    return VT_OK;
}

void vt_user_links_free(vt_user_links *links)
{
    if (links != NULL) {
        vt_free((void *)(uintptr_t)links->pair);
        vt_free(links);
    }
}
