/*
 * The part of LightGBM's C API (4.7) that is used, declared here so that building needs no LightGBM. Names, values and
 * types are those of its header; every function gives 0 when it is well.
 */
#ifndef VT_MATH_LIGHTGBM_API_H
#define VT_MATH_LIGHTGBM_API_H

#include <stdint.h>

enum { LGBM_FLOAT32 = 0, LGBM_FLOAT64 = 1 };                    /* C_API_DTYPE_ */
enum { LGBM_NORMAL = 0, LGBM_RAW = 1, LGBM_CONTRIBUTIONS = 3 }; /* C_API_PREDICT_ */

/* F(name without LGBM_, result, arguments) */
#define VT_LIGHTGBM_FUNCTIONS(F)                                                                                       \
    F(GetLastError, const char *, (void))                                                                              \
    F(DatasetCreateFromMat, int,                                                                                       \
      (const void *data, int type, int32_t rows, int32_t columns, int row_major, const char *parameters,               \
       void *reference, void **out))                                                                                   \
    F(DatasetSetField, int, (void *dataset, const char *field, const void *data, int n, int type))                     \
    F(DatasetFree, int, (void *dataset))                                                                               \
    F(BoosterCreate, int, (void *dataset, const char *parameters, void **out))                                         \
    F(BoosterAddValidData, int, (void *booster, void *dataset))                                                        \
    F(BoosterUpdateOneIter, int, (void *booster, int *finished))                                                       \
    F(BoosterGetEval, int, (void *booster, int data, int *n, double *out))                                             \
    F(BoosterPredictForMat, int,                                                                                       \
      (void *booster, const void *data, int type, int32_t rows, int32_t columns, int row_major, int what, int first,   \
       int iterations, const char *parameters, int64_t *n, double *out))                                               \
    F(BoosterFree, int, (void *booster))

#endif
