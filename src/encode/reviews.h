/* What customers say of items in a few words: the titles of an item's newest reviews. */
#ifndef VT_ENCODE_REVIEWS_H
#define VT_ENCODE_REVIEWS_H

#include "store/store.h"

typedef struct vt_reviews vt_reviews;

/**
 * Reads the titles of the `most` (1 to VT_REVIEWS_MAX) newest reviews of every item; titles that only repeat the stars
 * ("Five Stars") do not count. O(events) time, memory of the titles.
 */
int vt_reviews_read(vt_reviews **out, vt_store *store, int most, vt_error *err);
void vt_reviews_free(vt_reviews *reviews);

/** "Five Stars", "4 stars", "One star!", "": the title that a shop writes when the customer writes none. */
bool vt_only_stars(vt_str title);

/** How many titles an item has here; 0 for an item that is not known, or reviews NULL. */
int vt_reviews_count(const vt_reviews *reviews, vt_str item);

/** Title `index` of an item, the newest first; borrowed. */
vt_str vt_reviews_title(const vt_reviews *reviews, vt_str item, int index);

#endif
