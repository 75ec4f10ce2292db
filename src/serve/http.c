/*
 * libmicrohttpd counts idle time only: a client that sends a byte now and then would hold its connection for ever. So
 * each connection has a deadline of its own, and a thread that shuts those down whose deadline has passed. What a head
 * may hold is head.c's.
 */
#include "serve/http.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <netdb.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/number.h"
#include "serve/early.h"
#include "serve/head.h"
#include "serve/problem.h"

#define WITHOUT_END 1e9    /* seconds */
#define LINGER_SECONDS 5.0 /* that a client may go on sending after it was refused */

/* For what libmicrohttpd makes of a head (some 60 bytes a header), the head of the reply, and so much of a head that is
 * too long that it can be refused in our words. All of it is zeroed for each request. */
enum { PARSED_BYTES = 8 << 10 };

/* A connection: whose it is, and its deadline. */
typedef struct link {
    int fd;
    char client[64];         /* address */
    _Atomic double deadline; /* vt_seconds() */
    struct link *before, *after;
} link_t;

struct vt_http {
    vt_http_options options;
    struct MHD_Daemon *daemon;
    bool tls;
    int listening;
    atomic_bool drained;   /* the listening socket is ours to close */
    pthread_mutex_t mutex; /* around the calls that wait to be used again, and the links */
    pthread_cond_t ending;
    vt_call *spare;
    link_t *links;
    bool closing;
    pthread_t watch;
    bool watching;
    atomic_int active;
};

/* What stands between a call and its connection. */
typedef struct stage {
    vt_head head; /* where its request line was read */
    bool begun;   /* the head was handed on */
    bool refused; /* the reply is made; what else comes is not read */
    bool early;   /* and was sent before the body ended: nothing follows it */
    bool suspended;
} stage;

/* ---- deadlines --------------------------------------------------------------------------------------------------- */

static void set_deadline(link_t *link, double now, double seconds)
{
    if (link != NULL) {
        atomic_store_explicit(&link->deadline, now + seconds, memory_order_relaxed);
    }
}

static void *watch(void *context)
{
    vt_http *http = context;
    pthread_mutex_lock(&http->mutex);
    while (!http->closing) {
        struct timespec until;
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_nsec += 250000000;
        until.tv_sec += until.tv_nsec / 1000000000;
        until.tv_nsec %= 1000000000;
        pthread_cond_timedwait(&http->ending, &http->mutex, &until);
        double now = vt_seconds();
        for (link_t *link = http->links; link != NULL; link = link->after) {
            if (atomic_load_explicit(&link->deadline, memory_order_relaxed) < now) {
                shutdown(link->fd, SHUT_RDWR); /* the worker then finds it closed */
                set_deadline(link, now, 3600);
            }
        }
    }
    pthread_mutex_unlock(&http->mutex);
    return NULL;
}

static void find_client(char out[64], struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    const struct sockaddr *address = info == NULL ? NULL : info->client_addr;
    socklen_t len =
        address != NULL && address->sa_family == AF_INET6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);
    if (address == NULL || (address->sa_family != AF_INET && address->sa_family != AF_INET6) ||
        getnameinfo(address, len, out, 64, NULL, 0, NI_NUMERICHOST) != 0) {
        snprintf(out, 64, "local");
    }
}

static void on_connection(void *context, struct MHD_Connection *connection, void **place,
                          enum MHD_ConnectionNotificationCode what)
{
    vt_http *http = context;
    if (what == MHD_CONNECTION_NOTIFY_STARTED) {
        const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
        link_t *link = vt_alloc_zero(1, sizeof *link, NULL);
        *place = link;
        if (link == NULL) {
            return; /* without memory it has libmicrohttpd's own time-out alone */
        }
        link->fd = info->connect_fd;
        find_client(link->client, connection);
        set_deadline(link, vt_seconds(), http->options.total_seconds);
        pthread_mutex_lock(&http->mutex);
        link->after = http->links;
        if (link->after != NULL) {
            link->after->before = link;
        }
        http->links = link;
        pthread_mutex_unlock(&http->mutex);
        return;
    }
    link_t *link = *place;
    if (link != NULL) {
        pthread_mutex_lock(&http->mutex);
        *(link->before == NULL ? &http->links : &link->before->after) = link->after;
        if (link->after != NULL) {
            link->after->before = link->before;
        }
        pthread_mutex_unlock(&http->mutex);
        vt_free(link);
    }
}

static link_t *link_of(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info == NULL ? NULL : info->socket_context;
}

/* ---- calls ------------------------------------------------------------------------------------------------------- */

static vt_call *take_call(vt_http *http)
{
    pthread_mutex_lock(&http->mutex);
    vt_call *call = http->spare;
    if (call != NULL) {
        http->spare = call->next;
        call->next = NULL;
    }
    pthread_mutex_unlock(&http->mutex);
    if (call == NULL && vt_call_create(&call, NULL) != VT_OK) {
        return NULL;
    }
    return call;
}

static void give_call(vt_http *http, vt_call *call)
{
    vt_call_reset(call);
    pthread_mutex_lock(&http->mutex);
    call->next = http->spare;
    http->spare = call;
    pthread_mutex_unlock(&http->mutex);
}

/* The request line is here: a call begins. What this returns is handed to all that follows. */
static void *on_target(void *context, const char *target, struct MHD_Connection *connection)
{
    vt_http *http = context;
    vt_call *call = take_call(http);
    if (call == NULL) {
        return NULL;
    }
    atomic_fetch_add(&http->active, 1);
    call->begun = vt_seconds();
    call->target = vt_arena_str(call->arena, vt_str_of(target), NULL);
    call->connection = connection;
    call->stage = vt_arena_alloc(call->arena, 1, sizeof(stage), NULL);
    if (call->stage != NULL) {
        *(stage *)call->stage = (stage){.head.target = (uintptr_t)target};
    }
    link_t *link = link_of(connection);
    call->client = link == NULL ? "local" : link->client;
    set_deadline(link, call->begun, http->options.total_seconds);
    return call;
}

static void on_completed(void *context, struct MHD_Connection *connection, void **place,
                         enum MHD_RequestTerminationCode code)
{
    vt_http *http = context;
    vt_call *call = *place;
    *place = NULL;
    double now = vt_seconds();
    set_deadline(link_of(connection), now, http->options.idle_seconds);
    if (call != NULL) {
        const stage *s = call->stage;
        call->seconds = now - call->begun;
        http->options.done(http->options.context, call,
                           code == MHD_REQUEST_TERMINATED_COMPLETED_OK || (s != NULL && s->early));
        give_call(http, call);
        atomic_fetch_sub(&http->active, 1);
    }
}

/* ---- the head ---------------------------------------------------------------------------------------------------- */

bool vt_http_head_is_sound(vt_call *call)
{
    const stage *s = call->stage;
    return vt_head_is_sound(call, &s->head);
}

const char *vt_call_header(const vt_call *call, const char *name)
{
    return call->connection == NULL ? NULL : MHD_lookup_connection_value(call->connection, MHD_HEADER_KIND, name);
}

/* ---- the reply --------------------------------------------------------------------------------------------------- */

static struct MHD_Response *make_response(const vt_reply *reply)
{
    struct stat info;
    if (reply->file >= 0) {
        return fstat(reply->file, &info) != 0 ? NULL
                                              : MHD_create_response_from_fd64((uint64_t)info.st_size, reply->file);
    }
    if (reply->body.data != NULL) {
        return MHD_create_response_from_buffer_with_free_callback(reply->body.len, reply->body.data, vt_free);
    }
    return MHD_create_response_from_buffer(reply->fixed_body.len, (void *)(uintptr_t)reply->fixed_body.ptr,
                                           MHD_RESPMEM_PERSISTENT);
}

static void extend_deadline(link_t *link, const vt_reply *reply)
{
    struct stat info;
    if (link != NULL && fstat(reply->file, &info) == 0) {
        double deadline = atomic_load_explicit(&link->deadline, memory_order_relaxed);
        atomic_store_explicit(&link->deadline, deadline + (double)info.st_size / 1e5, memory_order_relaxed);
    }
}

static enum MHD_Result send_reply(const vt_http *http, vt_call *call, struct MHD_Connection *connection)
{
    vt_reply *reply = &call->reply;
    struct MHD_Response *response = make_response(reply);
    if (response == NULL) {
        return MHD_NO;
    }
    if (reply->file >= 0) { /* may take as long as it goes at a hundred kilobytes a second */
        extend_deadline(link_of(connection), reply);
    }
    reply->body = (vt_text){NULL, 0}; /* the response's, as the file is */
    reply->file = -1;
    if (reply->type != NULL) {
        MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, reply->type);
    }
    for (size_t i = 0; i < reply->n_headers; i++) {
        MHD_add_response_header(response, reply->headers[i].name, reply->headers[i].value);
    }
    if (call->ends || atomic_load(&http->drained)) {
        MHD_add_response_header(response, MHD_HTTP_HEADER_CONNECTION, "close");
    }
    enum MHD_Result queued = MHD_queue_response(connection, (unsigned)reply->status, response);
    MHD_destroy_response(response);
    return queued;
}

void vt_http_resume(vt_call *call)
{
    MHD_resume_connection(call->connection);
}

/*
 * The body is whole: the call is handed on. One that is pending is suspended before its work begins, since who does it
 * may be faster than this thread. How long that takes is not the client's: it then has its time for the reply.
 */
static enum MHD_Result take_body(vt_http *http, vt_call *call, struct MHD_Connection *connection)
{
    stage *s = call->stage;
    if (s->suspended) {
        s->suspended = false;
        set_deadline(link_of(connection), vt_seconds(), http->options.total_seconds);
        http->options.resumed(http->options.context, call);
        return send_reply(http, call, connection);
    }
    http->options.body(http->options.context, call);
    if (!call->pending) {
        return send_reply(http, call, connection);
    }
    s->suspended = true;
    set_deadline(link_of(connection), 0, WITHOUT_END);
    MHD_suspend_connection(connection);
    http->options.start(http->options.context, call);
    return MHD_YES;
}

/* A refusal that comes before a body closes the connection; without a body the connection can go on. */
static bool has_body(const vt_call *call)
{
    const char *length = vt_call_header(call, MHD_HTTP_HEADER_CONTENT_LENGTH);
    return vt_call_header(call, MHD_HTTP_HEADER_TRANSFER_ENCODING) != NULL ||
           (length != NULL && strcmp(length, "0") != 0);
}

/*
 * The call is refused while its body comes. Where the socket takes the reply now the client has it at once, and what it
 * still sends is passed over for a moment: closing at once could take the reply away from it. Else, as under TLS, it is
 * queued when the body ends.
 */
static void refuse_part(const vt_http *http, vt_call *call, struct MHD_Connection *connection)
{
    stage *s = call->stage;
    link_t *link = link_of(connection);
    s->refused = true;
    call->ends = true;
    http->options.refused(http->options.context, call);
    if (link != NULL && !http->tls && vt_early_send(link->fd, &call->reply)) {
        s->early = true;
        set_deadline(link, vt_seconds(), LINGER_SECONDS);
    }
}

/* A part of the body. One that goes to a file may take as long as it comes at a hundred kilobytes a second. */
static void take_part(const vt_http *http, vt_call *call, struct MHD_Connection *connection, const char *data,
                      size_t size)
{
    vt_error err = VT_ERROR_INIT;
    if (vt_call_body_add(call, data, size, &err) != VT_OK) {
        if (call->body_to_file) {
            vt_problem_of(call, &err);
        } else {
            vt_problem_reply(call, 413, "limit", "the body is longer than 8 MiB");
        }
    } else if (call->body_to_file) {
        set_deadline(link_of(connection), call->begun, http->options.total_seconds + (double)call->body_written / 1e5);
    }
}

static enum MHD_Result on_access(void *context, struct MHD_Connection *connection, const char *target,
                                 const char *method, const char *version, const char *data, size_t *size, void **place)
{
    vt_http *http = context;
    vt_call *call = *place;
    (void)target;
    if (call == NULL || call->stage == NULL || call->target.ptr == NULL) {
        return MHD_NO; /* out of memory */
    }
    stage *s = call->stage;
    if (!s->begun) {
        s->begun = true;
        s->head.method = (uintptr_t)method;
        s->head.version = (uintptr_t)version;
        call->method = method;
        call->old_version = strcmp(version, "HTTP/1.0") == 0;
        http->options.head(http->options.context, call);
        s->refused = call->reply.status != 0;
        return s->refused && (call->ends || has_body(call)) ? send_reply(http, call, connection) : MHD_YES;
    }
    if (*size > 0) {
        if (!s->refused) {
            take_part(http, call, connection, data, *size);
            if (call->reply.status != 0) {
                refuse_part(http, call, connection);
            }
        }
        *size = 0;
        return MHD_YES;
    }
    if (s->early) {
        return MHD_NO; /* closes the connection */
    }
    return s->refused ? send_reply(http, call, connection) : take_body(http, call, connection);
}

/* ---- the daemon -------------------------------------------------------------------------------------------------- */

static size_t leave_encoded(void *context, struct MHD_Connection *connection, char *text)
{
    (void)context;
    (void)connection;
    return strlen(text); /* paths are split before they are decoded */
}

/* Host and port of "127.0.0.1:8080", "[::1]:8080" or a port alone, which is of this machine. */
static int split_address(char host[256], const char **port, const char *where, vt_error *err)
{
    const char *colon = strrchr(where, ':');
    int64_t number = 0;
    size_t len = colon == NULL ? 0 : (size_t)(colon - where);
    bool brackets = len >= 2 && where[0] == '[' && where[len - 1] == ']';
    *port = colon == NULL ? where : colon + 1;
    if (!vt_parse_int(&number, vt_str_of(*port)) || number < 0 || number > 65535 || len >= 256) {
        return vt_fail(err, VT_ERR_USAGE, "\"%s\" is no address to listen on; 127.0.0.1:8080 is one", where);
    }
    snprintf(host, 256, "%.*s", (int)(brackets ? len - 2 : len), brackets ? where + 1 : where);
    if (len == 0) {
        snprintf(host, 256, "127.0.0.1");
    }
    return VT_OK;
}

int vt_http_check_address(const char *where, vt_error *err)
{
    char host[256];
    const char *port = NULL;
    return split_address(host, &port, where, err);
}

/* Binds the address of the options; 0 or a status. */
static int listen_on(int *out, const char *where, vt_error *err)
{
    char host[256];
    const char *port = NULL;
    int status = split_address(host, &port, where, err);
    if (status != VT_OK) {
        return status;
    }
    struct addrinfo *found = NULL;
    const struct addrinfo hints = {.ai_flags = AI_PASSIVE | AI_NUMERICSERV, .ai_socktype = SOCK_STREAM};
    int code = getaddrinfo(host, port, &hints, &found);
    if (code != 0) {
        return vt_fail(err, VT_ERR_USAGE, "cannot listen on \"%s\": %s", where, gai_strerror(code));
    }
    int fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), on = 1;
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
        bind(fd, found->ai_addr, found->ai_addrlen) != 0 || listen(fd, 1024) != 0) {
        int reason = errno;
        if (fd >= 0) {
            close(fd);
        }
        freeaddrinfo(found);
        return vt_fail_errno(err, reason, "cannot listen on %s", where);
    }
    freeaddrinfo(found);
    *out = fd;
    return VT_OK;
}

static struct MHD_Daemon *start(vt_http *http)
{
    const vt_http_options *o = &http->options;
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ITC |
                     (o->certificate != NULL ? MHD_USE_TLS : 0);
    struct MHD_OptionItem more[3] = {{MHD_OPTION_END, 0, NULL}};
    if (o->certificate != NULL) {
        more[0] = (struct MHD_OptionItem){MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)(uintptr_t)o->certificate};
        more[1] = (struct MHD_OptionItem){MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)(uintptr_t)o->key};
        more[2] = (struct MHD_OptionItem){MHD_OPTION_END, 0, NULL};
    }
    return MHD_start_daemon(
        flags, 0, NULL, NULL, on_access, http, MHD_OPTION_LISTEN_SOCKET, http->listening, MHD_OPTION_THREAD_POOL_SIZE,
        (unsigned)(o->workers > 1 ? o->workers : 0), MHD_OPTION_CONNECTION_LIMIT, (unsigned)o->connections,
        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)o->total_seconds, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        VT_REQUEST_HEAD_BYTES_MAX + PARSED_BYTES, MHD_OPTION_STRICT_FOR_CLIENT, 0, MHD_OPTION_NOTIFY_COMPLETED,
        on_completed, http, MHD_OPTION_NOTIFY_CONNECTION, on_connection, http, MHD_OPTION_URI_LOG_CALLBACK, on_target,
        http, MHD_OPTION_UNESCAPE_CALLBACK, leave_encoded, NULL, MHD_OPTION_ARRAY, more, MHD_OPTION_END);
}

/* The library says no more than that it cannot. */
static int cannot_start(const vt_http *http, vt_error *err)
{
    return http->tls ? vt_fail(err, VT_ERR_FORMAT,
                               "the certificate and the private key cannot be used; both are PEM, the key without a "
                               "password, and it must be the certificate's own")
                     : vt_fail(err, VT_ERR_IO, "cannot serve on %s", http->options.listen);
}

int vt_http_open(vt_http **out, const vt_http_options *options, vt_error *err)
{
    vt_http *http = vt_alloc_zero(1, sizeof *http, err);
    if (http == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    http->options = *options;
    http->tls = options->certificate != NULL;
    http->listening = -1;
    pthread_mutex_init(&http->mutex, NULL);
    pthread_cond_init(&http->ending, NULL);
    int status = listen_on(&http->listening, options->listen, err);
    if (status == VT_OK) {
        int code = pthread_create(&http->watch, NULL, watch, http);
        http->watching = code == 0;
        status = code == 0 ? VT_OK : vt_fail_errno(err, code, "cannot start a thread");
    }
    if (status == VT_OK) {
        *out = http; /* calls that come at once find it there */
        http->daemon = start(http);
        status = http->daemon != NULL ? VT_OK : cannot_start(http, err);
    }
    if (status != VT_OK) {
        *out = NULL;
        vt_http_close(http);
        return status;
    }
    return VT_OK;
}

void vt_http_address(const vt_http *http, char *out, size_t size)
{
    struct sockaddr_storage address;
    socklen_t len = sizeof address;
    char host[64] = "", port[8] = "";
    if (getsockname(http->listening, (struct sockaddr *)&address, &len) == 0) {
        getnameinfo((struct sockaddr *)&address, len, host, sizeof host, port, sizeof port,
                    NI_NUMERICHOST | NI_NUMERICSERV);
    }
    snprintf(out, size, strchr(host, ':') != NULL ? "[%s]:%s" : "%s:%s", host, port);
}

/* Who connected before nobody listens is served; the socket is closed at once behind them. */
void vt_http_drain(vt_http *http)
{
    atomic_store(&http->drained, true);
    if (MHD_quiesce_daemon(http->daemon) == MHD_INVALID_SOCKET) {
        return;
    }
    struct sockaddr_storage from;
    socklen_t len = sizeof from;
    int fd;
    while ((fd = accept4(http->listening, (struct sockaddr *)&from, &len, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
        MHD_add_connection(http->daemon, fd, (struct sockaddr *)&from, len);
        len = sizeof from;
    }
    close(http->listening);
    http->listening = -1;
}

int vt_http_active(const vt_http *http)
{
    return atomic_load(&http->active);
}

void vt_http_close(vt_http *http)
{
    if (http == NULL) {
        return;
    }
    if (http->daemon != NULL) {
        MHD_stop_daemon(http->daemon);
        http->listening = -1; /* closed with the daemon, or when it was drained */
    }
    pthread_mutex_lock(&http->mutex);
    http->closing = true;
    pthread_cond_signal(&http->ending);
    pthread_mutex_unlock(&http->mutex);
    if (http->watching) {
        pthread_join(http->watch, NULL);
    }
    if (http->listening >= 0) {
        close(http->listening);
    }
    while (http->spare != NULL) {
        vt_call *call = http->spare;
        http->spare = call->next;
        vt_call_free(call);
    }
    pthread_cond_destroy(&http->ending);
    pthread_mutex_destroy(&http->mutex);
    vt_free(http);
}
