/* An arena as a list of blocks, the newest first; a piece larger than a block gets one of its own. */
#include "base/arena.h"

#include <stdint.h>
#include <string.h>

#include "base/alloc.h"

enum { ALIGNMENT = 16, DEFAULT_BLOCK = 64 << 10 };

typedef struct block {
    struct block *next; /* older */
    size_t size;
    size_t used;
    _Alignas(ALIGNMENT) unsigned char data[];
} block;

struct vt_arena {
    block *newest;
    size_t block_bytes;
    size_t total;
};

static block *add_block(vt_arena *arena, size_t bytes, vt_error *err)
{
    size_t size = bytes > arena->block_bytes ? bytes : arena->block_bytes;
    if (size > SIZE_MAX / 2) {
        vt_fail(err, VT_ERR_NO_MEMORY, "not enough memory for %zu bytes", bytes);
        return NULL;
    }
    block *fresh = vt_alloc(1, sizeof *fresh + size, err);
    if (fresh == NULL) {
        return NULL;
    }
    fresh->next = arena->newest;
    fresh->size = size;
    fresh->used = 0;
    arena->newest = fresh;
    arena->total += size;
    return fresh;
}

int vt_arena_create(vt_arena **out, size_t block_bytes, vt_error *err)
{
    vt_arena *arena = vt_alloc_zero(1, sizeof *arena, err);
    if (arena == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    arena->block_bytes = block_bytes == 0 ? DEFAULT_BLOCK : block_bytes;
    *out = arena;
    return VT_OK;
}

void vt_arena_free(vt_arena *arena)
{
    if (arena == NULL) {
        return;
    }
    for (block *b = arena->newest; b != NULL;) {
        block *next = b->next;
        vt_free(b);
        b = next;
    }
    vt_free(arena);
}

void vt_arena_reset(vt_arena *arena)
{
    while (arena->newest != NULL && arena->newest->next != NULL) {
        block *next = arena->newest->next;
        arena->total -= arena->newest->size;
        vt_free(arena->newest);
        arena->newest = next;
    }
    if (arena->newest != NULL) {
        arena->newest->used = 0;
    }
}

void *vt_arena_alloc(vt_arena *arena, size_t count, size_t size, vt_error *err)
{
    size_t bytes = 0;
    if (__builtin_mul_overflow(count, size, &bytes) || bytes > SIZE_MAX / 2) {
        vt_fail(err, VT_ERR_NO_MEMORY, "not enough memory for %zu x %zu bytes", count, size);
        return NULL;
    }
    bytes = (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    block *b = arena->newest;
    if (b == NULL || b->size - b->used < bytes) {
        b = add_block(arena, bytes, err);
        if (b == NULL) {
            return NULL;
        }
    }
    void *piece = b->data + b->used;
    b->used += bytes;
    return piece;
}

vt_str vt_arena_str(vt_arena *arena, vt_str text, vt_error *err)
{
    if (text.ptr == NULL) {
        return text;
    }
    char *copy = vt_arena_alloc(arena, text.len + 1, 1, err);
    if (copy == NULL) {
        return (vt_str){NULL, 0};
    }
    memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    return (vt_str){copy, text.len};
}

size_t vt_arena_bytes(const vt_arena *arena)
{
    return arena->total;
}
