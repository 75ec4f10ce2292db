/* Finding the row of a request. Paths are compared before decoding, so that ids may hold a slash. */
#include "serve/route.h"

#include <stdio.h>
#include <string.h>

#include "serve/handlers.h"

/* clang-format off */
static const vt_route *const tables[] = {
    vt_routes_lists,
    vt_routes_photos,
    vt_routes_items,
    vt_routes_users,
    vt_routes_events,
    vt_routes_orders,
    vt_routes_rules,
    vt_routes_transfer,
    vt_routes_backup,
    vt_routes_insight,
    vt_routes_dashboard,
    vt_routes_session,
    vt_routes_models,
    vt_routes_maps,
    vt_routes_system,
};
/* clang-format on */

const vt_route *vt_route_at(size_t at)
{
    for (size_t t = 0; t < sizeof tables / sizeof tables[0]; t++) {
        for (const vt_route *row = tables[t]; row->method != NULL; row++) {
            if (at-- == 0) {
                return row;
            }
        }
    }
    return NULL;
}

void vt_route_scopes(char *out, size_t size, const vt_route *route, const char *joint)
{
    size_t used = 0;
    out[0] = '\0';
    for (size_t i = 0; i < VT_SCOPES; i++) {
        if ((route->scope & (1U << i)) != 0 && used < size) {
            int n = snprintf(out + used, size - used, "%s%s", used > 0 ? joint : "", vt_scope_name(i));
            used += n > 0 ? (size_t)n : 0;
        }
    }
}

/* Whether `path` has the form of `pattern`; what stands for its names goes to `values`. A name is a whole piece. */
static bool matches(vt_str values[VT_PATH_VALUES_MAX], const char *pattern, vt_str path)
{
    const char *at = path.ptr, *end = path.ptr + path.len;
    size_t n = 0;
    for (const char *p = pattern; *p != '\0'; p++) {
        if (*p != '{') {
            if (at == end || *at++ != *p) {
                return false;
            }
            continue;
        }
        const char *slash = memchr(at, '/', (size_t)(end - at)), *piece = at;
        at = slash == NULL ? end : slash;
        if (at == piece || n == VT_PATH_VALUES_MAX) {
            return false;
        }
        values[n++] = (vt_str){piece, (size_t)(at - piece)};
        p = strchr(p, '}');
    }
    return at == end;
}

static bool same_method(const char *route, const char *method)
{
    return strcmp(route, strcmp(method, "HEAD") == 0 ? "GET" : method) == 0;
}

static int decode_values(vt_call *call, const vt_str *values, vt_error *err)
{
    int status = VT_OK;
    for (size_t i = 0; i < VT_PATH_VALUES_MAX && values[i].ptr != NULL && status == VT_OK; i++) {
        status = vt_call_decode(&call->path_value[i], call, values[i], false, err);
    }
    return status;
}

int vt_route_find(vt_call *call, char *allowed, size_t size, vt_error *err)
{
    size_t n_allowed = 0, place = 0;
    allowed[0] = '\0';
    for (size_t t = 0, i = 0; t < sizeof tables / sizeof tables[0];) {
        const vt_route *row = &tables[t][i++];
        if (row->method == NULL) {
            t++;
            i = 0;
            continue;
        }
        size_t at = place++;
        vt_str values[VT_PATH_VALUES_MAX] = {{NULL, 0}};
        if (!matches(values, row->path, call->path)) {
            continue;
        }
        if (same_method(row->method, call->method)) {
            call->route = row;
            call->route_place = at;
            return decode_values(call, values, err);
        }
        int n = snprintf(allowed + n_allowed, size - n_allowed, "%s%s", n_allowed > 0 ? ", " : "", row->method);
        n_allowed += n > 0 && (size_t)n < size - n_allowed ? (size_t)n : 0;
    }
    if (n_allowed > 0) {
        return vt_fail(err, VT_ERR_USAGE, "this address knows %s, not %s", allowed, call->method);
    }
    return vt_fail(err, VT_ERR_NOT_FOUND, "there is nothing at %.*s; /docs lists what there is",
                   call->path.len > 200 ? 200 : (int)call->path.len, call->path.ptr);
}
