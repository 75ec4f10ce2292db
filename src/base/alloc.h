/*
 * All memory of the library comes through here: sizes are checked for overflow, a failure is an error object, and tests
 * can make the n-th allocation fail.
 */
#ifndef VT_BASE_ALLOC_H
#define VT_BASE_ALLOC_H

#include <stddef.h>
#include <stdint.h>

#include "vitrine/error.h"

/** Memory for `count` elements of `size` bytes, not cleared; NULL with VT_ERR_NO_MEMORY. Zero elements give a pointer
 * that may be freed. Freed with vt_free(). */
void *vt_alloc(size_t count, size_t size, vt_error *err);

/** As vt_alloc(), cleared. */
void *vt_alloc_zero(size_t count, size_t size, vt_error *err);

/** As vt_alloc(), on a 64-byte boundary, for numeric arrays. */
void *vt_alloc_aligned(size_t count, size_t size, vt_error *err);

/** Grows or shrinks `old` (from vt_alloc or NULL) to `count` elements; on failure `old` stays valid. */
void *vt_realloc(void *old, size_t count, size_t size, vt_error *err);

/**
 * Workspace that grows: makes `*array` (a pointer, NULL at first, of any type; on a 64-byte boundary) hold at least `n`
 * elements. `*capacity` is how many it holds; an eighth more is made than asked for. What it held is lost when it
 * grows, and when it fails.
 */
int vt_alloc_grow(void *array, size_t *capacity, size_t n, size_t size, vt_error *err);

/**
 * A list that grows one by one: makes `*array` (a pointer from vt_alloc or NULL, of any type) hold element `n`, and
 * twice what it holds when it is full. What it held stays, also when it fails.
 */
int vt_alloc_next(void *array, size_t *capacity, size_t n, size_t size, vt_error *err);

/** A NUL-terminated copy of `len` bytes. */
char *vt_strndup(const char *text, size_t len, vt_error *err);

/** Frees; NULL is allowed. */
void vt_free(void *memory);

/**
 * Tests: lets `n` more allocations succeed and fails the one after (and all later ones); negative: none fails.
 * For the whole process.
 */
void vt_alloc_fail_after(int64_t n);

/** Allocations asked for since the program began, for the whole process. */
int64_t vt_alloc_count(void);

#endif
