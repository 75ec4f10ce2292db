/* What is known of a snapshot after counting and before filling: what is kept, how it is ranked, in which order. */
#ifndef VT_DATASET_PLAN_H
#define VT_DATASET_PLAN_H

#include "dataset/builder_state.h"
#include "dataset/layout.h"
#include "dataset/order.h"

typedef struct vt_snapshot_plan {
    vt_ranking users;
    vt_ranking items;
    vt_ranking categories;
    vt_ranking brands;
    vt_ranking item_attributes;
    vt_ranking user_attributes;
    vt_ranking orders;
    vt_ranking sessions;
    vt_ranking placements;
    vt_ranking models;
    vt_ranking requests;
    uint32_t *order; /* (A) events of the snapshot by number in the builder */
    int64_t *ptr;    /* (U + 1) */
    int64_t n_all;   /* A */
    uint64_t count[VT_SECTIONS];
} vt_snapshot_plan;

/** Init with zeroes. */
int vt_snapshot_plan_make(vt_snapshot_plan *plan, const vt_builder *builder, vt_error *err);
void vt_snapshot_plan_done(vt_snapshot_plan *plan);

#endif
