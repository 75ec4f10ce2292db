/*
 * Vectors of a shop on disk (docs/formats/embeddings.md): what was encoded is kept by the hash of its content in
 * segments, and one table says which contents each item has. Legend: N items, P contents of items (texts or photos), D
 * dimensions.
 */
#ifndef VT_ENCODE_VECTORS_H
#define VT_ENCODE_VECTORS_H

#include "vitrine/encoder.h"

/** BLAKE2b-128 of a text or of a photo's bytes. */
typedef struct vt_content_key {
    unsigned char bytes[16];
} vt_content_key;

void vt_content_key_make(vt_content_key *out, const void *content, size_t size);

/** "text" or "image". Static storage. */
const char *vt_encoder_kind_name(vt_encoder_kind kind);

/** All vectors of one encoder in one shop. */
typedef struct vt_vector_set vt_vector_set;

/**
 * Opens what the encoder of that kind and hash (64 hex digits) has left in the shop; nothing yet is fine.
 * VT_ERR_CORRUPT names a damaged file and what to do.
 */
int vt_vector_set_open(vt_vector_set **out, const char *shop, vt_encoder_kind kind, const char *hash, size_t d,
                       vt_error *err);
/** What was added and not flushed is forgotten; NULL is allowed. */
void vt_vector_set_close(vt_vector_set *set);

/**
 * True when the content was met before: then `*vector` (D, borrowed until the set changes) or, where it could not be
 * encoded, NULL and in `*reason` why. Both may be NULL. What is not flushed yet is there, but its vector is not given.
 */
bool vt_vector_set_find(const vt_vector_set *set, const vt_content_key *key, const float **vector, vt_str *reason);

/** Adds a vector (D), or with NULL the reason why there is none. A full segment is written at once. */
int vt_vector_set_add(vt_vector_set *set, const vt_content_key *key, const float *vector, const char *reason,
                      vt_error *err);

/** Writes what was added since. After it a killed program loses nothing. */
int vt_vector_set_flush(vt_vector_set *set, vt_error *err);

/**
 * Writes the given contents anew into full segments and removes the old ones, when there are many more files than
 * needed or most of what they hold is not asked for any more. The set is then only good for closing.
 */
int vt_vector_set_tidy(vt_vector_set *set, const vt_content_key *keys, size_t n, vt_error *err);

/** Forgets the keys: what was found stays where it is, nothing is found or added any more, and less memory is used. */
void vt_vector_set_freeze(vt_vector_set *set);

/** A vector (D) that was found, into `out`, without making it and what is around it memory. By any thread. */
void vt_vector_set_copy(float *out, const vt_vector_set *set, const float *vector);

/** Which contents each item has; borrowed from the file it was read from. */
typedef struct vt_item_contents {
    vt_ids ids;                /* (N) sorted by bytes */
    const int64_t *ptr;        /* (N + 1): contents of item i are ptr[i] to ptr[i + 1]; none: no text, no photo */
    const vt_content_key *key; /* (P) */
    vt_ids photo;              /* (P) paths as the item has them, "" for texts */
} vt_item_contents;

/** Writes the table, then makes this encoder the one that vt_item_vectors_open() reads. */
int vt_item_contents_write(const char *shop, vt_encoder_kind kind, const char *encoder, const char *hash, size_t d,
                           const vt_item_contents *contents, vt_error *err);

/**
 * As vt_item_vectors_open(), but the vectors are left in their files and read through vt_item_vector(), and `data` is
 * NULL. Only the means of items of several photos are in memory.
 */
int vt_item_vectors_map(vt_item_vectors **out, const char *shop, vt_encoder_kind kind, vt_error *err);

/** The table of the encoder used last. Free with vt_contents_close(). */
typedef struct vt_contents {
    vt_item_contents table;
    char *encoder; /* name or folder */
    char hash[65]; /* of the encoder */
    size_t d;      /* D */
    void *storage; /* private */
} vt_contents;

/** VT_ERR_NOT_FOUND when nothing was encoded yet (the message says the command), VT_ERR_CORRUPT, VT_ERR_VERSION. */
int vt_contents_open(vt_contents **out, const char *shop, vt_encoder_kind kind, vt_error *err);
void vt_contents_close(vt_contents *contents);

#endif
