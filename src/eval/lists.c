/*
 * Lists that another program made, evaluated like those of a model. What cannot be in a fair list (padding, repeats,
 * items of the history) is dropped and counted; what shows that the file is of other data is refused.
 */
#include "eval/lists.h"

#include <inttypes.h>

#include "base/alloc.h"
#include "base/number.h"
#include "eval/queries.h"
#include "eval/words.h"

struct vt_lists {
    const vt_snapshot *snapshot; /* borrowed */
    int64_t *begin;              /* (U) first item of the user's list, -1 without a line */
    int64_t *count;              /* (U) */
    int32_t *item;               /* best first */
    int64_t n;
    int64_t capacity;
    vt_lists_counts counts; /* those of dropped items are added to by threads */
};

static int add_item(vt_lists *lists, int32_t item, vt_error *err)
{
    if (lists->n == lists->capacity) {
        int64_t capacity = lists->capacity == 0 ? 1024 : lists->capacity * 2;
        int32_t *grown = vt_realloc(lists->item, (size_t)capacity, sizeof *grown, err);
        if (grown == NULL) {
            return VT_ERR_NO_MEMORY;
        }
        lists->item = grown;
        lists->capacity = capacity;
    }
    lists->item[lists->n++] = item;
    return VT_OK;
}

static int read_line(vt_lists *lists, vt_stream *stream, vt_str line, vt_error *err)
{
    int64_t number = vt_stream_line_number(stream);
    const char *name = vt_stream_name(stream);
    vt_str word = vt_next_word(&line);
    if (word.len == 0) {
        return VT_OK;
    }
    int32_t user = vt_ids_find(&lists->snapshot->users, word);
    lists->counts.lines++;
    if (user < 0) {
        lists->counts.strangers++;
        return VT_OK;
    }
    if (lists->begin[user] >= 0) {
        return vt_fail_at(err, VT_ERR_FORMAT, number,
                          "%s:%" PRId64 ": user \"%.*s\" has a list already; one line a user is expected", name, number,
                          VT_STR_ARGS(word));
    }
    lists->begin[user] = lists->n;
    for (word = vt_next_word(&line); word.len > 0; word = vt_next_word(&line)) {
        int32_t item = vt_ids_find(&lists->snapshot->items, word);
        if (item < 0 && vt_str_equal(word, vt_str_of("-1"))) {
            lists->counts.padding++;
            continue;
        }
        if (item < 0) {
            return vt_fail_at(err, VT_ERR_FORMAT, number,
                              "%s:%" PRId64 ": item \"%.*s\" is none of the shop's; lines \"user item item ...\" with "
                              "the ids of the shop are expected",
                              name, number, VT_STR_ARGS(word));
        }
        int status = add_item(lists, item, err);
        if (status != VT_OK) {
            return status;
        }
    }
    lists->count[user] = lists->n - lists->begin[user];
    return VT_OK;
}

/* No user has a list yet. */
static int create(vt_lists **out, const vt_snapshot *snapshot, vt_error *err)
{
    size_t n_users = (size_t)snapshot->n_users;
    vt_lists *lists = vt_alloc_zero(1, sizeof *lists, err);
    if (lists == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    lists->snapshot = snapshot;
    lists->begin = vt_alloc(n_users, sizeof *lists->begin, err);
    lists->count = vt_alloc_zero(n_users, sizeof *lists->count, err);
    if (lists->begin == NULL || lists->count == NULL) {
        vt_lists_free(lists);
        return VT_ERR_NO_MEMORY;
    }
    for (size_t u = 0; u < n_users; u++) {
        lists->begin[u] = -1;
    }
    *out = lists;
    return VT_OK;
}

int vt_lists_parse(vt_lists **out, vt_stream *stream, const vt_snapshot *snapshot, vt_error *err)
{
    vt_lists *lists = NULL;
    int status = create(&lists, snapshot, err);
    while (status == VT_OK) {
        vt_str line;
        status = vt_stream_line(stream, &line, err);
        if (status != VT_OK || line.ptr == NULL) {
            break;
        }
        status = read_line(lists, stream, line, err);
    }
    if (status != VT_OK) {
        vt_lists_free(lists);
        return status;
    }
    *out = lists;
    return VT_OK;
}

/* Lists in memory, whose numbers are checked. */
static int take_list(vt_lists *lists, const vt_given_lists *given, size_t at, vt_error *err)
{
    int32_t user = given->user[at];
    lists->counts.lines++;
    if (user < 0) {
        lists->counts.strangers++;
        return VT_OK;
    }
    if (user >= lists->snapshot->n_users || lists->begin[user] >= 0) {
        return vt_fail_at(err, VT_ERR_USAGE, (int64_t)at,
                          "list %zu is of user number %" PRId32 ", who %s; one list for each user is expected", at,
                          user, user < lists->snapshot->n_users ? "has one already" : "is not there");
    }
    lists->begin[user] = lists->n;
    for (int64_t i = given->ptr[at]; i < given->ptr[at + 1]; i++) {
        int32_t item = given->item[i];
        if (item < 0) {
            lists->counts.padding++;
            continue;
        }
        if (item >= lists->snapshot->n_items) {
            return vt_fail_at(err, VT_ERR_USAGE, (int64_t)at, "list %zu has item number %" PRId32 ", and there are %d",
                              at, item, lists->snapshot->n_items);
        }
        int status = add_item(lists, item, err);
        if (status != VT_OK) {
            return status;
        }
    }
    lists->count[user] = lists->n - lists->begin[user];
    return VT_OK;
}

static int take_lists(vt_lists **out, const vt_given_lists *given, const vt_snapshot *snapshot, vt_error *err)
{
    vt_lists *lists = NULL;
    int status = create(&lists, snapshot, err);
    for (size_t i = 0; i < given->n && status == VT_OK; i++) {
        status = take_list(lists, given, i, err);
    }
    if (status != VT_OK) {
        vt_lists_free(lists);
        return status;
    }
    *out = lists;
    return VT_OK;
}

void vt_lists_free(vt_lists *lists)
{
    if (lists != NULL) {
        vt_free(lists->begin);
        vt_free(lists->count);
        vt_free(lists->item);
        vt_free(lists);
    }
}

static void count_one(int64_t *counter)
{
    __atomic_fetch_add(counter, 1, __ATOMIC_RELAXED);
}

/* Where an item that must not stand in the list is counted; NULL when it may stand there. */
static int64_t *dropped(vt_lists_counts *counts, const vt_query *query, const int32_t *list, size_t length,
                        int32_t item)
{
    for (size_t i = 0; i < length; i++) {
        if (list[i] == item) {
            return &counts->repeated;
        }
    }
    if (vt_ids_hold(query->exclude, query->n_exclude, item)) {
        return &counts->seen;
    }
    bool candidate = query->allowed[item] && (query->only == NULL || vt_ids_hold(query->only, query->n_only, item));
    return candidate ? NULL : &counts->foreign;
}

int vt_rank_lists(void *context, const vt_query *queries, size_t n, size_t k, int32_t *items, vt_error *err)
{
    vt_lists *lists = context;
    (void)err;
    for (size_t q = 0; q < n; q++) {
        int32_t user = queries[q].user;
        int32_t *list = items + q * k;
        size_t length = 0;
        if (lists->begin[user] < 0) {
            count_one(&lists->counts.missing);
        }
        for (int64_t i = 0; i < lists->count[user] && length < k; i++) {
            int32_t item = lists->item[lists->begin[user] + i];
            int64_t *why = dropped(&lists->counts, &queries[q], list, length, item);
            if (why != NULL) {
                count_one(why);
            } else {
                list[length++] = item;
            }
        }
        if (length < k) {
            list[length] = -1;
        }
    }
    return VT_OK;
}

static int open_lists(vt_lists **out, const char *path, const vt_snapshot *snapshot, vt_error *err)
{
    vt_stream *stream = NULL;
    int status = vt_stream_open(&stream, path, err);
    if (status == VT_OK) {
        status = vt_lists_parse(out, stream, snapshot, err);
    }
    vt_stream_close(stream);
    return status;
}

static int refuse_live(const char *name, vt_error *err)
{
    return vt_fail(err, VT_ERR_UNSUPPORTED,
                   "%s has one list a user, and states live and visits ask for more; use state frozen", name);
}

/* Uses up `lists`. */
static int evaluate(vt_evaluation *out, vt_lists_counts *counts, vt_lists *lists, const char *name,
                    const vt_snapshot *snapshot, const vt_split *split, const vt_protocol *protocol, vt_error *err)
{
    vt_evaluation result = {0};
    int status = vt_evaluate(&result, snapshot, split, protocol, vt_rank_lists, lists, err);
    if (status == VT_OK && lists->counts.missing == result.users) {
        status = vt_fail(err, VT_ERR_NOT_FOUND,
                         "%s has no list for any of the %" PRId64
                         " evaluated users; lines \"user item item ...\" with the ids of the shop are expected",
                         name, result.users);
    }
    if (status == VT_OK) {
        *counts = lists->counts;
        *out = result;
        result = (vt_evaluation){0};
    }
    vt_evaluation_done(&result);
    vt_lists_free(lists);
    return status;
}

int vt_evaluate_lists(vt_evaluation *out, vt_lists_counts *counts, const char *path, const vt_snapshot *snapshot,
                      const vt_split *split, const vt_protocol *protocol, vt_error *err)
{
    vt_lists *lists = NULL;
    int status = protocol->state != VT_STATE_FROZEN ? refuse_live(path, err) : open_lists(&lists, path, snapshot, err);
    return status == VT_OK ? evaluate(out, counts, lists, path, snapshot, split, protocol, err) : status;
}

int vt_evaluate_given(vt_evaluation *out, vt_lists_counts *counts, const vt_given_lists *given, const char *name,
                      const vt_snapshot *snapshot, const vt_split *split, const vt_protocol *protocol, vt_error *err)
{
    vt_lists *lists = NULL;
    int status = protocol->state != VT_STATE_FROZEN ? refuse_live(name, err) : take_lists(&lists, given, snapshot, err);
    return status == VT_OK ? evaluate(out, counts, lists, name, snapshot, split, protocol, err) : status;
}
