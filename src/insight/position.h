/*
 * How often the places of a list are looked at. Goods further down get fewer clicks because fewer people look there,
 * not because they are worse; where the same goods stood in several places, the two can be told apart. The model of a
 * click is looked at x liked (Craswell, Zoeter, Taylor and Ramsey 2008); items are their own control, as in Agarwal et
 * al. 2019. Legend: P places, I items.
 */
#ifndef VT_INSIGHT_POSITION_H
#define VT_INSIGHT_POSITION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vitrine/error.h"

/** One place, against the first. */
typedef struct vt_examined {
    double rate;      /**< how often it is looked at, 1 for the first place; NaN where it shares no item with others */
    double low, high; /**< 95 %, of the clicks counted as a Poisson number */
} vt_examined;

/**
 * The rates of `places` from impressions and clicks by place and item (P, I), row-major: maximum likelihood of clicks
 * as Poisson numbers of mean impressions x rate(place) x appeal(item), by proportional fitting. O(P I) a round, at most
 * 500.
 */
int vt_position_fit(vt_examined *out, const int32_t *impressions, const int32_t *clicks, size_t places, size_t items,
                    vt_error *err);

#endif
