/* Item-kNN: the model and its fit. Private to model. Legend: U users, I items, N neighbours kept. */
#ifndef VT_MODEL_ITEMKNN_H
#define VT_MODEL_ITEMKNN_H

#include "math/csr.h"
#include "model/kind.h"

enum {
    VT_KNN_K,
    VT_KNN_SIMILARITY,
    VT_KNN_SHRINK,
    VT_KNN_HALF_LIFE,
    VT_KNN_PAIR_HALF_LIFE,
    VT_KNN_K1,
    VT_KNN_B,
    VT_KNN_PARAMS
};

enum { VT_KNN_COSINE, VT_KNN_BM25, VT_KNN_TFIDF, VT_KNN_JACCARD };

/** The k most similar items of each item, itself left out, (I, I); columns ascending, values above 0. */
int vt_itemknn_neighbours(vt_csr **out, const vt_fit *fit, vt_error *err);

#endif
