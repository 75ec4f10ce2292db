/*
 * One thread a shop: it looks every two seconds whether a training is due or wanted, runs it to its end in a child, and
 * takes up the model that answers from then on. Jobs are kept for whoever wants to know what became of them.
 */
#include "serve/trainer.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/json_values.h"
#include "base/pool.h"
#include "serve/child.h"
#include "serve/training_due.h"

enum { TICK_MS = 2000, JOBS = 16, SETTINGS = 64, ARGUMENTS = 2 * SETTINGS + 24, OUTPUT_BYTES_MAX = 64 << 10 };
enum { AFTER_FAILURE_SECONDS = 3600 };

typedef enum job_state { WAITING, RUNNING, ACCEPTED, REFUSED, FAILED, STOPPED } job_state;

static const char *const state_names[] = {"waiting", "running", "accepted", "refused", "failed", "stopped"};

typedef struct job {
    int64_t number; /* from 1 */
    job_state state;
    const char *by; /* "call", or what vt_training_due() says */
    int64_t begun, ended;
    char *kind, *preset;
    char *setting[SETTINGS];
    size_t n_settings;
    vt_text verdict; /* JSON of vitrine retrain */
    char why[600];   /* of a failure */
} job;

struct vt_trainer {
    vt_served_shop *shop;
    vt_trainer_options options;
    pthread_t thread;
    bool running;
    int wake[2];           /* closed at the end: nobody waits longer */
    int start[2];          /* a byte: a job waits */
    pthread_mutex_t mutex; /* around jobs and what is counted */
    job jobs[JOBS];        /* number n at n % JOBS */
    int64_t n_jobs;
    vt_trainer_state state;
    vt_training_clock clock; /* the thread's own */
};

/* ---- jobs -------------------------------------------------------------------------------------------------------- */

static void clear_job(job *j)
{
    vt_free(j->kind);
    vt_free(j->preset);
    for (size_t i = 0; i < j->n_settings; i++) {
        vt_free(j->setting[i]);
    }
    vt_text_free(&j->verdict);
    *j = (job){0};
}

static int copy_text(char **out, const char *text, vt_error *err)
{
    *out = text == NULL ? NULL : vt_strndup(text, strlen(text), err);
    return text != NULL && *out == NULL ? VT_ERR_NO_MEMORY : VT_OK;
}

static job *last_job(vt_trainer *t)
{
    return t->n_jobs == 0 ? NULL : &t->jobs[t->n_jobs % JOBS];
}

static bool is_open(const job *j)
{
    return j != NULL && (j->state == WAITING || j->state == RUNNING);
}

/* With the mutex held. */
static int add_job(vt_trainer *t, const vt_training_order *order, const char *by, vt_error *err)
{
    job made = {.number = t->n_jobs + 1, .by = by, .begun = vt_now(), .ended = VT_NONE};
    int status = copy_text(&made.kind, order->kind, err);
    status = status != VT_OK ? status : copy_text(&made.preset, order->preset, err);
    for (size_t i = 0; i < order->n_settings && status == VT_OK; i++) {
        status = copy_text(&made.setting[i], order->settings[i], err);
        made.n_settings += status == VT_OK;
    }
    if (status != VT_OK) {
        clear_job(&made);
        return status;
    }
    job *place = &t->jobs[made.number % JOBS];
    clear_job(place);
    *place = made;
    t->n_jobs = made.number;
    return VT_OK;
}

int vt_trainer_start(int64_t *number, vt_trainer *t, const vt_training_order *order, vt_error *err)
{
    if (t->options.program == NULL) {
        return vt_fail(err, VT_ERR_UNSUPPORTED, "this server does not know the program that trains");
    }
    if (t->shop->model != NULL) {
        return vt_fail(err, VT_ERR_EXISTS, "the server was begun with --model %s, which answers whatever is trained",
                       t->shop->model);
    }
    if (order->n_settings > SETTINGS) {
        return vt_fail(err, VT_ERR_LIMIT, "at most %d parameters can be set", SETTINGS);
    }
    pthread_mutex_lock(&t->mutex);
    const job *last = last_job(t);
    int status = is_open(last) ? vt_fail(err, VT_ERR_EXISTS, "training %" PRId64 " is at work", last->number)
                               : add_job(t, order, "call", err);
    if (status == VT_OK) {
        *number = t->n_jobs;
        ssize_t written = write(t->start[1], "", 1);
        (void)written; /* a full pipe wakes as well */
    }
    pthread_mutex_unlock(&t->mutex);
    return status;
}

static void write_job(vt_json_writer *w, const job *j)
{
    vt_json_int(w, "job", j->number);
    vt_json_text(w, "state", vt_str_of(state_names[j->state]));
    vt_json_text(w, "by", vt_str_of(j->by));
    vt_json_time(w, "begun", j->begun);
    vt_json_time(w, "ended", j->ended);
    if (j->verdict.data != NULL) {
        vt_json_raw(w, "verdict", (vt_str){j->verdict.data, j->verdict.len});
    }
    if (j->why[0] != '\0') {
        vt_json_text(w, "why", vt_str_of(j->why));
    }
}

int vt_trainer_write_job(vt_json_writer *w, vt_trainer *t, int64_t number, vt_error *err)
{
    pthread_mutex_lock(&t->mutex);
    const job *j = number == 0 ? last_job(t) : &t->jobs[number % JOBS];
    bool there = j != NULL && j->number > 0 && (number == 0 || j->number == number);
    if (there) {
        write_job(w, j);
    }
    pthread_mutex_unlock(&t->mutex);
    return there ? VT_OK
                 : vt_fail(err, VT_ERR_NOT_FOUND, "there is no such training; the last %d are remembered", JOBS);
}

void vt_trainer_describe(vt_trainer_state *out, vt_trainer *t)
{
    pthread_mutex_lock(&t->mutex);
    *out = t->state;
    pthread_mutex_unlock(&t->mutex);
    out->written = vt_served_shop_model_written(t->shop);
}

/* ---- one training ------------------------------------------------------------------------------------------------ */

static void log_job(vt_trainer *t, const job *j)
{
    vt_buf line;
    vt_json_writer w;
    if (t->options.log == NULL) {
        return;
    }
    vt_buf_init(&line, 2 * OUTPUT_BYTES_MAX);
    vt_json_writer_init(&w, &line, false);
    vt_json_object(&w, NULL);
    vt_json_time(&w, "time", vt_now());
    vt_json_text(&w, "level", vt_str_of(j->state == FAILED ? "warning" : "info"));
    vt_json_text(&w, "event", vt_str_of("training"));
    vt_json_text(&w, "shop", vt_str_of(t->shop->name));
    write_job(&w, j);
    vt_json_object_end(&w);
    if (vt_json_writer_done(&w, NULL) == VT_OK) {
        t->options.log(t->options.context, j->state == FAILED ? VT_SERVER_WARNING : VT_SERVER_INFO, line.data);
    }
    vt_buf_done(&line);
}

/* The command of a job: half of the processors, after all others, within its memory. */
static void make_command(const char **argv, char memory[24], char threads[16], const vt_trainer *t, const job *j)
{
    size_t n = 0;
    int half = vt_processors() / 2;
    snprintf(threads, 16, "%d", half < 1 ? 1 : half);
    snprintf(memory, 24, "%" PRId64, t->options.memory_mib);
    const char *const first[] = {t->options.program, "--shop",    t->shop->path, "--json",
                                 "--quiet",          "--threads", threads,       "retrain",
                                 "--nice",           "10",        "--memory",    memory};
    for (; n < sizeof first / sizeof *first; n++) {
        argv[n] = first[n];
    }
    if (j->preset != NULL) {
        argv[n++] = "--preset";
        argv[n++] = j->preset;
    }
    for (size_t i = 0; i < j->n_settings; i++) {
        argv[n++] = "--param";
        argv[n++] = j->setting[i];
    }
    if (j->kind != NULL) {
        argv[n++] = j->kind;
    }
    argv[n] = NULL;
}

/* What the child printed becomes the verdict; whether it accepted. */
static job_state read_verdict(vt_text *verdict, char why[600], const vt_child *child)
{
    vt_json_reader *reader = NULL;
    yyjson_val *root = NULL;
    vt_buf text;
    vt_error err = VT_ERROR_INIT;
    job_state state = FAILED;
    vt_buf_init(&text, OUTPUT_BYTES_MAX);
    int status = vt_json_reader_create(&reader, &err);
    status = status != VT_OK ? status : vt_json_read(reader, (vt_str){child->out.data, child->out.len}, &root, &err);
    status = status != VT_OK ? status : vt_json_write_value(&text, root, &err);
    if (status == VT_OK && yyjson_is_bool(yyjson_obj_get(root, "accepted"))) {
        state = yyjson_get_bool(yyjson_obj_get(root, "accepted")) ? ACCEPTED : REFUSED;
        status = vt_text_finish(verdict, &text, VT_OK, &err);
    }
    state = status == VT_OK ? state : FAILED;
    if (state == FAILED) {
        snprintf(why, 600, "what the training printed cannot be read: %.400s", err.message);
    }
    vt_buf_done(&text);
    vt_json_reader_free(reader);
    return state;
}

/* The last line that the child wrote to stderr. */
static void read_failure(char why[600], const vt_child *child)
{
    const char *text = child->errors.data;
    size_t end = child->errors.len;
    while (end > 0 && (text[end - 1] == '\n' || text[end - 1] == '\r')) {
        end--;
    }
    size_t begin = end;
    while (begin > 0 && text[begin - 1] != '\n') {
        begin--;
    }
    if (end - begin > 9 && memcmp(text + begin, "vitrine: ", 9) == 0) {
        begin += 9;
    }
    if (end > begin) {
        snprintf(why, 600, "%.*s", (int)(end - begin > 500 ? 500 : end - begin), text + begin);
    } else {
        snprintf(why, 600, "the training ended with code %d", child->code);
    }
}

static job_state run_child(vt_trainer *t, const job *j, vt_text *verdict, char why[600])
{
    const char *argv[ARGUMENTS];
    char memory[24], threads[16];
    vt_error err = VT_ERROR_INIT;
    vt_child child = {.code = 0};
    vt_buf_init(&child.out, OUTPUT_BYTES_MAX);
    vt_buf_init(&child.errors, OUTPUT_BYTES_MAX);
    make_command(argv, memory, threads, t, j);
    job_state state = FAILED;
    if (vt_child_run(&child, argv, t->wake[0], &err) != VT_OK) {
        snprintf(why, 600, "%.500s", err.message);
    } else if (child.stopped) {
        state = STOPPED;
    } else if (child.code == 0) {
        state = read_verdict(verdict, why, &child);
    } else {
        read_failure(why, &child);
    }
    vt_buf_done(&child.out);
    vt_buf_done(&child.errors);
    return state;
}

/* The job that waits, to its end; only this thread changes one that runs. */
static void run_job(vt_trainer *t)
{
    vt_text verdict = {NULL, 0};
    char why[600] = "";
    pthread_mutex_lock(&t->mutex);
    job *j = last_job(t);
    j->state = RUNNING;
    pthread_mutex_unlock(&t->mutex);
    job_state state = run_child(t, j, &verdict, why);
    if (state == ACCEPTED) { /* before anybody hears of it: the next answer is the new model's */
        vt_served_shop_follow(t->shop);
    }
    vt_training_ended(&t->clock, t->shop, state == FAILED ? AFTER_FAILURE_SECONDS : 0);
    pthread_mutex_lock(&t->mutex);
    j->ended = vt_now();
    j->verdict = verdict;
    snprintf(j->why, sizeof j->why, "%s", why);
    j->state = state;
    t->state.trainings += state != STOPPED;
    t->state.last_failed = state == FAILED || (state == STOPPED && t->state.last_failed);
    pthread_mutex_unlock(&t->mutex);
    log_job(t, j);
}

/* ---- the thread -------------------------------------------------------------------------------------------------- */

/* Whether a job waits, of a call or by the plan. */
static bool find_job(vt_trainer *t)
{
    static const vt_training_order as_now = {NULL, NULL, NULL, 0};
    const char *by = t->options.program == NULL || t->shop->model != NULL
                         ? NULL
                         : vt_training_due(&t->clock, &t->options.plan, t->shop);
    pthread_mutex_lock(&t->mutex);
    bool waits = is_open(last_job(t));
    if (!waits && by != NULL) {
        waits = add_job(t, &as_now, by, NULL) == VT_OK;
    }
    pthread_mutex_unlock(&t->mutex);
    return waits;
}

static void *run(void *context)
{
    vt_trainer *t = context;
    for (;;) {
        char bytes[64];
        struct pollfd waits[2] = {{.fd = t->wake[0], .events = POLLIN}, {.fd = t->start[0], .events = POLLIN}};
        int ready = poll(waits, 2, TICK_MS);
        if ((ready < 0 && errno != EINTR) || waits[0].revents != 0) {
            return NULL;
        }
        if (ready > 0 && waits[1].revents != 0) {
            ssize_t n = read(t->start[0], bytes, sizeof bytes);
            (void)n;
        }
        vt_served_shop_follow(t->shop);
        if (find_job(t)) {
            run_job(t);
        }
    }
}

int vt_trainer_open(vt_trainer **out, vt_served_shop *shop, const vt_trainer_options *options, vt_error *err)
{
    vt_trainer *t = vt_alloc_zero(1, sizeof *t, err);
    if (t == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    t->shop = shop;
    t->options = *options;
    t->wake[0] = t->wake[1] = t->start[0] = t->start[1] = -1;
    pthread_mutex_init(&t->mutex, NULL);
    vt_training_begin(&t->clock, shop);
    int status = VT_OK;
    if (pipe2(t->wake, O_CLOEXEC) != 0 || pipe2(t->start, O_CLOEXEC | O_NONBLOCK) != 0) {
        status = vt_fail_errno(err, errno, "cannot make a pipe");
    }
    if (status == VT_OK) {
        int code = pthread_create(&t->thread, NULL, run, t);
        t->running = code == 0;
        status = code == 0 ? VT_OK : vt_fail_errno(err, code, "cannot start a thread");
    }
    if (status != VT_OK) {
        vt_trainer_close(t);
        return status;
    }
    *out = t;
    return VT_OK;
}

void vt_trainer_close(vt_trainer *t)
{
    if (t == NULL) {
        return;
    }
    if (t->wake[1] >= 0) {
        close(t->wake[1]);
    }
    if (t->running) {
        pthread_join(t->thread, NULL);
    }
    const int fds[3] = {t->wake[0], t->start[0], t->start[1]};
    for (int i = 0; i < 3; i++) {
        if (fds[i] >= 0) {
            close(fds[i]);
        }
    }
    for (size_t i = 0; i < JOBS; i++) {
        clear_job(&t->jobs[i]);
    }
    pthread_mutex_destroy(&t->mutex);
    vt_free(t);
}
