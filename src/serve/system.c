/* Routes about the server: health, measures, documentation. */
#include "serve/docs.h"
#include "serve/handlers.h"
#include "serve/problem.h"
#include "serve/server.h"

static int livez(vt_call *call, vt_error *err)
{
    vt_reply_object object;
    vt_reply_object_begin(&object);
    vt_json_text(&object.json, "status", vt_str_of("alive"));
    return vt_reply_object_end(call, 200, &object, err);
}

static void put_shop(vt_json_writer *w, vt_served_shop *shop)
{
    vt_engine *engine = vt_served_shop_engine(shop);
    vt_live_state state;
    vt_live_describe(shop->live, &state);
    vt_json_text(w, "model", vt_str_of(engine->chosen.name));
    if (engine->chosen.why.code != VT_OK) {
        vt_json_text(w, "degraded", vt_str_of(engine->chosen.why.message));
    }
    vt_json_int(w, "revision", state.revision);
    vt_engine_release(engine);
}

static int readyz(vt_call *call, vt_error *err)
{
    vt_server *server = call->server;
    if (atomic_load(&server->stopping) != 0) {
        vt_problem_reply(call, 503, "stopping", "the server is about to end; send requests elsewhere");
        return VT_OK;
    }
    vt_reply_object object;
    vt_reply_object_begin(&object);
    vt_json_text(&object.json, "status", vt_str_of("ready"));
    if (call->shop != NULL) {
        put_shop(&object.json, call->shop);
    } else {
        vt_json_int(&object.json, "shops", (int64_t)server->n_shops);
    }
    return vt_reply_object_end(call, 200, &object, err);
}

static int metrics(vt_call *call, vt_error *err)
{
    vt_text body = {NULL, 0};
    int status = vt_measures_text(&body, call->server, call, err);
    if (status == VT_OK) {
        vt_reply_json(call, 200, &body);
        call->reply.type = "text/plain; version=0.0.4; charset=utf-8";
    }
    return status;
}

static int openapi(vt_call *call, vt_error *err)
{
    vt_text body = {NULL, 0};
    int status = vt_server_openapi(&body, false, err);
    if (status == VT_OK) {
        vt_reply_json(call, 200, &body);
    }
    return status;
}

static int docs(vt_call *call, vt_error *err)
{
    vt_text body = {NULL, 0};
    int status = vt_docs_page(&body, err);
    if (status == VT_OK) {
        vt_reply_json(call, 200, &body);
        call->reply.type = "text/html; charset=utf-8";
        vt_reply_header_add(call, "Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'");
    }
    return status;
}

const vt_route vt_routes_system[] = {
    {
        .method = "GET",
        .path = "/livez",
        .name = "livez",
        .of_process = true,
        .group = "Server",
        .summary = "Whether the process answers",
        .answer = "Health",
        .handle = livez,
    },
    {
        .method = "GET",
        .path = "/readyz",
        .name = "readyz",
        .of_process = true,
        .group = "Server",
        .summary = "Whether requests should be sent here",
        .answer = "Health",
        .handle = readyz,
    },
    {
        .method = "GET",
        .path = "/metrics",
        .name = "metrics",
        .group = "Server",
        .scope = VT_SCOPE_REPORT,
        .summary = "Measures for Prometheus",
        .handle = metrics,
        .type = "text/plain",
    },
    {
        .method = "GET",
        .path = "/v1/openapi.json",
        .name = "openapi",
        .of_process = true,
        .group = "Server",
        .summary = "This interface as OpenAPI 3.1",
        .handle = openapi,
        .type = "application/json",
    },
    {
        .method = "GET",
        .path = "/docs",
        .name = "docs",
        .of_process = true,
        .group = "Server",
        .summary = "This interface as a page to read",
        .handle = docs,
        .type = "text/html",
    },
    {.method = NULL},
};
