/*
 * A hash map from texts to int64, keys kept in one arena. Its hash has a secret key, so that texts from outside cannot
 * be chosen to be slow.
 */
#ifndef VT_BASE_MAP_H
#define VT_BASE_MAP_H

#include "vitrine/error.h"
#include "vitrine/str.h"

#include <stdint.h>

typedef struct vt_map vt_map;

int vt_map_create(vt_map **out, size_t expected, vt_error *err);
void vt_map_free(vt_map *map);

/** The value of `key` through `*value`; false when it is not there. O(1). */
bool vt_map_get(const vt_map *map, vt_str key, int64_t *value);

/** Sets `key` to `value`, copying the key when it is new. Amortised O(1). */
int vt_map_set(vt_map *map, vt_str key, int64_t value, vt_error *err);

/** Removes all entries. */
void vt_map_clear(vt_map *map);

size_t vt_map_count(const vt_map *map);

/** Entry number `index` (0 to count - 1) in order of insertion. */
void vt_map_entry(const vt_map *map, size_t index, vt_str *key, int64_t *value);

/** Tests: slots that are looked at when each key is looked up once. O(slots). */
uint64_t vt_map_probes(const vt_map *map);

#endif
