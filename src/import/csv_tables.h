/* The tables that the csv kind reads: each a row of fields, what is required, and what to do with a row. */
#ifndef VT_IMPORT_CSV_TABLES_H
#define VT_IMPORT_CSV_TABLES_H

#include "import/cells.h"
#include "import/likes.h"
#include "import/merge.h"
#include "import/source.h"
#include "import/text.h"
#include "import/words.h"

typedef struct vt_csv_lookups vt_csv_lookups;
typedef struct vt_csv_property_list vt_csv_property_list;

enum { VT_CSV_WORDS = 16, VT_CSV_WORD_BYTES = 32 };

/** Words of the column of kinds, as they were understood: a file has few of them. */
typedef struct vt_csv_word {
    char word[VT_CSV_WORD_BYTES];
    int kind;
} vt_csv_word;

/** One file at work. */
typedef struct vt_csv_work {
    vt_source *source;
    vt_columns columns;
    vt_merger *merger;
    vt_csv_property_list *properties; /* NULL: no such rows */
    vt_csv_lookups *lookups;          /* what earlier files of a named mapping say of orders and names */
    const vt_like_file *like;         /* NULL: none */
    const char *event_map;
    vt_buf attributes; /* of the row at hand */
    vt_buf category, title, description, brand;
    vt_str *images;     /* (VT_TEXT_IMAGES_MAX) */
    char currency[4];   /* that the price column's name says; "" none */
    vt_event_kind kind; /* events: of rows without one */
    bool kind_named;    /* a column or the caller says it */
    vt_csv_word words[VT_CSV_WORDS];
    size_t n_words;
} vt_csv_work;

typedef struct vt_csv_table {
    const char *name;
    const vt_column_field *fields;
    size_t n_fields;
    size_t required[2]; /* fields that need a column */
    size_t n_required;
    int (*begin)(vt_csv_work *work, vt_error *err); /* once the columns are known; may be NULL */
    int (*row)(vt_csv_work *work, const vt_str *row, vt_error *err);
} vt_csv_table;

extern const vt_csv_table vt_csv_events;
extern const vt_csv_table vt_csv_items;
extern const vt_csv_table vt_csv_users;
extern const vt_csv_table vt_csv_item_links;
extern const vt_csv_table vt_csv_user_links;
extern const vt_csv_table vt_csv_orders;     /* of named mappings: what orders.csv says of an order's lines */
extern const vt_csv_table vt_csv_names;      /* of named mappings: an id and what it stands for */
extern const vt_csv_table vt_csv_properties; /* of named mappings: a row a property of an item, as of a time */

/** Hands over the items that rows of properties made, once all files are read. */
int vt_csv_put_properties(vt_csv_work *work, vt_error *err);

/** True when events of such a file have a user, a session or an order. */
bool vt_csv_event_has_user(const vt_columns *columns);

/** As vt_cell_money(), in the currency that the column's name says where the row says none. */
bool vt_csv_money(vt_csv_work *work, size_t field, const vt_str *row, vt_str currency, int64_t *out, int *status,
                  vt_error *err);

/**
 * The attributes that columns are mapped to, merged over the JSON object of field `whole`; "not given" when none is.
 */
bool vt_csv_attributes(vt_csv_work *work, size_t whole, const vt_str *row, vt_str *out, int *status, vt_error *err);

/** A text of a page without its marks; "not given" when there is nothing else in it. */
int vt_csv_set_text(vt_buf *buf, vt_str *out, vt_str cell, vt_error *err);

/** Sets the currency that the name of a column such as "price_usd" says. */
void vt_csv_name_currency(vt_csv_work *work, size_t field);

void vt_csv_properties_free(vt_csv_property_list *list);

/* ---- what one file says for the rows of another ------------------------------------------------------------------ */

/** An order as its own file has it; texts are borrowed from the lookups. */
typedef struct vt_csv_order {
    vt_str user;
    vt_str currency;
    int64_t time;
    vt_order_state state;
} vt_csv_order;

int vt_csv_lookups_create(vt_csv_lookups **out, vt_error *err);
void vt_csv_lookups_free(vt_csv_lookups *lookups);

/** The order of that id, or NULL. */
const vt_csv_order *vt_csv_find_order(const vt_csv_lookups *lookups, vt_str id);

/**
 * What `id` stands for among the names of `what` ("user", "category"); `id` itself when there is none, "not given" when
 * there are several where only one may be.
 */
vt_str vt_csv_find_name(const vt_csv_lookups *lookups, const char *what, vt_str id);

#endif
