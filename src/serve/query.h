/*
 * Parameters of a query as rows: reading, checking and the documentation of the routes go by the same table. What a
 * route does not know is refused by name, so that a misspelt filter never passes in silence.
 */
#ifndef VT_SERVE_QUERY_H
#define VT_SERVE_QUERY_H

#include "serve/call.h"

typedef enum vt_query_type {
    VT_QUERY_TEXT,
    VT_QUERY_INT,    /* in [min, max] */
    VT_QUERY_REAL,   /* in [min, max] */
    VT_QUERY_FLAG,   /* "1" or "true" for yes, "0" or "false" for no */
    VT_QUERY_CHOICE, /* one of `choices` */
    VT_QUERY_TIME    /* ISO 8601, or UTC seconds */
} vt_query_type;

/** One parameter. Tables of them end with a row whose name is NULL. */
typedef struct vt_query_param {
    const char *name;
    vt_query_type type;
    bool repeated;
    double min, max;
    const char *fallback; /* what stands where it is not given; NULL: nothing */
    const char *choices;  /* "previous|weekdays|year|none" */
    const char *help;
} vt_query_param;

/** VT_ERR_USAGE for the first parameter that is unknown, given twice or not as it should be. */
int vt_query_check(const vt_call *call, const vt_query_param *const *tables, vt_error *err);

/** Values of parameters that passed the check. Text: NUL-terminated, NULL where neither given nor defaulted. */
const char *vt_given_text(const vt_call *call, const char *name);
int64_t vt_given_int(const vt_call *call, const char *name); /* VT_NONE where not given */
double vt_given_real(const vt_call *call, const char *name); /* NaN where not given */
bool vt_given_flag(const vt_call *call, const char *name);
int64_t vt_given_time(const vt_call *call, const char *name); /* VT_NONE where not given */

#endif
