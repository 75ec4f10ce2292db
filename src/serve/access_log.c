/* One line of JSON for each call, and for what happens besides. */
#include <string.h>

#include "base/clock.h"
#include "base/json_values.h"
#include "base/limits.h"
#include "serve/route.h"
#include "serve/server.h"

static void begin(vt_json_writer *w, vt_buf *line, const char *level)
{
    vt_buf_init(line, VT_REPLY_BYTES_MAX);
    vt_json_writer_init(w, line, false);
    vt_json_object(w, NULL);
    vt_json_time(w, "time", vt_now());
    vt_json_text(w, "level", vt_str_of(level));
}

static void end(const vt_server *server, vt_json_writer *w, vt_buf *line, vt_server_log_level level)
{
    vt_json_object_end(w);
    if (vt_json_writer_done(w, NULL) == VT_OK) {
        server->options.log(server->options.log_context, level, line->data);
    }
    vt_buf_done(line);
}

void vt_server_log(void *context, vt_log_level level, const char *line)
{
    static const struct {
        const char *name;
        vt_server_log_level level;
    } levels[] = {
        [VT_LOG_DEBUG] = {"debug", VT_SERVER_DEBUG},
        [VT_LOG_INFO] = {"info", VT_SERVER_INFO},
        [VT_LOG_WARNING] = {"warning", VT_SERVER_WARNING},
        [VT_LOG_ERROR] = {"error", VT_SERVER_ERROR},
    };
    const vt_server *server = context;
    vt_buf text;
    vt_json_writer w;
    if (levels[level].level < server->options.log_least) {
        return;
    }
    begin(&w, &text, levels[level].name);
    vt_json_text(&w, "message", vt_str_of(line));
    end(server, &w, &text, levels[level].level);
}

void vt_server_log_call(vt_server *server, const vt_call *call, bool sent)
{
    bool failed = call->reply.status >= 500;
    if (server->options.log == NULL || (failed ? VT_SERVER_ERROR : VT_SERVER_INFO) < server->options.log_least) {
        return;
    }
    vt_buf line;
    vt_json_writer w;
    begin(&w, &line, failed ? "error" : "info");
    vt_json_text(&w, "request", vt_str_of(call->id));
    if (call->parent[0] != '\0') {
        vt_json_text(&w, "traceparent", vt_str_of(call->parent));
    }
    vt_json_text(&w, "method", vt_str_of(call->method == NULL ? "" : call->method));
    vt_json_text(&w, "path", call->path); /* without the query: it may hold what a person searched for */
    vt_json_text(&w, "route", vt_str_of(call->route == NULL ? "" : call->route->name));
    vt_json_int(&w, "status", call->reply.status);
    vt_json_bool(&w, "sent", sent);
    vt_json_number(&w, "ms", (double)(int64_t)(call->seconds * 1e6) / 1e3);
    vt_json_text(&w, "client", vt_str_of(call->client));
    vt_json_text(&w, "key", vt_str_of(call->key));
    end(server, &w, &line, failed ? VT_SERVER_ERROR : VT_SERVER_INFO);
}
