/* Results of a view: found by comparing a few keys under a lock that is held for no more than that. */
#include "live/memo.h"

#include <pthread.h>

#include "base/alloc.h"

enum { MEMOS = 4 };

struct vt_memos {
    pthread_mutex_t lock;
    vt_memo *memo[MEMOS];
    unsigned next; /* the place that was filled longest ago */
};

int vt_memos_create(vt_memos **out, vt_error *err)
{
    vt_memos *memos = vt_alloc_zero(1, sizeof *memos, err);
    if (memos == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    pthread_mutex_init(&memos->lock, NULL);
    *out = memos;
    return VT_OK;
}

void vt_memos_free(vt_memos *memos)
{
    if (memos == NULL) {
        return;
    }
    for (int i = 0; i < MEMOS; i++) {
        vt_memo_release(memos->memo[i]);
    }
    pthread_mutex_destroy(&memos->lock);
    vt_free(memos);
}

int vt_memo_create(vt_memo **out, vt_memo_key key, size_t size, vt_error *err)
{
    vt_memo *memo = vt_alloc_zero(1, sizeof *memo + size, err);
    if (memo == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    atomic_init(&memo->refs, 1);
    memo->key = key;
    *out = memo;
    return VT_OK;
}

void vt_memo_release(vt_memo *memo)
{
    if (memo != NULL && atomic_fetch_sub_explicit(&memo->refs, 1, memory_order_acq_rel) == 1) {
        vt_free(memo);
    }
}

static bool same_key(const vt_memo *memo, vt_memo_key key)
{
    return memo != NULL && memo->key.kind == key.kind && memo->key.first == key.first && memo->key.second == key.second;
}

vt_memo *vt_view_recall(const vt_view *view, vt_memo_key key)
{
    vt_memo *found = NULL;
    pthread_mutex_lock(&view->memos->lock);
    for (int i = 0; i < MEMOS && found == NULL; i++) {
        found = same_key(view->memos->memo[i], key) ? view->memos->memo[i] : NULL;
    }
    if (found != NULL) {
        atomic_fetch_add_explicit(&found->refs, 1, memory_order_relaxed);
    }
    pthread_mutex_unlock(&view->memos->lock);
    return found;
}

void vt_view_remember(const vt_view *view, vt_memo *memo)
{
    atomic_fetch_add_explicit(&memo->refs, 1, memory_order_relaxed);
    pthread_mutex_lock(&view->memos->lock);
    vt_memo *oldest = view->memos->memo[view->memos->next];
    view->memos->memo[view->memos->next] = memo;
    view->memos->next = (view->memos->next + 1) % MEMOS;
    pthread_mutex_unlock(&view->memos->lock);
    vt_memo_release(oldest);
}
