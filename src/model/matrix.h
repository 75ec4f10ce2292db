/*
 * The user-item matrix of a set of interactions, as set models see it: one entry a distinct pair, of the first event
 * where there are several. Private to model.
 */
#ifndef VT_MODEL_MATRIX_H
#define VT_MODEL_MATRIX_H

#include "math/csr.h"
#include "vitrine/split.h"

/** What an entry holds. */
typedef enum vt_entry {
    VT_ENTRY_ONE,   /**< 1 */
    VT_ENTRY_VALUE, /**< the event's value, 1 without; pairs whose value is not above 0 are left out */
    VT_ENTRY_DAYS   /**< days since the first event of all, 0 without times */
} vt_entry;

/** (U, I) into `users`, (I, U) into `items`, columns ascending; either may be NULL. O(N + U + I). */
int vt_matrix_create(vt_csr **users, vt_csr **items, const vt_interactions *train, vt_entry entry, vt_error *err);

#endif
