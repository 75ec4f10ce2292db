/* Reading, changing and removing records by their tags. */
#include "serve/tagged.h"

#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "base/limits.h"
#include "serve/batch.h"
#include "serve/problem.h"
#include "serve/served_shop.h"

enum { TAG_BYTES = 40 };

static void make_tag(char out[TAG_BYTES], const vt_buf *text)
{
    unsigned char hash[16];
    vt_digest digest;
    vt_digest_init(&digest, sizeof hash);
    vt_digest_add(&digest, text->data, text->len);
    vt_digest_done(&digest, hash, sizeof hash);
    out[0] = '"';
    vt_hex(out + 1, hash, sizeof hash);
    memcpy(out + 33, "\"", 2);
}

/* The record as JSON and its tag, from the shop that is given. */
static int read_record(vt_buf *text, char tag[TAG_BYTES], vt_call *call, const vt_tagged *kind, vt_shop *shop,
                       vt_str id, vt_error *err)
{
    vt_json_writer w;
    vt_buf_init(text, VT_REPLY_BYTES_MAX);
    vt_json_writer_init(&w, text, false);
    vt_json_object(&w, NULL);
    int status = kind->write(&w, call, shop, id, err);
    if (status == VT_OK) {
        vt_json_object_end(&w);
        status = vt_json_writer_done(&w, err);
    }
    if (status != VT_OK) {
        vt_json_writer_abort(&w);
        vt_buf_done(text);
        return status;
    }
    make_tag(tag, text);
    return VT_OK;
}

int vt_tagged_get(vt_call *call, const vt_tagged *kind, vt_error *err)
{
    char tag[TAG_BYTES];
    vt_buf text;
    vt_shop *shop = NULL;
    vt_text body = {NULL, 0};
    int status = vt_served_shop_reader(&shop, call->shop, err);
    if (status != VT_OK) {
        return status;
    }
    status = read_record(&text, tag, call, kind, shop, call->path_value[0], err);
    vt_served_shop_reader_back(call->shop, shop);
    if (status != VT_OK) {
        return status;
    }
    const char *have = vt_call_header(call, "If-None-Match");
    if (have != NULL && strcmp(have, tag) == 0) {
        vt_buf_done(&text);
        call->reply.status = 304;
    } else {
        status = vt_text_finish(&body, &text, vt_buf_add(&text, "\n", 1, err), err);
        if (status == VT_OK) {
            vt_reply_json(call, 200, &body);
        }
    }
    if (status == VT_OK) {
        vt_reply_header_add(call, "ETag", tag);
    }
    return status;
}

/* ---- changing one ------------------------------------------------------------------------------------------------ */

typedef struct change {
    const vt_tagged *kind;
    vt_str id;
    void *record; /* NULL: it is to be removed */
    vt_put_result result;
    bool must_exist;
    bool matched;        /* what If-Match asks for is so */
    char tag[TAG_BYTES]; /* "" once it is removed */
} change;

/* The tag of what is stored; `*there` false without. */
static int look(change *c, bool *there, vt_call *call, vt_shop *shop, vt_error *err)
{
    vt_buf text;
    vt_error why = VT_ERROR_INIT;
    int status = read_record(&text, c->tag, call, c->kind, shop, c->id, &why);
    *there = status == VT_OK;
    if (status == VT_OK) {
        vt_buf_done(&text);
    } else if (status != VT_ERR_NOT_FOUND || c->must_exist) {
        return vt_fail(err, why.code, "%s", why.message);
    }
    return VT_OK;
}

/* On the writer's thread, so that nobody writes between the look and the change. */
static int change_if(void *context, vt_shop *shop, vt_error *err)
{
    vt_call *call = context;
    change *c = call->state;
    bool there = false;
    const char *wanted = vt_call_header(call, "If-Match");
    int status = look(c, &there, call, shop, err);
    if (status != VT_OK) {
        return status;
    }
    c->matched = wanted == NULL || (there && (strcmp(wanted, "*") == 0 || strcmp(wanted, c->tag) == 0));
    if (!c->matched) {
        return VT_OK;
    }
    if (c->record == NULL) {
        c->tag[0] = '\0';
        return c->kind->remove(shop, c->id, err);
    }
    status = c->kind->put(&c->result, call, shop, c->record, err);
    if (status == VT_OK && c->result.done != VT_PUT_REFUSED) {
        status = look(c, &there, call, shop, err);
    }
    return status;
}

static int answer(vt_call *call, vt_error *err)
{
    const change *c = call->state;
    if (!c->matched) {
        char detail[96];
        snprintf(detail, sizeof detail, "the %s is not as If-Match says: read it anew, then change it", c->kind->name);
        vt_problem_reply(call, 412, "changed", detail);
        return VT_OK;
    }
    if (c->result.done == VT_PUT_REFUSED) {
        return vt_fail(err, c->result.code, "%s", c->result.message);
    }
    vt_reply_object object;
    vt_reply_object_begin(&object);
    vt_json_text(&object.json, "result", vt_str_of(c->record == NULL ? "removed" : vt_put_name(c->result.done)));
    vt_json_text(&object.json, "id", c->id);
    bool added = c->record != NULL && c->result.done == VT_PUT_ADDED;
    int status = vt_reply_object_end(call, added ? 201 : 200, &object, err);
    if (status == VT_OK && c->tag[0] != '\0') {
        vt_reply_header_add(call, "ETag", c->tag);
    }
    return status;
}

int vt_tagged_put(vt_call *call, const vt_tagged *kind, vt_str id, void *record, bool must_exist, vt_error *err)
{
    change *c = vt_arena_alloc(call->arena, 1, sizeof *c, err);
    if (c == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    *c = (change){.kind = kind, .id = id, .record = record, .must_exist = must_exist};
    call->state = c;
    return vt_call_work(call, change_if, answer, err);
}

int vt_tagged_remove(vt_call *call, const vt_tagged *kind, vt_error *err)
{
    return vt_tagged_put(call, kind, call->path_value[0], NULL, true, err);
}
