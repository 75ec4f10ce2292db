/* Made-up vectors of the items of a shop, for measurements where their number and length matter. */
#ifndef VT_BENCH_SUPPORT_VECTORS_H
#define VT_BENCH_SUPPORT_VECTORS_H

#include "encode/vectors.h"

/**
 * Gives the items `prefix`0000000 to n - 1 vectors (N, D) of the kind, whose lengths along the directions fall off as
 * 1/sqrt(k). The same arguments give the same.
 */
int bench_put_vectors(const char *shop, vt_encoder_kind kind, const char *prefix, size_t n, size_t d, vt_error *err);

#endif
