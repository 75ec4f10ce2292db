/*
 * What a model of repeat purchases is: customers buy at a rate of their own while they are alive, and at some moment
 * that nobody sees they stay away for good. Two kinds, one row of functions each: bg_nbd.c and pareto_nbd.c. Four
 * parameters p, all above 0: r and alpha (shape and rate of the gamma distribution of purchase rates), then a and b
 * (beta distribution of the chance to stay away after a purchase) or s and beta (gamma distribution of the rate of
 * staying away). x, t_x and T are of summary.h; `t` is the time ahead.
 */
#ifndef VT_INSIGHT_CLV_REPEAT_H
#define VT_INSIGHT_CLV_REPEAT_H

#include "insight/clv/groups.h"

enum { VT_REPEAT_PARAMETERS = 4 };

/** What is known of one customer. */
typedef struct vt_repeat_customer {
    double x, last, age;
} vt_repeat_customer;

typedef struct vt_repeat_kind {
    const char *name, *title; /* "bg-nbd", "BG/NBD" */
    const char *parameter[VT_REPEAT_PARAMETERS];
    unsigned times; /* bit k: parameter k is in units of time */
    /** Sum over groups of ln likelihood; the gradient by ln p unless NULL. */
    double (*log_likelihood)(double *gradient, const double *p, const vt_clv_groups *groups);
    /** The probability that the customer still buys. */
    double (*alive)(const double *p, const vt_repeat_customer *c);
    /** Mean, and mean square, of the purchases within `t` of a customer who is alive. */
    void (*moments)(double *mean, double *square, const double *p, const vt_repeat_customer *c, double t);
    /** The probability of more than `j` purchases within `t`, for a customer who is alive. */
    double (*beyond)(const double *p, const vt_repeat_customer *c, double t, double j);
} vt_repeat_kind;

extern const vt_repeat_kind vt_bg_nbd, vt_pareto_nbd;

#endif
