/*
 * Customers with the same frequency, recency and age are one to the models of repeat purchases, and in a shop many are:
 * whoever bought once is told by the day alone. Likelihoods and forecasts run over groups. Legend: N customers, G
 * groups.
 */
#ifndef VT_INSIGHT_CLV_GROUPS_H
#define VT_INSIGHT_CLV_GROUPS_H

#include <stddef.h>

#include "vitrine/error.h"

/** Groups sorted by x, then t_x, then T. */
typedef struct vt_clv_groups {
    size_t n;       /* G */
    double *x;      /* (G) repeat purchases */
    double *last;   /* (G) t_x */
    double *age;    /* (G) T */
    double *count;  /* (G) customers */
    size_t *member; /* (N) the group of each customer */
} vt_clv_groups;

/**
 * Groups `n` customers. The caller ends `out` with vt_clv_groups_done(). VT_ERR_FAILED names the first customer whose
 * figures cannot be: all must be finite and 0 or more, t_x at most T, t_x 0 where x is 0.
 */
int vt_clv_groups_make(vt_clv_groups *out, const double *x, const double *last, const double *age, size_t n,
                       vt_error *err);

void vt_clv_groups_done(vt_clv_groups *groups);

#endif
