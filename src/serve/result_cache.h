/*
 * Lists that were made, to be given again while nothing that they hang on has changed (recommend/stamp.h), and for some
 * seconds at most, since popularity, age and season move with time and with what other people do. Of one shop; bounded.
 */
#ifndef VT_SERVE_RESULT_CACHE_H
#define VT_SERVE_RESULT_CACHE_H

#include "recommend/stamp.h"
#include "vitrine/str.h"
#include "vitrine/text.h"

typedef struct vt_result_cache vt_result_cache;

/** A list as it is sent, and what else is needed to send it again. */
typedef struct vt_cached_list {
    vt_text body;      /* of the one who has the result */
    size_t request_at; /* where its request id stands in the body, for another one */
    vt_text items;     /* ids of the items, each with a NUL; data NULL: nobody wants them */
    vt_answer_stamp stamp;
} vt_cached_list;

typedef struct vt_result_cache_state {
    long long hits, misses, entries, bytes;
} vt_result_cache_state;

/** At most `bytes` of memory (0: none is kept), each list for at most `seconds`. */
int vt_result_cache_create(vt_result_cache **out, size_t bytes, double seconds, vt_error *err);

/** NULL is allowed. */
void vt_result_cache_free(vt_result_cache *cache);

/** Whether anything is kept at all. */
bool vt_result_cache_keeps(const vt_result_cache *cache);

/**
 * The list of the request `key` where it still holds as of `now`; a copy, ended by vt_cached_list_done(). `*turn` is
 * for vt_result_cache_put(). Any thread.
 */
bool vt_result_cache_get(vt_cached_list *out, uint64_t *turn, vt_result_cache *cache, vt_str key,
                         const vt_answer_stamp *now);

/** Keeps a copy, unless all was dropped since `*turn` was got or it is too large. Without memory it is not kept. */
void vt_result_cache_put(vt_result_cache *cache, uint64_t turn, vt_str key, const vt_cached_list *result);

/** Drops all, and what is at work now will not be kept: no list of who was erased stays. Any thread. */
void vt_result_cache_drop(vt_result_cache *cache);

void vt_result_cache_describe(vt_result_cache *cache, vt_result_cache_state *state);

void vt_cached_list_done(vt_cached_list *result);

#endif
