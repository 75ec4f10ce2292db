/*
 * The questions that the pages of the dashboard ask, as web/requests.json lists them: for a report each with every
 * period, comparison and filter, one filter at a time; for a server those that come first, and those of a category.
 */
#ifndef VT_REPORT_PAGE_QUESTIONS_H
#define VT_REPORT_PAGE_QUESTIONS_H

#include "base/arena.h"
#include "report/collected.h"
#include "vitrine/insight.h"
#include "vitrine/live.h"

enum {
    VT_PAGE_PARAMS_MAX = 12,
    VT_PAGE_CATEGORIES_AHEAD = 8 /* a server answers for so many, and has place for other answers besides */
};

/** One question. Texts live as long as the list. */
typedef struct vt_page_question {
    const char *kind; /* of insight */
    const char *key;  /* "insight/overview?compare=weekdays&n=40&period=30d" */
    const char *name[VT_PAGE_PARAMS_MAX], *value[VT_PAGE_PARAMS_MAX];
    size_t n_params;
} vt_page_question;

typedef struct vt_page_questions {
    vt_page_question *row;
    size_t n, capacity;
    vt_arena *texts; /* private */
} vt_page_questions;

/** The table of requests that the bundle carries. `reader` holds what is read; VT_ERR_UNSUPPORTED without a bundle. */
int vt_page_requests_read(yyjson_val **out, vt_json_reader *reader, vt_error *err);

/** All questions of a table of requests; `categories` (n) are those to filter by. VT_ERR_FORMAT names what is wrong. */
int vt_page_questions_list(vt_page_questions *out, yyjson_val *requests, const char *const *categories, size_t n,
                           vt_error *err);

/**
 * The questions that the pages ask when they are opened for the first time, by `defaults`; behind them those
 * of the other periods that a click chooses.
 */
int vt_page_questions_first(vt_page_questions *out, yyjson_val *requests, vt_error *err);

/**
 * The questions that a click on one of the first VT_PAGE_CATEGORIES_AHEAD `categories` (n) asks, all else as `defaults`
 * has it; the categories one after the other.
 */
int vt_page_questions_of(vt_page_questions *out, yyjson_val *requests, const char *const *categories, size_t n,
                         vt_error *err);

void vt_page_questions_done(vt_page_questions *presets);

/**
 * Asks them all, `threads` at a time, and adds the answers in their order. `options` has what is the same for all.
 * `is_new`: see vt_collected_insight().
 */
int vt_page_questions_ask(vt_collected *to, const vt_page_questions *presets, vt_live *live,
                          const vt_insight_options *options, int threads,
                          int (*is_new)(void *context, yyjson_val *table, vt_error *err), void *context, vt_error *err);

#endif
