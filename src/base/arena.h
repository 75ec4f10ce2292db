/* An arena: many small pieces of memory that live and die together. */
#ifndef VT_BASE_ARENA_H
#define VT_BASE_ARENA_H

#include "vitrine/error.h"
#include "vitrine/str.h"

typedef struct vt_arena vt_arena;

/** An empty arena whose blocks have at least `block_bytes` (0: 64 KiB). The caller frees it. */
int vt_arena_create(vt_arena **out, size_t block_bytes, vt_error *err);

/** Frees the arena and all its pieces; NULL is allowed. */
void vt_arena_free(vt_arena *arena);

/** Forgets all pieces but keeps the first block. */
void vt_arena_reset(vt_arena *arena);

/** Memory for `count` elements of `size` bytes on a 16-byte boundary, not cleared. */
void *vt_arena_alloc(vt_arena *arena, size_t count, size_t size, vt_error *err);

/** A copy of `text` with a NUL behind it; "not given" stays so. The result's ptr is NULL on failure, err is set. */
vt_str vt_arena_str(vt_arena *arena, vt_str text, vt_error *err);

/** Bytes taken from the system. */
size_t vt_arena_bytes(const vt_arena *arena);

#endif
