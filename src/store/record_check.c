/*
 * Records at the border of the store, whichever way they come: ids, texts and numbers within bounds that keep every
 * later sum exact. Revenue of a line stays under 1e12 minor units and a rating under 1e6, so that no sum of millions of
 * events overflows. The first thing that is wrong ends the check.
 */
#include "store/record_check.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/number.h"

#define MONEY_MAX INT64_C(1000000000000) /* minor units */
#define QUANTITY_MAX INT64_C(1000000)    /* of an event: with the money of a line within MONEY_MAX */
#define STOCK_MAX INT64_C(1000000000)
#define PAST_MIN INT64_C(631152000) /* 1990-01-01: what is older has the wrong unit */
#define AHEAD 86400                 /* clocks may run ahead by a day */

/* A check under way: the first refusal ends it. */
typedef struct checking {
    const char *reason;
    vt_error *err;
    int status;
} checking;

static void refuse(checking *c, vt_code code, const char *reason, const char *format, ...) VT_PRINTF(4, 5);

static void refuse(checking *c, vt_code code, const char *reason, const char *format, ...)
{
    char message[512];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    c->reason = reason;
    c->status = vt_fail(c->err, code, "%s", message);
}

static int finish(const checking *c, const char **reason)
{
    if (reason != NULL) {
        *reason = c->reason;
    }
    return c->status;
}

void vt_record_rules_init(vt_record_rules *rules)
{
    *rules = (vt_record_rules){
        .value_min = -1e6,
        .value_max = 1e6,
        .now = VT_NONE,
        .value_name = "value",
        .time_name = "time",
    };
}

/* The beginning of a text for a message. */
static const char *shown(char out[64], vt_str text)
{
    snprintf(out, 64, "%.*s", text.len > 60 ? 60 : (int)text.len, text.len == 0 ? "" : text.ptr);
    vt_make_printable(out);
    return out;
}

static void check_id(checking *c, const char *what, vt_str id)
{
    if (c->status != VT_OK) {
        return;
    }
    if (id.ptr == NULL || id.len == 0) {
        refuse(c, VT_ERR_FORMAT, "id missing", "the %s is missing; every row needs one", what);
        return;
    }
    if (id.len > VT_ID_BYTES_MAX) {
        refuse(c, VT_ERR_LIMIT, "id too long", "the %s has %zu bytes; at most %zu are kept", what, id.len,
               VT_ID_BYTES_MAX);
        return;
    }
    bool ascii = true;
    for (size_t i = 0; i < id.len; i++) {
        unsigned char byte = (unsigned char)id.ptr[i];
        if (byte < 0x20 || byte == 0x7F) {
            refuse(c, VT_ERR_FORMAT, "control character in an id",
                   "the %s holds the control character 0x%02x; ids are printable text", what, byte);
            return;
        }
        ascii = ascii && byte < 0x80;
    }
    /* U+FFFD stands for bytes that were lost: two ids could have become one. */
    if (!ascii && (!vt_utf8_valid(id) || memmem(id.ptr, id.len, "\xEF\xBF\xBD", 3) != NULL)) {
        refuse(c, VT_ERR_FORMAT, "invalid UTF-8 in an id", "the %s is not valid UTF-8; save the file as UTF-8", what);
    }
}

static void check_optional_id(checking *c, const char *what, vt_str id)
{
    if (id.ptr != NULL) {
        check_id(c, what, id);
    }
}

static void check_text(checking *c, const char *what, vt_str text)
{
    if (c->status != VT_OK) {
        return;
    }
    if (text.len > VT_TEXT_BYTES_MAX) {
        refuse(c, VT_ERR_LIMIT, "text too long", "the %s has %zu bytes; at most %zu are kept", what, text.len,
               VT_TEXT_BYTES_MAX);
    } else if (!vt_utf8_valid(text)) {
        refuse(c, VT_ERR_FORMAT, "invalid UTF-8 in a text", "the %s is not valid UTF-8 without NUL; save it as UTF-8",
               what);
    }
}

void vt_rating_scale_read(double *low, double *high, const char *text)
{
    const char *colon = strchr(text, ':');
    double from = 0.0, to = 0.0;
    bool good = colon != NULL && vt_parse_real(&from, (vt_str){text, (size_t)(colon - text)}) &&
                vt_parse_real(&to, vt_str_of(colon + 1)) && from < to;
    *low = good ? from : 0.0;
    *high = good ? to : 0.0;
}

bool vt_currency_valid(vt_str currency)
{
    bool capitals = currency.len == 3;
    for (size_t i = 0; i < currency.len && capitals; i++) {
        capitals = currency.ptr[i] >= 'A' && currency.ptr[i] <= 'Z';
    }
    return capitals;
}

static void check_currency(checking *c, vt_str currency)
{
    char text[64];
    if (c->status == VT_OK && currency.ptr != NULL && !vt_currency_valid(currency)) {
        refuse(c, VT_ERR_FORMAT, "unknown currency", "the currency is \"%s\"; three capitals such as EUR are expected",
               shown(text, currency));
    }
}

/* VT_NONE, or a number between the bounds. */
static void check_number(checking *c, const char *reason, const char *what, int64_t number, int64_t least, int64_t most)
{
    if (c->status == VT_OK && number != VT_NONE && (number < least || number > most)) {
        refuse(c, VT_ERR_FORMAT, reason, "the %s is %lld; %lld to %lld are expected", what, (long long)number,
               (long long)least, (long long)most);
    }
}

static void check_money(checking *c, const char *what, int64_t amount)
{
    if (c->status == VT_OK && amount != VT_NONE && (amount < 0 || amount > MONEY_MAX)) {
        refuse(c, VT_ERR_FORMAT, "amount out of range", "the %s is %lld minor units; 0 to %lld are expected", what,
               (long long)amount, (long long)MONEY_MAX);
    }
}

/* The attributes as JSON, where there is a reader for it. */
static void check_attributes(checking *c, vt_str attributes, vt_json_reader *json)
{
    check_text(c, "attributes", attributes);
    if (c->status != VT_OK || attributes.ptr == NULL || json == NULL) {
        return;
    }
    yyjson_val *root = NULL;
    vt_error why = VT_ERROR_INIT;
    char text[64];
    int status = vt_json_read(json, attributes, &root, &why);
    if (status == VT_ERR_FORMAT || status == VT_ERR_LIMIT) {
        refuse(c, VT_ERR_FORMAT, "attributes are no JSON object", "the attributes are no JSON object: %s", why.message);
    } else if (status != VT_OK) {
        c->status = vt_fail(c->err, (vt_code)status, "%s", why.message);
    } else if (!yyjson_is_obj(root)) {
        refuse(c, VT_ERR_FORMAT, "attributes are no JSON object",
               "the attributes are \"%s\"; one JSON object is expected", shown(text, attributes));
    }
}

static void check_images(checking *c, const vt_item *item)
{
    size_t total = 0;
    for (size_t i = 0; i < item->n_images && c->status == VT_OK; i++) {
        vt_str address = item->images[i];
        if (address.ptr == NULL || address.len == 0) {
            refuse(c, VT_ERR_FORMAT, "image address missing",
                   "the image address %zu is empty; a path or URL is expected", i + 1);
        }
        for (size_t k = 0; k < address.len && c->status == VT_OK; k++) {
            unsigned char byte = (unsigned char)address.ptr[k];
            if (byte < 0x20) {
                refuse(c, VT_ERR_FORMAT, "control character in an image address",
                       "the image address %zu holds the control character 0x%02x; a path or URL is expected", i + 1,
                       byte);
            }
        }
        check_text(c, "image address", address);
        total += address.len + 1;
    }
    if (c->status == VT_OK && total > VT_TEXT_BYTES_MAX) {
        refuse(c, VT_ERR_LIMIT, "text too long", "the image addresses have %zu bytes; at most %zu are kept", total,
               VT_TEXT_BYTES_MAX);
    }
}

int vt_item_check(const char **reason, const vt_item *item, vt_json_reader *json, vt_error *err)
{
    checking c = {NULL, err, VT_OK};
    check_id(&c, "item id", item->id);
    check_money(&c, "price", item->price);
    check_money(&c, "cost", item->cost);
    check_currency(&c, item->currency);
    check_number(&c, "stock out of range", "stock", item->stock, -STOCK_MAX, STOCK_MAX);
    const int64_t times[] = {item->available_from, item->available_until, item->as_of};
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        check_number(&c, "time out of range", "time in seconds", times[i], VT_TIME_MIN, VT_TIME_MAX);
    }
    if (c.status == VT_OK && item->available_from != VT_NONE && item->available_until != VT_NONE &&
        item->available_from >= item->available_until) {
        refuse(&c, VT_ERR_FORMAT, "availability ends before it begins",
               "\"available_until\" is not after \"available_from\"; a later time is expected");
    }
    check_text(&c, "title", item->title);
    check_text(&c, "description", item->description);
    check_text(&c, "brand", item->brand);
    check_text(&c, "category", item->category);
    check_attributes(&c, item->attributes, json);
    check_images(&c, item);
    return finish(&c, reason);
}

int vt_user_check(const char **reason, const vt_user *user, vt_json_reader *json, vt_error *err)
{
    checking c = {NULL, err, VT_OK};
    check_id(&c, "user id", user->id);
    check_text(&c, "age band", user->age_band);
    check_text(&c, "segment", user->segment);
    check_text(&c, "region", user->region);
    check_text(&c, "tier", user->tier);
    check_attributes(&c, user->attributes, json);
    return finish(&c, reason);
}

int vt_link_check(const char **reason, const vt_link *link, vt_error *err)
{
    checking c = {NULL, err, VT_OK};
    check_id(&c, "id that the link comes from", link->from);
    check_id(&c, "id that the link goes to", link->to);
    check_id(&c, "kind of the link", link->kind);
    if (c.status == VT_OK && !isfinite(link->weight)) {
        refuse(&c, VT_ERR_FORMAT, "weight is no number", "the weight of the link is no finite number");
    }
    return finish(&c, reason);
}

int vt_value_refuse(const char **reason, const vt_record_rules *rules, vt_str given, vt_error *err)
{
    checking c = {NULL, err, VT_OK};
    char text[64];
    if (given.len == 0) {
        refuse(&c, VT_ERR_FORMAT, "rating missing", "\"%s\" is missing; a number from %g to %g is expected",
               rules->value_name, rules->value_min, rules->value_max);
    } else {
        refuse(&c, VT_ERR_FORMAT, "rating is no number", "\"%s\" is \"%s\"; a number from %g to %g is expected",
               rules->value_name, shown(text, given), rules->value_min, rules->value_max);
    }
    return finish(&c, reason);
}

static void check_value(checking *c, const vt_event *event, const vt_record_rules *rules)
{
    if (c->status != VT_OK) {
        return;
    }
    if (isnan(event->value)) {
        if (event->kind == VT_EVENT_RATING) {
            c->status = vt_value_refuse(&c->reason, rules, (vt_str){NULL, 0}, c->err);
        }
    } else if (event->value < rules->value_min || event->value > rules->value_max) {
        refuse(c, VT_ERR_FORMAT, "rating out of range", "\"%s\" is %g; a number from %g to %g is expected",
               rules->value_name, event->value, rules->value_min, rules->value_max);
    }
}

static void check_time(checking *c, int64_t time, const vt_record_rules *rules)
{
    if (c->status == VT_OK && time != VT_NONE && rules->now != VT_NONE) {
        bool past = time < PAST_MIN;
        char when[32];
        if (past || time > rules->now + AHEAD) {
            vt_format_time(when, time);
            refuse(c, VT_ERR_FORMAT, past ? "time before 1990" : "time in the future",
                   "\"%s\" is %s, %s; check its unit (seconds or milliseconds)", rules->time_name, when,
                   past ? "before 1990" : "in the future");
        }
    }
    check_number(c, "time out of range", "time in seconds", time, VT_TIME_MIN, VT_TIME_MAX);
}

static void check_line(checking *c, const vt_event *event)
{
    check_number(c, "quantity out of range", "quantity", event->quantity, 1, QUANTITY_MAX);
    check_money(c, "unit price", event->unit_price);
    check_money(c, "discount", event->discount);
    check_money(c, "refund", event->refunded);
    int64_t quantity = event->quantity == VT_NONE ? 1 : event->quantity;
    if (c->status == VT_OK && event->unit_price != VT_NONE && event->unit_price > MONEY_MAX / quantity) {
        refuse(c, VT_ERR_FORMAT, "amount out of range",
               "%lld pieces at %lld minor units are more than %lld; is the price right?", (long long)quantity,
               (long long)event->unit_price, (long long)MONEY_MAX);
    }
    check_currency(c, event->currency);
}

int vt_event_check(const char **reason, const vt_event *event, const vt_record_rules *rules, vt_error *err)
{
    checking c = {NULL, err, VT_OK};
    vt_record_rules own;
    if (rules == NULL) {
        vt_record_rules_init(&own);
        rules = &own;
    }
    if ((int)event->kind < 0 || event->kind >= VT_EVENT_KINDS) {
        refuse(&c, VT_ERR_FORMAT, "unknown kind of event", "%d is no kind of event", (int)event->kind);
    } else if ((int)event->part < 0 || event->part > VT_PART_HISTORY) {
        refuse(&c, VT_ERR_FORMAT, "unknown part of a split", "%d is no part of a split", (int)event->part);
    } else if ((int)event->state < 0 || event->state >= VT_LINE_STATES) {
        refuse(&c, VT_ERR_FORMAT, "unknown state of a line", "%d is no state of an order line", (int)event->state);
    }
    check_id(&c, "item id", event->item);
    if (c.status == VT_OK && event->user.ptr == NULL && event->session.ptr == NULL) {
        refuse(&c, VT_ERR_FORMAT, "id missing", "the user id is missing; every row needs one or a session id");
    }
    check_optional_id(&c, "user id", event->user);
    check_optional_id(&c, "session id", event->session);
    check_optional_id(&c, "event id", event->id);
    check_optional_id(&c, "order id", event->order_id);
    check_optional_id(&c, "line of the order", event->line);
    check_optional_id(&c, "placement", event->placement);
    check_optional_id(&c, "model", event->model);
    check_optional_id(&c, "request id", event->request);
    check_value(&c, event, rules);
    check_time(&c, event->time, rules);
    check_line(&c, event);
    check_text(&c, "title", event->title);
    check_text(&c, "text", event->body);
    return finish(&c, reason);
}

int vt_order_check(vt_str order, vt_line_state state, int64_t refunded, vt_error *err)
{
    checking c = {NULL, err, VT_OK};
    check_id(&c, "order id", order);
    if (c.status == VT_OK && ((int)state < 0 || state >= VT_LINE_STATES)) {
        refuse(&c, VT_ERR_FORMAT, "unknown state of a line", "%d is no state of an order line", (int)state);
    }
    check_money(&c, "refund", refunded);
    return finish(&c, NULL);
}

int vt_rule_texts_check(const vt_shop_rule *rule, vt_error *err)
{
    checking c = {NULL, err, VT_OK};
    check_id(&c, "rule id", rule->id);
    check_id(&c, "name of what the rule acts on", rule->name);
    check_optional_id(&c, "segment", rule->segment);
    check_optional_id(&c, "page", rule->page);
    check_text(&c, "note", rule->note);
    check_number(&c, "time out of range", "time in seconds", rule->from, VT_TIME_MIN, VT_TIME_MAX);
    check_number(&c, "time out of range", "time in seconds", rule->until, VT_TIME_MIN, VT_TIME_MAX);
    return finish(&c, NULL);
}

int vt_result_check(const vt_result_kind *kind, const vt_result *row, vt_error *err)
{
    checking c = {NULL, err, VT_OK};
    char text[64];
    if (row->subject.ptr == NULL) {
        refuse(&c, VT_ERR_USAGE, "subject missing", "a computed row has no subject; \"\" stands for the shop");
    } else if (row->subject.len > 0 && kind->subject == VT_RESULT_OF_SHOP) {
        refuse(&c, VT_ERR_USAGE, "subject of another kind", "rows of the kind \"%s\" are about the shop, not \"%s\"",
               kind->name, shown(text, row->subject));
    } else if (row->subject.len > 0) {
        check_id(&c, "subject of a computed row", row->subject);
    }
    check_text(&c, "object of a computed row", row->object);
    return finish(&c, NULL);
}
