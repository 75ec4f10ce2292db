/*
 * bench_durable FOLDER SECONDS: what a durable write costs. In one run: fdatasync of a file that grows by a page (the
 * disk's own rate), single events by one caller, by 64 callers through the writer, and one purchase against one view in
 * shops of ten thousand and one million events. Prints one JSON object.
 */
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "store/store.h"
#include "vitrine/writer.h"

enum { CALLERS = 64, COMMITS = 60 };

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void fail(const char *what, const vt_error *err)
{
    fprintf(stderr, "bench_durable: %s: %s\n", what, err == NULL ? "" : err->message);
    exit(1);
}

/* Syncs a second of a file that grows, as a log does. */
static double disk_rate(const char *folder, double length)
{
    char path[4096];
    static const char page[4096];
    snprintf(path, sizeof path, "%s/synced", folder);
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    double begun = seconds();
    int64_t n = 0;
    while (fd >= 0 && seconds() - begun < length) {
        if (write(fd, page, sizeof page) != (ssize_t)sizeof page || fdatasync(fd) != 0) {
            fail("fdatasync", NULL);
        }
        n++;
    }
    double rate = (double)n / (seconds() - begun);
    close(fd);
    unlink(path);
    return rate;
}

typedef struct caller {
    pthread_t thread;
    vt_writer *writer;
    atomic_bool *stop;
    int number;
    int64_t n;
} caller;

static vt_event event_of(char id[48], char user[24], int who, int64_t n, vt_event_kind kind)
{
    vt_event event;
    vt_event_init(&event);
    snprintf(id, 48, "%d-%d-%lld", (int)kind, who, (long long)n);
    snprintf(user, 24, "u%lld", (long long)(n * 7919 + who) % 20000);
    event.id = vt_str_of(id);
    event.user = vt_str_of(user);
    event.item = vt_str_of("i1");
    event.kind = kind;
    event.time = 1700000000 + n;
    event.unit_price = kind == VT_EVENT_PURCHASE ? 1000 : VT_NONE;
    return event;
}

static void *call(void *context)
{
    caller *c = context;
    while (!atomic_load(c->stop)) {
        char id[48];
        char user[24];
        vt_error err = VT_ERROR_INIT;
        vt_event event = event_of(id, user, c->number, c->n, VT_EVENT_VIEW);
        if (vt_writer_put_events(c->writer, &event, 1, NULL, &err) != VT_OK) {
            fail("writer", &err);
        }
        c->n++;
    }
    return NULL;
}

static double group_rate(vt_shop *shop, int callers, double length)
{
    vt_error err = VT_ERROR_INIT;
    vt_writer *writer = NULL;
    static caller all[CALLERS];
    atomic_bool stop = false;
    static int first = 0; /* ids of a run of their own */
    int64_t n = 0;
    if (vt_writer_open(&writer, shop, &err) != VT_OK) {
        fail("writer", &err);
    }
    double begun = seconds();
    for (int i = 0; i < callers; i++) {
        all[i] = (caller){.writer = writer, .stop = &stop, .number = first++};
        pthread_create(&all[i].thread, NULL, call, &all[i]);
    }
    usleep((useconds_t)(length * 1e6));
    atomic_store(&stop, true);
    for (int i = 0; i < callers; i++) {
        pthread_join(all[i].thread, NULL);
        n += all[i].n;
    }
    double rate = (double)n / (seconds() - begun);
    vt_writer_close(writer);
    return rate;
}

static void fill(vt_store *store, int64_t events)
{
    vt_error err = VT_ERROR_INIT;
    vt_put done;
    int status = vt_store_begin(store, NULL, NULL, NULL, &err);
    for (int64_t n = 0; n < events && status == VT_OK; n++) {
        char id[48];
        char user[24];
        vt_event event = event_of(id, user, -1, n, n % 10 == 0 ? VT_EVENT_PURCHASE : VT_EVENT_VIEW);
        status = vt_store_put_event(store, &event, &done, &err);
    }
    if (status != VT_OK || vt_store_commit(store, 0, &err) != VT_OK) {
        fail("fill", &err);
    }
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return x < y ? -1 : x > y;
}

/* Median CPU milliseconds of a commit of one event: what the disk takes is the same for all. */
static double commit_cost(vt_shop *shop, vt_event_kind kind)
{
    static int64_t n = 100000000;
    double cost[COMMITS];
    for (int i = 0; i < COMMITS; i++) {
        char id[48];
        char user[24];
        vt_error err = VT_ERROR_INIT;
        struct timespec begun;
        struct timespec ended;
        vt_event event = event_of(id, user, -1, n++, kind);
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &begun);
        if (vt_shop_put_events(shop, &event, 1, NULL, &err) != VT_OK) {
            fail("commit", &err);
        }
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ended);
        cost[i] = (double)(ended.tv_sec - begun.tv_sec) * 1e3 + (double)(ended.tv_nsec - begun.tv_nsec) / 1e6;
    }
    qsort(cost, COMMITS, sizeof *cost, by_size);
    return cost[COMMITS / 2];
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "usage: bench_durable FOLDER SECONDS\n");
        return 2;
    }
    const int64_t sizes[] = {10000, 1000000};
    double length = strtod(argv[2], NULL);
    double cost[2][2];
    char path[4096];
    vt_error err = VT_ERROR_INIT;
    vt_shop *shop = NULL;
    for (int i = 0; i < 2; i++) {
        snprintf(path, sizeof path, "%s/shop%d", argv[1], i);
        if (vt_shop_open(&shop, path, VT_SHOP_CREATE, &err) != VT_OK) {
            fail(path, &err);
        }
        fill(vt_shop_store(shop), sizes[i]);
        cost[i][0] = commit_cost(shop, VT_EVENT_VIEW);
        cost[i][1] = commit_cost(shop, VT_EVENT_PURCHASE);
        if (i == 0) {
            vt_shop_close(shop);
        }
    }
    double disk = disk_rate(argv[1], length);
    double one = group_rate(shop, 1, length);
    double many = group_rate(shop, CALLERS, length);
    double again = disk_rate(argv[1], length);
    disk = (disk + again) / 2;
    vt_shop_close(shop);
    printf("{\"fdatasync\": %.0f, \"one\": %.0f, \"many\": %.0f, \"callers\": %d, \"ratio\": %.2f, "
           "\"view_small\": %.3f, \"purchase_small\": %.3f, \"view_large\": %.3f, \"purchase_large\": %.3f}\n",
           disk, one, many, CALLERS, many / disk, cost[0][0], cost[0][1], cost[1][0], cost[1][1]);
    return 0;
}
