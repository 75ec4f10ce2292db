/* The causes of errors and their status of HTTP stand in one table. */
#include "serve/problem.h"

#include <stdio.h>

static const struct {
    vt_code code;
    int status;
} statuses[] = {
    {VT_ERR_USAGE, 400},     {VT_ERR_FORMAT, 400},    {VT_ERR_NOT_FOUND, 404}, {VT_ERR_LIMIT, 413},
    {VT_ERR_NO_SPACE, 507},  {VT_ERR_BUSY, 503},      {VT_ERR_EXISTS, 409},    {VT_ERR_UNSUPPORTED, 422},
    {VT_ERR_NO_MEMORY, 503}, {VT_ERR_CANCELLED, 503},
};

static const struct {
    int status;
    const char *title;
} titles[] = {
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {411, "Length Required"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {415, "Unsupported Media Type"},
    {422, "Unprocessable Content"},
    {428, "Precondition Required"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {503, "Service Unavailable"},
    {507, "Insufficient Storage"},
};

int vt_problem_status(vt_code code)
{
    for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++) {
        if (statuses[i].code == code) {
            return statuses[i].status;
        }
    }
    return 500;
}

const char *vt_problem_title(int status)
{
    for (size_t i = 0; i < sizeof titles / sizeof titles[0]; i++) {
        if (titles[i].status == status) {
            return titles[i].title;
        }
    }
    return "Error";
}

void vt_problem_reply(vt_call *call, int status, const char *code, const char *detail)
{
    static const char bare[] = "{\"type\":\"about:blank\",\"title\":\"Service Unavailable\",\"status\":503}\n";
    vt_reply_object object;
    vt_reply_clear(call);
    vt_reply_object_begin(&object);
    vt_json_text(&object.json, "type", vt_str_of("about:blank"));
    vt_json_text(&object.json, "title", vt_str_of(vt_problem_title(status)));
    vt_json_int(&object.json, "status", status);
    vt_json_text(&object.json, "detail", vt_str_of(detail));
    vt_json_text(&object.json, "code", vt_str_of(code));
    vt_json_text(&object.json, "request", vt_str_of(call->id));
    if (vt_reply_object_end(call, status, &object, NULL) != VT_OK) {
        call->reply.status = 503;
        call->reply.fixed_body = vt_str_of(bare);
    }
    call->reply.type = "application/problem+json";
    if (status == 401) {
        vt_reply_header_add(call, "WWW-Authenticate", "Bearer");
    } else if (status == 503) {
        vt_reply_header_add(call, "Retry-After", "1");
    }
}

void vt_problem_of(vt_call *call, const vt_error *err)
{
    vt_problem_reply(call, vt_problem_status(err->code), vt_code_name(err->code), err->message);
}
