/* Answers have the form of the REST interface, under the keys by which the pages ask for them. */
#include "report/dashboard_lists.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/json_values.h"
#include "base/limits.h"
#include "base/text.h"
#include "encode/photo_file.h"
#include "encode/thumbnail.h"
#include "report/item_map.h"
#include "vitrine/json.h"
#include "vitrine/read.h"

enum { LISTED = 6, EVENTS = 30, SIDE = 64, KEY_BYTES = 1024, NAME_BYTES = 300 };

/* An object to write members into. */
typedef struct object {
    vt_json_writer json;
    vt_buf text;
} object;

static void begin(object *o)
{
    vt_buf_init(&o->text, VT_REPLY_BYTES_MAX);
    vt_json_writer_init(&o->json, &o->text, false);
    vt_json_object(&o->json, NULL);
}

/* Ends the object; adds it under `key` where `status`, which is handed on, is VT_OK. */
static int end(object *o, const vt_dashboard_lists *l, const char *key, int status, vt_error *err)
{
    if (status != VT_OK) {
        vt_json_writer_abort(&o->json);
    } else {
        vt_json_object_end(&o->json);
        status = vt_json_writer_done(&o->json, err);
    }
    if (status == VT_OK) {
        status = vt_collected_add(l->to, vt_str_of(key), (vt_str){o->text.data, o->text.len}, err);
    }
    vt_buf_done(&o->text);
    return status;
}

/* "items/ID/similar?n=6": the id as encodeURIComponent() writes it. False where it is too long for a key. */
static bool make_key(char key[KEY_BYTES], const char *before, vt_str id, const char *after)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.!~*'()";
    size_t n = (size_t)snprintf(key, KEY_BYTES, "%s", before), tail = strlen(after);
    for (size_t i = 0; i < id.len && n + 4 + tail < KEY_BYTES; i++) {
        char c = id.ptr[i];
        n += (size_t)snprintf(key + n, KEY_BYTES - n, c != '\0' && strchr(plain, c) != NULL ? "%c" : "%%%02X",
                              (unsigned char)c);
    }
    snprintf(key + n, KEY_BYTES - n, "%s", after);
    return n + 4 + tail < KEY_BYTES;
}

static void put_some(vt_json_writer *w, const char *key, vt_str text)
{
    if (text.len > 0) {
        vt_json_text(w, key, text);
    }
}

/* ---- customers --------------------------------------------------------------------------------------------------- */

typedef struct person {
    vt_json_writer *json;
    bool masked;
} person;

/* Free attributes may say who somebody is. */
static int write_user(void *context, const vt_user *user)
{
    const person *p = context;
    put_some(p->json, "age_band", user->age_band);
    put_some(p->json, "segment", user->segment);
    put_some(p->json, "region", user->region);
    put_some(p->json, "tier", user->tier);
    if (!p->masked && user->attributes.len > 0) {
        vt_json_raw(p->json, "attributes", user->attributes);
    }
    return VT_OK;
}

static int add_user(const vt_dashboard_lists *l, vt_str id, const char *name, vt_error *err)
{
    char key[KEY_BYTES];
    object o;
    if (!make_key(key, "users/", vt_str_of(name), "")) {
        return VT_OK;
    }
    begin(&o);
    vt_json_text(&o.json, "id", vt_str_of(name));
    person p = {&o.json, !l->options->names};
    int status = vt_shop_user(l->shop, id, write_user, &p, err);
    if (status == VT_ERR_NOT_FOUND) { /* known by events alone */
        status = VT_OK;
    }
    return end(&o, l, key, status, err);
}

static void put_event(vt_json_writer *w, const vt_view *view, const vt_span *e, const char *name)
{
    vt_json_object(w, NULL);
    vt_json_text(w, "kind", vt_str_of(vt_event_kind_name(e->kind[0])));
    vt_json_text(w, "user", vt_str_of(name));
    vt_json_text(w, "item", vt_view_item_id(view, e->item[0]));
    put_some(w, "title", vt_view_item_title(view, e->item[0]));
    vt_json_time(w, "time", e->time[0]);
    if (e->kind[0] == VT_EVENT_RATING) {
        vt_json_number(w, "value", e->value[0]);
    } else if (e->kind[0] == VT_EVENT_PURCHASE || e->kind[0] == VT_EVENT_RETURN) {
        vt_json_number(w, "quantity", e->quantity[0]);
    }
    if (e->unit_price[0] != VT_NONE) {
        vt_json_money(w, "unit_price", e->unit_price[0], view->currency);
    }
    vt_json_object_end(w);
}

/* What is shown to people is no deed of theirs, and is left out. */
static int add_events(const vt_dashboard_lists *l, int32_t user, const char *name, vt_error *err)
{
    char key[KEY_BYTES];
    object o;
    vt_positions events = {0};
    const vt_view *view = l->named->view;
    snprintf(key, sizeof key, "events?n=%d&user=%s", EVENTS, name);
    int status = vt_view_user_events(&events, view, user, err);
    begin(&o);
    vt_json_array(&o.json, "items");
    int shown = 0;
    for (size_t i = events.n; status == VT_OK && i-- > 0 && shown < EVENTS;) {
        vt_span e;
        vt_view_event(&e, view, events.at[i]);
        if (e.kind[0] != VT_EVENT_IMPRESSION) {
            put_event(&o.json, view, &e, name);
            shown++;
        }
    }
    vt_json_array_end(&o.json);
    vt_json_null(&o.json, "next");
    vt_positions_done(&events);
    return end(&o, l, key, status, err);
}

/* Adds the JSON of a list, and counts the goods in it, `first`: before others. `status` is handed on. */
static int add_list(const vt_dashboard_lists *l, const char *key, vt_text *json, bool first, int status, vt_error *err)
{
    vt_str text = {json->data, json->len};
    status = status != VT_OK ? status : vt_collected_add(l->to, vt_str_of(key), text, err);
    status = status != VT_OK ? status : vt_named_list(l->named, text, first, err);
    vt_text_free(json);
    return status;
}

/* A model that cannot say why answers without. */
static int add_recommendations(const vt_dashboard_lists *l, const char *id, const char *name, vt_error *err)
{
    char key[KEY_BYTES];
    vt_answer answer = {0};
    vt_request request;
    vt_text json = {NULL, 0};
    if (l->recommender == NULL || !make_key(key, "users/", vt_str_of(name), "/recommendations?explain=true&n=6")) {
        return VT_OK;
    }
    vt_request_init(&request);
    request.user = id;
    request.n = LISTED;
    request.now = l->now;
    request.explain = true;
    int status = vt_recommend(&answer, l->recommender, &request, err);
    if (status == VT_ERR_UNSUPPORTED) {
        request.explain = false;
        status = vt_recommend(&answer, l->recommender, &request, err);
    }
    request.user = name;
    status = status != VT_OK ? status : vt_answer_json(&json, &answer, &request, l->options->model, false, err);
    vt_answer_done(&answer);
    return add_list(l, key, &json, true, status, err); /* a list is looked at by its photos */
}

int vt_dashboard_add_customers(int64_t *n, const vt_dashboard_lists *l, vt_error *err)
{
    const vt_view *view = l->named->view;
    int status = VT_OK;
    *n = 0;
    for (size_t i = 0; i < l->named->n_users && *n < l->options->customers && status == VT_OK; i++) {
        char id[NAME_BYTES], name[NAME_BYTES];
        int32_t user = l->named->top_users[i];
        vt_str text = vt_view_user_id(view, user);
        if (text.len >= sizeof id) {
            continue;
        }
        snprintf(id, sizeof id, "%.*s", VT_STR_ARGS(text));
        snprintf(name, sizeof name, "%s", id);
        if (!l->options->names) {
            snprintf(name, sizeof name, "customer %d", user + 1);
        }
        status = add_user(l, text, name, err);
        status = status != VT_OK ? status : add_events(l, user, name, err);
        status = status != VT_OK ? status : add_recommendations(l, id, name, err);
        *n += status == VT_OK;
    }
    return status;
}

/* ---- products ---------------------------------------------------------------------------------------------------- */

typedef struct product {
    vt_json_writer *json;
    const char *currency;
} product;

static int write_item(void *context, const vt_item *item)
{
    enum { WORDS = 600 }; /* bytes of a description, which may be long */
    const product *p = context;
    vt_str words = item->description;
    while (words.len > WORDS || (words.len == WORDS && ((unsigned char)words.ptr[words.len] & 0xc0) == 0x80)) {
        words.len = words.len > WORDS ? WORDS : words.len - 1;
    }
    vt_json_text(p->json, "id", item->id);
    put_some(p->json, "title", item->title);
    put_some(p->json, "description", words);
    put_some(p->json, "brand", item->brand);
    put_some(p->json, "category", item->category);
    if (item->price != VT_NONE) {
        vt_json_money(p->json, "price", item->price, p->currency);
    }
    if (item->stock != VT_NONE) {
        vt_json_int(p->json, "stock", item->stock);
    }
    return VT_OK;
}

static int add_item(const vt_dashboard_lists *l, vt_str id, vt_error *err)
{
    char key[KEY_BYTES];
    object o;
    if (!make_key(key, "items/", id, "")) {
        return VT_OK;
    }
    begin(&o);
    product p = {&o.json, l->named->view->currency};
    return end(&o, l, key, vt_shop_item(l->shop, id, write_item, &p, err), err);
}

/* Goods that nothing can be said of are passed over. */
static int add_beside(const vt_dashboard_lists *l, const char *id, bool complements, vt_error *err)
{
    char key[KEY_BYTES];
    vt_answer similar = {0};
    vt_complements with = {0};
    vt_request request;
    vt_text json = {NULL, 0};
    vt_error why = VT_ERROR_INIT;
    if (!make_key(key, "items/", vt_str_of(id), complements ? "/complements?n=6" : "/similar?n=6")) {
        return VT_OK;
    }
    vt_request_init(&request);
    request.item = id;
    request.n = LISTED;
    request.now = l->now;
    int status = complements ? vt_complement(&with, l->recommender, &request, 0, &why)
                             : vt_similar(&similar, l->recommender, &request, &why);
    bool passed = status == VT_ERR_UNSUPPORTED || status == VT_ERR_NOT_FOUND;
    if (status == VT_OK) {
        status = complements ? vt_complements_json(&json, &with, &request, false, err)
                             : vt_answer_json(&json, &similar, &request, l->options->model, false, err);
    } else if (!passed) {
        status = vt_fail(err, status, "%s", why.message);
    }
    vt_answer_done(&similar);
    vt_complements_done(&with);
    return passed ? VT_OK : add_list(l, key, &json, false, status, err);
}

int vt_dashboard_add_products(const vt_dashboard_lists *l, vt_error *err)
{
    int status = VT_OK;
    for (size_t i = 0; i < l->named->n_items && (int32_t)i < l->options->products && status == VT_OK; i++) {
        char id[NAME_BYTES];
        vt_str text = vt_view_item_id(l->named->view, l->named->top_items[i]);
        if (text.len >= sizeof id) {
            continue;
        }
        snprintf(id, sizeof id, "%.*s", VT_STR_ARGS(text));
        status = add_item(l, text, err);
        for (int complements = 0; complements < 2 && status == VT_OK && l->recommender != NULL; complements++) {
            status = add_beside(l, id, complements != 0, err);
        }
    }
    return status;
}

/* ---- the map ----------------------------------------------------------------------------------------------------- */

int vt_dashboard_add_maps(const vt_dashboard_lists *l, vt_error *err)
{
    static const struct {
        vt_encoder_kind by;
        const char *key;
    } maps[] = {{VT_ENCODER_IMAGE, "map?by=image"}, {VT_ENCODER_TEXT, "map?by=text"}};
    int status = VT_OK;
    for (size_t i = 0; i < sizeof maps / sizeof *maps && status == VT_OK; i++) {
        vt_text json = {NULL, 0};
        vt_error why = VT_ERROR_INIT;
        status = vt_item_map_json(&json, l->shop, maps[i].by, l->options->threads, &why);
        if (status == VT_OK) {
            status = vt_collected_add(l->to, vt_str_of(maps[i].key), (vt_str){json.data, json.len}, err);
        } else {
            bool none = status == VT_ERR_NOT_FOUND || status == VT_ERR_UNSUPPORTED; /* too few vectors for a map */
            status = none ? VT_OK : vt_fail(err, status, "%s", why.message);
        }
        vt_text_free(&json);
    }
    return status;
}

/* ---- photos ------------------------------------------------------------------------------------------------------ */

/* The small photo of an item; nothing where there is none, or none that can be read. */
static int make_small(vt_buf *small, const char *shop, vt_str image, vt_error *err)
{
    int fd = vt_photo_file_open(shop, image);
    vt_error why = VT_ERROR_INIT;
    vt_buf bytes;
    if (fd < 0) {
        return VT_OK;
    }
    vt_buf_init(&bytes, VT_PHOTO_BYTES_MAX);
    int status = vt_photo_file_read(&bytes, fd, &why);
    if (status == VT_OK) {
        status = vt_thumbnail_add(small, (const unsigned char *)bytes.data, bytes.len, SIDE, &why);
    }
    vt_buf_done(&bytes);
    close(fd);
    return status == VT_ERR_NO_MEMORY ? vt_fail(err, status, "%s", why.message) : VT_OK;
}

static int put_photo(vt_json_writer *w, vt_buf *text, vt_str id, const vt_buf *small, vt_error *err)
{
    char key[NAME_BYTES];
    size_t size = sodium_base64_ENCODED_LEN(small->len, sodium_base64_VARIANT_ORIGINAL);
    vt_buf_clear(text);
    snprintf(key, sizeof key, "%.*s", VT_STR_ARGS(id));
    int status = vt_buf_add_text(text, "data:image/jpeg;base64,", err);
    status = status != VT_OK ? status : vt_buf_reserve(text, size, err);
    if (status == VT_OK) {
        sodium_bin2base64(text->data + text->len, size, (const unsigned char *)small->data, small->len,
                          sodium_base64_VARIANT_ORIGINAL);
        vt_json_text(w, key, (vt_str){text->data, text->len + size - 1});
    }
    return status;
}

/* A page ends a script at "</script", whatever it stands in. */
static int add_escaped(vt_buf *out, const vt_buf *json, vt_error *err)
{
    int status = VT_OK;
    for (size_t i = 0; i < json->len && status == VT_OK;) {
        size_t n = 0;
        while (i + n < json->len && json->data[i + n] != '<') {
            n++;
        }
        status = vt_buf_add(out, json->data + i, n, err);
        i += n;
        if (i < json->len && status == VT_OK) {
            status = vt_buf_add_text(out, "\\u003c", err);
            i++;
        }
    }
    return status;
}

int vt_dashboard_add_photos(vt_buf *out, int64_t *n, const vt_dashboard_lists *l, vt_error *err)
{
    const vt_view *view = l->named->view;
    vt_buf small, text, json;
    vt_json_writer w;
    int status = VT_OK;
    *n = 0;
    vt_buf_init(&small, VT_PHOTO_BYTES_MAX);
    vt_buf_init(&text, VT_PHOTO_BYTES_MAX);
    vt_buf_init(&json, VT_REPLY_BYTES_MAX);
    vt_json_writer_init(&w, &json, false);
    vt_json_object(&w, NULL);
    for (size_t i = 0; i < l->named->n_items && *n < l->options->photos && status == VT_OK; i++) {
        int32_t item = l->named->top_items[i];
        vt_str id = vt_view_item_id(view, item);
        vt_buf_clear(&small);
        status = id.len < NAME_BYTES ? make_small(&small, vt_shop_path(l->shop), vt_view_item_image(view, item), err)
                                     : VT_OK;
        if (status == VT_OK && small.len > 0) {
            status = put_photo(&w, &text, id, &small, err);
            *n += 1;
        }
    }
    if (status == VT_OK) {
        vt_json_object_end(&w);
        status = vt_json_writer_done(&w, err);
    } else {
        vt_json_writer_abort(&w);
    }
    status = status != VT_OK ? status : add_escaped(out, &json, err);
    vt_buf_done(&small);
    vt_buf_done(&text);
    vt_buf_done(&json);
    return status;
}
