/*
 * Answers of insight to calls, and those that are made before anybody calls: both by the same names of parameters, kept
 * at the same place.
 */
#ifndef VT_SERVE_INSIGHT_ANSWER_H
#define VT_SERVE_INSIGHT_ANSWER_H

#include "serve/query.h"
#include "serve/served_shop.h"

/** The parameters that a question can have, as rows of a route's table. */
extern const vt_query_param vt_insight_params[];

/** A question. Borrowed for the call. */
typedef struct vt_insight_question {
    const char *kind;                                            /* of insight */
    bool names;                                                  /* customers' ids are told */
    const char *(*value)(const void *context, const char *name); /* of a parameter, as text; NULL: not given */
    const void *context;
} vt_insight_question;

/**
 * The answer as JSON, or as CSV where the question asks for a table. One of at most `max_age` seconds is given again
 * where it still holds, and `age` says how old it is; -1: it was made now. Any thread.
 */
int vt_insight_answer(vt_text *out, double *age, vt_served_shop *shop, const vt_insight_question *question,
                      double max_age, vt_error *err);

/**
 * Makes an answer to be given later, unless one is kept that holds for `ahead` seconds more (INFINITY: in any case).
 * `cost`: the seconds that it took, 0 where none was made. `progress` can stop it (VT_ERR_CANCELLED). Any thread.
 */
int vt_insight_prepare(double *cost, vt_served_shop *shop, const vt_insight_question *question, double ahead,
                       const vt_progress *progress, vt_error *err);

#endif
