/* Letting a call in: its route, its key, and whether it comes too often. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/hash.h"
#include "base/limits.h"
#include "base/log.h"
#include "serve/keys.h"
#include "serve/problem.h"
#include "serve/route.h"
#include "serve/server.h"
#include "serve/session.h"

/* Whether this origin is one of the options. */
static bool is_ours(const vt_server *server, const char *origin)
{
    const char *at = server->origins;
    size_t len = origin == NULL ? 0 : strlen(origin);
    while (origin != NULL && at != NULL && *at != '\0') {
        size_t n = strcspn(at, " ");
        if (n == len && strncasecmp(at, origin, n) == 0) {
            return true;
        }
        at += n + (at[n] == ' ');
    }
    return false;
}

/* Says in the reply's headers that pages of the caller's origin may read it, where the origin is among ours. */
void vt_server_allow_origin(const vt_server *server, vt_call *call)
{
    const char *origin = vt_call_header(call, "Origin");
    if (is_ours(server, origin)) {
        vt_reply_header_add(call, "Access-Control-Allow-Origin", origin);
        vt_reply_header_add(call, "Vary", "Origin");
    }
}

static void answer_options(vt_call *call, const char *allowed)
{
    call->reply.status = 204;
    vt_reply_header_add(call, "Allow", allowed);
    if (vt_call_header(call, "Access-Control-Request-Method") != NULL) {
        vt_reply_header_add(call, "Access-Control-Allow-Methods", allowed);
        vt_reply_header_add(call, "Access-Control-Allow-Headers",
                            "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, traceparent");
        vt_reply_header_add(call, "Access-Control-Max-Age", "600");
    }
}

/* The token behind "Bearer ". */
static const char *token_of(const vt_call *call)
{
    const char *header = vt_call_header(call, "Authorization");
    return header != NULL && strncasecmp(header, "Bearer ", 7) == 0 ? header + 7 : NULL;
}

static bool check_key(vt_server *server, vt_call *call)
{
    const char *token = token_of(call);
    unsigned needed = call->route->scope;
    if (server->options.insecure_local) {
        call->scopes = ~0U;
        return true;
    }
    if (token != NULL && call->shop != NULL) {
        vt_keys_check(call->shop->keys, call, token);
    } else if (call->shop != NULL) {
        vt_session_check(call);
    }
    if (needed == 0 || (call->scopes & needed) != 0) {
        return true;
    }
    atomic_fetch_add(&vt_server_measures(server, call)->unauthorized, 1);
    if (call->scopes == 0) {
        vt_problem_reply(call, 401, "unauthorized",
                         call->by_session ? "the key of this session has expired or was revoked"
                         : token == NULL
                             ? "a key is needed: Authorization: Bearer vtr_...; \"vitrine key create\" makes one"
                             : "this key is not known, has expired or was revoked");
    } else {
        char scopes[64], detail[160];
        vt_route_scopes(scopes, sizeof scopes, call->route, "\" or \"");
        snprintf(detail, sizeof detail, "this key has no scope \"%s\"", scopes);
        vt_problem_reply(call, 403, "forbidden", detail);
    }
    return false;
}

/*
 * What changes something by a cookie, or on a server without keys, must not come from a page of somebody else, which a
 * browser would send along.
 */
static bool check_origin(vt_server *server, vt_call *call)
{
    bool changes = strcmp(call->route->method, "GET") != 0;
    bool good = !changes || (!call->by_session && !server->options.insecure_local) ||
                vt_session_same_origin(server, call, call->by_session) ||
                (!call->by_session && is_ours(server, vt_call_header(call, "Origin")));
    if (!good) {
        vt_problem_reply(call, 403, "forbidden", "a page of another origin may not change anything here");
    }
    return good;
}

static bool check_rate(vt_server *server, vt_call *call)
{
    bool passes = vt_limits_pass(&server->limits, call);
    if (!passes) {
        atomic_fetch_add(&vt_server_measures(server, call)->limited, 1);
    }
    return passes;
}

/* Whether a body of this length may come at all. */
static bool check_length(vt_call *call)
{
    const char *length = vt_call_header(call, "Content-Length");
    call->body_to_file = call->route->body == VT_BODY_FILE;
    if (length != NULL &&
        strtoull(length, NULL, 10) > (call->body_to_file ? VT_BODY_FILE_BYTES_MAX : VT_BODY_BYTES_MAX)) {
        vt_problem_reply(call, 413, "limit",
                         call->body_to_file ? "the body is longer than 16 GiB" : "the body is longer than 8 MiB");
        return false;
    }
    return true;
}

static void name_call(vt_call *call)
{
    const char *parent = vt_call_header(call, "traceparent");
    unsigned char bytes[VT_RANDOM_ID_BYTES];
    vt_random_id(bytes);
    vt_hex(call->id, bytes, sizeof bytes);
    if (parent != NULL && strlen(parent) == 55 && strspn(parent, "0123456789abcdef-") == 55) {
        snprintf(call->parent, sizeof call->parent, "%s", parent);
    }
}

/* The shop that the address names, with many; the rest of the address is the path. */
static int find_shop(vt_server *server, vt_call *call, vt_error *err)
{
    static const char prefix[] = "/shops/";
    size_t len = sizeof prefix - 1;
    if (!server->many) {
        call->shop = server->shops[0];
        return VT_OK;
    }
    if (call->path.len < len || memcmp(call->path.ptr, prefix, len) != 0) {
        return VT_OK; /* about the server */
    }
    vt_str rest = {call->path.ptr + len, call->path.len - len}, name;
    const char *slash = memchr(rest.ptr, '/', rest.len);
    size_t n = slash == NULL ? rest.len : (size_t)(slash - rest.ptr);
    int status = vt_call_decode(&name, call, (vt_str){rest.ptr, n}, false, err);
    for (size_t i = 0; status == VT_OK && i < server->n_shops && call->shop == NULL; i++) {
        if (vt_str_equal(vt_str_of(server->shops[i]->name), name)) {
            call->shop = server->shops[i];
        }
    }
    call->path = (vt_str){rest.ptr + n, rest.len - n};
    return status != VT_OK || call->shop != NULL ? status
                                                 : vt_fail(err, VT_ERR_NOT_FOUND, "there is no shop at this address");
}

void vt_server_admit(vt_server *server, vt_call *call)
{
    char allowed[64];
    vt_error err = VT_ERROR_INIT;
    call->server = server;
    name_call(call);
    if (!vt_http_head_is_sound(call)) {
        return;
    }
    int status = vt_call_split(call, &err);
    if (status == VT_OK) {
        status = find_shop(server, call, &err);
    }
    if (status == VT_OK) {
        status = vt_route_find(call, allowed, sizeof allowed, &err);
    }
    if (status == VT_ERR_USAGE && strcmp(call->method, "OPTIONS") == 0) {
        answer_options(call, allowed);
    } else if (status == VT_ERR_USAGE) {
        vt_problem_reply(call, 405, "method", err.message);
        vt_reply_header_add(call, "Allow", allowed);
    } else if (status != VT_OK) {
        vt_problem_of(call, &err);
    } else if (call->shop == NULL && !call->route->of_process) {
        vt_problem_reply(call, 404, "not-found", "several shops are served: addresses begin with /shops/NAME");
    } else if (check_key(server, call) && check_origin(server, call) && check_rate(server, call) &&
               check_length(call)) {
        status = vt_query_check(call, call->route->params, &err);
        if (status != VT_OK) {
            vt_problem_of(call, &err);
        }
    }
}
