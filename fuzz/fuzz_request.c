/*
 * The address of a request: splitting, decoding, finding its route, checking its parameters. Whatever passes is UTF-8
 * without a NUL, and parameters that passed the check read as what they are.
 */
#include "fuzz.h"

#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "base/number.h"
#include "serve/route.h"

static void check_text(vt_str text)
{
    fuzz_require(text.ptr != NULL && vt_utf8_valid(text) && text.ptr[text.len] == '\0');
}

static void check_values(const vt_call *call)
{
    for (size_t t = 0; call->route->params != NULL && call->route->params[t] != NULL; t++) {
        for (const vt_query_param *p = call->route->params[t]; p->name != NULL; p++) {
            vt_str given = vt_call_query(call, p->name);
            if (given.ptr == NULL) {
                continue;
            }
            int64_t whole = p->type == VT_QUERY_INT ? vt_given_int(call, p->name) : 0;
            double real = p->type == VT_QUERY_REAL ? vt_given_real(call, p->name) : 0;
            fuzz_require(p->type != VT_QUERY_INT || ((double)whole >= p->min && (double)whole <= p->max));
            fuzz_require(p->type != VT_QUERY_REAL || (real >= p->min && real <= p->max));
            fuzz_require(p->type != VT_QUERY_TIME || vt_given_time(call, p->name) != VT_NONE);
            fuzz_require(p->type != VT_QUERY_TEXT || strcmp(vt_given_text(call, p->name), given.ptr) == 0);
        }
    }
}

static void check_call(vt_call *call, vt_error *err)
{
    char allowed[64];
    int status = vt_call_split(call, err);
    for (size_t i = 0; i < call->n_query; i++) {
        check_text(call->query[i].name);
        check_text(call->query[i].value);
    }
    fuzz_require(call->path.len <= call->target.len && memchr(call->path.ptr, '?', call->path.len) == NULL);
    if (status == VT_OK) {
        status = vt_route_find(call, allowed, sizeof allowed, err);
        fuzz_require(strlen(allowed) < sizeof allowed && (status != VT_ERR_USAGE || allowed[0] != '\0'));
    }
    if (status == VT_OK) {
        for (size_t i = 0; i < VT_PATH_VALUES_MAX && call->path_value[i].ptr != NULL; i++) {
            check_text(call->path_value[i]);
        }
        status = vt_query_check(call, call->route->params, err);
    }
    if (status == VT_OK) {
        check_values(call);
    }
    fuzz_require(status == VT_OK || (err->code == (vt_code)status && err->message[0] != '\0'));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const methods[] = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "BREW"};
    vt_call *call = NULL;
    vt_error err = VT_ERROR_INIT;
    if (size == 0) {
        return 0;
    }
    fuzz_require(vt_call_create(&call, &err) == VT_OK);
    char *target = malloc(size); /* of its own size, so that a byte read too much is seen */
    fuzz_require(target != NULL);
    memcpy(target, data + 1, size - 1);
    call->method = methods[data[0] % 8];
    call->target = (vt_str){target, size - 1};
    check_call(call, &err);
    vt_call_free(call);
    free(target);
    return 0;
}
