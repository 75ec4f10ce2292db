/* Events count by their row ids, which no two ever have, so that what is gone and what came are both seen. */
#include "recommend/stamp.h"

#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "recommend/recommender.h"

/* That a list was shown changes the next one only where the model learns by it. */
static bool matters(const vt_bound *bound, const vt_span *span, int64_t k)
{
    uint8_t kind = span->kind[k];
    return kind != VT_EVENT_IMPRESSION || (bound->info.signals >> kind & 1U) != 0 ||
           vt_positive_holds(&bound->positive, kind, (double)span->value[k]);
}

static uint64_t hash_event(uint64_t hash, const vt_span *span, int64_t k)
{
    uint32_t value;
    memcpy(&value, &span->value[k], sizeof value);
    hash = vt_hash_mix(hash ^ (uint64_t)span->id[k], (uint64_t)span->time[k]);
    return vt_hash_mix(hash, (uint64_t)value << 32U | (uint64_t)span->state[k] << 8U | span->kind[k]);
}

/* The events of the snapshot lie in one span, which is looked up once. */
static int hash_events(uint64_t *out, const vt_serving *serving, int32_t user, vt_error *err)
{
    const vt_view *view = serving->view;
    vt_positions events = {0};
    vt_span frozen = {0};
    uint64_t hash = (uint64_t)user + 1; /* the order of events counts too */
    int status = user < 0 ? VT_OK : vt_view_user_events(&events, view, user, err);
    (void)vt_view_span(&frozen, view, 0);
    for (size_t e = 0; status == VT_OK && e < events.n; e++) {
        vt_span event;
        int64_t k = events.at[e] - frozen.begin;
        const vt_span *span = &frozen;
        if (k >= frozen.n) {
            vt_view_event(&event, view, events.at[e]);
            span = &event;
            k = 0;
        }
        if (matters(serving->bound, span, k)) {
            hash = hash_event(hash, span, k);
        }
    }
    vt_positions_done(&events);
    *out = hash;
    return status;
}

static int stamp(vt_answer_stamp *out, const vt_recommender *r, const vt_serving *serving, int32_t user, int64_t now,
                 vt_error *err)
{
    const vt_store_mark *mark = &serving->view->mark;
    *out = (vt_answer_stamp){
        .recommender = r->number,
        .catalogue = mark->catalogue,
        .epoch = mark->epoch,
        .revision = mark->revision,
        .now = now,
        .until = INT64_MAX,
    };
    return hash_events(&out->user, serving, user, err);
}

int vt_answer_stamp_now(vt_answer_stamp *out, vt_recommender *recommender, const char *user, vt_error *err)
{
    vt_serving *serving = vt_recommender_take(recommender);
    int32_t number = user == NULL ? -1 : vt_view_find_user(serving->view, vt_str_of(user));
    int status = stamp(out, recommender, serving, number, vt_now(), err);
    vt_serving_release(serving);
    return status;
}

bool vt_answer_stamp_holds(const vt_answer_stamp *made, const vt_answer_stamp *now)
{
    return made->recommender == now->recommender && made->catalogue == now->catalogue && made->epoch == now->epoch &&
           made->user == now->user && (made->revision == VT_NONE || made->revision == now->revision) &&
           now->now >= made->now && now->now < made->until;
}

/* Only what is still to come can change the answer. */
static void end_at(vt_answer_stamp *stamp, int64_t time)
{
    stamp->until = time != VT_NONE && time > stamp->now && time < stamp->until ? time : stamp->until;
}

int vt_context_stamp(vt_answer_stamp *out, const vt_context *c, vt_error *err)
{
    vt_on_sale *on_sale = NULL;
    bool by_model = c->bound->model != NULL && c->history.n > 0;
    int status = stamp(out, c->recommender, c->serving, c->user, c->now, err);
    status = status != VT_OK ? status : vt_serving_on_sale(&on_sale, c->serving, c->now, err);
    if (status != VT_OK) {
        return status;
    }
    end_at(out, on_sale->until);
    vt_on_sale_release(on_sale);
    for (size_t r = 0; r < c->fitted->n; r++) {
        end_at(out, c->fitted->rule[r].from);
        end_at(out, c->fitted->rule[r].until);
    }
    for (size_t i = 0; i < c->n_placed; i++) {
        by_model = by_model && c->placed[i].by == VT_PLACED_BY_MODEL;
    }
    out->revision = by_model ? VT_NONE : out->revision;
    return VT_OK;
}
