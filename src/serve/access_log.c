/* One line of JSON for each call. */
#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "serve/route.h"
#include "serve/server.h"

void vt_server_log_call(vt_server *server, const vt_call *call, bool sent)
{
    if (server->options.log == NULL) {
        return;
    }
    vt_buf line;
    vt_json_writer w;
    char now[32];
    vt_buf_init(&line, VT_REPLY_BYTES_MAX);
    vt_json_writer_init(&w, &line, false);
    vt_json_object(&w, NULL);
    vt_format_time(now, vt_now());
    vt_json_text(&w, "time", vt_str_of(now));
    vt_json_text(&w, "level", vt_str_of(call->reply.status >= 500 ? "error" : "info"));
    vt_json_text(&w, "request", vt_str_of(call->id));
    if (call->parent[0] != '\0') {
        vt_json_text(&w, "traceparent", vt_str_of(call->parent));
    }
    vt_json_text(&w, "method", vt_str_of(call->method == NULL ? "" : call->method));
    vt_json_text(&w, "path", call->path); /* without the query: it may hold what a person searched for */
    vt_json_text(&w, "route", vt_str_of(call->route == NULL ? "" : call->route->name));
    vt_json_int(&w, "status", call->reply.status);
    vt_json_bool(&w, "sent", sent);
    vt_json_number(&w, "ms", (double)(int64_t)((vt_seconds() - call->begun) * 1e6) / 1e3);
    vt_json_text(&w, "client", vt_str_of(call->client));
    vt_json_text(&w, "key", vt_str_of(call->key));
    vt_json_object_end(&w);
    if (vt_json_writer_done(&w, NULL) == VT_OK) {
        server->options.log(server->options.log_context, call->reply.status >= 500 ? VT_SERVER_ERROR : VT_SERVER_INFO,
                            line.data);
    }
    vt_buf_done(&line);
}
