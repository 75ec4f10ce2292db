/*
 * A run looks at the whole catalogue, so changes that come close together share one: it begins a moment after the first
 * of them, and what comes during it makes another.
 */
#include "serve/encoding.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/log.h"
#include "serve/served_shop.h"
#include "vitrine/encoder.h"

enum { WAIT_NANOSECONDS = 100000000 /* for changes that come close together */, NICE = 10, KEEP_SECONDS = 300 };

struct vt_encoding {
    vt_served_shop *shop;
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t wake;
    bool changed, closing;
    vt_encoder *kept[2]; /* open for the next run, closed when none came for a while */
    char said[1024];     /* what the log was last told of a run that failed */
};

static int stop_early(void *context, const vt_progress_state *state)
{
    vt_encoding *e = context;
    (void)state;
    pthread_mutex_lock(&e->mutex);
    bool closing = e->closing;
    pthread_mutex_unlock(&e->mutex);
    return closing ? 1 : 0;
}

static void tell(vt_encoding *e, const vt_error *err)
{
    if (strcmp(e->said, err->message) != 0) {
        snprintf(e->said, sizeof e->said, "%s", err->message);
        vt_log(VT_LOG_WARNING, "items that are new have no vectors yet: %s", err->message);
    }
}

/* Encodes one kind; where it cannot be, the other still may. */
static int64_t encode(vt_encoding *e, vt_shop *shop, bool text)
{
    vt_encode_report report = {.text = {.items = 0}};
    vt_encode_options options;
    vt_error err = VT_ERROR_INIT;
    const vt_progress progress = {stop_early, e};
    vt_encode_options_init(&options);
    options.skip_text = !text;
    options.skip_image = text;
    options.threads = 1;
    options.kept = e->kept;
    options.progress = &progress;
    int status = vt_encode_shop(&report, shop, &options, &err);
    if (status != VT_OK) {
        if (status != VT_ERR_CANCELLED) {
            tell(e, &err);
        }
        return 0;
    }
    return text ? report.text.encoded : report.image.encoded;
}

static void run_once(vt_encoding *e)
{
    vt_error err = VT_ERROR_INIT;
    vt_shop *shop = NULL;
    if (vt_served_shop_reader(&shop, e->shop, &err) != VT_OK) {
        tell(e, &err);
        return;
    }
    for (int text = 1; text >= 0; text--) { /* texts first: they are quick */
        if (encode(e, shop, text == 1) > 0 && vt_served_shop_renew(e->shop, &err) != VT_OK) {
            tell(e, &err);
        }
    }
    vt_served_shop_reader_back(e->shop, shop);
}

static void close_kept(vt_encoding *e)
{
    for (size_t k = 0; k < 2; k++) {
        vt_encoder_close(e->kept[k]);
        e->kept[k] = NULL;
    }
}

/* Waits for a change; false at the end. Encoders that nobody needed for a while are closed: they take much memory. */
static bool wait_for_change(vt_encoding *e)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += KEEP_SECONDS;
    pthread_mutex_lock(&e->mutex);
    int late = 0;
    while (!e->changed && !e->closing && late == 0) {
        late = pthread_cond_timedwait(&e->wake, &e->mutex, &until);
    }
    if (late != 0) {
        close_kept(e);
    }
    while (!e->changed && !e->closing) {
        pthread_cond_wait(&e->wake, &e->mutex);
    }
    bool closing = e->closing;
    pthread_mutex_unlock(&e->mutex);
    if (closing) {
        return false;
    }
    const struct timespec moment = {0, WAIT_NANOSECONDS};
    nanosleep(&moment, NULL);
    pthread_mutex_lock(&e->mutex);
    e->changed = false;
    pthread_mutex_unlock(&e->mutex);
    return true;
}

static void *run(void *context)
{
    vt_encoding *e = context;
    setpriority(PRIO_PROCESS, (id_t)gettid(), NICE); /* of this thread alone; requests come first */
    while (wait_for_change(e)) {
        run_once(e);
    }
    return NULL;
}

int vt_encoding_open(vt_encoding **out, vt_served_shop *shop, vt_error *err)
{
    vt_encoding *e = vt_alloc_zero(1, sizeof *e, err);
    if (e == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    e->shop = shop;
    e->changed = true; /* what came while no server ran */
    pthread_mutex_init(&e->mutex, NULL);
    pthread_cond_init(&e->wake, NULL);
    int code = pthread_create(&e->thread, NULL, run, e);
    if (code != 0) {
        pthread_cond_destroy(&e->wake);
        pthread_mutex_destroy(&e->mutex);
        vt_free(e);
        return vt_fail_errno(err, code, "cannot start a thread");
    }
    *out = e;
    return VT_OK;
}

void vt_encoding_wake(vt_encoding *e)
{
    if (e != NULL) {
        pthread_mutex_lock(&e->mutex);
        e->changed = true;
        pthread_cond_signal(&e->wake);
        pthread_mutex_unlock(&e->mutex);
    }
}

void vt_encoding_close(vt_encoding *e)
{
    if (e == NULL) {
        return;
    }
    pthread_mutex_lock(&e->mutex);
    e->closing = true;
    pthread_cond_signal(&e->wake);
    pthread_mutex_unlock(&e->mutex);
    pthread_join(e->thread, NULL);
    close_kept(e);
    pthread_cond_destroy(&e->wake);
    pthread_mutex_destroy(&e->mutex);
    vt_free(e);
}
