/* What is searched for as a vector of the network that made the shop's vectors. */
#ifndef VT_RECOMMEND_QUERY_VECTOR_H
#define VT_RECOMMEND_QUERY_VECTOR_H

#include "encode/encoder.h"

/**
 * The unit vector of a text into `vector` (vectors->d). VT_ERR_NOT_FOUND when the encoder that made `vectors` is not
 * there, cannot run, or is another by now; the message says what to do. `*encoder` is opened when it is NULL, and stays
 * the caller's.
 */
int vt_query_text(float *vector, vt_encoder **encoder, const vt_item_vectors *vectors, const char *text, int threads,
                  vt_error *err);

/** Likewise of the photo in a file. VT_ERR_FORMAT, VT_ERR_CORRUPT, VT_ERR_LIMIT name the file. */
int vt_query_photo(float *vector, vt_encoder **encoder, const vt_item_vectors *vectors, const char *path, int threads,
                   vt_error *err);

#endif
