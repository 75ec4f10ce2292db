/* Counting calls, and telling Prometheus. */
#include "serve/measure.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/limits.h"
#include "serve/server.h"
#include "serve/side.h"

/* Upper ends of the buckets in seconds; the last one has none. */
static const double ends[VT_LATENCY_BUCKETS - 1] = {.0002, .0005, .001, .002, .005, .01, .02, .05, .1, .2, .5, 1, 5};

void vt_measure_call(vt_measures *measures, const vt_call *call, bool sent)
{
    size_t place = call->route != NULL && call->route_place < VT_ROUTES_MAX ? call->route_place : VT_ROUTES_MAX - 1;
    vt_route_measure *m = &measures->route[place];
    size_t bucket = 0;
    while (bucket < VT_LATENCY_BUCKETS - 1 && call->seconds > ends[bucket]) {
        bucket++;
    }
    int class = call->reply.status / 100;
    atomic_fetch_add_explicit(&m->bucket[bucket], 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&m->nanoseconds, (long long)(call->seconds * 1e9), memory_order_relaxed);
    atomic_fetch_add_explicit(&m->by_class[sent && class >= 1 && class <= 5 ? class : 0], 1, memory_order_relaxed);
}

static long long load(const atomic_llong *counter)
{
    return atomic_load_explicit(counter, memory_order_relaxed);
}

void vt_measure_lists(long long *n, double *mean, const vt_measures *measures)
{
    long long total = 0, nanoseconds = 0;
    const vt_route *route;
    for (size_t r = 0; r < VT_ROUTES_MAX - 1 && (route = vt_route_at(r)) != NULL; r++) {
        const vt_route_measure *m = &measures->route[r];
        if (strcmp(route->group, "Lists") != 0) {
            continue;
        }
        for (size_t b = 0; b < VT_LATENCY_BUCKETS; b++) {
            total += load(&m->bucket[b]);
        }
        nanoseconds += load(&m->nanoseconds);
    }
    *n = total;
    *mean = total == 0 ? 0 : (double)nanoseconds / 1e9 / (double)total;
}

static int put_route(vt_buf *out, const vt_route_measure *m, const char *name, vt_error *err)
{
    long long total = 0;
    int status = VT_OK;
    for (size_t b = 0; b < VT_LATENCY_BUCKETS; b++) {
        total += load(&m->bucket[b]);
    }
    if (total == 0) {
        return VT_OK;
    }
    long long below = 0;
    for (size_t b = 0; b < VT_LATENCY_BUCKETS && status == VT_OK; b++) {
        char end[16] = "+Inf";
        below += load(&m->bucket[b]);
        if (b < VT_LATENCY_BUCKETS - 1) {
            snprintf(end, sizeof end, "%g", ends[b]);
        }
        status =
            vt_buf_printf(out, err, "vitrine_request_seconds_bucket{route=\"%s\",le=\"%s\"} %lld\n", name, end, below);
    }
    if (status == VT_OK) {
        status = vt_buf_printf(out, err,
                               "vitrine_request_seconds_sum{route=\"%s\"} %.9f\n"
                               "vitrine_request_seconds_count{route=\"%s\"} %lld\n",
                               name, (double)load(&m->nanoseconds) / 1e9, name, total);
    }
    return status;
}

static int put_classes(vt_buf *out, const vt_route_measure *m, const char *name, vt_error *err)
{
    static const char *const classes[6] = {"unsent", "1xx", "2xx", "3xx", "4xx", "5xx"};
    int status = VT_OK;
    for (size_t c = 0; c < 6 && status == VT_OK; c++) {
        long long count = load(&m->by_class[c]);
        if (count > 0) {
            status = vt_buf_printf(out, err, "vitrine_requests_total{route=\"%s\",status=\"%s\"} %lld\n", name,
                                   classes[c], count);
        }
    }
    return status;
}

static int put_routes(vt_buf *out, const vt_measures *measures,
                      int (*put)(vt_buf *out, const vt_route_measure *m, const char *name, vt_error *err),
                      vt_error *err)
{
    int status = VT_OK;
    const vt_route *row;
    for (size_t i = 0; status == VT_OK && i + 1 < VT_ROUTES_MAX && (row = vt_route_at(i)) != NULL; i++) {
        status = put(out, &measures->route[i], row->name, err);
    }
    return status != VT_OK ? status : put(out, &measures->route[VT_ROUTES_MAX - 1], "none", err);
}

/* Bytes that the process has in memory; 0 where the system does not say. */
static long long resident(void)
{
    long long pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (file != NULL) {
        if (fscanf(file, "%*s %lld", &pages) != 1) {
            pages = 0;
        }
        fclose(file);
    }
    return pages * sysconf(_SC_PAGESIZE);
}

typedef struct gauge {
    const char *name, *type, *help;
    double value;
} gauge;

static int put_gauges(vt_buf *out, const vt_server *server, const vt_served_shop *s, vt_error *err)
{
    const vt_measures *m = &s->measures;
    vt_live_state state;
    vt_live_describe(s->live, &state);
    vt_result_cache_state results;
    vt_result_cache_describe(s->results, &results);
    vt_trainer_state training;
    vt_trainer_describe(&training, s->trainer);
    const gauge gauges[] = {
        {"vitrine_uptime_seconds", "gauge", "Since the server began.", vt_seconds() - server->opened},
        {"vitrine_resident_bytes", "gauge", "Memory of the process.", (double)resident()},
        {"vitrine_calls_active", "gauge", "Requests at work.", vt_http_active(server->http)},
        {"vitrine_writes_waiting", "gauge", "Requests that wait for the disk.", (double)vt_writer_waiting(s->writer)},
        {"vitrine_slow_calls", "gauge", "Slow requests that wait or are at work.", vt_side_waiting(server->side)},
        {"vitrine_users", "gauge", "Users in memory.", state.users},
        {"vitrine_items", "gauge", "Items in memory.", state.items},
        {"vitrine_events", "gauge", "Events in memory.", (double)state.events},
        {"vitrine_events_behind_snapshot", "gauge", "Events that came after the snapshot.", (double)state.tail},
        {"vitrine_revision", "counter", "Commits that changed anything, as memory shows.", (double)state.revision},
        {"vitrine_commits_total", "counter", "Writes of the disk since the server began.", (double)load(&s->commits)},
        {"vitrine_commits_not_followed_total", "counter", "Commits that memory could not take in at once.",
         (double)load(&s->not_followed)},
        {"vitrine_records_stored_total", "counter", "Records that were stored.", (double)load(&m->events)},
        {"vitrine_records_refused_total", "counter", "Records that were refused.", (double)load(&m->refused)},
        {"vitrine_model_age_seconds", "gauge", "Since the model that answers was written; not there without one.",
         training.written == VT_NONE ? (double)NAN : (double)(vt_now() - training.written)},
        {"vitrine_trainings_total", "counter", "Trainings that ended since the server began.",
         (double)training.trainings},
        {"vitrine_last_training_ok", "gauge", "0 when the last training failed, else 1.", training.last_failed ? 0 : 1},
        {"vitrine_result_cache_hits_total", "counter", "Lists that were given again.", (double)results.hits},
        {"vitrine_result_cache_misses_total", "counter", "Lists that were not kept, or did not hold any more.",
         (double)results.misses},
        {"vitrine_result_cache_entries", "gauge", "Lists that are kept.", (double)results.entries},
        {"vitrine_result_cache_bytes", "gauge", "Memory of the lists that are kept.", (double)results.bytes},
        {"vitrine_requests_limited_total", "counter", "Requests over their rate.", (double)load(&m->limited)},
        {"vitrine_requests_unauthorized_total", "counter", "Requests without a key that allows them.",
         (double)load(&m->unauthorized)},
    };
    int status = VT_OK;
    for (size_t i = 0; status == VT_OK && i < sizeof gauges / sizeof gauges[0]; i++) {
        const gauge *g = &gauges[i];
        status = isnan(g->value) ? VT_OK
                                 : vt_buf_printf(out, err, "# HELP %s %s\n# TYPE %s %s\n%s %.15g\n", g->name, g->help,
                                                 g->name, g->type, g->name, g->value);
    }
    return status;
}

int vt_measures_text(vt_text *out, const vt_server *server, const vt_call *call, vt_error *err)
{
    const vt_measures *measures = &call->shop->measures;
    vt_buf text;
    vt_buf_init(&text, VT_REPLY_BYTES_MAX);
    int status = put_gauges(&text, server, call->shop, err);
    if (status == VT_OK) {
        status = vt_buf_add_text(&text,
                                 "# HELP vitrine_requests_total Replies by route and status.\n"
                                 "# TYPE vitrine_requests_total counter\n",
                                 err);
    }
    status = status != VT_OK ? status : put_routes(&text, measures, put_classes, err);
    if (status == VT_OK) {
        status = vt_buf_add_text(&text,
                                 "# HELP vitrine_request_seconds From the head of a request to its reply.\n"
                                 "# TYPE vitrine_request_seconds histogram\n",
                                 err);
    }
    status = status != VT_OK ? status : put_routes(&text, measures, put_route, err);
    return vt_text_finish(out, &text, status, err);
}
