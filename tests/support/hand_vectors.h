/* Vectors of a shop's items written by hand, as "vitrine encode" would leave them. */
#ifndef VT_TEST_HAND_VECTORS_H
#define VT_TEST_HAND_VECTORS_H

#include "check.h"

#include "encode/vectors.h"

/** `rows` (n, at most 32) sorted by id; `hash` is the encoder's, 64 hex digits. */
static inline void put_vectors(const char *shop, vt_encoder_kind kind, const char *encoder, const char *hash,
                               const float *vectors, const char *const *ids, size_t n, size_t d)
{
    vt_error err = VT_ERROR_INIT;
    vt_vector_set *set = NULL;
    vt_content_key keys[32];
    int64_t at[33] = {0}, ptr[33] = {0}, photo_at[33] = {0};
    char text[1024] = "";
    assert_true(n <= 32);
    check_ok(vt_vector_set_open(&set, shop, kind, hash, d, &err));
    for (size_t i = 0; i < n; i++) {
        vt_content_key_make(&keys[i], ids[i], strlen(ids[i]));
        check_ok(vt_vector_set_add(set, &keys[i], vectors + i * d, NULL, &err));
        strncat(text, ids[i], sizeof text - strlen(text) - 1);
        at[i + 1] = (int64_t)strlen(text);
        ptr[i + 1] = (int64_t)i + 1;
    }
    check_ok(vt_vector_set_flush(set, &err));
    vt_vector_set_close(set);
    const vt_item_contents contents = {{(int32_t)n, at, text}, ptr, keys, {(int32_t)n, photo_at, ""}};
    check_ok(vt_item_contents_write(shop, kind, encoder, hash, d, &contents, &err));
}

#endif
