/*
 * What a server is measured against, in C:
 *
 *     bench_serve fixed BYTES WORKERS [SHOP MODEL]
 *                                                 libmicrohttpd with one answer of so many bytes; prints its port, ends
 *                                                 with its input. With a shop a list is made for each request, and
 *                                                 thrown away: what the same answer costs between lists
 *     bench_serve lists SHOP MODEL SECONDS T      lists of 10 for users by chance, as JSON, by T threads, without HTTP;
 *                                                 prints lists a second and CPU microseconds a list
 *     bench_serve rows FILE ROWS                  the bare program: so many events in transactions of 1,000 into a copy
 *                                                 of a shop's store, each synced; prints rows a second
 *     bench_serve vectors SHOP ITEMS              made-up vectors of texts (384) and photos (1,280)
 *     bench_serve sync FOLDER                     fdatasync of a page, one after the other; prints how many a second
 */
#include <fcntl.h>
#include <inttypes.h>
#include <microhttpd.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/rng.h"
#include "live/view.h"
#include "support/vectors.h"
#include "vitrine/choice.h"
#include "vitrine/json.h"
#include "vitrine/recommend.h"

/* ---- a shop and lists of it -------------------------------------------------------------------------------------- */

typedef struct listing {
    vt_live *live;
    vt_recommender *recommender;
    vt_view *view;
    double until;
    atomic_llong made;
    atomic_int failed;
} listing;

static void close_listing(listing *l)
{
    vt_view_release(l->view);
    vt_recommender_free(l->recommender);
    vt_live_close(l->live);
}

static int open_listing(listing *l, const char *shop, const char *model)
{
    vt_chosen_model chosen;
    vt_live_options options;
    vt_recommender_options of;
    vt_error err = VT_ERROR_INIT;
    vt_live_options_init(&options);
    vt_recommender_options_init(&of);
    int status = vt_live_open(&l->live, shop, &options, &err);
    status = status != VT_OK ? status : vt_recommender_choose(&l->recommender, &chosen, l->live, model, &of, &err);
    if (status != VT_OK) {
        fprintf(stderr, "%s\n", err.message);
        return 1;
    }
    l->view = vt_live_view(l->live);
    return 0;
}

/* A list of 10 as JSON for a user by chance, thrown away. */
static bool make_list(listing *l, vt_rng *rng)
{
    char id[600];
    vt_request request;
    vt_answer made = {0};
    vt_text json = {NULL, 0};
    vt_error err = VT_ERROR_INIT;
    int32_t user = (int32_t)vt_rng_below(rng, (uint64_t)l->view->n_users);
    vt_str name = vt_view_user_id(l->view, user);
    snprintf(id, sizeof id, "%.*s", VT_STR_ARGS(name));
    vt_request_init(&request);
    request.user = id;
    if (vt_recommend(&made, l->recommender, &request, &err) != VT_OK ||
        vt_answer_json(&json, &made, &request, "", false, &err) != VT_OK) {
        fprintf(stderr, "%s\n", err.message);
        atomic_store(&l->failed, 1);
        return false;
    }
    vt_text_free(&json);
    vt_answer_done(&made);
    atomic_fetch_add(&l->made, 1);
    return true;
}

static vt_rng rng_of_thread(void)
{
    return vt_rng_at(7, "lists", (uint64_t)pthread_self(), 0);
}

static void *make_lists(void *context)
{
    listing *l = context;
    vt_rng rng = rng_of_thread();
    while (vt_seconds() < l->until && make_list(l, &rng)) {
    }
    return NULL;
}

static double cpu_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static int run_lists(const char *shop, const char *model, double seconds, int threads)
{
    listing l = {0};
    pthread_t thread[64];
    if (threads < 1 || threads > 64 || open_listing(&l, shop, model) != 0) {
        return 1;
    }
    double begun = vt_seconds(), cpu = cpu_seconds();
    l.until = begun + seconds;
    for (int t = 0; t < threads; t++) {
        if (pthread_create(&thread[t], NULL, make_lists, &l) != 0) {
            return 1;
        }
    }
    for (int t = 0; t < threads; t++) {
        pthread_join(thread[t], NULL);
    }
    double n = (double)atomic_load(&l.made);
    printf("%.1f %.2f\n", n / (vt_seconds() - begun), (cpu_seconds() - cpu) / n * 1e6);
    close_listing(&l);
    return atomic_load(&l.failed);
}

/* ---- a fixed answer ---------------------------------------------------------------------------------------------- */

typedef struct fixed {
    struct MHD_Response *response;
    listing *between; /* NULL: no lists */
} fixed;

static enum MHD_Result answer(void *context, struct MHD_Connection *connection, const char *url, const char *method,
                              const char *version, const char *data, size_t *size, void **place)
{
    static _Thread_local vt_rng rng;
    static _Thread_local bool seeded;
    fixed *f = context;
    (void)url;
    (void)method;
    (void)version;
    (void)data;
    if (*place == NULL) {
        *place = f;
        return MHD_YES;
    }
    *size = 0;
    if (f->between != NULL && !seeded) {
        rng = rng_of_thread();
        seeded = true;
    }
    return f->between == NULL || make_list(f->between, &rng) ? MHD_queue_response(connection, 200, f->response)
                                                             : MHD_NO;
}

static int run_fixed(size_t bytes, unsigned workers, const char *shop, const char *model)
{
    listing l = {0};
    char *body = malloc(bytes + 1);
    if (body == NULL || (shop != NULL && open_listing(&l, shop, model) != 0)) {
        return 1;
    }
    memset(body, 'x', bytes);
    fixed f = {MHD_create_response_from_buffer(bytes, body, MHD_RESPMEM_MUST_FREE), shop == NULL ? NULL : &l};
    MHD_add_response_header(f.response, "Content-Type", "application/json");
    struct MHD_Daemon *daemon = MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD, 0, NULL, NULL, answer, &f,
                                                 MHD_OPTION_THREAD_POOL_SIZE, workers, MHD_OPTION_END);
    if (daemon == NULL) {
        return 1;
    }
    printf("%u\n", (unsigned)MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT)->port);
    fflush(stdout);
    while (getchar() != EOF) {
    }
    MHD_stop_daemon(daemon);
    MHD_destroy_response(f.response);
    close_listing(&l);
    return atomic_load(&l.failed);
}

/* ---- rows and syncs ---------------------------------------------------------------------------------------------- */

static int64_t largest_id(sqlite3 *db)
{
    sqlite3_stmt *statement = NULL;
    int64_t id = 0;
    if (sqlite3_prepare_v2(db, "SELECT MAX(id) FROM events", -1, &statement, NULL) == SQLITE_OK &&
        sqlite3_step(statement) == SQLITE_ROW) {
        id = sqlite3_column_int64(statement, 0);
    }
    sqlite3_finalize(statement);
    return id;
}

static int run_rows(const char *path, int64_t rows)
{
    static const char settings[] = "PRAGMA synchronous = FULL; PRAGMA cache_size = -65536; PRAGMA mmap_size = 0;"
                                   "PRAGMA wal_autocheckpoint = 4000";
    sqlite3 *db = NULL;
    sqlite3_stmt *insert = NULL;
    vt_rng rng = vt_rng_at(1, "rows", 0, 0);
    if (sqlite3_open(path, &db) != SQLITE_OK || sqlite3_exec(db, settings, NULL, NULL, NULL) != SQLITE_OK ||
        sqlite3_prepare_v2(db,
                           "INSERT INTO events(id, key, user, item, kind, time, part, import_id) "
                           "VALUES(?, ?, ?, ?, 0, ?, 0, 0)",
                           -1, &insert, NULL) != SQLITE_OK) {
        fprintf(stderr, "%s\n", sqlite3_errmsg(db));
        return 1;
    }
    int64_t first = largest_id(db) + 1;
    rng = vt_rng_at(1, "rows", (uint64_t)first, 0); /* keys of their own in each run */
    double begun = vt_seconds();
    for (int64_t r = 0; r < rows; r++) {
        uint64_t key[2] = {vt_rng_u64(&rng), vt_rng_u64(&rng)};
        if (r % 1000 == 0) {
            sqlite3_exec(db, "BEGIN", NULL, NULL, NULL);
        }
        sqlite3_bind_int64(insert, 1, first + r);
        sqlite3_bind_blob(insert, 2, key, sizeof key, SQLITE_STATIC);
        sqlite3_bind_int64(insert, 3, 1 + (int64_t)vt_rng_below(&rng, 100000));
        sqlite3_bind_int64(insert, 4, 1 + (int64_t)vt_rng_below(&rng, 10000));
        sqlite3_bind_int64(insert, 5, 1790000000 + r / 1000);
        if (sqlite3_step(insert) != SQLITE_DONE) {
            fprintf(stderr, "%s\n", sqlite3_errmsg(db));
            return 1;
        }
        sqlite3_reset(insert);
        if (r % 1000 == 999) {
            sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
        }
    }
    printf("%.0f\n", (double)rows / (vt_seconds() - begun));
    sqlite3_finalize(insert);
    sqlite3_close(db);
    return 0;
}

static int run_sync(const char *folder)
{
    char page[4096] = {0};
    int fd = open(folder, O_TMPFILE | O_WRONLY, 0600);
    double begun = vt_seconds();
    int n = 0;
    if (fd < 0) {
        perror(folder);
        return 1;
    }
    while (vt_seconds() - begun < 2) {
        if (write(fd, page, sizeof page) != (ssize_t)sizeof page || fdatasync(fd) != 0) {
            perror(folder);
            return 1;
        }
        n++;
    }
    printf("%.0f\n", n / (vt_seconds() - begun));
    close(fd);
    return 0;
}

static int run_vectors(const char *shop, size_t items)
{
    vt_error err = VT_ERROR_INIT;
    int status = bench_put_vectors(shop, VT_ENCODER_TEXT, "item-", items, 384, &err);
    status = status != VT_OK ? status : bench_put_vectors(shop, VT_ENCODER_IMAGE, "item-", items, 1280, &err);
    if (status != VT_OK) {
        fprintf(stderr, "%s\n", err.message);
    }
    return status;
}

int main(int argc, char **argv)
{
    if ((argc == 4 || argc == 6) && strcmp(argv[1], "fixed") == 0) {
        return run_fixed((size_t)atoll(argv[2]), (unsigned)atoll(argv[3]), argc == 6 ? argv[4] : NULL,
                         argc == 6 ? argv[5] : NULL);
    }
    if (argc == 6 && strcmp(argv[1], "lists") == 0) {
        return run_lists(argv[2], argv[3], strtod(argv[4], NULL), (int)atoll(argv[5]));
    }
    if (argc == 4 && strcmp(argv[1], "rows") == 0) {
        return run_rows(argv[2], atoll(argv[3]));
    }
    if (argc == 4 && strcmp(argv[1], "vectors") == 0) {
        return run_vectors(argv[2], (size_t)atoll(argv[3]));
    }
    if (argc == 3 && strcmp(argv[1], "sync") == 0) {
        return run_sync(argv[2]);
    }
    fprintf(stderr, "usage: bench_serve fixed|lists|rows|vectors|sync ...\n");
    return 2;
}
