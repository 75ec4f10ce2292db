/*
 * libmicrohttpd 0.9.75 answers what it cannot parse by itself, in HTML and through no hook: transmit_error_
 * response_len() in its connection.c. It does so through its own exported MHD_queue_response(), and in a program the
 * program's definition of an exported function comes first. So this one stands in front: an error without a type, which
 * none of ours is, becomes a problem (RFC 9457). Only in the program, never in the library, whose users may have
 * servers of their own. See docs/decisions/0012-heads.md.
 */
#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <microhttpd.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define PROBLEM_TYPE "application/problem+json"

#define PROBLEM(status, title, code, detail)                                                                           \
    {                                                                                                                  \
        status, "{\"type\":\"about:blank\",\"title\":\"" title "\",\"status\":" #status ",\"detail\":\"" detail        \
                "\",\"code\":\"" code "\"}\n"                                                                          \
    }

static const struct {
    unsigned status;
    const char *body;
} problems[] = {
    PROBLEM(400, "Bad Request", "format",
            "this is no request of HTTP/1.1: its request line, a header, the length of its body or a chunk is not as "
            "expected"),
    PROBLEM(413, "Content Too Large", "limit", "the body, or a chunk of it, is longer than any can be"),
    PROBLEM(414, "URI Too Long", "limit", "the address is longer than 16 KiB"),
    PROBLEM(431, "Request Header Fields Too Large", "limit", "the head of the request is longer than 16 KiB"),
    PROBLEM(500, "Internal Server Error", "failed", "the request could not be read"),
    PROBLEM(505, "HTTP Version Not Supported", "unsupported", "HTTP/1.1 and HTTP/1.0 are understood"),
};

typedef enum MHD_Result (*queue_function)(struct MHD_Connection *connection, unsigned status,
                                          struct MHD_Response *response);

static pthread_once_t once = PTHREAD_ONCE_INIT;
static queue_function queue; /* libmicrohttpd's own */

static void find_queue(void)
{
    *(void **)&queue = dlsym(RTLD_NEXT, "MHD_queue_response");
}

static enum MHD_Result queue_problem(struct MHD_Connection *connection, unsigned status, const char *body)
{
    struct MHD_Response *problem =
        MHD_create_response_from_buffer(strlen(body), (void *)(uintptr_t)body, MHD_RESPMEM_PERSISTENT);
    if (problem == NULL) {
        return MHD_NO;
    }
    MHD_add_response_header(problem, MHD_HTTP_HEADER_CONTENT_TYPE, PROBLEM_TYPE);
    MHD_add_response_header(problem, "X-Content-Type-Options", "nosniff");
    enum MHD_Result queued = queue(connection, status, problem);
    MHD_destroy_response(problem);
    return queued;
}

/* Whether libmicrohttpd refuses the length of the body: it is no number, or one of more than 64 bits. */
static bool has_bad_length(struct MHD_Connection *connection)
{
    const char *length = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_CONTENT_LENGTH);
    if (length == NULL) {
        return false;
    }
    errno = 0;
    return length[0] == '\0' || strspn(length, "0123456789") != strlen(length) ||
           (strtoull(length, NULL, 10) == ULLONG_MAX && errno == ERANGE);
}

/*
 * After it has refused a length libmicrohttpd goes on as if it had not, and sends the head of its reply twice. So the
 * reply is sent by its socket here, and the connection ends as when nothing could be queued. Under TLS it just ends.
 */
static void send_problem(struct MHD_Connection *connection, unsigned status, const char *body)
{
    char reply[1024];
    const union MHD_ConnectionInfo *tls = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    int len = snprintf(reply, sizeof reply,
                       "HTTP/1.1 %u %s\r\nContent-Type: " PROBLEM_TYPE "\r\nContent-Length: %zu\r\n"
                       "Connection: close\r\n\r\n%s",
                       status, MHD_get_reason_phrase_for(status), strlen(body), body);
    if (info != NULL && (tls == NULL || tls->tls_session == NULL) && len > 0 && (size_t)len < sizeof reply) {
        ssize_t sent = send(info->connect_fd, reply, (size_t)len, MSG_NOSIGNAL | MSG_DONTWAIT);
        (void)sent; /* whoever does not take so little gets nothing */
    }
}

__attribute__((visibility("default"))) enum MHD_Result
MHD_queue_response(struct MHD_Connection *connection, unsigned int status, struct MHD_Response *response)
{
    if (pthread_once(&once, find_queue) != 0 || queue == NULL) {
        return MHD_NO;
    }
    bool typed = MHD_get_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE) != NULL;
    for (size_t i = 0; !typed && i < sizeof problems / sizeof problems[0]; i++) {
        if (problems[i].status == status && has_bad_length(connection)) {
            send_problem(connection, status, problems[i].body);
            return MHD_NO;
        }
        if (problems[i].status == status) {
            return queue_problem(connection, status, problems[i].body);
        }
    }
    return queue(connection, status, response);
}
