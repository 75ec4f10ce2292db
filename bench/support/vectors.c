/* Vectors are drawn, not encoded: no network is needed. */
#include "support/vectors.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/rng.h"

#define HASH "00000000000000000000000000000000000000000000000000000000000000aa"

static void draw(float *vector, size_t d, uint64_t at)
{
    vt_rng rng = vt_rng_at(5, "own", at, 0);
    double square = 0.0;
    for (size_t k = 0; k < d; k++) {
        vector[k] = (float)(vt_rng_normal(&rng) / sqrt(1.0 + (double)k));
        square += (double)vector[k] * (double)vector[k];
    }
    for (size_t k = 0; k < d; k++) {
        vector[k] = (float)((double)vector[k] / sqrt(square));
    }
}

int bench_put_vectors(const char *shop, vt_encoder_kind kind, const char *prefix, size_t n, size_t d, vt_error *err)
{
    enum { DIGITS = 7 };
    size_t len = strlen(prefix) + DIGITS;
    vt_vector_set *set = NULL;
    vt_content_key *keys = vt_alloc(n, sizeof *keys, err);
    int64_t *at = vt_alloc_zero(n + 1, sizeof *at, err), *zero = vt_alloc_zero(n + 1, sizeof *zero, err);
    int64_t *ptr = vt_alloc_zero(n + 1, sizeof *ptr, err);
    float *vector = vt_alloc(d, sizeof *vector, err);
    char *text = vt_alloc(n * len + 1, 1, err);
    int status = keys == NULL || at == NULL || zero == NULL || ptr == NULL || vector == NULL || text == NULL
                     ? VT_ERR_NO_MEMORY
                     : vt_vector_set_open(&set, shop, kind, HASH, d, err);
    for (size_t i = 0; status == VT_OK && i < n; i++) {
        snprintf(text + i * len, len + 1, "%s%07zu", prefix, i);
        vt_content_key_make(&keys[i], text + i * len, len);
        draw(vector, d, i);
        at[i + 1] = (int64_t)((i + 1) * len);
        ptr[i + 1] = (int64_t)i + 1;
        status = vt_vector_set_add(set, &keys[i], vector, NULL, err);
    }
    status = status == VT_OK ? vt_vector_set_flush(set, err) : status;
    vt_vector_set_close(set);
    if (status == VT_OK) {
        const vt_item_contents contents = {{(int32_t)n, at, text}, ptr, keys, {(int32_t)n, zero, ""}};
        status = vt_item_contents_write(shop, kind, "nowhere", HASH, d, &contents, err);
    }
    vt_free(text);
    vt_free(vector);
    vt_free(ptr);
    vt_free(zero);
    vt_free(at);
    vt_free(keys);
    return status;
}
