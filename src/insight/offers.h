/*
 * What customers may buy next, as `vitrine recommend --all` has written it into the store: computed rows "next_item".
 */
#ifndef VT_INSIGHT_OFFERS_H
#define VT_INSIGHT_OFFERS_H

#include "insight/scope.h"

enum { VT_OFFERS_EACH = 3 /* of a customer that are read where it is about all */ };

typedef struct vt_next_offer {
    int32_t user, item;
    int64_t rank;
    double score; /* comparable within one customer's list */
} vt_next_offer;

/** Init with zeroes, done with vt_offers_done(). */
typedef struct vt_offers {
    vt_next_offer *row; /* (n) by user, then rank */
    size_t n, capacity;
    int64_t made_at; /* of the rows; VT_NONE without any */
} vt_offers;

/**
 * Reads the first VT_OFFERS_EACH of all customers, or all of `user` unless that is NULL. Nothing where the scope knows
 * of no store. Opens a reader of its own. O(rows log rows).
 */
int vt_offers_read(vt_offers *out, const vt_scope *scope, const char *user, vt_error *err);
void vt_offers_done(vt_offers *offers);

/** Those of a customer; how many there are, 0 where `*first` is not set. O(log n). */
size_t vt_offers_of(const vt_next_offer **first, const vt_offers *offers, int32_t user);

/** The titles of a customer's offers as a text of an answer, "; " between; no text where there are none. */
void vt_offers_show(vt_document *document, const vt_offers *offers, const vt_view *view, int32_t user);

/** A note on when they were computed, or how they are. */
void vt_offers_note(vt_document *document, const vt_offers *offers);

#endif
