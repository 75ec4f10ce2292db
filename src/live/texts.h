/*
 * Texts that came after the snapshot. Chunks never move, so a reader who knows how many there were may read them while
 * the one writer adds more.
 */
#ifndef VT_LIVE_TEXTS_H
#define VT_LIVE_TEXTS_H

#include "base/arena.h"

enum { VT_TEXTS_CHUNK = 1024, VT_TEXTS_CHUNKS = 8192 };

/** Init with zeroes; done with vt_texts_done(). The texts themselves live in the writer's arena. */
typedef struct vt_texts {
    vt_str *chunk[VT_TEXTS_CHUNKS];
    int32_t n;
} vt_texts;

/** Copies `text` to the end. VT_ERR_LIMIT behind eight millions. */
int vt_texts_add(vt_texts *texts, vt_arena *arena, vt_str text, vt_error *err);

/** Text `at`, from 0; borrowed. */
static inline vt_str vt_texts_at(const vt_texts *texts, int32_t at)
{
    return texts->chunk[at / VT_TEXTS_CHUNK][at % VT_TEXTS_CHUNK];
}

void vt_texts_done(vt_texts *texts);

#endif
