/* One record or many. */
#include "serve/batch.h"

#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "serve/problem.h"
#include "serve/served_shop.h"

void vt_call_currency(char out[4], const vt_call *call)
{
    vt_live_state state;
    vt_live_describe(call->shop->live, &state);
    memcpy(out, state.currency, 4);
}

static void refuse(vt_put_result *result, const vt_error *err)
{
    result->done = VT_PUT_REFUSED;
    result->code = err->code;
    snprintf(result->message, sizeof result->message, "%.200s", err->message);
}

static int read_one(vt_batch_body *b, vt_call *call, const vt_fields *fields, yyjson_val *object, const char *currency,
                    vt_batch_each each, size_t at, vt_error *err)
{
    vt_error why = VT_ERROR_INIT;
    void *record = (char *)b->records + b->n * fields->size;
    int status = vt_fields_read(record, call, fields, object, currency, &why);
    if (status == VT_OK && each != NULL) {
        status = each(call, record, at, &why);
    }
    if (status == VT_ERR_NO_MEMORY) {
        return vt_fail(err, why.code, "%s", why.message);
    }
    if (status != VT_OK) {
        refuse(&b->results[at], &why);
    } else {
        b->place[b->n++] = at;
    }
    return VT_OK;
}

static int read_body(vt_batch_body *b, vt_call *call, const vt_fields *fields, vt_batch_each each, vt_error *err)
{
    yyjson_val *root = NULL;
    char currency[4];
    int status = vt_call_json(&root, call, err);
    if (status != VT_OK) {
        return status;
    }
    b->many = yyjson_is_arr(root);
    b->n_given = b->many ? yyjson_arr_size(root) : 1;
    if (b->n_given > VT_BATCH_RECORDS_MAX) {
        return vt_fail(err, VT_ERR_LIMIT, "a request has at most %d records", VT_BATCH_RECORDS_MAX);
    }
    b->records = vt_arena_alloc(call->arena, b->n_given + 1, fields->size, err);
    b->results = vt_arena_alloc(call->arena, b->n_given + 1, sizeof *b->results, err);
    b->place = vt_arena_alloc(call->arena, b->n_given + 1, sizeof *b->place, err);
    b->put = vt_arena_alloc(call->arena, b->n_given + 1, sizeof *b->put, err);
    if (b->records == NULL || b->results == NULL || b->place == NULL || b->put == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    vt_call_currency(currency, call);
    yyjson_arr_iter iter;
    if (b->many) {
        yyjson_arr_iter_init(root, &iter);
    }
    for (size_t i = 0; i < b->n_given && status == VT_OK; i++) {
        status = read_one(b, call, fields, b->many ? yyjson_arr_iter_next(&iter) : root, currency, each, i, err);
    }
    return status;
}

const char *vt_put_name(vt_put done)
{
    static const char *const names[] = {"added", "changed", "same", "refused"};
    return names[done];
}

static int answer_many(vt_call *call, const vt_batch_body *b, vt_error *err)
{
    vt_reply_object object;
    int64_t count[4] = {0};
    for (size_t i = 0; i < b->n_given; i++) {
        count[b->results[i].done]++;
    }
    vt_reply_object_begin(&object);
    for (size_t k = 0; k < 4; k++) {
        vt_json_int(&object.json, vt_put_name((vt_put)k), count[k]);
    }
    vt_json_array(&object.json, "results");
    for (size_t i = 0; i < b->n_given; i++) {
        const vt_put_result *r = &b->results[i];
        vt_json_object(&object.json, NULL);
        vt_json_text(&object.json, "result", vt_str_of(vt_put_name(r->done)));
        if (r->done == VT_PUT_REFUSED) {
            vt_json_text(&object.json, "code", vt_str_of(vt_code_name((int)r->code)));
            vt_json_text(&object.json, "detail", vt_str_of(r->message));
        }
        vt_json_object_end(&object.json);
    }
    vt_json_array_end(&object.json);
    return vt_reply_object_end(call, 200, &object, err);
}

static int answer(vt_call *call, vt_error *err)
{
    vt_batch_body *b = call->state;
    for (size_t i = 0; i < b->n; i++) {
        b->results[b->place[i]] = b->put[i];
    }
    size_t refused = 0;
    for (size_t i = 0; i < b->n_given; i++) {
        refused += b->results[i].done == VT_PUT_REFUSED;
    }
    atomic_fetch_add(&call->shop->measures.events, (long long)(b->n_given - refused));
    atomic_fetch_add(&call->shop->measures.refused, (long long)refused);
    if (b->many) {
        return answer_many(call, b, err);
    }
    if (refused > 0) {
        return vt_fail(err, b->results[0].code, "%s", b->results[0].message);
    }
    vt_reply_object object;
    vt_reply_object_begin(&object);
    vt_json_text(&object.json, "result", vt_str_of(vt_put_name(b->results[0].done)));
    return vt_reply_object_end(call, b->results[0].done == VT_PUT_ADDED ? 201 : 200, &object, err);
}

int vt_batch_put(vt_call *call, const vt_fields *fields, vt_write_kind kind, vt_batch_each each, vt_error *err)
{
    vt_batch_body *b = vt_arena_alloc(call->arena, 1, sizeof *b, err);
    if (b == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    *b = (vt_batch_body){0};
    call->state = b;
    int status = read_body(b, call, fields, each, err);
    if (status != VT_OK) {
        return status;
    }
    return b->n == 0 ? answer(call, err) : vt_call_write(call, kind, b->records, b->n, b->put, answer, err);
}
