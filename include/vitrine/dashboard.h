/**
 * The dashboard as one file: the pages that a server shows, with the answers that they ask for, photos and lists of
 * some customers inside. It opens from disk and asks nobody for anything. Experimental: may still change.
 */
#ifndef VITRINE_DASHBOARD_H
#define VITRINE_DASHBOARD_H

#include "vitrine/live.h"
#include "vitrine/recommender.h"
#include "vitrine/text.h"

#ifdef __cplusplus
extern "C" {
#endif

/** What the file holds. Init with vt_dashboard_options_init(). */
typedef struct vt_dashboard_options {
    size_t size;       /**< set by vt_dashboard_options_init() */
    const char *name;  /**< of the shop, as readers know it; NULL: that of its folder */
    const char *model; /**< name of the recommender's model; NULL: none */
    int64_t now;       /**< UTC seconds that stand for now; VT_NONE, the default: the clock */
    int32_t customers; /**< whose lists are in it, those that the figures name first; 0 to 1,000; default 12 */
    int32_t products;  /**< that are in it with what is similar and goes with them; 0 to 10,000; default 40 */
    int32_t photos;    /**< small ones, of the goods that the figures name most; 0 to 10,000; default 200 */
    bool names;        /**< with customers' ids; else "customer 17" stands for each */
    int threads;       /**< 0, the default: all processors */
    uint64_t seed;     /**< of everything random; default 42 */
    const vt_progress *progress;
} vt_dashboard_options;

VT_SIZED_INIT(vt_dashboard_options)

/** What went into it, in bytes of the file where nothing else is said. */
typedef struct vt_dashboard_sizes {
    int64_t answers, parts;    /**< numbers of */
    int64_t customers, photos; /**< numbers of */
    int64_t unpacked;          /**< bytes of the answers as JSON */
    int64_t packed;            /**< of the answers */
    int64_t pictures, script;
} vt_dashboard_sizes;

/**
 * Makes the file. The same shop, options and `now` give the same bytes, whatever the threads. `recommender` may be
 * NULL: no lists then. `sizes` may be NULL. VT_ERR_UNSUPPORTED where the library was built without the dashboard.
 */
VT_API int vt_dashboard_html(vt_text *out, vt_dashboard_sizes *sizes, vt_live *live, vt_recommender *recommender,
                             const vt_dashboard_options *options, vt_error *err);

#ifdef __cplusplus
}
#endif

#endif
