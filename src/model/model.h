/* The model object: what every kind has in common, and the kind's own state behind a pointer. Private to model. */
#ifndef VT_MODEL_MODEL_H
#define VT_MODEL_MODEL_H

#include "model/kind.h"
#include "model/params.h"

/** A table of ids that is the model's own. */
typedef struct vt_own_ids {
    int32_t n;
    int64_t *offset; /* (n + 1) */
    char *text;
} vt_own_ids;

struct vt_model {
    const vt_model_ops *ops;
    void *state;
    vt_params params;
    vt_buf settings; /* the params as text */
    char snapshot[65];
    char *trained_on;
    char positive[256];
    uint64_t seed;
    int64_t n_interactions;
    int64_t until;        /* newest time of them and of signals; VT_NONE: not known */
    vt_fit_report report; /* epochs 0 for kinds without, and for files of an earlier version */
    char validation[32];  /* the metric that report.value is of; "" without */
    char encoder[2][65];  /* hashes of the encoders of the texts' and photos' vectors it was fitted on; "" without */
    vt_own_ids users;
    vt_own_ids items;
    int64_t *item_count; /* (I) */
};

/** An empty model of that kind with default parameters; freed by vt_model_free(). */
int vt_model_create(vt_model **out, const vt_model_ops *ops, vt_error *err);

/** One with the preset and the settings of `options`; VT_ERR_USAGE. `snapshot`: the data, NULL when not known yet. */
int vt_model_prepare(vt_model **out, const char *kind, const vt_fit_options *options, const vt_snapshot *snapshot,
                     vt_error *err);

/** What a fit refuses of its data, settings, vectors and links, before it begins. */
int vt_model_check_fit(const vt_model_ops *ops, const vt_fit *fit, vt_error *err);

/** Copies a table of ids. On failure `out` may hold a part, which vt_model_free() frees. */
int vt_own_ids_copy(vt_own_ids *out, int32_t n, const int64_t *offset, const char *text, vt_error *err);

#endif
