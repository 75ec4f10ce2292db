/* What the pages of the dashboard know of a shop before they ask for figures. */
#ifndef VT_REPORT_PAGE_META_H
#define VT_REPORT_PAGE_META_H

#include "base/json.h"
#include "vitrine/live.h"
#include "vitrine/text.h"

enum { VT_PAGE_CATEGORIES = 20 };

typedef struct vt_page_meta {
    const char *shop;    /* a name that people know it by */
    const char *model;   /* that answers; "" without */
    unsigned scopes;     /* of who looks */
    bool names;          /* customers' ids are told */
    bool live;           /* a server answers */
    long long lists;     /* requests for lists that were answered; 0: nobody counted */
    double list_seconds; /* that one took in the mean */
    int64_t now;         /* UTC seconds that stand for now; VT_NONE: the clock */
} vt_page_meta;

/**
 * Writes what is known into the open object: shop, currency, time_zone, locale, now, newest_event, first_day, last_day
 * (of order lines, null without), categories (of the first level, those with most revenue in 365 days), products,
 * customers, model, version, scopes, names, live, lists (how many were answered, in what time), metrics (the table of
 * definitions), made. One pass over the lines of a year.
 */
int vt_page_meta_write(vt_json_writer *writer, vt_live *live, const vt_page_meta *meta, vt_error *err);

/** The same as an object of its own. */
int vt_page_meta_text(vt_text *out, vt_live *live, const vt_page_meta *meta, vt_error *err);

/** The categories of what was written, as it was read again; their number. Names are those of `meta`. */
size_t vt_page_meta_categories(const char *names[VT_PAGE_CATEGORIES], yyjson_val *meta);

#endif
