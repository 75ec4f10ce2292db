/*
 * Passes over the questions: those that pages ask first, and those of one category. In the first pass of a day all are
 * answered anew; in later ones only those whose answers take long and are about to end. After a pass that took so many
 * seconds nine times as many follow without one, so that a shop that changes all the time costs a tenth of a processor
 * for each of the two at most.
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
#include "report/page_meta.h"
#include "report/page_questions.h"
#include "serve/insight_answer.h"

enum { NICE = 19, BEGIN_SECONDS = 1, LEAST_PAUSE_SECONDS = 15, PAUSE_TIMES = 9 };

#define WORTH_SECONDS .1 /* what was answered sooner is answered when it is asked */
#define AHEAD_SECONDS 60 /* before an answer ends, another one is made */

/* Questions that are answered in one pass. */
typedef struct pass {
    const char *words; /* of the log */
    bool by_category;
    vt_page_questions questions;
    double *cost; /* (questions.n) seconds of the last answer; 0: there was none yet */
    int64_t day;  /* of the shop's calendar, when all were answered; VT_NONE: never */
    double due;   /* vt_seconds() of the next one */
} pass;

enum { FIRST, BY_CATEGORY, PASSES };

struct vt_warm_up {
    vt_served_shop *shop;
    pass passes[PASSES];
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

/* The categories that pages offer, with most revenue first; `reader` holds their names. */
static int list_categories(const char *names[VT_PAGE_CATEGORIES], size_t *n, vt_json_reader *reader,
                           const vt_served_shop *shop, vt_error *err)
{
    const vt_page_meta meta = {.shop = "", .model = "", .now = VT_NONE};
    vt_text text = {NULL, 0};
    yyjson_val *root = NULL;
    int status = vt_page_meta_text(&text, shop->live, &meta, err);
    status = status != VT_OK ? status : vt_json_read(reader, (vt_str){text.data, text.len}, &root, err);
    *n = status == VT_OK ? vt_page_meta_categories(names, root) : 0;
    vt_text_free(&text);
    return status;
}

static void forget(pass *p)
{
    vt_page_questions_done(&p->questions);
    vt_free(p->cost);
    p->cost = NULL;
}

/* What the pass asks from now on: categories come and go. */
static int list_questions(pass *p, const vt_served_shop *shop, vt_error *err)
{
    vt_json_reader *reader = NULL, *about = NULL;
    yyjson_val *requests = NULL;
    const char *categories[VT_PAGE_CATEGORIES];
    size_t n = 0;
    forget(p);
    int status = vt_json_reader_create(&reader, err);
    status = status != VT_OK ? status : vt_json_reader_create(&about, err);
    status = status != VT_OK ? status : vt_page_requests_read(&requests, reader, err);
    if (status == VT_OK && p->by_category) {
        status = list_categories(categories, &n, about, shop, err);
        status = status != VT_OK ? status : vt_page_questions_of(&p->questions, requests, categories, n, err);
    } else if (status == VT_OK) {
        status = vt_page_questions_first(&p->questions, requests, err);
    }
    vt_json_reader_free(reader);
    vt_json_reader_free(about);
    if (status != VT_OK) {
        return status;
    }
    p->cost = vt_alloc_zero(p->questions.n + 1, sizeof *p->cost, err);
    return p->cost == NULL ? VT_ERR_NO_MEMORY : VT_OK;
}

/* Answers what is due, and gives the seconds that it took. */
static double answer_due(vt_warm_up *w, pass *to)
{
    const vt_progress progress = {stop_when_closing, w};
    int64_t day = day_of(w->shop);
    double ahead = day != to->day ? INFINITY : AHEAD_SECONDS, all = 0;
    vt_error err = VT_ERROR_INIT;
    if (day != to->day && list_questions(to, w->shop, &err) != VT_OK) {
        vt_log(VT_LOG_DEBUG, "nothing of the dashboard is answered ahead: %s", err.message);
        forget(to);
        return 0;
    }
    for (size_t i = 0; i < to->questions.n && !atomic_load(&w->closing); i++) {
        const vt_page_question *p = &to->questions.row[i];
        const vt_insight_question question = {p->kind, true, value_of, p};
        double cost = 0;
        if (day == to->day && to->cost[i] < WORTH_SECONDS) {
            continue;
        }
        /* What has no answer yet says so to whoever asks: a shop without orders. */
        vt_insight_prepare(&cost, w->shop, &question, ahead, &progress, NULL);
        to->cost[i] = cost > 0 ? cost : to->cost[i];
        all += cost;
    }
    if (day != to->day && !atomic_load(&w->closing)) {
        vt_log(VT_LOG_DEBUG, "the dashboard's %zu %s are ready after %.1f s", to->questions.n, to->words, all);
    }
    to->day = day;
    return all;
}

static void *run(void *context)
{
    vt_warm_up *w = context;
    setpriority(PRIO_PROCESS, (id_t)gettid(), NICE); /* of this thread and those that it begins */
    while (!atomic_load(&w->closing)) {
        double next = fmin(w->passes[FIRST].due, w->passes[BY_CATEGORY].due) - vt_seconds();
        struct pollfd wake = {.fd = w->wake[0], .events = POLLIN};
        poll(&wake, 1, (int)(1e3 * fmax(0, next)) + 1);
        for (size_t i = 0; i < PASSES && !atomic_load(&w->closing); i++) {
            pass *p = &w->passes[i];
            if (vt_seconds() >= p->due) {
                double cost = answer_due(w, p);
                p->due = vt_seconds() + fmax(LEAST_PAUSE_SECONDS, PAUSE_TIMES * cost);
            }
        }
    }
    return NULL;
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
    w->passes[FIRST] = (pass){.words = "first answers"};
    w->passes[BY_CATEGORY] = (pass){.words = "answers by category", .by_category = true};
    for (size_t i = 0; i < PASSES; i++) {
        w->passes[i].day = VT_NONE;
        w->passes[i].due = vt_seconds() + BEGIN_SECONDS;
    }
    w->wake[0] = w->wake[1] = -1;
    int status = pipe2(w->wake, O_CLOEXEC) == 0 ? VT_OK : vt_fail_errno(err, errno, "cannot make a pipe");
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
    for (size_t i = 0; i < PASSES; i++) {
        forget(&w->passes[i]);
    }
    vt_free(w);
}
