/*
 * The sort compares the first eight bytes as one big-endian number and touches the text itself only on a tie: most ids
 * differ early, and a look at the text is a cache miss.
 */
#include "dataset/ranking.h"

#include <stdlib.h>

#include "base/alloc.h"

typedef struct entry {
    uint64_t head; /* first eight bytes, big-endian, padded with zeroes */
    vt_str text;
    int32_t index;
} entry;

static uint64_t head_of(vt_str text)
{
    uint64_t head = 0;
    for (size_t i = 0; i < 8; i++) {
        head = head << 8 | (i < text.len ? (unsigned char)text.ptr[i] : 0U);
    }
    return head;
}

static int by_text(const void *left, const void *right)
{
    const entry *a = left;
    const entry *b = right;
    if (a->head != b->head) {
        return a->head < b->head ? -1 : 1;
    }
    int order = vt_str_compare(a->text, b->text);
    return order != 0 ? order : (a->index > b->index) - (a->index < b->index);
}

int vt_ranking_make(vt_ranking *out, vt_text_at at, const void *source, int32_t count, const uint8_t *keep,
                    vt_error *err)
{
    int status = VT_ERR_NO_MEMORY;
    vt_ranking ranking = {0};
    entry *entries = vt_alloc((size_t)count, sizeof *entries, err);
    ranking.rank = entries == NULL ? NULL : vt_alloc((size_t)count, sizeof *ranking.rank, err);
    if (ranking.rank == NULL) {
        goto out;
    }
    for (int32_t i = 0; i < count; i++) {
        ranking.rank[i] = -1;
        if (keep == NULL || keep[i]) {
            vt_str text = at(source, i);
            entries[ranking.n++] = (entry){head_of(text), text, i};
            ranking.bytes += (int64_t)text.len;
        }
    }
    ranking.order = vt_alloc((size_t)ranking.n, sizeof *ranking.order, err);
    if (ranking.order == NULL) {
        goto out;
    }
    qsort(entries, (size_t)ranking.n, sizeof *entries, by_text);
    for (int32_t i = 0; i < ranking.n; i++) {
        ranking.order[i] = entries[i].index;
        ranking.rank[entries[i].index] = i;
    }
    *out = ranking;
    ranking = (vt_ranking){0};
    status = VT_OK;
out:
    vt_ranking_done(&ranking);
    vt_free(entries);
    return status;
}

void vt_ranking_done(vt_ranking *ranking)
{
    vt_free(ranking->order);
    vt_free(ranking->rank);
    *ranking = (vt_ranking){0};
}

void vt_ranking_write(const vt_ranking *ranking, vt_text_at at, const void *source, int64_t *offset, char *text)
{
    int64_t end = 0;
    offset[0] = 0;
    for (int32_t i = 0; i < ranking->n; i++) {
        vt_str piece = at(source, ranking->order[i]);
        if (piece.len > 0) {
            memcpy(text + end, piece.ptr, piece.len);
        }
        end += (int64_t)piece.len;
        offset[i + 1] = end;
    }
}
