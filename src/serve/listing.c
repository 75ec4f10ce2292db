/* Pages of items, users and events. */
#include "serve/listing.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "base/number.h"
#include "serve/batch.h"
#include "serve/keys.h"
#include "serve/served_shop.h"

enum {
    CURSOR_BYTES = 48,
    PAGE_TEXT_BYTES = 32 << 20 /* texts of a page; one that would have more ends before n */
};

static const vt_query_param page_params[] = {
    {"n", VT_QUERY_INT, false, 1, VT_RESULTS_MAX, "100", NULL, "how many at most"},
    {"after", VT_QUERY_TEXT, false, 0, 0, NULL, NULL, "the cursor `next` of the page before"},
    {NULL, 0, false, 0, 0, NULL, NULL, NULL},
};

static const vt_query_param event_params[] = {
    {"user", VT_QUERY_TEXT, false, 0, 0, NULL, NULL, "only events of this user"},
    {"item", VT_QUERY_TEXT, false, 0, 0, NULL, NULL, "only events with this item"},
    {"kind", VT_QUERY_CHOICE, false, 0, 0, NULL, VT_EVENT_KIND_CHOICES, "only events of this kind"},
    {"since", VT_QUERY_TIME, false, 0, 0, NULL, NULL, "only events from this moment on"},
    {"until", VT_QUERY_TIME, false, 0, 0, NULL, NULL, "only events before this moment"},
    {NULL, 0, false, 0, 0, NULL, NULL, NULL},
};

const vt_query_param *const vt_list_params[] = {page_params, NULL};
const vt_query_param *const vt_list_event_params[] = {page_params, event_params, NULL};

/* ---- cursors ----------------------------------------------------------------------------------------------------- */

/* A letter for the list, so that the cursor of another one is refused, and the row. */
static void write_cursor(char out[CURSOR_BYTES], char list, int64_t row)
{
    char text[32];
    int n = snprintf(text, sizeof text, "%c%lld", list, (long long)row);
    sodium_bin2base64(out, CURSOR_BYTES, (const unsigned char *)text, (size_t)n,
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

static int read_cursor(int64_t *row, char list, const char *cursor, vt_error *err)
{
    char text[32];
    size_t n = 0;
    *row = 0;
    if (cursor == NULL) {
        return VT_OK;
    }
    if (sodium_base642bin((unsigned char *)text, sizeof text, cursor, strlen(cursor), NULL, &n, NULL,
                          sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0 ||
        n < 2 || text[0] != list || !vt_parse_int(row, (vt_str){text + 1, n - 1}) || *row < 0) {
        return vt_fail(err, VT_ERR_USAGE, "\"after\" is \"%.60s\"; the `next` of a page of this list is expected",
                       cursor);
    }
    return VT_OK;
}

/* ---- one page ---------------------------------------------------------------------------------------------------- */

typedef struct listing {
    vt_reply_object object;
    const vt_call *call;
    const vt_fields *fields;
    char currency[4];
    char list;
    int64_t after;
    int64_t n, count; /* wanted, and there by now */
    int64_t last;     /* row of the last */
    size_t bytes;     /* of texts */
    bool more;
} listing;

static int begin_page(listing *l, vt_call *call, char list, const vt_fields *fields, vt_error *err)
{
    memset(l, 0, sizeof *l);
    l->call = call;
    l->fields = fields;
    l->list = list;
    l->n = vt_given_int(call, "n");
    vt_call_currency(l->currency, call);
    int status = read_cursor(&l->after, list, vt_given_text(call, "after"), err);
    if (status == VT_OK) {
        vt_reply_object_begin(&l->object);
        vt_json_array(&l->object.json, "items");
    }
    return status;
}

static size_t texts_of(const vt_fields *fields, const void *record)
{
    size_t bytes = 0;
    for (size_t i = 0; i < fields->n_rows; i++) {
        const vt_field *f = &fields->rows[i];
        if (f->type == VT_FIELD_TEXT || f->type == VT_FIELD_OBJECT) {
            bytes += ((const vt_str *)(const void *)((const char *)record + f->offset))->len;
        }
    }
    return bytes;
}

/* One record more; VT_ERR_CANCELLED ends the pass where the page is full. */
static int take(listing *l, int64_t row, const void *record)
{
    if (l->count == l->n || l->bytes > PAGE_TEXT_BYTES) {
        l->more = true;
        return VT_ERR_CANCELLED;
    }
    vt_json_object(&l->object.json, NULL);
    vt_fields_write(&l->object.json, l->fields, record, l->currency);
    vt_json_object_end(&l->object.json);
    l->bytes += texts_of(l->fields, record);
    l->last = row;
    l->count++;
    return VT_OK;
}

static int take_item(void *context, int64_t row, const vt_item *item)
{
    listing *l = context;
    const vt_item seen = vt_call_item(l->call, item);
    return take(l, row, &seen);
}

static int take_user(void *context, int64_t row, const vt_user *user)
{
    return take(context, row, user);
}

static int take_event(void *context, int64_t row, const vt_event *event)
{
    return take(context, row, event);
}

static bool is_after(vt_str part)
{
    return part.len >= 5 && memcmp(part.ptr, "after", 5) == 0 && (part.len == 5 || part.ptr[5] == '=');
}

/* A piece of the request line, with what would end the address in the header encoded. */
static int add_address(vt_buf *out, vt_str text, vt_error *err)
{
    int status = VT_OK;
    for (size_t i = 0; i < text.len && status == VT_OK; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        bool plain = c > ' ' && c < 0x7f && c != '<' && c != '>' && c != '"';
        status = plain ? vt_buf_add(out, &c, 1, err) : vt_buf_printf(out, err, "%%%02X", c);
    }
    return status;
}

/* Link: the address of this request with another `after`. */
static int add_link(vt_call *call, const char *cursor, vt_error *err)
{
    vt_buf link;
    vt_buf_init(&link, VT_REQUEST_HEAD_BYTES_MAX * 4);
    const char *end = call->target.ptr + call->target.len;
    const char *at = memchr(call->target.ptr, '?', call->target.len);
    at = at == NULL ? end : at;
    int status = vt_buf_add(&link, "<", 1, err);
    status =
        status != VT_OK ? status : add_address(&link, (vt_str){call->target.ptr, (size_t)(at - call->target.ptr)}, err);
    char before = '?';
    while (at < end && status == VT_OK) {
        const char *begin = ++at;
        at = memchr(begin, '&', (size_t)(end - begin));
        at = at == NULL ? end : at;
        const vt_str part = {begin, (size_t)(at - begin)};
        if (part.len > 0 && !is_after(part)) {
            status = vt_buf_add(&link, &before, 1, err);
            status = status == VT_OK ? add_address(&link, part, err) : status;
            before = '&';
        }
    }
    if (status == VT_OK) {
        status = vt_buf_printf(&link, err, "%cafter=%s>; rel=\"next\"", before, cursor);
    }
    if (status == VT_OK) {
        vt_reply_header_add(call, "Link", link.data);
    }
    vt_buf_done(&link);
    return status;
}

/* `looked`: the row up to which was looked, 0 where there is nothing behind. */
static int end_page(listing *l, vt_call *call, int status, int64_t looked, vt_error *err)
{
    char cursor[CURSOR_BYTES] = "";
    int64_t from = l->more ? l->last : looked;
    if (status != VT_OK && !l->more) {
        vt_json_writer_abort(&l->object.json);
        vt_buf_done(&l->object.text);
        return status;
    }
    vt_json_array_end(&l->object.json);
    if (from > 0) {
        write_cursor(cursor, l->list, from);
        vt_json_text(&l->object.json, "next", vt_str_of(cursor));
    } else {
        vt_json_null(&l->object.json, "next");
    }
    status = vt_reply_object_end(call, 200, &l->object, err);
    return status == VT_OK && from > 0 ? add_link(call, cursor, err) : status;
}

/* ---- the lists --------------------------------------------------------------------------------------------------- */

static int list(vt_call *call, char which, const vt_fields *fields,
                int (*read)(listing *l, vt_call *call, vt_store *store, int64_t *looked, vt_error *err), vt_error *err)
{
    listing l;
    vt_shop *shop = NULL;
    int64_t looked = 0;
    int status = begin_page(&l, call, which, fields, err);
    if (status != VT_OK) {
        return status;
    }
    status = vt_served_shop_reader(&shop, call->shop, err);
    if (status == VT_OK) {
        status = read(&l, call, vt_shop_store(shop), &looked, err);
        vt_served_shop_reader_back(call->shop, shop);
    }
    return end_page(&l, call, status, looked, err);
}

static int read_items(listing *l, vt_call *call, vt_store *store, int64_t *looked, vt_error *err)
{
    (void)call;
    (void)looked;
    return vt_store_each_item_after(store, l->after, take_item, l, err);
}

static int read_users(listing *l, vt_call *call, vt_store *store, int64_t *looked, vt_error *err)
{
    (void)call;
    (void)looked;
    return vt_store_each_user_after(store, l->after, take_user, l, err);
}

static int read_events(listing *l, vt_call *call, vt_store *store, int64_t *looked, vt_error *err)
{
    const char *kind = vt_given_text(call, "kind");
    const vt_event_page page = {
        .after = l->after,
        .limit = l->n + 1,
        .user = vt_str_of(vt_given_text(call, "user")),
        .item = vt_str_of(vt_given_text(call, "item")),
        .kind = kind == NULL ? -1 : (int)vt_event_kind_find(vt_str_of(kind)),
        .since = vt_given_time(call, "since"),
        .until = vt_given_time(call, "until"),
    };
    int status = vt_store_read_begin(store, err);
    if (status == VT_OK) {
        status = vt_store_page_events(store, &page, take_event, l, looked, err);
        vt_store_read_end(store);
    }
    return status;
}

int vt_list_items(vt_call *call, vt_error *err)
{
    return list(call, 'i', &vt_item_fields, read_items, err);
}

int vt_list_users(vt_call *call, vt_error *err)
{
    return list(call, 'u', &vt_user_fields, read_users, err);
}

int vt_list_events(vt_call *call, vt_error *err)
{
    return list(call, 'e', &vt_event_fields, read_events, err);
}
