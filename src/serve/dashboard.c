/*
 * Routes of the dashboard: its page, the files of the page, and what it knows of the shop. The page may run and fetch
 * nothing but what this server sends.
 */
#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "report/bundle.h"
#include "report/page_meta.h"
#include "serve/handlers.h"
#include "serve/keys.h"
#include "serve/served_shop.h"

static const char policy[] =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

static const char without[] =
    "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Vitrine</title></head><body>\n"
    "<h1>The dashboard is not in this program</h1>\n"
    "<p>It was built on a machine without Node 20, or without the packages of web/node_modules. Run script/setup and\n"
    "script/build where Node is, then begin the server anew. All else works: <a href=\"docs\">the interface</a>.</p>\n"
    "</body></html>\n";

static void add_headers(vt_call *call)
{
    vt_reply_header_add(call, "Content-Security-Policy", policy);
    vt_reply_header_add(call, "Referrer-Policy", "no-referrer");
    vt_reply_header_add(call, "Cache-Control", "no-cache");
    vt_reply_header_add(call, "Vary", "Accept-Encoding");
}

static bool takes_gzip(const vt_call *call)
{
    const char *accepts = vt_call_header(call, "Accept-Encoding");
    return accepts != NULL && strstr(accepts, "gzip") != NULL && strstr(accepts, "gzip;q=0") == NULL;
}

static int send_file(vt_call *call, const vt_bundle_file *file, vt_error *err)
{
    char hash[65], tag[72];
    vt_hex(hash, file->sha256, sizeof file->sha256);
    snprintf(tag, sizeof tag, "W/\"%s\"", hash);
    const char *have = vt_call_header(call, "If-None-Match");
    int status = VT_OK;
    if (have != NULL && strcmp(have, tag) == 0) {
        call->reply.status = 304;
    } else if (takes_gzip(call)) {
        call->reply.status = 200;
        call->reply.type = file->type;
        call->reply.fixed_body = (vt_str){file->gzip, file->gzip_bytes};
        vt_reply_header_add(call, "Content-Encoding", "gzip");
    } else {
        vt_text body = {NULL, 0};
        status = vt_bundle_unpack(&body, file, err);
        if (status == VT_OK) {
            vt_reply_json(call, 200, &body);
            call->reply.type = file->type;
        }
    }
    if (status == VT_OK) {
        vt_reply_header_add(call, "ETag", tag);
        add_headers(call);
    }
    return status;
}

static int get_page(vt_call *call, vt_error *err)
{
    const vt_bundle_file *file = vt_bundle_find(vt_str_of("index.html"));
    if (file != NULL) {
        return send_file(call, file, err);
    }
    call->reply.status = 200;
    call->reply.type = "text/html; charset=utf-8";
    call->reply.fixed_body = vt_str_of(without);
    add_headers(call);
    return VT_OK;
}

static int get_asset(vt_call *call, vt_error *err)
{
    char name[128];
    vt_str asset = call->path_value[0];
    int n = snprintf(name, sizeof name, "assets/%.*s", VT_STR_ARGS(asset));
    const vt_bundle_file *file = n > 0 && (size_t)n < sizeof name ? vt_bundle_find(vt_str_of(name)) : NULL;
    return file != NULL ? send_file(call, file, err)
                        : vt_fail(err, VT_ERR_NOT_FOUND, "the dashboard has no file of this name");
}

static int get_dashboard(vt_call *call, vt_error *err)
{
    vt_reply_object object;
    vt_engine *engine = vt_served_shop_engine(call->shop);
    long long lists = 0;
    double list_seconds = 0;
    vt_measure_lists(&lists, &list_seconds, &call->shop->measures);
    const vt_page_meta meta = {
        .shop = call->shop->name,
        .model = engine->chosen.name,
        .scopes = call->scopes,
        .names = vt_call_names_customers(call),
        .live = true,
        .lists = lists,
        .list_seconds = list_seconds,
        .now = VT_NONE,
    };
    vt_reply_object_begin(&object);
    int status = vt_page_meta_write(&object.json, call->shop->live, &meta, err);
    vt_engine_release(engine);
    if (status != VT_OK) {
        vt_json_writer_abort(&object.json);
        vt_buf_done(&object.text);
        return status;
    }
    return vt_reply_object_end(call, 200, &object, err);
}

const vt_route vt_routes_dashboard[] = {
    {
        .method = "GET",
        .path = "/",
        .name = "getPage",
        .group = "Dashboard",
        .summary = "The dashboard, a page for people",
        .type = "text/html",
        .handle = get_page,
    },
    {
        .method = "GET",
        .path = "/assets/{name}",
        .name = "getAsset",
        .group = "Dashboard",
        .summary = "A file of the dashboard",
        .type = "*/*",
        .handle = get_asset,
    },
    {
        .method = "GET",
        .path = "/v1/dashboard",
        .name = "getDashboard",
        .slow = true,
        .group = "Dashboard",
        .scope = VT_SCOPE_REPORT | VT_SCOPE_VIEW,
        .summary = "What the dashboard knows of the shop before it asks for figures",
        .answer = "Dashboard",
        .handle = get_dashboard,
    },
    {.method = NULL},
};
