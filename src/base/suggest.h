/* The nearest of some names to a mistyped one. */
#ifndef VT_BASE_SUGGEST_H
#define VT_BASE_SUGGEST_H

#include <stddef.h>

/** Letters to insert, delete, replace or swap with a neighbour to make `b` out of `a` (optimal string alignment). */
size_t vt_edit_distance(const char *a, size_t a_len, const char *b, size_t b_len);

/** Keeps the best of the names it is shown. */
typedef struct vt_suggestion {
    const char *wanted;
    size_t wanted_len;
    const char *best; /* NULL while nothing is near enough */
    size_t best_len;
    size_t distance;
} vt_suggestion;

void vt_suggestion_init(vt_suggestion *suggestion, const char *wanted, size_t len);

/** Names further away than a third of the longer one are not kept; the first of equally near ones stays. */
void vt_suggestion_offer(vt_suggestion *suggestion, const char *name, size_t len);

#endif
