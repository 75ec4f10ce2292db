/* Appending is plain; what readers see of it is published with their view, and chains with release stores. */
#include "live/tail.h"

#include "base/alloc.h"

int vt_tail_init(vt_tail *tail, int64_t users_max, vt_error *err)
{
    *tail = (vt_tail){0};
    tail->n_heads = (size_t)(users_max / VT_HEADS_CHUNK) + 1;
    tail->heads = vt_alloc_zero(tail->n_heads, sizeof *tail->heads, err);
    return tail->heads == NULL ? VT_ERR_NO_MEMORY : VT_OK;
}

void vt_tail_done(vt_tail *tail)
{
    for (size_t c = 0; c < VT_TAIL_CHUNKS && tail->chunk[c] != NULL; c++) {
        vt_free(tail->chunk[c]);
    }
    for (size_t h = 0; tail->heads != NULL && h < tail->n_heads; h++) {
        vt_free(tail->heads[h]);
    }
    vt_free(tail->heads);
    *tail = (vt_tail){0};
}

static atomic_int *head_of(const vt_tail *tail, int32_t user)
{
    atomic_int *chunk = __atomic_load_n(&tail->heads[user / VT_HEADS_CHUNK], __ATOMIC_ACQUIRE);
    return chunk == NULL ? NULL : &chunk[user % VT_HEADS_CHUNK];
}

static int make_head(atomic_int **out, vt_tail *tail, int32_t user, vt_error *err)
{
    size_t at = (size_t)user / VT_HEADS_CHUNK;
    if (at >= tail->n_heads) {
        return vt_fail(err, VT_ERR_LIMIT, "too many new customers since the last snapshot; take a new one");
    }
    if (tail->heads[at] == NULL) {
        atomic_int *chunk = vt_alloc_zero(VT_HEADS_CHUNK, sizeof *chunk, err);
        if (chunk == NULL) {
            return VT_ERR_NO_MEMORY;
        }
        __atomic_store_n(&tail->heads[at], chunk, __ATOMIC_RELEASE);
    }
    *out = head_of(tail, user);
    return VT_OK;
}

int vt_tail_add(vt_tail *tail, const vt_tail_event *event, vt_error *err)
{
    size_t c = (size_t)tail->n >> VT_TAIL_BITS, k = (size_t)tail->n & VT_TAIL_MASK;
    atomic_int *head = NULL;
    if (c == VT_TAIL_CHUNKS) {
        return vt_fail(err, VT_ERR_LIMIT, "more than %d events since the last snapshot; take a new one",
                       VT_TAIL_CHUNK * VT_TAIL_CHUNKS);
    }
    if (tail->chunk[c] == NULL) {
        tail->chunk[c] = vt_alloc_aligned(1, sizeof **tail->chunk, err);
        if (tail->chunk[c] == NULL) {
            return VT_ERR_NO_MEMORY;
        }
    }
    if (event->user >= 0) {
        int status = make_head(&head, tail, event->user, err);
        if (status != VT_OK) {
            return status;
        }
    }
    vt_tail_chunk *t = tail->chunk[c];
    const vt_event_row *row = event->row;
    t->id[k] = row->id;
    t->time[k] = row->time;
    t->unit_price[k] = row->unit_price;
    t->discount[k] = row->discount;
    t->cost[k] = row->cost;
    t->refunded[k] = row->refunded;
    t->user[k] = event->user;
    t->item[k] = event->item;
    t->order[k] = event->order;
    t->session[k] = event->session;
    t->placement[k] = event->placement;
    t->model[k] = event->model;
    t->request[k] = event->request;
    t->has_text[k] = row->has_text;
    t->value[k] = (float)row->value;
    t->quantity[k] = row->quantity == VT_NONE ? 1.0F : (float)row->quantity;
    t->kind[k] = row->kind;
    t->part[k] = row->part;
    t->state[k] = row->state;
    t->positive[k] = event->positive;
    t->before[k] = -1;
    if (head != NULL) {
        t->before[k] = atomic_load_explicit(head, memory_order_relaxed) - 1;
        atomic_store_explicit(head, (int)tail->n + 1, memory_order_release);
    }
    tail->n++;
    return VT_OK;
}

void vt_tail_cut(vt_tail *tail, int64_t n)
{
    while (tail->n > n) {
        int64_t at = --tail->n;
        const vt_tail_chunk *t = tail->chunk[at >> VT_TAIL_BITS];
        int32_t user = t->user[at & VT_TAIL_MASK];
        if (user >= 0) {
            atomic_store_explicit(head_of(tail, user), t->before[at & VT_TAIL_MASK] + 1, memory_order_release);
        }
    }
}

int64_t vt_tail_newest(const vt_tail *tail, int32_t user, int64_t n)
{
    atomic_int *head = head_of(tail, user);
    int64_t at = head == NULL ? -1 : (int64_t)atomic_load_explicit(head, memory_order_acquire) - 1;
    while (at >= n) {
        at = vt_tail_before(tail, at);
    }
    return at;
}

int64_t vt_tail_find(const vt_tail *tail, int64_t id, int64_t n)
{
    int64_t low = 0, high = n;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (tail->chunk[middle >> VT_TAIL_BITS]->id[middle & VT_TAIL_MASK] < id) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < n && tail->chunk[low >> VT_TAIL_BITS]->id[low & VT_TAIL_MASK] == id ? low : -1;
}

int vt_marks_init(vt_marks *marks, int64_t events_max, vt_error *err)
{
    marks->n_chunks = (size_t)(events_max / VT_MARKS_CHUNK) + 1;
    marks->chunk = vt_alloc_zero(marks->n_chunks, sizeof *marks->chunk, err);
    return marks->chunk == NULL ? VT_ERR_NO_MEMORY : VT_OK;
}

void vt_marks_done(vt_marks *marks)
{
    for (size_t c = 0; marks->chunk != NULL && c < marks->n_chunks; c++) {
        vt_free(atomic_load_explicit(&marks->chunk[c], memory_order_relaxed));
    }
    vt_free(marks->chunk);
    *marks = (vt_marks){0};
}

int vt_marks_set(vt_marks *marks, int64_t at, unsigned stamp, vt_error *err)
{
    _Atomic(atomic_uint *) *place = &marks->chunk[at / VT_MARKS_CHUNK];
    atomic_uint *chunk = atomic_load_explicit(place, memory_order_relaxed);
    if (chunk == NULL) {
        chunk = vt_alloc_zero(VT_MARKS_CHUNK, sizeof *chunk, err);
        if (chunk == NULL) {
            return VT_ERR_NO_MEMORY;
        }
        atomic_store_explicit(place, chunk, memory_order_release);
    }
    atomic_store_explicit(&chunk[at % VT_MARKS_CHUNK], stamp, memory_order_relaxed);
    return VT_OK;
}
