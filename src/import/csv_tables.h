/* The tables that the csv kind reads: each a row of fields, what is required, and what to do with a row. */
#ifndef VT_IMPORT_CSV_TABLES_H
#define VT_IMPORT_CSV_TABLES_H

#include "import/columns.h"
#include "import/merge.h"
#include "import/source.h"
#include "import/text.h"

/** One file at work. */
typedef struct vt_csv_work {
    vt_source *source;
    vt_columns columns;
    vt_merger *merger;
    vt_buf attributes; /* of the row at hand */
    vt_buf category;
    vt_str *images;     /* (VT_TEXT_IMAGES_MAX) */
    const char *unit;   /* of times: "s", "ms", NULL: told from the number */
    char currency[4];   /* that the price column's name says; "" none */
    vt_event_kind kind; /* events: of rows without one */
} vt_csv_work;

typedef struct vt_csv_table {
    const char *name;
    const vt_column_field *fields;
    size_t n_fields;
    size_t required[2]; /* fields that need a column */
    size_t n_required;
    void (*begin)(vt_csv_work *work); /* once the columns are known; may be NULL */
    int (*row)(vt_csv_work *work, const vt_str *row, vt_error *err);
} vt_csv_table;

extern const vt_csv_table vt_csv_events;
extern const vt_csv_table vt_csv_items;
extern const vt_csv_table vt_csv_users;
extern const vt_csv_table vt_csv_item_links;
extern const vt_csv_table vt_csv_user_links;

/**
 * Readers of one cell: true when it could be read or is not given; else the row is rejected through `status` (VT_OK
 * unless that failed). `out` is set only when something is given.
 */
bool vt_csv_money(vt_csv_work *work, size_t field, const vt_str *row, vt_str currency, int64_t *out, int *status,
                  vt_error *err);
bool vt_csv_whole(vt_csv_work *work, size_t field, const vt_str *row, int64_t *out, int *status, vt_error *err);
bool vt_csv_time(vt_csv_work *work, size_t field, const vt_str *row, int64_t *out, int *status, vt_error *err);

/**
 * The attributes that columns are mapped to, merged over the JSON object of field `whole`; "not given" when none is.
 */
bool vt_csv_attributes(vt_csv_work *work, size_t whole, const vt_str *row, vt_str *out, int *status, vt_error *err);

/** The unit of a time column by its name: "timestamp_ms" is milliseconds, whatever the options say. */
const char *vt_csv_time_unit(const vt_csv_work *work, size_t field);

/** Sets the currency that the name of a column such as "price_usd" says. */
void vt_csv_name_currency(vt_csv_work *work, size_t field);

#endif
