/**
 * Results: rows that a command has computed from a shop and keeps in its store, so that reports and insight read them
 * without a model. docs/formats/results.md lists the kinds. They make no revision: what is computed from the shop does
 * not change it.
 */
#ifndef VITRINE_RESULTS_H
#define VITRINE_RESULTS_H

#include "vitrine/shop.h"

#ifdef __cplusplus
extern "C" {
#endif

/** What the subject of a kind is: whose rows go when an item or a user does. */
typedef enum vt_result_subject {
    VT_RESULT_OF_SHOP, /**< always "" */
    VT_RESULT_OF_ITEM, /**< an item's id, or "" for the whole shop */
    VT_RESULT_OF_USER  /**< a user's id, or "" for the whole shop */
} vt_result_subject;

/** A kind of rows. */
typedef struct vt_result_kind {
    const char *name; /**< "sentiment" */
    vt_result_subject subject;
    bool item_object; /**< the object is an item's id: the row goes with that item, too */
} vt_result_kind;

/** The kind of that name; NULL when there is none. Static. */
VT_API const vt_result_kind *vt_result_kind_find(const char *name);

/** One row. What its numbers are, its kind says; a number that is not finite is no number: NaN. */
typedef struct vt_result {
    vt_str subject; /**< the shop's own id, or "" */
    int64_t rank;   /**< tells rows of a subject apart and orders them: 1 for the first, or a day */
    vt_str object;  /**< an id or a text; not given: NULL */
    double value;   /**< not given: NaN */
    double low;     /**< bounds of an interval around the value; not given: NaN */
    double high;
    int64_t count;   /**< what is behind the value; not given: VT_NONE */
    int64_t made_at; /**< UTC seconds, as read; what a writer gives is not looked at */
} vt_result;

/** The rows of one kind, by an array. */
typedef struct vt_result_rows {
    const char *kind;
    const vt_result *rows;
    size_t n;
} vt_result_rows;

/**
 * Puts the rows of `n` kinds in place of all that the shop, open for writing, has of those kinds, in one durable write.
 * Rows about items and users that are not in the shop (any more) are left out. VT_ERR_USAGE: an unknown kind, a subject
 * where the kind has none, two rows of a subject with the same rank; VT_ERR_FORMAT or VT_ERR_LIMIT: a text that cannot
 * be kept. All rows are then as they were.
 */
VT_API int vt_results_replace(vt_shop *shop, const vt_result_rows *kinds, size_t n, vt_error *err);

typedef int (*vt_result_each)(void *context, const vt_result *row);

/**
 * The rows of a kind by subject and rank, those of one subject ("" is the shop) unless `subject` is NULL. None: no
 * error. Texts live until `each` ends, which returns VT_OK to go on.
 */
VT_API int vt_results_each(vt_shop *shop, const char *kind, const char *subject, vt_result_each each, void *context,
                           vt_error *err);

#ifdef __cplusplus
}
#endif

#endif
