/* Checking a query against the rows of its route, and reading it. */
#include "serve/query.h"

#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "base/number.h"
#include "base/suggest.h"
#include "serve/route.h"

static const vt_query_param *find(const vt_query_param *const *tables, vt_str name)
{
    for (size_t t = 0; tables != NULL && tables[t] != NULL; t++) {
        for (const vt_query_param *p = tables[t]; p->name != NULL; p++) {
            if (p->name[0] == name.ptr[0] && vt_str_equal(vt_str_of(p->name), name)) {
                return p;
            }
        }
    }
    return NULL;
}

static bool is_choice(const char *choices, vt_str value)
{
    for (const char *at = choices; *at != '\0';) {
        size_t len = strcspn(at, "|");
        if (len == value.len && memcmp(at, value.ptr, len) == 0) {
            return true;
        }
        at += len + (at[len] == '|');
    }
    return false;
}

static bool read_flag(bool *out, vt_str value)
{
    *out = vt_str_equal(value, vt_str_of("1")) || vt_str_equal(value, vt_str_of("true"));
    return *out || vt_str_equal(value, vt_str_of("0")) || vt_str_equal(value, vt_str_of("false"));
}

static int check_value(const vt_query_param *p, vt_str value, vt_error *err)
{
    int64_t whole = 0;
    double real = 0;
    bool flag = false;
    switch (p->type) {
    case VT_QUERY_TEXT:
        return VT_OK;
    case VT_QUERY_INT:
        if (!vt_parse_int(&whole, value) || (double)whole < p->min || (double)whole > p->max) {
            return vt_fail(err, VT_ERR_USAGE, "\"%s\" is \"%.*s\"; a whole number from %.0f to %.0f is expected",
                           p->name, VT_STR_ARGS(value), p->min, p->max);
        }
        return VT_OK;
    case VT_QUERY_REAL:
        if (!vt_parse_real(&real, value) || real < p->min || real > p->max) {
            return vt_fail(err, VT_ERR_USAGE, "\"%s\" is \"%.*s\"; a number from %g to %g is expected", p->name,
                           VT_STR_ARGS(value), p->min, p->max);
        }
        return VT_OK;
    case VT_QUERY_FLAG:
        return read_flag(&flag, value) ? VT_OK
                                       : vt_fail(err, VT_ERR_USAGE, "\"%s\" is \"%.*s\"; true or false is expected",
                                                 p->name, VT_STR_ARGS(value));
    case VT_QUERY_CHOICE:
        return is_choice(p->choices, value) ? VT_OK
                                            : vt_fail(err, VT_ERR_USAGE, "\"%s\" is \"%.*s\"; one of %s is expected",
                                                      p->name, VT_STR_ARGS(value), p->choices);
    case VT_QUERY_TIME:
        return vt_parse_time(&whole, value, NULL, NULL) == VT_OK
                   ? VT_OK
                   : vt_fail(err, VT_ERR_USAGE, "\"%s\" is \"%.*s\"; a time such as 2026-10-01T08:00:00Z is expected",
                             p->name, VT_STR_ARGS(value));
    }
    return VT_OK;
}

static int unknown(const vt_query_param *const *tables, vt_str name, vt_error *err)
{
    vt_suggestion nearest;
    vt_suggestion_init(&nearest, name.ptr, name.len);
    for (size_t t = 0; tables != NULL && tables[t] != NULL; t++) {
        for (const vt_query_param *p = tables[t]; p->name != NULL; p++) {
            vt_suggestion_offer(&nearest, p->name, strlen(p->name));
        }
    }
    return nearest.best == NULL
               ? vt_fail(err, VT_ERR_USAGE, "there is no parameter \"%.*s\" here", VT_STR_ARGS(name))
               : vt_fail(err, VT_ERR_USAGE, "there is no parameter \"%.*s\" here; did you mean \"%s\"?",
                         VT_STR_ARGS(name), nearest.best);
}

int vt_query_check(const vt_call *call, const vt_query_param *const *tables, vt_error *err)
{
    for (size_t i = 0; i < call->n_query; i++) {
        const vt_query_value *q = &call->query[i];
        const vt_query_param *p = find(tables, q->name);
        if (p == NULL) {
            return unknown(tables, q->name, err);
        }
        int status = check_value(p, q->value, err);
        if (status != VT_OK) {
            return status;
        }
        for (size_t k = 0; k < i && !p->repeated; k++) {
            if (vt_str_equal(call->query[k].name, q->name)) {
                return vt_fail(err, VT_ERR_USAGE, "\"%s\" is given twice", p->name);
            }
        }
    }
    return VT_OK;
}

static vt_str value_of(const vt_call *call, const char *name)
{
    vt_str given = vt_call_query(call, name);
    const vt_query_param *p = given.ptr == NULL ? find(call->route->params, vt_str_of(name)) : NULL;
    return p == NULL ? given : vt_str_of(p->fallback);
}

const char *vt_given_text(const vt_call *call, const char *name)
{
    return value_of(call, name).ptr;
}

int64_t vt_given_int(const vt_call *call, const char *name)
{
    int64_t number = VT_NONE;
    return vt_parse_int(&number, value_of(call, name)) ? number : VT_NONE;
}

double vt_given_real(const vt_call *call, const char *name)
{
    double number = NAN;
    return vt_parse_real(&number, value_of(call, name)) ? number : (double)NAN;
}

bool vt_given_flag(const vt_call *call, const char *name)
{
    bool flag = false;
    vt_str value = value_of(call, name);
    return value.ptr != NULL && read_flag(&flag, value) && flag;
}

int64_t vt_given_time(const vt_call *call, const char *name)
{
    int64_t time = VT_NONE;
    vt_str value = value_of(call, name);
    return value.ptr != NULL && vt_parse_time(&time, value, NULL, NULL) == VT_OK ? time : VT_NONE;
}
