/*
 * Rankers and a tiny data set for the tests of evaluation. Items and users are named so that ids follow the alphabet.
 */
#ifndef VT_TEST_EVAL_DATA_H
#define VT_TEST_EVAL_DATA_H

#include "check.h"

#include "snapshots.h"
#include "vitrine/evaluation.h"

/** A snapshot and its "given" split; init with eval_data_split(), done with eval_data_done(). */
typedef struct eval_data {
    vt_snapshot *snapshot;
    vt_split *split;
} eval_data;

static inline void eval_data_done(eval_data *data)
{
    vt_split_free(data->split);
    vt_snapshot_free(data->snapshot);
}

static inline void eval_data_split(eval_data *data, const event_row *rows, size_t n, const char *split)
{
    vt_error err = VT_ERROR_INIT;
    vt_split_spec spec;
    check_ok(snapshot_of(&data->snapshot, rows, n, NULL, &err));
    check_ok(vt_split_parse(&spec, split, &err));
    check_ok(vt_split_create(&data->split, data->snapshot, &spec, 42, 0, false, &err));
}

#define TEST_PART VT_PART_TEST

/*
 * u1: train a b, test c d. u2: train a, test a e. u3: train b c, test f. Items d, e, f have no training event.
 * Training events a2 b2 c1, training users the same, three users.
 */
static inline void eval_data_tiny(eval_data *data)
{
    const event_row rows[] = {
        {"u1", "a", 1, 5, 0, VT_PART_TRAIN}, {"u1", "b", 2, 5, 0, VT_PART_TRAIN}, {"u1", "c", 3, 5, 0, TEST_PART},
        {"u1", "d", 4, 5, 0, TEST_PART},     {"u2", "a", 1, 5, 0, VT_PART_TRAIN}, {"u2", "a", 5, 5, 0, TEST_PART},
        {"u2", "e", 6, 5, 0, TEST_PART},     {"u3", "b", 1, 5, 0, VT_PART_TRAIN}, {"u3", "c", 2, 5, 0, VT_PART_TRAIN},
        {"u3", "f", 7, 5, 0, TEST_PART},
    };
    eval_data_split(data, rows, sizeof rows / sizeof *rows, "given");
}

static inline bool may_rank(const vt_query *query, int32_t item)
{
    bool may = query->allowed[item] != 0;
    for (size_t i = 0; i < query->n_exclude; i++) {
        may = may && query->exclude[i] != item;
    }
    bool named = query->only == NULL;
    for (size_t i = 0; query->only != NULL && i < query->n_only; i++) {
        named = named || query->only[i] == item;
    }
    return may && named;
}

/** Lists what may be ranked in the order of ids; `context` is the snapshot. */
static inline int rank_by_id(void *context, const vt_query *queries, size_t n, size_t k, int32_t *items, vt_error *err)
{
    (void)err;
    const vt_snapshot *snapshot = context;
    for (size_t q = 0; q < n; q++) {
        size_t length = 0;
        for (int32_t i = 0; i < snapshot->n_items && length < k; i++) {
            if (may_rank(&queries[q], i)) {
                items[q * k + length++] = i;
            }
        }
        if (length < k) {
            items[q * k + length] = -1;
        }
    }
    return VT_OK;
}

#endif
