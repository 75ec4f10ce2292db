/*
 * Series in a plain CSV. Three shapes are told apart by the header and the first cells: rows of (series, period,
 * value), with an optional column of stock-outs; one series a column behind a first column of periods; one series a
 * row under a header of periods. Periods are dates or numbers at equal steps; what is missing between them is a gap.
 * Legend: S series, n periods.
 */
#ifndef VT_INSIGHT_DEMAND_SERIES_FILE_H
#define VT_INSIGHT_DEMAND_SERIES_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vitrine/error.h"

/** The step from period to period. */
typedef enum vt_series_step {
    VT_SERIES_NUMBER, /* equal steps of a number */
    VT_SERIES_DAY,
    VT_SERIES_WEEK,
    VT_SERIES_MONTH,
    VT_SERIES_QUARTER,
    VT_SERIES_YEAR
} vt_series_step;

typedef struct vt_series_set {
    size_t n_series;
    size_t n;
    const char *const *names; /* (S) */
    double *values;           /* (S, n) row-major, NaN for a gap; may be changed in place (vt_series_fill) */
    bool *out_of_stock;       /* (S, n); NULL when the file does not tell */
    vt_series_step step;
    double first;                      /* number of the first period, or the day since 1970-01-01 on which it begins */
    double width;                      /* of a step of numbers, or days of a step of days and weeks */
    size_t added;                      /* values that were added to another one of the same series and period */
    size_t gaps;                       /* cells without a value between the first and the last of their series */
    struct vt_series_storage *storage; /* private */
} vt_series_set;

/**
 * Reads a file, maybe packed. Values of one series and period are added up. Series begin and end with the file's
 * periods: before its first value a series has gaps. VT_ERR_FORMAT with the line for what is no number or period
 * (infinite ones too), for periods that do not lie at equal steps and for a file without values; VT_ERR_LIMIT past
 * 50,000,000 cells.
 */
int vt_series_file_read(vt_series_set **out, const char *path, vt_error *err);
void vt_series_set_free(vt_series_set *set);

/** "2024-03", "2024-03-01", "2024 Q1", "2024" or the number of period `index`, also behind the last. */
void vt_series_period_name(char out[32], const vt_series_set *set, size_t index);

/** The day since 1970-01-01 on which period `index` begins; false for periods that are numbers. */
bool vt_series_period_day(int64_t *out, const vt_series_set *set, size_t index);

/**
 * The season that a step suggests: 7 of days, 52 of weeks, 12 of months, 4 of quarters, else 1; numbers by 1 / width.
 */
size_t vt_series_season(const vt_series_set *set);

#endif
