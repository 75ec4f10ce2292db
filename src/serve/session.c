/* Routes of sessions: a key, or the token of a first run, is given once and becomes a cookie no script can read. */
#include "serve/session.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "serve/handlers.h"
#include "serve/keys.h"
#include "serve/problem.h"
#include "serve/sessions.h"

#define COOKIE "vitrine_session"

/* The token of the request's cookie; false without one of its length. */
static bool read_cookie(char token[VT_SESSION_BYTES], const vt_call *call)
{
    static const char name[] = COOKIE "=";
    const char *at = vt_call_header(call, "Cookie");
    while (at != NULL) {
        at += strspn(at, " ;");
        size_t len = strcspn(at, ";");
        if (len == sizeof name - 1 + VT_SESSION_BYTES - 1 && memcmp(at, name, sizeof name - 1) == 0) {
            memcpy(token, at + sizeof name - 1, VT_SESSION_BYTES - 1);
            token[VT_SESSION_BYTES - 1] = '\0';
            return true;
        }
        at = at[len] == '\0' ? NULL : at + len;
    }
    return false;
}

void vt_session_check(vt_call *call)
{
    char token[VT_SESSION_BYTES], key[VT_KEY_ID_BYTES] = "";
    int64_t now = vt_now();
    if (!read_cookie(token, call) || !vt_sessions_find(call->shop->sessions, key, token, now)) {
        return;
    }
    call->by_session = true;
    if (key[0] == '\0') {
        call->scopes = (1U << VT_SCOPES) - 1;
    } else {
        vt_keys_find(call->shop->keys, call, key);
    }
}

bool vt_session_same_origin(const vt_server *server, const vt_call *call, bool required)
{
    const char *origin = vt_call_header(call, "Origin"), *host = vt_call_header(call, "Host");
    if (origin == NULL) {
        return !required;
    }
    if (host == NULL) {
        return false;
    }
    /* Behind a proxy that speaks TLS the page is of https, and the server does not know it. */
    bool secure = strncasecmp(origin, "https://", 8) == 0;
    bool plain = server->options.certificate == NULL && strncasecmp(origin, "http://", 7) == 0;
    return (secure || plain) && strcasecmp(origin + (secure ? 8 : 7), host) == 0;
}

/* ---- routes ------------------------------------------------------------------------------------------------------ */

/* Sends the cookie, or with an empty token takes it back. It goes to the addresses of its shop alone. */
static void set_cookie(vt_call *call, const char *token)
{
    const vt_server *server = call->server;
    char text[512], path[256] = "/";
    size_t prefix = (size_t)(call->path.ptr - call->target.ptr);
    if (prefix + 1 < sizeof path && memchr(call->target.ptr, ';', prefix) == NULL) {
        snprintf(path, sizeof path, "%.*s/", (int)prefix, call->target.ptr);
    }
    snprintf(text, sizeof text, COOKIE "=%s; Path=%s; HttpOnly; SameSite=Strict; Max-Age=%d%s", token, path,
             token[0] == '\0' ? 0 : VT_SESSION_SECONDS, server->options.certificate != NULL ? "; Secure" : "");
    vt_reply_header_add(call, "Set-Cookie", text);
    vt_reply_header_add(call, "Cache-Control", "no-store");
}

/* A member of the body, "" without; borrowed from it. */
static int read_member(const char **out, yyjson_val *body, const char *name, vt_error *err)
{
    yyjson_val *value = yyjson_obj_get(body, name);
    *out = value == NULL ? "" : yyjson_get_str(value);
    return *out != NULL ? VT_OK : vt_fail(err, VT_ERR_FORMAT, "\"%s\" is a text", name);
}

/* Whether the key or token of the body lets in; the call gets the key's id. */
static bool lets_in(vt_call *call, const char *key, const char *token)
{
    if (token[0] != '\0') {
        call->key[0] = '\0';
        return vt_sessions_use_first(call->shop->sessions, token, vt_now());
    }
    call->scopes = 0;
    vt_keys_check(call->shop->keys, call, key);
    return call->scopes != 0;
}

static int begin_session(vt_call *call, vt_error *err)
{
    vt_server *server = call->server;
    const char *key = "", *token = "";
    yyjson_val *body = NULL;
    char made[VT_SESSION_BYTES];
    if (!vt_session_same_origin(server, call, false)) {
        vt_problem_reply(call, 403, "forbidden", "a page of another origin may not log in here");
        return VT_OK;
    }
    if (!vt_limits_pass(&server->logins, call)) {
        return VT_OK;
    }
    int status = vt_call_json(&body, call, err);
    if (status == VT_OK && !yyjson_is_obj(body)) {
        status = vt_fail(err, VT_ERR_FORMAT, "an object with \"key\" or \"token\" is expected");
    }
    status = status != VT_OK ? status : read_member(&key, body, "key", err);
    status = status != VT_OK ? status : read_member(&token, body, "token", err);
    if (status == VT_OK && (key[0] == '\0') == (token[0] == '\0')) {
        status = vt_fail(err, VT_ERR_FORMAT, "one of \"key\" and \"token\" is expected");
    }
    if (status != VT_OK) {
        return status;
    }
    if (!lets_in(call, key, token)) {
        vt_problem_reply(call, 401, "unauthorized",
                         token[0] != '\0'
                             ? "this token was used, or is older than ten minutes; begin the server anew for "
                               "another, or log in with a key"
                             : "this key is not known, has expired or was revoked");
        return VT_OK;
    }
    vt_sessions_begin(call->shop->sessions, made, call->key, vt_now());
    call->reply.status = 204;
    set_cookie(call, made);
    return VT_OK;
}

static int end_session(vt_call *call, vt_error *err)
{
    char token[VT_SESSION_BYTES];
    (void)err;
    if (read_cookie(token, call)) {
        vt_sessions_end(call->shop->sessions, token);
    }
    call->reply.status = 204;
    set_cookie(call, "");
    return VT_OK;
}

const vt_route vt_routes_session[] = {
    {
        .method = "POST",
        .path = "/v1/session",
        .name = "beginSession",
        .group = "Dashboard",
        .summary = "Log in: a key, or the token that a server without keys prints when it begins",
        .details = "Answers 204 and sets a cookie that stands for the key in what a browser sends; scripts cannot read "
                   "it. The session ends 12 hours after the last call, after 7 days, with the key, and when the server "
                   "ends. A token is good once, for ten minutes. With the cookie, what changes something needs an "
                   "Origin header of this server.",
        .body = VT_BODY_JSON,
        .body_schema = "Login",
        .body_example = "{\"key\": \"vtr_...\"}",
        .handle = begin_session,
    },
    {
        .method = "DELETE",
        .path = "/v1/session",
        .name = "endSession",
        .group = "Dashboard",
        .summary = "Log out",
        .handle = end_session,
    },
    {.method = NULL},
};
