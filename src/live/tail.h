/*
 * What came after the snapshot: events as columns in chunks that never move, and for each user a chain of theirs. One
 * writer appends; readers look at as many as their view says.
 */
#ifndef VT_LIVE_TAIL_H
#define VT_LIVE_TAIL_H

#include <stdatomic.h>

#include "store/store.h"

enum { VT_TAIL_BITS = 10, VT_TAIL_CHUNK = 1 << VT_TAIL_BITS, VT_TAIL_MASK = VT_TAIL_CHUNK - 1, VT_TAIL_CHUNKS = 8192 };

/** Columns of events, as those of vt_snapshot. */
typedef struct vt_tail_chunk {
    int64_t id[VT_TAIL_CHUNK]; /* row of the store, ascending */
    int64_t time[VT_TAIL_CHUNK];
    int64_t unit_price[VT_TAIL_CHUNK];
    int64_t discount[VT_TAIL_CHUNK];
    int64_t cost[VT_TAIL_CHUNK];
    int64_t refunded[VT_TAIL_CHUNK];
    int32_t user[VT_TAIL_CHUNK]; /* -1: a guest */
    int32_t item[VT_TAIL_CHUNK];
    int32_t order[VT_TAIL_CHUNK];   /* -1 without */
    int32_t session[VT_TAIL_CHUNK]; /* -1 without */
    int32_t placement[VT_TAIL_CHUNK];
    int32_t model[VT_TAIL_CHUNK];
    int32_t request[VT_TAIL_CHUNK];
    int32_t before[VT_TAIL_CHUNK]; /* place in the tail of the user's event before it, -1: none */
    float value[VT_TAIL_CHUNK];
    float quantity[VT_TAIL_CHUNK];
    uint8_t kind[VT_TAIL_CHUNK];
    uint8_t part[VT_TAIL_CHUNK];
    uint8_t state[VT_TAIL_CHUNK];
    uint8_t positive[VT_TAIL_CHUNK];
    uint8_t has_text[VT_TAIL_CHUNK];
} vt_tail_chunk;

enum { VT_HEADS_CHUNK = 4096, VT_MARKS_CHUNK = 16384 };

/** Init by vt_tail_init(), done with vt_tail_done(). */
typedef struct vt_tail {
    vt_tail_chunk *chunk[VT_TAIL_CHUNKS];
    int64_t n; /* of the writer */
    /* (users / VT_HEADS_CHUNK) the newest event of a user as place + 1, 0: none; chunks come when somebody needs one */
    atomic_int **heads;
    size_t n_heads;
} vt_tail;

/** Room for chains of `users_max` users. */
int vt_tail_init(vt_tail *tail, int64_t users_max, vt_error *err);
void vt_tail_done(vt_tail *tail);

/** The numbers of an event that the tail wants besides the store's row. */
typedef struct vt_tail_event {
    const vt_event_row *row;
    int32_t user, item, order, session, placement, model, request;
    bool positive;
} vt_tail_event;

/** Appends. VT_ERR_LIMIT when there is no more room. */
int vt_tail_add(vt_tail *tail, const vt_tail_event *event, vt_error *err);

/** Forgets all events from place `n` on, which no view shows. */
void vt_tail_cut(vt_tail *tail, int64_t n);

/** The newest event of `user` among the first `n`, -1: none; vt_tail_before() goes on from it. Any thread. */
int64_t vt_tail_newest(const vt_tail *tail, int32_t user, int64_t n);
static inline int64_t vt_tail_before(const vt_tail *tail, int64_t at)
{
    return tail->chunk[at >> VT_TAIL_BITS]->before[at & VT_TAIL_MASK];
}

/** The place of the event with row `id` among the first `n`, -1: none. O(log n). */
int64_t vt_tail_find(const vt_tail *tail, int64_t id, int64_t n);

/*
 * Marks of events that count no longer (replaced, cancelled, erased): the stamp of the first view that does not show
 * them. Chunks come when something in them is marked, so that a shop without marks pays nothing.
 */
typedef struct vt_marks {
    _Atomic(atomic_uint *) *chunk; /* (n_chunks) */
    size_t n_chunks;
} vt_marks;

int vt_marks_init(vt_marks *marks, int64_t events_max, vt_error *err);
void vt_marks_done(vt_marks *marks);

/** Marks event `at` as gone from the view with `stamp` on. */
int vt_marks_set(vt_marks *marks, int64_t at, unsigned stamp, vt_error *err);

/** Whether a view with `stamp` shows event `at`. Any thread. */
static inline bool vt_marks_shows(const vt_marks *marks, int64_t at, unsigned stamp)
{
    atomic_uint *chunk = atomic_load_explicit(&marks->chunk[at / VT_MARKS_CHUNK], memory_order_acquire);
    if (chunk == NULL) {
        return true;
    }
    unsigned gone = atomic_load_explicit(&chunk[at % VT_MARKS_CHUNK], memory_order_relaxed);
    return gone == 0 || gone > stamp;
}

/** Whether something near the events `begin` to `end` is marked; false says that none of them is. Any thread. */
static inline bool vt_marks_any(const vt_marks *marks, int64_t begin, int64_t end)
{
    bool any = false;
    for (int64_t c = begin / VT_MARKS_CHUNK; begin < end && c <= (end - 1) / VT_MARKS_CHUNK; c++) {
        any = any || atomic_load_explicit(&marks->chunk[c], memory_order_acquire) != NULL;
    }
    return any;
}

#endif
