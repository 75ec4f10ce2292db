/*
 * Records at the border of the store: ids, texts and numbers within bounds that keep every later sum exact. Revenue of
 * a line stays under 1e12 minor units and a rating under 1e6, so that no rollup of millions of events overflows.
 */
#include "store/record_check.h"

#include <math.h>
#include <string.h>

#include "base/hash.h"
#include "base/limits.h"
#include "base/number.h"

#define MONEY_MAX 1000000000000
#define QUANTITY_MAX 1000000000
#define TIME_MIN (-62135596800) /* 0001-01-01 */
#define TIME_MAX 253402300800   /* 10000-01-01, "for ever" in files that must name an end */
#define VALUE_MAX 1e6

/* The beginning of a text for a message, with what would break a line left out. */
static vt_str shown(vt_str text)
{
    vt_str s = {text.ptr == NULL ? "" : text.ptr, 0};
    while (s.len < text.len && s.len < 60 && (unsigned char)s.ptr[s.len] >= 0x20U &&
           (unsigned char)s.ptr[s.len] < 0x7FU) {
        s.len++;
    }
    return s;
}

static int id_check(vt_str id, const char *what, vt_error *err)
{
    if (id.ptr == NULL || id.len == 0) {
        return vt_fail(err, VT_ERR_FORMAT, "the %s id is missing; 1 to %zu bytes are expected", what, VT_ID_BYTES_MAX);
    }
    if (id.len > VT_ID_BYTES_MAX) {
        return vt_fail(err, VT_ERR_LIMIT, "the %s id \"%.*s...\" has %zu bytes; at most %zu are stored", what,
                       VT_STR_ARGS(shown(id)), id.len, VT_ID_BYTES_MAX);
    }
    if (!vt_utf8_valid(id)) {
        return vt_fail(err, VT_ERR_FORMAT, "the %s id \"%.*s...\" is not UTF-8 without NUL; convert the file to UTF-8",
                       what, VT_STR_ARGS(shown(id)));
    }
    return VT_OK;
}

static int text_check(vt_str text, const char *what, vt_error *err)
{
    if (text.len > VT_TEXT_BYTES_MAX) {
        return vt_fail(err, VT_ERR_LIMIT, "the %s has %zu bytes; at most %zu are stored", what, text.len,
                       VT_TEXT_BYTES_MAX);
    }
    if (!vt_utf8_valid(text)) {
        return vt_fail(err, VT_ERR_FORMAT, "the %s \"%.*s...\" is not UTF-8 without NUL; convert the file to UTF-8",
                       what, VT_STR_ARGS(shown(text)));
    }
    return VT_OK;
}

typedef struct named_text {
    vt_str text;
    const char *name;
} named_text;

static int texts_check(const named_text *texts, size_t count, vt_error *err)
{
    int status = VT_OK;
    for (size_t i = 0; i < count && status == VT_OK; i++) {
        status = text_check(texts[i].text, texts[i].name, err);
    }
    return status;
}

bool vt_currency_valid(vt_str currency)
{
    bool capitals = currency.len == 3;
    for (size_t i = 0; i < currency.len && capitals; i++) {
        capitals = currency.ptr[i] >= 'A' && currency.ptr[i] <= 'Z';
    }
    return capitals;
}

static int currency_check(vt_str currency, vt_error *err)
{
    if (currency.ptr != NULL && !vt_currency_valid(currency)) {
        return vt_fail(err, VT_ERR_FORMAT, "the currency is \"%.*s\"; three capital letters such as USD are expected",
                       VT_STR_ARGS(shown(currency)));
    }
    return VT_OK;
}

/* VT_NONE or a number between the bounds. */
static int number_check(int64_t number, int64_t least, int64_t most, const char *what, vt_error *err)
{
    if (number != VT_NONE && (number < least || number > most)) {
        return vt_fail(err, VT_ERR_FORMAT, "the %s is %lld; %lld to %lld is expected", what, (long long)number,
                       (long long)least, (long long)most);
    }
    return VT_OK;
}

static int attributes_check(vt_str attributes, vt_json_reader *json, vt_error *err)
{
    if (attributes.ptr == NULL) {
        return VT_OK;
    }
    yyjson_val *root = NULL;
    int status = text_check(attributes, "attributes", err);
    if (status == VT_OK) {
        status = vt_json_read(json, attributes, &root, err);
        if (status == VT_ERR_FORMAT || status == VT_ERR_LIMIT) {
            return vt_fail(err, VT_ERR_FORMAT, "the attributes are no JSON object: %s",
                           err == NULL ? "" : err->message);
        }
    }
    if (status == VT_OK && !yyjson_is_obj(root)) {
        return vt_fail(err, VT_ERR_FORMAT, "the attributes are \"%.*s\"; one JSON object is expected",
                       VT_STR_ARGS(shown(attributes)));
    }
    return status;
}

static int images_check(const vt_item *item, vt_error *err)
{
    size_t total = 0;
    int status = VT_OK;
    for (size_t i = 0; i < item->n_images && status == VT_OK; i++) {
        vt_str path = item->images[i];
        total += path.len + 1;
        status = text_check(path, "path of an image", err);
        if (status == VT_OK && (path.ptr == NULL || path.len == 0 || memchr(path.ptr, '\n', path.len) != NULL)) {
            return vt_fail(err, VT_ERR_FORMAT, "the path of an image is empty or has a line break");
        }
    }
    if (status == VT_OK && total > VT_TEXT_BYTES_MAX) {
        return vt_fail(err, VT_ERR_LIMIT, "the paths of the images have %zu bytes; at most %zu are stored", total,
                       VT_TEXT_BYTES_MAX);
    }
    return status;
}

int vt_item_check(const vt_item *item, vt_json_reader *json, vt_error *err)
{
    const named_text texts[] = {
        {item->title, "title"},
        {item->description, "description"},
        {item->brand, "brand"},
        {item->category, "category"},
    };
    int status = id_check(item->id, "item", err);
    if (status == VT_OK) {
        status = texts_check(texts, sizeof texts / sizeof texts[0], err);
    }
    if (status == VT_OK) {
        status = attributes_check(item->attributes, json, err);
    }
    if (status == VT_OK) {
        status = images_check(item, err);
    }
    if (status == VT_OK) {
        status = currency_check(item->currency, err);
    }
    if (status == VT_OK) {
        status = number_check(item->price, 0, MONEY_MAX, "price in minor units", err);
    }
    if (status == VT_OK) {
        status = number_check(item->cost, 0, MONEY_MAX, "cost in minor units", err);
    }
    if (status == VT_OK) {
        status = number_check(item->stock, -QUANTITY_MAX, QUANTITY_MAX, "stock", err);
    }
    const int64_t times[] = {item->available_from, item->available_until, item->as_of};
    for (size_t i = 0; i < 3 && status == VT_OK; i++) {
        status = number_check(times[i], TIME_MIN, TIME_MAX, "time in seconds", err);
    }
    return status;
}

int vt_user_check(const vt_user *user, vt_json_reader *json, vt_error *err)
{
    const named_text texts[] = {
        {user->age_band, "age band"},
        {user->segment, "segment"},
        {user->region, "region"},
        {user->tier, "tier"},
    };
    int status = id_check(user->id, "user", err);
    if (status == VT_OK) {
        status = texts_check(texts, sizeof texts / sizeof texts[0], err);
    }
    return status == VT_OK ? attributes_check(user->attributes, json, err) : status;
}

static int event_ids_check(const vt_event *event, vt_error *err)
{
    int status = id_check(event->item, "item", err);
    if (status == VT_OK && event->user.ptr == NULL && event->session.ptr == NULL) {
        return vt_fail(err, VT_ERR_FORMAT, "the event has neither a user nor a session; one of them is expected");
    }
    if (status == VT_OK && event->user.ptr != NULL) {
        status = id_check(event->user, "user", err);
    }
    if (status == VT_OK && event->session.ptr != NULL) {
        status = id_check(event->session, "session", err);
    }
    if (status == VT_OK && event->id.ptr != NULL) {
        status = id_check(event->id, "event", err);
    }
    return status;
}

static int event_numbers_check(const vt_event *event, vt_error *err)
{
    int status = number_check(event->time, TIME_MIN, TIME_MAX, "time in seconds", err);
    if (status == VT_OK) {
        status = number_check(event->quantity, 0, QUANTITY_MAX, "quantity", err);
    }
    if (status == VT_OK) {
        status = number_check(event->unit_price, 0, MONEY_MAX, "unit price in minor units", err);
    }
    if (status == VT_OK) {
        status = number_check(event->discount, -MONEY_MAX, MONEY_MAX, "discount in minor units", err);
    }
    if (status != VT_OK) {
        return status;
    }
    int64_t line = 0;
    int64_t quantity = event->quantity == VT_NONE ? 1 : event->quantity;
    if (event->unit_price != VT_NONE &&
        (__builtin_mul_overflow(quantity, event->unit_price, &line) || line > MONEY_MAX)) {
        return vt_fail(err, VT_ERR_FORMAT, "%lld pieces at %lld minor units are more than %lld; is the price right?",
                       (long long)quantity, (long long)event->unit_price, (long long)MONEY_MAX);
    }
    if (isinf(event->value) || fabs(event->value) > VALUE_MAX) {
        return vt_fail(err, VT_ERR_FORMAT, "the value is %g; -%g to %g is expected", event->value, VALUE_MAX,
                       VALUE_MAX);
    }
    if (event->kind == VT_EVENT_RATING && isnan(event->value)) {
        return vt_fail(err, VT_ERR_FORMAT, "the rating has no value; a number is expected");
    }
    return VT_OK;
}

int vt_event_check(const vt_event *event, vt_error *err)
{
    const named_text texts[] = {
        {event->order_id, "order id"},   {event->title, "title"}, {event->body, "text"},
        {event->placement, "placement"}, {event->model, "model"}, {event->request, "request id"},
    };
    if ((int)event->kind < 0 || event->kind >= VT_EVENT_KINDS) {
        return vt_fail(err, VT_ERR_FORMAT, "%d is no kind of event", (int)event->kind);
    }
    if ((int)event->part < 0 || event->part > VT_PART_HISTORY) {
        return vt_fail(err, VT_ERR_FORMAT, "%d is no part of a split", (int)event->part);
    }
    int status = event_ids_check(event, err);
    if (status == VT_OK) {
        status = texts_check(texts, sizeof texts / sizeof texts[0], err);
    }
    if (status == VT_OK) {
        status = currency_check(event->currency, err);
    }
    return status == VT_OK ? event_numbers_check(event, err) : status;
}

int vt_link_check(const vt_link *link, vt_error *err)
{
    int status = id_check(link->from, "first", err);
    if (status == VT_OK) {
        status = id_check(link->to, "second", err);
    }
    if (status == VT_OK) {
        status = id_check(link->kind, "link kind's", err);
    }
    if (status == VT_OK && !isfinite(link->weight)) {
        return vt_fail(err, VT_ERR_FORMAT, "the weight of the link is not a finite number");
    }
    return status;
}

/*
 * Adds one field with its length, so that no two contents run into the same bytes; "not given" has a mark of its own.
 */
static void add_text(vt_digest *digest, vt_str text)
{
    uint64_t mark = text.ptr == NULL ? UINT64_MAX : (uint64_t)text.len;
    vt_digest_add(digest, &mark, sizeof mark);
    if (text.len > 0) {
        vt_digest_add(digest, text.ptr, text.len);
    }
}

void vt_event_key(unsigned char key[VT_EVENT_KEY_BYTES], const vt_event *event)
{
    vt_digest digest;
    vt_digest_init(&digest, VT_EVENT_KEY_BYTES);
    if (event->id.ptr != NULL) {
        vt_digest_add(&digest, "id", 2);
        add_text(&digest, event->id);
    } else {
        const vt_str texts[] = {
            event->user, event->session,   event->item,  event->order_id, event->title,
            event->body, event->placement, event->model, event->request,  event->currency,
        };
        /* A NaN of one bit pattern, and no negative zero, so that equal contents have equal bytes. */
        double value = isnan(event->value) ? (double)NAN : event->value == 0 ? 0.0 : event->value;
        int64_t numbers[] = {
            event->time, event->quantity, event->unit_price, event->discount,
            event->kind, event->part,     event->occurrence,
        };
        vt_digest_add(&digest, "content", 7);
        vt_digest_add(&digest, numbers, sizeof numbers);
        vt_digest_add(&digest, &value, sizeof value);
        for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
            add_text(&digest, texts[i]);
        }
    }
    vt_digest_done(&digest, key, VT_EVENT_KEY_BYTES);
}
