/*
 * Passes over the questions. In the first one of a day all are answered anew; in later ones only those whose answers
 * take long and are about to end. After a pass that took so many seconds nine times as many follow without one, so that
 * a shop that changes all the time costs a tenth of a processor at most.
 */
#include "serve/warm_up.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/zone.h"
#include "report/bundle.h"
#include "report/page_questions.h"
#include "serve/insight_answer.h"

enum { NICE = 19, BEGIN_MS = 1000, LEAST_PAUSE_MS = 15000, PAUSE_TIMES = 9 };

#define WORTH_SECONDS .1 /* what was answered sooner is answered when it is asked */
#define AHEAD_SECONDS 60 /* before an answer ends, another one is made */

struct vt_warm_up {
    vt_served_shop *shop;
    vt_page_questions questions;
    double *cost; /* (questions.n) seconds of the last answer; 0: there was none yet */
    int64_t day;  /* of the shop's calendar, when all were answered; VT_NONE: never */
    pthread_t thread;
    bool running;
    int wake[2]; /* closed at the end: nobody waits longer */
    atomic_bool closing;
};

static int stop_when_closing(void *context, const vt_progress_state *state)
{
    const vt_warm_up *w = context;
    (void)state;
    return atomic_load(&w->closing);
}

static int64_t day_of(const vt_served_shop *shop)
{
    vt_live_state state;
    vt_zone *zone = NULL;
    vt_live_describe(shop->live, &state);
    int status = vt_zone_open(&zone, state.time_zone[0] == '\0' ? "UTC" : state.time_zone, NULL);
    int64_t day = status == VT_OK ? vt_zone_day(zone, vt_now()) : vt_now() / 86400;
    vt_zone_close(zone);
    return day;
}

static const char *value_of(const void *context, const char *name)
{
    const vt_page_question *p = context;
    for (size_t i = 0; i < p->n_params; i++) {
        if (strcmp(p->name[i], name) == 0) {
            return p->value[i];
        }
    }
    return NULL;
}

/* Answers what is due, and gives the seconds that it took. */
static double answer_due(vt_warm_up *w)
{
    const vt_progress progress = {stop_when_closing, w};
    int64_t day = day_of(w->shop);
    double ahead = day != w->day ? INFINITY : AHEAD_SECONDS, all = 0;
    for (size_t i = 0; i < w->questions.n && !atomic_load(&w->closing); i++) {
        const vt_page_question *p = &w->questions.row[i];
        const vt_insight_question question = {p->kind, true, value_of, p};
        double cost = 0;
        if (day == w->day && w->cost[i] < WORTH_SECONDS) {
            continue;
        }
        /* What has no answer yet says so to whoever asks: a shop without orders. */
        vt_insight_prepare(&cost, w->shop, &question, ahead, &progress, NULL);
        w->cost[i] = cost > 0 ? cost : w->cost[i];
        all += cost;
    }
    if (day != w->day && !atomic_load(&w->closing)) {
        vt_log(VT_LOG_DEBUG, "the dashboard's %zu first answers are ready after %.1f s", w->questions.n, all);
    }
    w->day = day;
    return all;
}

static void *run(void *context)
{
    vt_warm_up *w = context;
    double pause = BEGIN_MS;
    setpriority(PRIO_PROCESS, (id_t)gettid(), NICE); /* of this thread and those that it begins */
    while (!atomic_load(&w->closing)) {
        struct pollfd wake = {.fd = w->wake[0], .events = POLLIN};
        poll(&wake, 1, (int)pause);
        if (!atomic_load(&w->closing)) {
            pause = fmax(LEAST_PAUSE_MS, PAUSE_TIMES * 1e3 * answer_due(w));
        }
    }
    return NULL;
}

static int list_questions(vt_warm_up *w, vt_error *err)
{
    vt_json_reader *reader = NULL;
    yyjson_val *requests = NULL;
    int status = vt_json_reader_create(&reader, err);
    status = status != VT_OK ? status : vt_page_requests_read(&requests, reader, err);
    status = status != VT_OK ? status : vt_page_questions_first(&w->questions, requests, err);
    vt_json_reader_free(reader);
    if (status != VT_OK) {
        return status;
    }
    w->cost = vt_alloc_zero(w->questions.n + 1, sizeof *w->cost, err);
    return w->cost == NULL ? VT_ERR_NO_MEMORY : VT_OK;
}

int vt_warm_up_open(vt_warm_up **out, vt_served_shop *shop, vt_error *err)
{
    *out = NULL;
    if (vt_bundle_find(vt_str_of("requests.json")) == NULL) {
        return VT_OK;
    }
    vt_warm_up *w = vt_alloc_zero(1, sizeof *w, err);
    if (w == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    w->shop = shop;
    w->day = VT_NONE;
    w->wake[0] = w->wake[1] = -1;
    int status = list_questions(w, err);
    if (status == VT_OK && pipe2(w->wake, O_CLOEXEC) != 0) {
        status = vt_fail_errno(err, errno, "cannot make a pipe");
    }
    if (status == VT_OK) {
        int code = pthread_create(&w->thread, NULL, run, w);
        w->running = code == 0;
        status = code == 0 ? VT_OK : vt_fail_errno(err, code, "cannot start a thread");
    }
    if (status != VT_OK) {
        vt_warm_up_close(w);
        return status;
    }
    *out = w;
    return VT_OK;
}

void vt_warm_up_close(vt_warm_up *w)
{
    if (w == NULL) {
        return;
    }
    atomic_store(&w->closing, true);
    if (w->wake[1] >= 0) {
        close(w->wake[1]);
    }
    if (w->running) {
        pthread_join(w->thread, NULL);
    }
    if (w->wake[0] >= 0) {
        close(w->wake[0]);
    }
    vt_page_questions_done(&w->questions);
    vt_free(w->cost);
    vt_free(w);
}
