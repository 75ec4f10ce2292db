/**
 * Reports and pictures of what the library found: texts and files that need nothing beside them. Pictures are SVG,
 * pages HTML or Markdown, without scripts. Experimental: what is here may still change.
 */
#ifndef VITRINE_REPORT_H
#define VITRINE_REPORT_H

#include "vitrine/evaluation.h"
#include "vitrine/project.h"
#include "vitrine/text.h"
#include "vitrine/weights.h"
#include "vitrine/why.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- models side by side ----------------------------------------------------------------------------------------- */

/** One model. Borrowed. */
typedef struct vt_report_row {
    const char *name;     /**< of the kind, or the path of the file */
    const char *settings; /**< every parameter; "" when unknown */
    vt_evaluation result;
    bool compared;               /**< with the baseline: */
    vt_comparison comparison;    /**< this minus that */
    vt_slice_comparison *slices; /**< (result.n_slices) likewise; NULL: not compared */
} vt_report_row;

/** One that could not be evaluated. */
typedef struct vt_report_failure {
    const char *name; /**< as of a row */
    vt_error error;
} vt_report_failure;

/** Evaluations of one protocol. */
typedef struct vt_report {
    const vt_report_row *rows;
    size_t n_rows; /**< at least 1 */
    const vt_report_failure *failures;
    size_t n_failures;
    const char *baseline; /**< name of its row; NULL: none */
    const char *snapshot;
    uint64_t seed;
} vt_report;

/** The metric of a slice, as it stands among all metrics. Static storage. */
VT_API const vt_metric_info *vt_report_slice_metric(int metric);

/** The report as one page, as Markdown, and as JSON with all figures. */
VT_API int vt_report_html(vt_text *out, const vt_report *report, vt_error *err);
VT_API int vt_report_markdown(vt_text *out, const vt_report *report, vt_error *err);
VT_API int vt_report_json(vt_text *out, const vt_report *report, bool pretty, vt_error *err);

/* ---- explanations ------------------------------------------------------------------------------------------------ */

/**
 * Past events against what they do: the split of relations, the attention of each head, and what leaving the event out
 * costs. The newest events where there are many; VT_ERR_UNSUPPORTED without any.
 */
VT_API int vt_why_svg(vt_text *out, const vt_why *why, vt_error *err);

/* ---- what models weigh ------------------------------------------------------------------------------------------- */

#define VT_WEIGHT_COLUMNS_MAX 32
#define VT_WEIGHT_ROWS_MAX 40
#define VT_WEIGHT_GRIDS_MAX 4

/** What a model weighs at one place: a category, a head of attention; "" for all together. */
typedef struct vt_weight_row {
    const char *place;
    int64_t n;                           /**< items or users behind it */
    double value[VT_WEIGHT_COLUMNS_MAX]; /**< NaN: none */
} vt_weight_row;

/** One topic of the model's weights (weights.h). */
typedef struct vt_weight_grid {
    char topic[32];
    bool shares; /**< numbers are shares of 1, else differences */
    const char *column[VT_WEIGHT_COLUMNS_MAX];
    size_t n_columns;
    vt_weight_row *row; /**< those with the most behind them, VT_WEIGHT_ROWS_MAX at most, by place */
    size_t n_rows;
    size_t capacity; /**< private */
} vt_weight_grid;

/** Grids in the order of their topics. */
typedef struct vt_weight_grids {
    vt_weight_grid grid[VT_WEIGHT_GRIDS_MAX];
    size_t n;                 /**< 0: the shop has no weights of that model */
    struct vt_arena *storage; /**< private */
} vt_weight_grids;

/** Numbers nearer to 0 are shown as 0. */
#define VT_WEIGHT_SHOWN_AS_ZERO 5e-3

/** The rows that the shop has of the model called `name`, as grids. Free with vt_weight_grids_free(). */
VT_API int vt_weight_grids_read(vt_weight_grids **out, vt_shop *shop, const char *name, vt_error *err);
VT_API void vt_weight_grids_free(vt_weight_grids *grids);

/** The grids, one below the other. */
VT_API int vt_weight_grids_svg(vt_text *out, const vt_weight_grids *grids, const char *model, vt_error *err);

/* ---- maps of items ----------------------------------------------------------------------------------------------- */

/** A line an item: id, places, category. */
VT_API int vt_projection_csv(vt_text *out, const vt_projection *projection, vt_error *err);
VT_API int vt_projection_json(vt_text *out, const vt_projection *projection, vt_error *err);

/** The first two dimensions; of photos with thumbnails. */
VT_API int vt_projection_svg(vt_text *out, const vt_projection *projection, vt_error *err);

#ifdef __cplusplus
}
#endif

#endif
