/*
 * Days that are known beforehand: holidays, campaigns, closed days. How much more is sold on them is found from those
 * of the past, taken off before the future is foreseen, and put on where they come again. One effect of a name for all
 * series of a set, so that they still add up. Legend: D rows of the file, E names, n periods, H periods ahead.
 */
#ifndef VT_INSIGHT_DEMAND_KNOWN_DAYS_H
#define VT_INSIGHT_DEMAND_KNOWN_DAYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "insight/plain_file.h"

enum { VT_KNOWN_NAMES_MAX = 40 };

/** Rows of a file: a name from a first to a last day, both since 1970-01-01. */
typedef struct vt_known_day {
    int64_t first, last;
    size_t name;
} vt_known_day;

typedef struct vt_known_days {
    vt_known_day *day; /* (D) */
    size_t n;
    vt_str name[VT_KNOWN_NAMES_MAX]; /* (E) in the order of the file */
    size_t n_names;
    vt_plain_file *file; /* holds the names */
} vt_known_days;

/**
 * Reads a CSV file with the columns date and name, and maybe until (the last day). Done with vt_known_days_done().
 * VT_ERR_FORMAT with the line for what is no day, a last day before the first or a row without a name; VT_ERR_LIMIT
 * past VT_KNOWN_NAMES_MAX names.
 */
int vt_known_days_read(vt_known_days *out, const char *path, vt_error *err);
void vt_known_days_done(vt_known_days *known);

/** What a name does: sales of a period that is all of such days are 1 + `effect` times the usual ones. */
typedef struct vt_known_effect {
    double effect, error; /* with its standard error */
    size_t periods;       /* of the past with such days */
    bool found;           /* false: none of them had usual periods around it */
} vt_known_effect;

/** Effects over the periods of some series. Done with vt_known_effects_done(). */
typedef struct vt_known_effects {
    const vt_known_days *known; /* borrowed */
    size_t n, horizon, season;  /* n, H; periods of a week of days, else 1 */
    double *share;              /* (E, n + H) of such days in each period */
    vt_known_effect of[VT_KNOWN_NAMES_MAX];
} vt_known_effects;

/**
 * Shares of the periods that begin on `day` (n + H + 1), and the effects found from `y` (n): least squares of what each
 * period is beside the mean of up to eight usual ones around it, those a week apart where `season` is 7.
 */
int vt_known_effects_find(vt_known_effects *out, const vt_known_days *known, const double *y, size_t n, size_t horizon,
                          const int64_t *day, size_t season, vt_error *err);
void vt_known_effects_done(vt_known_effects *effects);

/** Sales of period `k` as a multiple of the usual ones, at least 0. */
double vt_known_factor(const vt_known_effects *effects, size_t k);

/**
 * Takes the effects off `y`, periods `begin` to n of a series of the same set. Where next to nothing is usual (a closed
 * shop) the usual periods around stand in.
 */
void vt_known_take(double *y, const vt_known_effects *effects, size_t begin);

/** Puts the effects on a forecast (H) and its interval of 80 %, which gets wider by what is not known of them. */
void vt_known_put(double *mean, double *low, double *high, const vt_known_effects *effects);

/** Standard deviation that the errors of the effects give a sum of `mean` (H), which has them already. */
double vt_known_deviation(const double *mean, const vt_known_effects *effects);

#endif
