/**
 * Insight: the figures of a shop, and the estimators behind them. One question gives one answer: a sentence that says
 * what the figures mean, single figures with what they are compared with, and tables. Every figure has one definition,
 * in one table of metrics. The estimators also read plain files, without a shop. Experimental: may still change.
 */
#ifndef VITRINE_INSIGHT_H
#define VITRINE_INSIGHT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vitrine/live.h"
#include "vitrine/text.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- what an answer is made of ----------------------------------------------------------------------------------- */

/** What a number counts. In an answer's numbers NaN says "not known"; in texts and JSON it is left out or null. */
typedef enum vt_unit {
    VT_UNIT_TEXT,   /**< no number */
    VT_UNIT_COUNT,  /**< whole things */
    VT_UNIT_NUMBER, /**< any number */
    VT_UNIT_MONEY,  /**< minor units of the answer's currency, hundredths where it has none; with fractions in means */
    VT_UNIT_SHARE,  /**< 0 to 1; a change of it is in points */
    VT_UNIT_DAYS,   /**< a length of time */
    VT_UNIT_DATE    /**< days since 1970-01-01 on the shop's calendar */
} vt_unit;

/** A metric: one row of the table of definitions. Static storage. */
typedef struct vt_metric_definition {
    const char *id;   /**< as in JSON and CSV: "revenue" */
    const char *name; /**< as a person reads it: "Revenue" */
    vt_unit unit;
    int good;            /**< +1: more is better, -1: less is, 0: neither */
    const char *formula; /**< in words */
    const char *notes;   /**< what is left out, and the source; "" when there is nothing to say */
} vt_metric_definition;

/** Row `index` of the table, NULL past the last. */
VT_API const vt_metric_definition *vt_metric_at(size_t index);

/** The row with this id, NULL when there is none. */
VT_API const vt_metric_definition *vt_metric_find(const char *id);

/** One figure. */
typedef struct vt_insight_figure {
    const vt_metric_definition *metric;
    double value;
    double before;    /**< of the compared period; NaN without a comparison */
    double low, high; /**< interval of the value; NaN without */
    const char *note; /**< what to know about this value; "" mostly */
} vt_insight_figure;

/** One column of a table. */
typedef struct vt_insight_column {
    const char *id, *name;
    vt_unit unit;
} vt_insight_column;

/** One cell: the text in a column of texts (NULL: none), else the number. */
typedef struct vt_insight_cell {
    double number;
    const char *text;
} vt_insight_cell;

typedef struct vt_insight_table {
    const char *id, *title;
    const vt_insight_column *columns; /**< (n_columns) */
    size_t n_columns;
    const vt_insight_cell *cells; /**< (n_rows, n_columns) row-major */
    size_t n_rows;
} vt_insight_table;

/** A span of time. `from` and `until` are UTC seconds, the second exclusive; both VT_NONE: there is none. */
typedef struct vt_insight_period {
    int64_t from, until;
    const char *text; /**< "2026-10-01..2026-10-31", days of the shop's calendar, both inclusive; "" without */
    bool unfinished;  /**< its last day is not over yet */
} vt_insight_period;

/** An answer. All texts live as long as it does. */
typedef struct vt_insight {
    const char *kind;         /**< "overview" */
    const char *lead;         /**< one sentence or two that say what the figures mean */
    const char *const *notes; /**< (n_notes) what to know about the data */
    size_t n_notes;
    vt_insight_period period, compared;
    const vt_insight_figure *figures; /**< (n_figures) */
    size_t n_figures;
    const vt_insight_table *tables; /**< (n_tables) */
    size_t n_tables;
    char currency[4];                   /**< of all money; "" when it is not known */
    char time_zone[64];                 /**< of all days; "" for a file */
    struct vt_insight_storage *storage; /**< private */
} vt_insight;

/** Frees; NULL is allowed. */
VT_API void vt_insight_free(vt_insight *insight);

/* ---- questions --------------------------------------------------------------------------------------------------- */

/** What is asked. Texts are borrowed for the call; NULL stands for the default. Init with vt_insight_options_init(). */
typedef struct vt_insight_options {
    size_t size; /**< set by vt_insight_options_init() */

    /* of a shop */
    const char *period;    /**< "30d", "8w", "3m", "1y" up to now, or "2026-10-01..2026-10-31"; default "30d" */
    const char *compare;   /**< "previous", "weekdays", "year" or "none"; default "previous" */
    const char *category;  /**< a category path or the beginning of one, whole levels */
    const char *brand;     /**< a brand */
    const char *price;     /**< "25:100", either side may be empty: price of one piece in major units */
    const char *customers; /**< "new", "returning" or "premium" */
    const char *segment;   /**< a name of the segments of customers, such as "champions" */
    int64_t now;           /**< UTC seconds that stand for now; VT_NONE, the default: the clock */
    int32_t n;             /**< rows of a table, 1 to 100,000; default 10 */

    /* of the estimators */
    double support;           /**< of rules of baskets, share of baskets above 0 to 1; default .001 */
    double confidence;        /**< of rules of baskets, 0 to 1; default .5 */
    int32_t season;           /**< periods of a season; 0, the default: found from the data */
    int32_t horizon;          /**< to foresee, 1 to 1,000; default 12: months of customers (clv), periods of demand */
    bool backtest;            /**< hold the last periods out and say how well they were foreseen */
    const char *until;        /**< last day of the calibration, "1997-09-30"; the rest tests it */
    const char *holidays;     /**< CSV file of days known beforehand: date, name, maybe until; NULL: none */
    const char *unit;         /**< "day", "week" or "month"; default "week" */
    const char *quantity;     /**< column of a file: pieces; default "quantity" */
    const char *price_column; /**< column of a file: price; default "price" */
    const char *by;           /**< column of a file: one estimate for each of its values */
    const char *target;       /**< column of a file: what is to be foretold; default "churned" */
    double service;           /**< share of demand that stock is to meet, above 0 and below 1; default .95 */
    int32_t lead_days;        /**< days from ordering to having, 0 to 365; default 14 */
    uint64_t seed;            /**< of everything random; default 42 */
    const vt_progress *progress;
    const char *user; /**< a customer whom the answer is about: of "rhythm" */
    const char *item; /**< a product that the answer is about: of "prices" */
    bool masked;      /**< customers are "customer 17" in place of their ids, everywhere in the answer; the number is
                           the same in all answers of one shop as it is in memory; not with `user` */
} vt_insight_options;

VT_SIZED_INIT(vt_insight_options)

/** The name of option `index` that a text can set, as the members above are called; NULL past the last. */
VT_API const char *vt_insight_option_at(size_t index);

/**
 * Sets the option with this name from a text: a number as it is written, "true" or "false", else the text itself, which
 * is borrowed. VT_ERR_USAGE: no such option, or its value cannot be read. Bounds are checked with the query.
 */
VT_API int vt_insight_options_set(vt_insight_options *options, const char *name, const char *value, vt_error *err);

/** A kind of question. Static storage. */
typedef struct vt_insight_info {
    const char *name;    /**< "overview" */
    const char *summary; /**< a phrase */
    bool shop;           /**< can be asked of a shop */
    bool file;           /**< can be asked of a plain file */
} vt_insight_info;

/** Kind number `index`; false past the last. */
VT_API bool vt_insight_kind_at(vt_insight_info *out, size_t index);

/**
 * Answers a question of kind `kind` about a shop in memory, from one consistent view of it. The caller frees the
 * answer. VT_ERR_USAGE: no such kind, or options that cannot be; VT_ERR_UNSUPPORTED: this kind reads files alone. A
 * shop that lacks what a question needs is answered by a sentence that says so. Any thread.
 */
VT_API int vt_insight_ask(vt_insight **out, vt_live *live, const char *kind, const vt_insight_options *options,
                          vt_error *err);

/** The same about a plain file (CSV, maybe compressed). VT_ERR_FORMAT and VT_ERR_IO as importing. */
VT_API int vt_insight_file(vt_insight **out, const char *path, const char *kind, const vt_insight_options *options,
                           vt_error *err);

/* ---- writing answers --------------------------------------------------------------------------------------------- */

/** As one JSON object, ended by a line feed; money in major units, dates as "YYYY-MM-DD", what is not known as null. */
VT_API int vt_insight_json(vt_text *out, const vt_insight *insight, bool pretty, vt_error *err);

/**
 * As CSV: the table with id `table`; NULL: the figures. VT_ERR_NOT_FOUND names the tables that are there. Texts that a
 * spreadsheet would run as a formula get a quote before them.
 */
VT_API int vt_insight_csv(vt_text *out, const vt_insight *insight, const char *table, vt_error *err);

/** A number as a person reads it: "22,091.50 EUR", "12.3 %", "2026-10-01"; "-" for NaN. */
VT_API void vt_insight_format(char out[64], double number, vt_unit unit, const char *currency);

/** How a value changed: "+12.3 %", "-1.2 pts"; "" where nothing can be said. */
VT_API void vt_insight_format_change(char out[64], double value, double before, vt_unit unit);

#ifdef __cplusplus
}
#endif

#endif
