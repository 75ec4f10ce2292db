/* The inside of a live shop: the newest view, the writer's state, the store that it follows. */
#ifndef VT_LIVE_LIVE_H
#define VT_LIVE_LIVE_H

#include <pthread.h>

#include "live/view.h"

struct vt_live {
    char *path;
    vt_live_options options;
    vt_shop *shop; /* a reader of its own; under `writing` */
    _Atomic(vt_view *) current;
    pthread_mutex_t writing; /* one refresh at a time */
    vt_view *views;          /* all there are, linked by `next`; never freed before the end */
    vt_live_state state;     /* of the last refresh; under `writing` */
    /* making a snapshot in the background */
    pthread_t freezer;
    bool freezing;       /* the thread was started and not joined; under `writing` */
    _Atomic bool frozen; /* it has ended */
};

/* ---- publish.c --------------------------------------------------------------------------------------------------- */

/** What a new view shows. References are taken over. */
typedef struct vt_view_parts {
    vt_generation *generation;
    vt_block_table *items, *users;
    vt_sorted *new_users, *new_items;
    unsigned stamp;
    vt_store_mark mark;
    char currency[4];
    char time_zone[64];
} vt_view_parts;

/** What a view of a snapshot alone shows. Takes the snapshot over in any case, unless it is borrowed. */
int vt_view_parts_of(vt_view_parts *out, vt_snapshot *snapshot, bool borrowed, vt_error *err);

/** Makes a view the newest one; on failure the parts are released. */
int vt_live_publish(vt_live *live, const vt_view_parts *parts, vt_error *err);

/** Texts `from` to n of a pile, sorted in behind the old ones; from 0 with `old` NULL. */
int vt_sorted_grow(vt_sorted **out, const vt_sorted *old, const vt_texts *texts, vt_error *err);
vt_sorted *vt_sorted_hold(vt_sorted *sorted);
void vt_sorted_release(vt_sorted *sorted);

/* ---- follow.c ---------------------------------------------------------------------------------------------------- */

/**
 * Reads what came after the view `from` into its generation and publishes it. `*anew`: the store has changed so that
 * all must be read again, nothing was done. Inside a reading of the store, whose state is `mark`.
 */
int vt_live_follow(vt_live *live, vt_view *from, const vt_store_mark *mark, bool *anew, vt_error *err);

/* ---- freeze.c ---------------------------------------------------------------------------------------------------- */

/** Puts a generation over `snapshot` (taken over in any case) in place, as of its own mark. */
int vt_live_adopt(vt_live *live, vt_snapshot *snapshot, vt_error *err);

/** Starts the thread that makes a new snapshot, unless it runs. */
int vt_live_freeze_later(vt_live *live, vt_error *err);

/** Ends the thread when it has ended its work, or waits for it. */
void vt_live_freeze_join(vt_live *live);

#endif
