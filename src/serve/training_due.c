/* The plan of retraining, read and compared with the clock and with what memory holds. */
#include "serve/training_due.h"

#include <string.h>

#include "base/clock.h"
#include "base/number.h"
#include "dataset/positive.h"
#include "live/view.h"

#define FIRST_RULE "purchase|like|rating" /* that of vt_snapshot_options */

int vt_retrain_plan_parse(vt_retrain_plan *out, const char *text, vt_error *err)
{
    vt_retrain_plan plan = {false, 0, 0};
    int64_t n = 0;
    if (text != NULL && strncmp(text, "events=", 7) == 0 && vt_parse_int(&n, vt_str_of(text + 7)) && n >= 1) {
        plan.events = n;
    } else if (text != NULL && strncmp(text, "every=", 6) == 0 && strlen(text) > 7) {
        static const struct {
            char unit;
            int64_t seconds;
        } units[] = {{'m', 60}, {'h', 3600}, {'d', 86400}};
        const char *number = text + 6;
        size_t len = strlen(number) - 1;
        for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
            if (number[len] == units[i].unit && vt_parse_int(&n, (vt_str){number, len}) && n >= 1 && n <= 100000) {
                plan.every = n * units[i].seconds;
            }
        }
    } else {
        plan.off = text != NULL && strcmp(text, "off") == 0;
    }
    bool known = text == NULL || strcmp(text, "first") == 0 || plan.off || plan.every > 0 || plan.events > 0;
    if (!known) {
        return vt_fail(
            err, VT_ERR_USAGE,
            "models cannot be trained \"%.100s\"; every=6h (or m, d), events=50000, first or off can be given", text);
    }
    *out = plan;
    return VT_OK;
}

static int64_t events_of(vt_served_shop *shop)
{
    vt_live_state state;
    vt_live_describe(shop->live, &state);
    return state.events;
}

void vt_training_begin(vt_training_clock *clock, vt_served_shop *shop)
{
    int64_t written = vt_served_shop_model_written(shop);
    *clock = (vt_training_clock){
        .last = written != VT_NONE ? written : vt_now(),
        .events = events_of(shop),
        .needed = VT_FIRST_TRAINING_EVENTS,
    };
}

void vt_training_ended(vt_training_clock *clock, vt_served_shop *shop, int64_t pause)
{
    clock->last = vt_now();
    clock->events = events_of(shop);
    clock->not_before = clock->last + pause;
    clock->needed = clock->positive > 0 ? 2 * clock->positive : clock->needed; /* where popularity was as good */
}

/* Positive events of users, counted anew when a twentieth came since. */
static int64_t positive_of(vt_training_clock *clock, vt_served_shop *shop)
{
    vt_positive rule;
    vt_view_events at;
    int64_t events = events_of(shop);
    if (events - clock->looked_at <= clock->looked_at / 20 || vt_positive_parse(&rule, FIRST_RULE, NULL) != VT_OK) {
        return clock->positive;
    }
    clock->looked_at = events;
    clock->positive = 0;
    vt_view *view = vt_live_view(shop->live);
    vt_view_events_begin(&at, view);
    while (vt_view_events_next(&at)) {
        clock->positive += at.user >= 0 && vt_positive_holds(&rule, at.span.kind[at.k], (double)at.span.value[at.k]);
    }
    vt_view_release(view);
    return clock->positive;
}

const char *vt_training_due(vt_training_clock *clock, const vt_retrain_plan *plan, vt_served_shop *shop)
{
    int64_t now = vt_now();
    if (plan->off || now < clock->not_before) {
        return NULL;
    }
    vt_engine *engine = vt_served_shop_engine(shop);
    bool any = engine->chosen.name[0] != '\0';
    vt_engine_release(engine);
    if (!any) {
        return events_of(shop) >= clock->needed && positive_of(clock, shop) >= clock->needed ? "first" : NULL;
    }
    if (plan->every > 0 && now - clock->last >= plan->every) {
        return "time";
    }
    return plan->events > 0 && events_of(shop) - clock->events >= plan->events ? "events" : NULL;
}
