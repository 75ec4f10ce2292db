/*
 * What the answer to a request hangs on, so that it can be given again while that is as it was: the recommender, the
 * catalogue with users, links and rules, the user's own events, and the moments between which the same items are on
 * sale and the same rules act. What other people do moves what is popular, and with it answers that hold anything else
 * than a model's choice: such an answer hangs on every commit.
 */
#ifndef VT_RECOMMEND_STAMP_H
#define VT_RECOMMEND_STAMP_H

#include "recommend/context.h"

typedef struct vt_answer_stamp {
    uint64_t recommender;     /* its number; none has that of another */
    int64_t catalogue, epoch; /* of the store */
    uint64_t user;            /* of the events of the user's that count */
    int64_t revision;         /* every commit; of an answer VT_NONE where it hangs on no events of others */
    int64_t now, until;       /* when it was made, from when on something acts otherwise */
} vt_answer_stamp;

/** As of now, for `user` (NULL or unknown: nobody). O(events of the user). */
int vt_answer_stamp_now(vt_answer_stamp *out, vt_recommender *recommender, const char *user, vt_error *err);

/** Whether an answer that was stamped `made` is still the one of the moment that is stamped `now`. */
bool vt_answer_stamp_holds(const vt_answer_stamp *made, const vt_answer_stamp *now);

/**
 * As vt_recommend(), and the stamp of the answer (NULL: not asked for). A request with a moment or rules of its own has
 * none to be used.
 */
int vt_recommend_stamped(vt_answer *out, vt_answer_stamp *stamp, vt_recommender *recommender, const vt_request *request,
                         vt_error *err);

/** The stamp of an answer that has been placed. */
int vt_context_stamp(vt_answer_stamp *out, const vt_context *context, vt_error *err);

#endif
