/*
 * The life of a server: opening its shop, taking calls until it is told to stop, letting those at work end. A write
 * that the disk has not taken for certain ends it: what follows could only pretend to be durable.
 */
#include "serve/server.h"
#include "serve/certificate.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/options.h"
#include "base/pool.h"
#include "serve/keys.h"
#include "serve/problem.h"
#include "serve/sessions.h"
#include "serve/side.h"
#include "serve/trainer.h"
#include "serve/warm_up.h"

#define DRAIN_SECONDS 30.0
#define QUIET_SECONDS 0.1
#define LOGINS_PER_SECOND 0.2
#define LOGINS_AT_ONCE 10
enum { SIDE_THREADS = 2, PEM_BYTES_MAX = 1 << 20 };

void vt_server_options_init_sized(vt_server_options *options, size_t size)
{
    static const vt_server_options defaults = {
        .size = sizeof defaults,
        .listen = "127.0.0.1:8080",
        .connections = 4096,
        .idle_seconds = 60,
        .total_seconds = 60,
        .result_cache = 32,
        .result_seconds = 10,
    };
    vt_options_init(options, size, &defaults, sizeof defaults);
}

static bool is_loopback(const char *listen)
{
    bool without_host = strchr(listen, ':') == NULL || listen[0] == ':'; /* then it is 127.0.0.1 */
    return without_host || strncmp(listen, "127.", 4) == 0 || strncmp(listen, "[::1]:", 6) == 0 ||
           strncmp(listen, "localhost:", 10) == 0;
}

static int check_options(const vt_server_options *o, vt_error *err)
{
    int status = vt_options_check(o->size, sizeof *o, "vt_server_options", err);
    if (status != VT_OK) {
        return status;
    }
    const struct {
        bool good;
        const char *sentence;
    } rules[] = {
        {(o->shop != NULL || o->shops != NULL) && o->listen != NULL, "a shop and an address to listen on are needed"},
        {o->shops == NULL || o->model == NULL, "a model can be named for one shop alone"},
        {o->train_memory == 0 || (o->train_memory >= 512 && o->train_memory <= 1 << 30),
         "a training has 512 to 1,073,741,824 MiB of memory, or 0 for any"},
        {o->retrain == NULL || o->model == NULL || strcmp(o->retrain, "off") == 0,
         "where a model is named nothing that is trained would answer: name a model or when to train"},
        {o->workers >= 0 && o->workers <= 256, "there are 1 to 256 workers, or 0 for as many as suit the machine"},
        {o->connections >= 1 && o->connections <= 100000, "there are 1 to 100,000 connections"},
        {o->idle_seconds >= 1 && o->idle_seconds <= 86400, "a connection may say nothing for 1 to 86,400 seconds"},
        {o->total_seconds >= 1 && o->total_seconds <= 86400, "a request may take 1 to 86,400 seconds"},
        {(o->certificate == NULL) == (o->private_key == NULL), "TLS needs a certificate and its private key"},
        {o->result_cache >= 0 && o->result_cache <= 1 << 20, "lists are kept in 0 to 1,048,576 MiB"},
        {o->result_seconds > 0 && o->result_seconds <= 3600, "a list is kept for up to 3,600 seconds"},
        {o->requests_per_second >= 0 && o->requests_per_second <= 1e9, "a rate is 0 (any) or above"},
        {!o->insecure_local || is_loopback(o->listen),
         "without keys a server listens on this machine alone: 127.0.0.1, [::1] or localhost"},
    };
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        if (!rules[i].good) {
            return vt_fail(err, VT_ERR_USAGE, "%s", rules[i].sentence);
        }
    }
    return vt_http_check_address(o->listen, err);
}

/* ---- calls ------------------------------------------------------------------------------------------------------- */

static void on_head(void *context, vt_call *call)
{
    vt_server_admit(context, call);
    if (call->reply.status != 0) {
        vt_server_finish(context, call);
    }
}

static void on_refused(void *context, vt_call *call)
{
    vt_server_finish(context, call);
}

static void on_body(void *context, vt_call *call)
{
    vt_error err = VT_ERROR_INIT;
    if (call->route->slow) {
        call->pending = true;
        return;
    }
    int status = call->route->handle(call, &err);
    if (status != VT_OK) {
        call->pending = false;
        vt_problem_of(call, &err);
    }
    if (!call->pending) {
        vt_server_finish(context, call);
    }
}

static void on_start(void *context, vt_call *call)
{
    vt_server *server = context;
    if (call->route->slow) {
        vt_side_add(server->side, call);
    } else {
        vt_writer_add(call->shop->writer, &call->task);
    }
}

/* What failed in the disk, not in the request: nothing may be acknowledged after it. */
static bool is_broken(int status)
{
    return status == VT_ERR_IO || status == VT_ERR_CORRUPT;
}

static void on_resumed(void *context, vt_call *call)
{
    vt_server *server = context;
    vt_error err = VT_ERROR_INIT;
    int status = call->task.status;
    if (status != VT_OK) {
        err = call->task.err;
        if (is_broken(status) && !call->route->slow) {
            vt_served_shop_break(call->shop, status);
        }
    } else if (!call->route->slow) {
        status = call->finish(call, &err);
    }
    if (status != VT_OK) {
        vt_problem_of(call, &err);
    }
    vt_server_finish(server, call);
}

static void on_done(void *context, const vt_call *call, bool sent)
{
    vt_server *server = context;
    vt_measure_call(vt_server_measures(server, call), call, sent);
    vt_server_log_call(server, call, sent);
}

void vt_server_finish(vt_server *server, vt_call *call)
{
    vt_server_allow_origin(server, call);
    vt_reply_header_add(call, "X-Request-Id", call->id);
    if (call->reply.type != NULL) {
        vt_reply_header_add(call, "X-Content-Type-Options", "nosniff");
    }
}

/* ---- opening and closing ----------------------------------------------------------------------------------------- */

static int read_pem(char **out, const char *path, vt_error *err)
{
    size_t len = 0;
    return path == NULL ? VT_OK : vt_file_read(out, &len, path, PEM_BYTES_MAX, err);
}

/* A certificate that clients will refuse is served all the same: who renews it may come later. */
static void warn_of_end(vt_server *server, const char *pem)
{
    char date[16], line[PATH_MAX + 100];
    int64_t until = VT_NONE;
    if (pem != NULL && vt_certificate_until(&until, pem) && until < vt_now()) {
        vt_format_date(date, until);
        snprintf(line, sizeof line, "the certificate %s ended on %s: clients refuse it; renew it and start again",
                 server->options.certificate, date);
        vt_server_log(server, VT_LOG_WARNING, line);
    }
}

static int open_http(vt_server *server, vt_error *err)
{
    const vt_server_options *o = &server->options;
    char *certificate = NULL, *key = NULL;
    int status = read_pem(&certificate, o->certificate, err);
    status = status != VT_OK ? status : read_pem(&key, o->private_key, err);
    const vt_http_options http = {
        .listen = o->listen,
        .workers = o->workers > 0        ? o->workers
                   : vt_processors() > 1 ? vt_processors()
                                         : 2,
        .connections = o->connections,
        .idle_seconds = o->idle_seconds,
        .total_seconds = o->total_seconds,
        .certificate = certificate,
        .key = key,
        .head = on_head,
        .refused = on_refused,
        .body = on_body,
        .start = on_start,
        .resumed = on_resumed,
        .done = on_done,
        .context = server,
    };
    if (status == VT_OK) {
        warn_of_end(server, certificate);
        status = vt_http_open(&server->http, &http, err);
    }
    vt_free(certificate); /* libmicrohttpd keeps what it made of them */
    vt_free(key);
    return status;
}

static void on_break(void *context)
{
    vt_server_stop(context);
}

/* ---- shops ------------------------------------------------------------------------------------------------------- */

vt_measures *vt_server_measures(vt_server *server, const vt_call *call)
{
    return call->shop == NULL ? &server->measures : &call->shop->measures;
}

static int add_shop(vt_server *server, const char *path, vt_error *err)
{
    vt_served_shop **grown = vt_realloc(server->shops, server->n_shops + 1, sizeof *grown, err);
    if (grown == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    server->shops = grown;
    const vt_server_options *o = &server->options;
    const vt_served_shop_options served = {
        .model = o->model,
        .encode = !o->without_encoding,
        .relaxed = o->relaxed,
        .result_bytes = (size_t)o->result_cache << 20U,
        .result_seconds = o->result_seconds,
        .progress = o->progress,
        .on_break = on_break,
        .context = server,
    };
    int status = vt_served_shop_open(&grown[server->n_shops], path, &served, err);
    if (status != VT_OK) {
        return status;
    }
    server->n_shops++;
    const vt_trainer_options training = {server->program, server->plan, server->options.train_memory,
                                         server->options.log, server->options.log_context};
    vt_served_shop *shop = grown[server->n_shops - 1];
    status = vt_trainer_open(&shop->trainer, shop, &training, err);
    return status != VT_OK || o->without_warm_up ? status : vt_warm_up_open(&shop->warm_up, shop, err);
}

typedef struct shops_pass {
    vt_server *server;
    vt_error *err;
} shops_pass;

static int on_folder(void *context, const char *name)
{
    const shops_pass *pass = context;
    char path[PATH_MAX];
    int status = vt_path_join(path, sizeof path, pass->server->options.shops, name, pass->err);
    return status != VT_OK || !vt_shop_exists(path) ? status : add_shop(pass->server, path, pass->err);
}

static int open_shops(vt_server *server, vt_error *err)
{
    const vt_server_options *o = &server->options;
    shops_pass pass = {server, err};
    if (o->shops == NULL) {
        return add_shop(server, o->shop, err);
    }
    server->many = true;
    int status = vt_dir_list(o->shops, on_folder, &pass, err);
    return status != VT_OK || server->n_shops > 0
               ? status
               : vt_fail(err, VT_ERR_NOT_FOUND,
                         "there is no shop in %s; make one with \"vitrine --shop %s/NAME import\"", o->shops, o->shops);
}

int vt_server_open(vt_server **out, const vt_server_options *options, vt_error *err)
{
    int status = check_options(options, err);
    vt_server *server = status == VT_OK ? vt_alloc_zero(1, sizeof *server, err) : NULL;
    if (server == NULL) {
        return status == VT_OK ? VT_ERR_NO_MEMORY : status;
    }
    server->options = *options;
    if (options->log != NULL) {
        vt_log_set(vt_server_log, server);
    }
    server->wake[0] = server->wake[1] = -1;
    server->opened = vt_seconds();
    vt_limits_init(&server->limits, options->requests_per_second, 2 * options->requests_per_second);
    vt_limits_init(&server->logins, LOGINS_PER_SECOND, LOGINS_AT_ONCE);
    if (options->origins != NULL) {
        server->origins = vt_strndup(options->origins, strlen(options->origins), err);
        status = server->origins == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    }
    if (status == VT_OK && options->program != NULL) {
        server->program = vt_strndup(options->program, strlen(options->program), err);
        status = server->program == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    }
    status = status != VT_OK ? status : vt_retrain_plan_parse(&server->plan, options->retrain, err);
    if (status == VT_OK && pipe2(server->wake, O_CLOEXEC | O_NONBLOCK) != 0) {
        status = vt_fail_errno(err, errno, "cannot make a pipe");
    }
    status = status != VT_OK ? status : open_shops(server, err);
    if (status == VT_OK) {
        status = vt_side_open(&server->side, SIDE_THREADS, err);
    }
    if (status == VT_OK) {
        status = open_http(server, err);
    }
    if (status != VT_OK) {
        vt_server_close(server);
        return status;
    }
    char where[100];
    vt_http_address(server->http, where, sizeof where);
    snprintf(server->address, sizeof server->address, "%s://%s", options->certificate != NULL ? "https" : "http",
             where);
    *out = server;
    return VT_OK;
}

const char *vt_server_address(const vt_server *server)
{
    return server->address;
}

int vt_server_first_address(char *out, size_t size, vt_server *server, size_t at, vt_error *err)
{
    char token[VT_SESSION_BYTES];
    if (at >= server->n_shops) {
        return vt_fail(err, VT_ERR_USAGE, "%zu shops are served", server->n_shops);
    }
    if (server->options.insecure_local || vt_keys_count(server->shops[at]->keys) > 0) {
        return vt_fail(err, VT_ERR_NOT_FOUND, "nobody begins this shop: it has keys, or needs none");
    }
    const vt_served_shop *shop = server->shops[at];
    vt_sessions_make_first(shop->sessions, token, vt_now());
    int n = snprintf(out, size, "%s%s%s/#token=%s", server->address, server->many ? "/shops/" : "",
                     server->many ? shop->name : "", token);
    return n > 0 && (size_t)n < size ? VT_OK : vt_fail(err, VT_ERR_LIMIT, "the address is longer than %zu bytes", size);
}

void vt_server_stop(vt_server *server)
{
    atomic_store(&server->stopping, 1);
    ssize_t written = write(server->wake[1], "", 1);
    (void)written; /* a full pipe wakes as well */
}

/* Until no call is at work, and none came for a moment: on kept connections some may be on their way. */
static void wait_quiet(const vt_server *server)
{
    double now = vt_seconds(), until = now + DRAIN_SECONDS, quiet = now + QUIET_SECONDS;
    while (now < until && now < quiet) {
        poll(NULL, 0, 10);
        now = vt_seconds();
        quiet = vt_http_active(server->http) > 0 ? now + QUIET_SECONDS : quiet;
    }
}

int vt_server_run(vt_server *server, vt_error *err)
{
    struct pollfd wake = {.fd = server->wake[0], .events = POLLIN};
    while (atomic_load(&server->stopping) == 0) {
        if (poll(&wake, 1, -1) < 0 && errno != EINTR) {
            return vt_fail_errno(err, errno, "cannot wait");
        }
    }
    vt_http_drain(server->http);
    wait_quiet(server);
    if (vt_http_active(server->http) > 0) { /* they wait for a command that writes: it goes on, they come back later */
        for (size_t i = 0; i < server->n_shops; i++) {
            vt_served_shop_end_lending(server->shops[i]);
        }
        wait_quiet(server);
    }
    int broken = VT_OK;
    for (size_t i = 0; i < server->n_shops && broken == VT_OK; i++) {
        broken = atomic_load(&server->shops[i]->broken);
    }
    return broken == VT_OK
               ? VT_OK
               : vt_fail(err, (vt_code)broken,
                         "the disk did not take a write: nothing was acknowledged after it; check the disk, "
                         "then start again");
}

void vt_server_close(vt_server *server)
{
    if (server == NULL) {
        return;
    }
    vt_http_close(server->http);
    vt_side_close(server->side);
    vt_log_set(NULL, NULL);
    for (size_t i = 0; i < server->n_shops; i++) {
        vt_served_shop_close(server->shops[i]);
    }
    vt_free(server->shops);
    for (int i = 0; i < 2; i++) {
        if (server->wake[i] >= 0) {
            close(server->wake[i]);
        }
    }
    vt_limits_done(&server->limits);
    vt_limits_done(&server->logins);
    vt_free(server->program);
    vt_free(server->origins);
    vt_free(server);
}
