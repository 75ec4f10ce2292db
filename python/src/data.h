/* What models are fitted and evaluated on, as handles: a dataset, its split, a fitted model, a set of vectors. */
#ifndef VT_PYTHON_DATA_H
#define VT_PYTHON_DATA_H

#include "handle.h"
#include "vitrine/encoder.h"
#include "vitrine/links.h"
#include "vitrine/model.h"
#include "vitrine/tuning.h"

enum { VT_RETIRED_MAX = 8 };

/** A snapshot with what belongs to its items and users; what there is none of is NULL. */
typedef struct vt_dataset {
    vt_snapshot *snapshot;
    vt_item_vectors *text;
    vt_item_vectors *image;
    vt_user_links *links;
    vt_item_vectors
        *retired[VT_RETIRED_MAX]; /* in place of which newer ones were read, while a fit may still read them */
    size_t n_retired;
} vt_dataset;

/** The vectors of a shop's items of that kind, NULL where there are none: what cannot do without says so itself. */
int vt_dataset_open_vectors(vt_item_vectors **out, const char *shop, vt_encoder_kind kind, vt_error *err);

extern const vt_handle_kind vt_dataset_kind;         /* keeps nothing */
extern const vt_handle_kind vt_split_kind_of_handle; /* a vt_split; keeps its dataset */
extern const vt_handle_kind vt_model_kind_of_handle; /* a vt_model; keeps nothing */
extern const vt_handle_kind vt_vectors_kind;         /* vt_item_vectors; keeps nothing */

/** A dataset and a split of it, both in use; `split` NULL: the whole of it. */
typedef struct vt_parts {
    PyObject *dataset_handle, *split_handle;
    vt_dataset *data;
    vt_split *split;
} vt_parts;

/** False with an exception. `split` may be None. */
bool vt_parts_enter(vt_parts *parts, PyObject *dataset, PyObject *split);
void vt_parts_leave(vt_parts *parts);

/** Settings of a fit from (preset, [setting], seed, threads): borrowed from Python. Freed with free(*settings). */
bool vt_fit_options_read(vt_fit_options *options, const char ***settings, PyObject *tuple, const vt_dataset *data);

/**
 * A protocol from (state, candidates, test_items, seen, users, fallback, part, negatives, seed, cutoffs, resamples,
 * slices, threads), with the vectors of `data`; a state or candidates of -1 are those that suit `spec` (NULL: the
 * defaults). False with an exception.
 */
bool vt_protocol_read(vt_protocol *protocol, PyObject *tuple, const vt_dataset *data, const vt_split_spec *spec);

/** A handle that owns `evaluation`, which is freed where it was not `made`. */
PyObject *vt_evaluation_handle(vt_evaluation *evaluation, bool made);

#endif
