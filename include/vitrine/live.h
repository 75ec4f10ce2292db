/**
 * The shop in memory: the newest snapshot, mapped, and behind it what was committed since. All that recommends, counts
 * or reports reads it; another process or machine follows the same store by the same call. Experimental: may still
 * change.
 */
#ifndef VITRINE_LIVE_H
#define VITRINE_LIVE_H

#include "vitrine/snapshot.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct vt_live vt_live;

/** How a shop is held in memory. Init with vt_live_options_init(). */
typedef struct vt_live_options {
    size_t size;                 /**< set by vt_live_options_init() */
    int64_t tail_max;            /**< events and changes of stock behind the snapshot from which on a new one is due;
                                      1 to 4,000,000; default 100,000 */
    bool background;             /**< a thread of its own makes new snapshots; else vt_live_refresh() does */
    const vt_progress *progress; /**< of making a snapshot while opening; borrowed for the call */
} vt_live_options;

VT_SIZED_INIT(vt_live_options)

/** What a refresh did, and what stands in memory. */
typedef struct vt_live_state {
    int64_t revision; /**< of the store that memory shows */
    int64_t catalogue;
    int32_t users, items;
    int64_t events;    /**< snapshot and tail */
    int64_t tail;      /**< events behind the snapshot */
    int64_t added;     /**< events that the last refresh brought */
    int64_t changed;   /**< items, and marks of lines that were replaced, cancelled or erased, in the last refresh */
    bool rebuilt;      /**< the last refresh read everything anew */
    char snapshot[65]; /**< hash of the snapshot below */
    char currency[4];  /**< "" when none is set */
    char time_zone[64];
} vt_live_state;

/**
 * Opens the shop in folder `path` for reading and brings it into memory: maps the newest snapshot and reads what came
 * since, or takes a snapshot where there is none or too much came. The caller closes it, after all that was made from
 * it. VT_ERR_NOT_FOUND, VT_ERR_CORRUPT, VT_ERR_VERSION as vt_shop_open().
 */
VT_API int vt_live_open(vt_live **out, const char *path, const vt_live_options *options, vt_error *err);

/** Closes; NULL is allowed. Waits for a snapshot that is being made. */
VT_API void vt_live_close(vt_live *live);

/**
 * Reads from the store what came since the revision in memory: O(what came), whatever the shop holds. Requests at work
 * go on with what they hold. Any thread; one refresh at a time, others wait for it. On failure memory is as it was.
 * `state` may be NULL.
 */
VT_API int vt_live_refresh(vt_live *live, vt_live_state *state, vt_error *err);

/** Takes a new snapshot of the store as it is and moves to it. O(events). Requests go on meanwhile. */
VT_API int vt_live_freeze(vt_live *live, vt_error *err);

/** What stands in memory; says nothing of a refresh. O(1), waits for nobody. */
VT_API void vt_live_describe(vt_live *live, vt_live_state *state);

/** The folder, as given; borrowed. */
VT_API const char *vt_live_path(const vt_live *live);

#ifdef __cplusplus
}
#endif

#endif
