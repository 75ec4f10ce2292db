/* The routes for people: Markdown for docs/rest.md, and the page of a server. */
#include "serve/docs.h"

#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "serve/route.h"

/* How the two forms write the same parts. */
typedef struct form {
    const char *head, *foot;
    const char *group; /* a heading: its text */
    const char *route; /* method, path, summary */
    const char *scope; /* name of the scope */
    const char *paragraph;
    const char *params_begin, *param, *params_end; /* name, help, default */
    bool html;
} form;

static const form markdown = {
    .head =
        "# The REST interface\n\n"
        "Made from the table of routes by `vitrine rest`; a running server has it at `/docs`, and as OpenAPI 3.1 "
        "at\n"
        "`/v1/openapi.json`.\n\n"
        "Ids are the shop's own, whatever they hold: encode them in paths (`/` is `%2F`). Money is in major units of "
        "the\n"
        "shop's currency, times are ISO 8601 or UTC seconds. Errors are `application/problem+json` (RFC 9457) with a\n"
        "`code` for programs and a `detail` for people. Requests show a key, `Authorization: Bearer vtr_...`, which\n"
        "`vitrine key create` makes.\n",
    .foot = "",
    .group = "\n## %s\n",
    .route = "\n### `%s %s`\n%s.",
    .scope = " Scope `%s`.",
    .paragraph = "\n\n%s",
    .params_begin = "\n\n| name | meaning |\n| --- | --- |\n",
    .param = "| `%s` | %s%s%s |\n",
    .params_end = "",
};

static const form page = {
    .head =
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Vitrine: the REST interface</title>"
        "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><style>"
        ":root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;"
        "padding:0 1rem}code{font-size:.9em}h3{margin:2rem 0 0;font-size:1rem}h3 code{font-size:1rem}"
        "table{border-collapse:collapse;margin:.5rem 0}td{border-top:1px solid #8886;padding:.25rem .75rem .25rem 0;"
        "vertical-align:top}.scope{opacity:.7}</style></head><body><h1>The REST interface</h1>"
        "<p>Ids are the shop&#39;s own: encode them in paths. Money is in major units, times are ISO 8601 or UTC "
        "seconds. "
        "Errors are <code>application/problem+json</code>. Requests show a key: <code>Authorization: Bearer "
        "vtr_&hellip;</code>. The same as <a href=\"/v1/openapi.json\">OpenAPI 3.1</a>.</p>\n",
    .foot = "</body></html>\n",
    .group = "<h2>%s</h2>\n",
    .route = "<h3><code>%s %s</code></h3>\n<p>%s.",
    .scope = " <span class=\"scope\">Scope %s.</span>",
    .paragraph = "</p>\n<p>%s",
    .params_begin = "</p>\n<table>",
    .param = "<tr><td><code>%s</code></td><td>%s%s%s</td></tr>\n",
    .params_end = "</table><p>",
    .html = true,
};

/* The text as the form needs it: marks of HTML become entities, lines of a Markdown table keep their bars. */
static vt_str shown(vt_buf *scratch, const form *f, const char *text)
{
    vt_buf_clear(scratch);
    for (const char *at = text; *at != '\0'; at++) {
        const char *as = !f->html ? (*at == '|' ? "\\|" : NULL)
                                  : (*at == '<'   ? "&lt;"
                                     : *at == '>' ? "&gt;"
                                     : *at == '&' ? "&amp;"
                                     : *at == '"' ? "&quot;"
                                                  : NULL);
        int status = as != NULL ? vt_buf_add_text(scratch, as, NULL) : vt_buf_add(scratch, at, 1, NULL);
        if (status != VT_OK) {
            break;
        }
    }
    return (vt_str){scratch->data == NULL ? "" : scratch->data, scratch->len};
}

static int put_param(vt_buf *out, const form *f, const vt_query_param *p, vt_buf *scratch, vt_error *err)
{
    vt_str help = shown(scratch, f, p->help);
    return vt_buf_printf(out, err, f->param, p->name, help.ptr, p->fallback == NULL ? "" : "; default ",
                         p->fallback == NULL ? "" : p->fallback);
}

static int put_params(vt_buf *out, const form *f, const vt_route *route, vt_buf *scratch, vt_error *err)
{
    if (route->params == NULL) {
        return VT_OK;
    }
    int status = vt_buf_add_text(out, f->params_begin, err);
    for (size_t t = 0; route->params[t] != NULL; t++) {
        for (const vt_query_param *p = route->params[t]; p->name != NULL && status == VT_OK; p++) {
            status = put_param(out, f, p, scratch, err);
        }
    }
    return status != VT_OK ? status : vt_buf_add_text(out, f->params_end, err);
}

static int put_members(vt_buf *out, const form *f, const vt_fields *fields, vt_buf *scratch, vt_error *err)
{
    int status = vt_buf_add_text(out, f->params_begin, err);
    for (size_t i = 0; i < fields->n_rows && status == VT_OK; i++) {
        const vt_field *row = &fields->rows[i];
        vt_str help = shown(scratch, f, row->help);
        status = vt_buf_printf(out, err, f->param, row->name, help.ptr, row->required ? "; required" : "", "");
    }
    return status != VT_OK ? status : vt_buf_add_text(out, f->params_end, err);
}

static int put_route(vt_buf *out, const form *f, const vt_route *route, vt_buf *scratch, vt_error *err)
{
    vt_str summary = shown(scratch, f, route->summary);
    int status = vt_buf_printf(out, err, f->route, route->method, route->path, summary.ptr);
    if (status == VT_OK && route->scope != 0) {
        char scopes[64];
        vt_route_scopes(scopes, sizeof scopes, route, f->html ? " or " : "` or `");
        status = vt_buf_printf(out, err, f->scope, scopes);
    }
    if (status == VT_OK && route->details != NULL) {
        status = vt_buf_printf(out, err, f->paragraph, shown(scratch, f, route->details).ptr);
    }
    status = status != VT_OK ? status : put_params(out, f, route, scratch, err);
    if (status == VT_OK && route->body_example != NULL) {
        status = vt_buf_printf(out, err, f->paragraph, "Body: ");
        status = status != VT_OK ? status
                                 : vt_buf_printf(out, err, f->html ? "<code>%s</code>" : "`%s`",
                                                 shown(scratch, f, route->body_example).ptr);
    } else if (status == VT_OK && route->fields != NULL) {
        status = vt_buf_printf(out, err, f->paragraph, "Members of the body:");
        status = status != VT_OK ? status : put_members(out, f, route->fields, scratch, err);
    }
    return status != VT_OK ? status : vt_buf_add_text(out, f->html ? "</p>\n" : "\n", err);
}

static int write_form(vt_text *out, const form *f, vt_error *err)
{
    vt_buf text, scratch;
    const char *group = "";
    const vt_route *route;
    vt_buf_init(&text, VT_REPLY_BYTES_MAX);
    vt_buf_init(&scratch, VT_REPLY_BYTES_MAX);
    int status = vt_buf_add_text(&text, f->head, err);
    for (size_t i = 0; status == VT_OK && (route = vt_route_at(i)) != NULL; i++) {
        if (strcmp(group, route->group) != 0) {
            group = route->group;
            status = vt_buf_printf(&text, err, f->group, group);
        }
        status = status != VT_OK ? status : put_route(&text, f, route, &scratch, err);
    }
    status = status != VT_OK ? status : vt_buf_add_text(&text, f->foot, err);
    vt_buf_done(&scratch);
    return vt_text_finish(out, &text, status, err);
}

int vt_docs_page(vt_text *out, vt_error *err)
{
    return write_form(out, &page, err);
}

int vt_server_reference(vt_text *out, vt_error *err)
{
    return write_form(out, &markdown, err);
}
