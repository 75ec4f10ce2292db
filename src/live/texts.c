/* Texts behind the snapshot: an array of chunks over an arena. */
#include "live/texts.h"

#include "base/alloc.h"

int vt_texts_add(vt_texts *texts, vt_arena *arena, vt_str text, vt_error *err)
{
    size_t chunk = (size_t)texts->n / VT_TEXTS_CHUNK;
    if (chunk == VT_TEXTS_CHUNKS) {
        return vt_fail(err, VT_ERR_LIMIT, "more than %d new names since the last snapshot; take a new one",
                       VT_TEXTS_CHUNK * VT_TEXTS_CHUNKS);
    }
    if (texts->chunk[chunk] == NULL) {
        texts->chunk[chunk] = vt_alloc(VT_TEXTS_CHUNK, sizeof **texts->chunk, err);
        if (texts->chunk[chunk] == NULL) {
            return VT_ERR_NO_MEMORY;
        }
    }
    vt_str kept = vt_arena_str(arena, text.ptr == NULL ? vt_str_of("") : text, err);
    if (kept.ptr == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    texts->chunk[chunk][texts->n % VT_TEXTS_CHUNK] = kept;
    texts->n++;
    return VT_OK;
}

void vt_texts_done(vt_texts *texts)
{
    for (size_t c = 0; c < VT_TEXTS_CHUNKS && texts->chunk[c] != NULL; c++) {
        vt_free(texts->chunk[c]);
        texts->chunk[c] = NULL;
    }
    texts->n = 0;
}
