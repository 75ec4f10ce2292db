/** The synthetic shop: a simulated shop whose every parameter is known. What it simulates: docs/synthetic.md. */
#ifndef VITRINE_GENERATOR_H
#define VITRINE_GENERATOR_H

#include <stdbool.h>

#include "vitrine/progress.h"
#include "vitrine/shop.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Changes whenever the same options give other bytes. */
#define VT_GENERATOR_VERSION 1

/** How large the shop is. Init with vt_generate_options_init(). */
typedef struct vt_generate_options {
    size_t size;      /**< set by vt_generate_options_init() */
    int64_t products; /**< 35 to 1,000,000; default 1,000 */
    int64_t users;    /**< 10 to 10,000,000; default 5,000 */
    int64_t reviews;  /**< exact; 0: three for ten products bought; default 15,000 */
    int64_t orders;   /**< within 1 %; 0: as many as the reviews need */
    int64_t photos;   /**< products with photos, evenly spread; -1: all up to 2,000 (default) */
    uint64_t seed;    /**< default 42 */
    bool stock_outs;  /**< products run out of stock, and what was wanted then is lost; default false */
    int threads;      /**< 0: all processors; the bytes are the same for any number */
    const vt_progress *progress;
} vt_generate_options;

/** What was made. */
typedef struct vt_generate_report {
    int64_t products;
    int64_t photos; /**< files */
    int64_t users;
    int64_t orders;
    int64_t lines; /**< of orders */
    int64_t reviews;
    int64_t events; /**< of all kinds */
} vt_generate_report;

VT_SIZED_INIT(vt_generate_options)

/** VT_ERR_USAGE names the first problem: sizes out of range, more reviews than order lines can be, ... */
VT_API int vt_generate_check(const vt_generate_options *options, vt_error *err);

/**
 * Makes a shop in folder `path`, which must be missing or empty: store, photos under images/, truth.json. On failure
 * nothing is left. Same options, same bytes of photos and truth and the same rows.
 */
VT_API int vt_generate(const char *path, const vt_generate_options *options, vt_generate_report *report, vt_error *err);

#ifdef __cplusplus
}
#endif

#endif
