/* Checked allocation with a countdown to a failure, so that tests can walk through every "out of memory". */
#include "base/alloc.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

static atomic_llong allocations;
static atomic_llong fail_at = -1; /* number of the first allocation that fails; -1: none */

void vt_alloc_fail_after(int64_t n)
{
    atomic_store(&fail_at, n < 0 ? -1 : atomic_load(&allocations) + n);
}

int64_t vt_alloc_count(void)
{
    return atomic_load(&allocations);
}

/* Bytes to ask for, or 0 when the request must fail. */
static size_t admit(size_t count, size_t size, vt_error *err)
{
    size_t bytes = 0;
    long long number = atomic_fetch_add_explicit(&allocations, 1, memory_order_relaxed);
    long long limit = atomic_load_explicit(&fail_at, memory_order_relaxed);
    if (__builtin_mul_overflow(count, size, &bytes) || bytes > PTRDIFF_MAX || (limit >= 0 && number >= limit)) {
        vt_fail(err, VT_ERR_NO_MEMORY, "not enough memory for %zu x %zu bytes; close other programs or use less data",
                count, size);
        return 0;
    }
    return bytes == 0 ? 1 : bytes;
}

static void *checked(void *memory, size_t bytes, vt_error *err)
{
    if (memory == NULL) {
        vt_fail(err, VT_ERR_NO_MEMORY, "not enough memory for %zu bytes; close other programs or use less data", bytes);
    }
    return memory;
}

void *vt_alloc(size_t count, size_t size, vt_error *err)
{
    size_t bytes = admit(count, size, err);
    return bytes == 0 ? NULL : checked(malloc(bytes), bytes, err);
}

void *vt_alloc_zero(size_t count, size_t size, vt_error *err)
{
    size_t bytes = admit(count, size, err);
    return bytes == 0 ? NULL : checked(calloc(1, bytes), bytes, err);
}

void *vt_alloc_aligned(size_t count, size_t size, vt_error *err)
{
    size_t bytes = admit(count, size, err);
    if (bytes == 0) {
        return NULL;
    }
    bytes = (bytes + 63) / 64 * 64;
    return checked(aligned_alloc(64, bytes), bytes, err);
}

void *vt_realloc(void *old, size_t count, size_t size, vt_error *err)
{
    size_t bytes = admit(count, size, err);
    return bytes == 0 ? NULL : checked(realloc(old, bytes), bytes, err);
}

int vt_alloc_grow(void *array, size_t *capacity, size_t n, size_t size, vt_error *err)
{
    void **at = array;
    if (n <= *capacity && *at != NULL) {
        return VT_OK;
    }
    size_t wanted = n > SIZE_MAX / 2 ? n : n + n / 8 + 16;
    vt_free(*at);
    *capacity = 0;
    *at = vt_alloc_aligned(wanted, size, err);
    if (*at == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    *capacity = wanted;
    return VT_OK;
}

int vt_alloc_next(void *array, size_t *capacity, size_t n, size_t size, vt_error *err)
{
    void **at = array;
    if (n < *capacity) {
        return VT_OK;
    }
    size_t wanted = n > SIZE_MAX / 2 - 16 ? SIZE_MAX : 2 * n + 16; /* SIZE_MAX is more than there can be */
    void *grown = vt_realloc(*at, wanted, size, err);
    if (grown == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    *at = grown;
    *capacity = wanted;
    return VT_OK;
}

char *vt_strndup(const char *text, size_t len, vt_error *err)
{
    char *copy = len == SIZE_MAX ? NULL : vt_alloc(len + 1, 1, err);
    if (copy != NULL) {
        if (len > 0) {
            memcpy(copy, text, len);
        }
        copy[len] = '\0';
    }
    return copy;
}

void vt_free(void *memory)
{
    free(memory);
}
