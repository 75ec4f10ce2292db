/*
 * All that is said about the demand of a set of series: class, trend, change, forecast with interval, stock and
 * backtest of each, decomposition and forecast of their sum, all reconciled. Legend: S series, n periods, H steps, M
 * methods of the backtest.
 */
#ifndef VT_INSIGHT_DEMAND_STUDY_H
#define VT_INSIGHT_DEMAND_STUDY_H

#include "insight/demand/backtest.h"
#include "insight/demand/censored.h"
#include "insight/demand/change.h"
#include "insight/demand/croston.h"
#include "insight/demand/known_days.h"
#include "insight/demand/series_file.h"
#include "insight/demand/stock.h"

enum { VT_STUDY_METHODS = 6 };

typedef struct vt_study_request {
    size_t season;  /* values in a season; 0: what the step of the file suggests */
    size_t horizon; /* H */
    bool backtest;
    double service;
    size_t lead_time;           /* periods */
    const vt_known_days *known; /* NULL: none */
    uint64_t seed;
    int threads; /* 0: all processors */
} vt_study_request;

/** One series. Arrays belong to the study. */
typedef struct vt_study_series {
    const char *name;
    double *y;       /* (n - begin) gaps filled, demand in place of sales that a stock-out cut short */
    size_t begin, n; /* the first period with a value; values from there */
    vt_demand_class demand;
    vt_censored_demand censored;
    vt_trend_test trend;
    double discovery;    /* p of the trend, adjusted over all series */
    size_t change;       /* the period in which the level changed last; 0: never */
    double *mean;        /* (H) */
    double *low, *high;  /* (H) interval of 80 % */
    vt_stock_plan stock; /* of an empty store: reorder point and what follows */
    vt_backtest test[VT_STUDY_METHODS];
    bool tested;
} vt_study_series;

typedef struct vt_study {
    vt_study_series *series; /* (S + 1), the last is the sum */
    size_t n_series;         /* S */
    size_t season;
    size_t filled;                        /* gaps */
    double *seasonal, *trend, *remainder; /* (n) of the sum */
    double season_strength, trend_strength;
    vt_known_effects known; /* of days known beforehand, from the sum; `known` NULL in it: none were given */
    double *slab;
} vt_study;

/** The methods of the backtest in the order of vt_study_series.test; the last is the combination. */
vt_forecast_method vt_study_method(size_t index);

/**
 * Studies a set, whose gaps are filled in place. Forecasts are by the combination, and never under 0 where no value of
 * the set is. O(S) forecasts over threads; the same numbers for any number of them.
 */
int vt_study_make(vt_study **out, vt_series_set *set, const vt_study_request *request, vt_error *err);
void vt_study_free(vt_study *study);

#endif
