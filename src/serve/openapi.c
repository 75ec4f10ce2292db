/* The OpenAPI 3.1 document of the routes: paths from the rows of routes, schemas from the rows of records. */
#include <string.h>

#include "base/limits.h"
#include "serve/answers.h"
#include "serve/route.h"
#include "vitrine/server.h"
#include "vitrine/version.h"

/* ---- schemas ----------------------------------------------------------------------------------------------------- */

static void put_choices(vt_json_writer *w, const char *choices, bool or_null)
{
    vt_json_array(w, "enum");
    for (const char *at = choices; *at != '\0';) {
        size_t len = strcspn(at, "|");
        vt_json_text(w, NULL, (vt_str){at, len});
        at += len + (at[len] == '|');
    }
    if (or_null) {
        vt_json_null(w, NULL);
    }
    vt_json_array_end(w);
}

static void put_bounds(vt_json_writer *w, double min, double max)
{
    vt_json_number(w, "minimum", min);
    vt_json_number(w, "maximum", max);
}

/* What is not required may be null, which is the same as not given. */
static void put_field_type(vt_json_writer *w, const vt_field *f)
{
    static const char *const types[] = {"string", "array", "object", "string", "number", "integer", "number", "string"};
    vt_json_array(w, "type");
    vt_json_text(w, NULL, vt_str_of(types[f->type]));
    if (f->type == VT_FIELD_TIME) {
        vt_json_text(w, NULL, vt_str_of("integer"));
    }
    if (!f->required) {
        vt_json_text(w, NULL, vt_str_of("null"));
    }
    vt_json_array_end(w);
    if (f->type == VT_FIELD_TEXT && f->required) {
        vt_json_int(w, "minLength", 1);
    }
    if (f->type == VT_FIELD_CHOICE) {
        put_choices(w, f->choices, !f->required);
    } else if (f->type == VT_FIELD_TEXTS) {
        vt_json_object(w, "items");
        vt_json_text(w, "type", vt_str_of("string"));
        vt_json_object_end(w);
    } else if (f->type == VT_FIELD_MONEY || f->type == VT_FIELD_COUNT || f->type == VT_FIELD_NUMBER) {
        put_bounds(w, f->min, f->max);
    }
}

/* Whether records have an id that a body must give, unless the address does. */
static bool needs_id(const vt_fields *fields)
{
    return fields->rows[0].required && strcmp(fields->rows[0].name, "id") == 0;
}

/* The members of the open schema, none of which is required. */
static void put_members(vt_json_writer *w, const vt_fields *fields)
{
    vt_json_text(w, "type", vt_str_of("object"));
    vt_json_text(w, "description", vt_str_of(fields->help));
    vt_json_object(w, "properties");
    for (size_t i = 0; i < fields->n_rows; i++) {
        const vt_field *f = &fields->rows[i];
        vt_json_object(w, f->name);
        put_field_type(w, f);
        vt_json_text(w, "description", vt_str_of(f->help));
        vt_json_object_end(w);
    }
    vt_json_object_end(w);
}

static void put_fields(vt_json_writer *w, const vt_fields *fields)
{
    vt_json_object(w, fields->name);
    put_members(w, fields);
    vt_json_array(w, "required");
    for (size_t i = 0; i < fields->n_rows; i++) {
        if (fields->rows[i].required && !(i == 0 && needs_id(fields))) {
            vt_json_text(w, NULL, vt_str_of(fields->rows[i].name));
        }
    }
    vt_json_array_end(w);
    vt_json_object_end(w);
}

static void put_answers(vt_json_writer *w)
{
    const vt_answer_schema *schema;
    for (size_t i = 0; (schema = vt_answer_schema_at(i)) != NULL; i++) {
        vt_json_raw(w, schema->name, vt_str_of(schema->json));
    }
}

static void put_components(vt_json_writer *w)
{
    static const vt_fields *const records[] = {&vt_item_fields, &vt_user_fields,  &vt_event_fields,
                                               &vt_line_fields, &vt_given_fields, &vt_rule_fields};
    vt_json_object(w, "components");
    vt_json_object(w, "schemas");
    for (size_t i = 0; i < sizeof records / sizeof records[0]; i++) {
        put_fields(w, records[i]);
    }
    put_answers(w);
    vt_json_object_end(w);
    vt_json_object(w, "securitySchemes");
    vt_json_object(w, "key");
    vt_json_text(w, "type", vt_str_of("http"));
    vt_json_text(w, "scheme", vt_str_of("bearer"));
    vt_json_text(w, "description", vt_str_of("A key made by \"vitrine key create\"."));
    vt_json_object_end(w);
    vt_json_object_end(w);
    vt_json_object_end(w);
}

/* ---- paths ------------------------------------------------------------------------------------------------------- */

static void put_reference(vt_json_writer *w, const char *name)
{
    char text[96] = "#/components/schemas/";
    strncat(text, name, sizeof text - strlen(text) - 1);
    vt_json_text(w, "$ref", vt_str_of(text));
}

static void put_param(vt_json_writer *w, const vt_query_param *p)
{
    static const char *const types[] = {"string", "integer", "number", "boolean", "string", "string"};
    vt_json_object(w, NULL);
    vt_json_text(w, "name", vt_str_of(p->name));
    vt_json_text(w, "in", vt_str_of("query"));
    vt_json_text(w, "description", vt_str_of(p->help));
    vt_json_object(w, "schema");
    if (p->repeated) {
        vt_json_text(w, "type", vt_str_of("array"));
        vt_json_object(w, "items");
    }
    if (p->type == VT_QUERY_TIME) {
        vt_json_array(w, "type");
        vt_json_text(w, NULL, vt_str_of("string"));
        vt_json_text(w, NULL, vt_str_of("integer"));
        vt_json_array_end(w);
    } else {
        vt_json_text(w, "type", vt_str_of(types[p->type]));
    }
    if (p->type == VT_QUERY_INT || p->type == VT_QUERY_REAL) {
        put_bounds(w, p->min, p->max);
    } else if (p->type == VT_QUERY_CHOICE) {
        put_choices(w, p->choices, false);
    }
    if (p->repeated) {
        vt_json_object_end(w);
    }
    vt_json_object_end(w);
    vt_json_object_end(w);
}

static void put_params(vt_json_writer *w, const vt_route *route)
{
    vt_json_array(w, "parameters");
    for (const char *at = strchr(route->path, '{'); at != NULL; at = strchr(at + 1, '{')) {
        vt_json_object(w, NULL);
        vt_json_text(w, "name", (vt_str){at + 1, strcspn(at + 1, "}")});
        vt_json_text(w, "in", vt_str_of("path"));
        vt_json_bool(w, "required", true);
        vt_json_object(w, "schema");
        vt_json_text(w, "type", vt_str_of("string"));
        vt_json_int(w, "minLength", 1);
        vt_json_object_end(w);
        vt_json_object_end(w);
    }
    for (size_t t = 0; route->params != NULL && route->params[t] != NULL; t++) {
        for (const vt_query_param *p = route->params[t]; p->name != NULL; p++) {
            put_param(w, p);
        }
    }
    vt_json_array_end(w);
}

/* A record with its id, or an array in which bad records spoil only themselves: anything may be in it. */
static void put_one_or_many(vt_json_writer *w, const vt_fields *fields)
{
    vt_json_array(w, "oneOf");
    vt_json_object(w, NULL);
    put_reference(w, fields->name);
    if (needs_id(fields)) {
        vt_json_array(w, "required");
        vt_json_text(w, NULL, vt_str_of("id"));
        vt_json_array_end(w);
    }
    vt_json_object_end(w);
    vt_json_object(w, NULL);
    vt_json_text(w, "type", vt_str_of("array"));
    vt_json_text(w, "description",
                 vt_str_of("Such records; one that is not as described is refused, and the others are stored."));
    vt_json_object_end(w);
    vt_json_array_end(w);
}

static void put_body(vt_json_writer *w, const vt_route *route)
{
    if (route->body == VT_BODY_NONE) {
        return;
    }
    vt_json_object(w, "requestBody");
    vt_json_bool(w, "required", !route->body_optional);
    vt_json_object(w, "content");
    vt_json_object(w, route->body == VT_BODY_BYTES || route->body == VT_BODY_FILE ? "application/octet-stream"
                                                                                  : "application/json");
    vt_json_object(w, "schema");
    if (route->body == VT_BODY_ONE && strcmp(route->method, "PATCH") == 0) {
        put_members(w, route->fields); /* what is not given stays */
    } else if (route->body == VT_BODY_ONE) {
        put_reference(w, route->fields->name);
    } else if (route->body == VT_BODY_MANY) {
        put_one_or_many(w, route->fields);
    } else if (route->body == VT_BODY_JSON) {
        put_reference(w, route->body_schema);
    }
    vt_json_object_end(w);
    vt_json_object_end(w);
    vt_json_object_end(w);
    vt_json_object_end(w);
}

static void put_response(vt_json_writer *w, const char *status, const char *what, const char *type, const char *schema)
{
    vt_json_object(w, status);
    vt_json_text(w, "description", vt_str_of(what));
    if (type != NULL) {
        vt_json_object(w, "content");
        vt_json_object(w, type);
        vt_json_object(w, "schema");
        if (schema != NULL) {
            put_reference(w, schema);
        }
        vt_json_object_end(w);
        vt_json_object_end(w);
        vt_json_object_end(w);
    }
    vt_json_object_end(w);
}

static void put_responses(vt_json_writer *w, const vt_route *route)
{
    vt_json_object(w, "responses");
    const char *type = route->answer == NULL ? route->type : "application/json";
    put_response(w, type == NULL ? "204" : "200", type == NULL ? "Done." : "All is well.", type, route->answer);
    if (route->body != VT_BODY_NONE && route->answer != NULL) {
        put_response(w, "201", "Added.", "application/json", route->answer);
    }
    if (route->begins_job) {
        put_response(w, "202", "Begun.", "application/json", route->answer);
    }
    put_response(w, "default", "What went wrong (RFC 9457).", "application/problem+json", "Problem");
    vt_json_object_end(w);
}

static void put_route(vt_json_writer *w, const vt_route *route)
{
    char method[8] = "";
    for (size_t i = 0; route->method[i] != '\0' && i + 1 < sizeof method; i++) {
        method[i] = (char)(route->method[i] | 0x20);
    }
    vt_json_object(w, method);
    vt_json_text(w, "operationId", vt_str_of(route->name));
    vt_json_text(w, "summary", vt_str_of(route->summary));
    if (route->details != NULL) {
        vt_json_text(w, "description", vt_str_of(route->details));
    }
    vt_json_array(w, "tags");
    vt_json_text(w, NULL, vt_str_of(route->group));
    vt_json_array_end(w);
    vt_json_array(w, "security");
    if (route->scope != 0) {
        vt_json_object(w, NULL);
        vt_json_array(w, "key");
        vt_json_array_end(w);
        vt_json_object_end(w);
    }
    vt_json_array_end(w);
    put_params(w, route);
    put_body(w, route);
    put_responses(w, route);
    vt_json_object_end(w);
}

/* A path comes once, with all its methods, where its first route stands. */
static bool came_before(size_t at)
{
    const vt_route *route = vt_route_at(at);
    for (size_t i = 0; i < at; i++) {
        if (strcmp(vt_route_at(i)->path, route->path) == 0) {
            return true;
        }
    }
    return false;
}

static void put_paths(vt_json_writer *w)
{
    const vt_route *route, *other;
    vt_json_object(w, "paths");
    for (size_t i = 0; (route = vt_route_at(i)) != NULL; i++) {
        if (came_before(i)) {
            continue;
        }
        vt_json_object(w, route->path);
        for (size_t k = i; (other = vt_route_at(k)) != NULL; k++) {
            if (strcmp(other->path, route->path) == 0) {
                put_route(w, other);
            }
        }
        vt_json_object_end(w);
    }
    vt_json_object_end(w);
}

int vt_server_openapi(vt_text *out, bool pretty, vt_error *err)
{
    vt_json_writer w;
    vt_buf text;
    vt_buf_init(&text, VT_REPLY_BYTES_MAX);
    vt_json_writer_init(&w, &text, pretty);
    vt_json_object(&w, NULL);
    vt_json_text(&w, "openapi", vt_str_of("3.1.0"));
    vt_json_object(&w, "info");
    vt_json_text(&w, "title", vt_str_of("Vitrine"));
    vt_json_text(&w, "version", vt_str_of(vt_version()));
    vt_json_text(&w, "description",
                 vt_str_of("Recommendations and figures of a shop. Ids are the shop's own; money is in "
                           "major units of its currency, times are UTC."));
    vt_json_object_end(&w);
    put_paths(&w);
    put_components(&w);
    vt_json_object_end(&w);
    int status = vt_json_writer_done(&w, err);
    status = status != VT_OK ? status : vt_buf_add(&text, "\n", 1, err);
    return vt_text_finish(out, &text, status, err);
}
