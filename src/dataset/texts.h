/* Texts that a builder collects: end to end where each belongs to a row, interned where many rows share them. */
#ifndef VT_DATASET_TEXTS_H
#define VT_DATASET_TEXTS_H

#include "base/map.h"
#include "dataset/ranking.h"

/** Texts end to end, in order of adding. */
typedef struct vt_text_list {
    char *text;
    int64_t *end; /* (n) text i ends there and begins where the one before ends */
    int32_t n;
    size_t text_capacity;
    size_t capacity;
} vt_text_list;

int vt_text_list_add(vt_text_list *list, vt_str text, vt_error *err);
vt_str vt_text_list_at(const void *list, int32_t index);
void vt_text_list_done(vt_text_list *list);

/** Text `index` of the keys of a vt_map, for rankings. */
vt_str vt_map_text_at(const void *map, int32_t index);

/** The number of `text` among the keys of a map, given on first sight. */
int vt_intern(int32_t *out, vt_map *names, vt_str text, vt_error *err);

#endif
