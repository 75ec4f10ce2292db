/*
 * The rules are the same for all sources, so they stand here once and every record passes them. Limits on money and
 * quantity keep later sums inside an int64.
 */
#include "import/check.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/number.h"
#include "import/text.h"

/* How much of a value stands in a message. */
#define SHOWN(s) (int)((s).len > 60 ? 60 : (s).len), (s).len == 0 ? "" : (s).ptr

void vt_verdict_set(vt_verdict *verdict, const char *reason, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(verdict->message, sizeof verdict->message, format, args);
    va_end(args);
    verdict->reason = reason;
}

void vt_verdict_rating(vt_verdict *verdict, const vt_checker *checker, vt_str given)
{
    if (given.ptr == NULL || given.len == 0) {
        vt_verdict_set(verdict, "rating missing", "\"%s\" is missing; a number from %g to %g is expected",
                       checker->rating_name, checker->rating_min, checker->rating_max);
        return;
    }
    vt_verdict_set(verdict, "rating is no number", "\"%s\" is \"%.*s\"; a number from %g to %g is expected",
                   checker->rating_name, SHOWN(given), checker->rating_min, checker->rating_max);
}

static void check_id(const char *what, vt_str id, vt_verdict *verdict)
{
    if (verdict->reason != NULL) {
        return;
    }
    if (id.ptr == NULL || id.len == 0) {
        vt_verdict_set(verdict, "id missing", "the %s is missing; every row needs one", what);
        return;
    }
    if (id.len > VT_ID_BYTES_MAX) {
        vt_verdict_set(verdict, "id too long", "the %s has %zu bytes; at most %zu are kept", what, id.len,
                       (size_t)VT_ID_BYTES_MAX);
        return;
    }
    for (size_t i = 0; i < id.len; i++) {
        unsigned char c = (unsigned char)id.ptr[i];
        if (c < 0x20 || c == 0x7F) {
            vt_verdict_set(verdict, "control character in an id",
                           "the %s holds the control character 0x%02x; ids are printable text", what, c);
            return;
        }
    }
    if (!vt_text_plain(id) && (!vt_utf8_valid(id) || memmem(id.ptr, id.len, "\xEF\xBF\xBD", 3) != NULL)) {
        vt_verdict_set(verdict, "invalid UTF-8 in an id", "the %s is not valid UTF-8; save the file as UTF-8", what);
    }
}

static void check_optional_id(const char *what, vt_str id, vt_verdict *verdict)
{
    if (id.ptr != NULL) {
        check_id(what, id, verdict);
    }
}

/* A text of free content: bounded, and made valid. */
static int check_text(vt_arena *arena, const char *what, vt_str *text, vt_verdict *verdict, vt_error *err)
{
    if (verdict->reason != NULL || text->ptr == NULL || vt_text_plain(*text)) {
        if (verdict->reason == NULL && text->len > VT_TEXT_BYTES_MAX) {
            vt_verdict_set(verdict, "text too long", "the %s has %zu bytes; at most %zu are kept", what, text->len,
                           VT_TEXT_BYTES_MAX);
        }
        return VT_OK;
    }
    vt_str good = *text;
    vt_buf buf;
    vt_buf_init(&buf, VT_LINE_BYTES_MAX * 4);
    int status = VT_OK;
    if (!vt_utf8_valid(*text)) {
        status = vt_text_repair(&buf, *text, err);
        if (status == VT_OK) {
            good = vt_arena_str(arena, (vt_str){buf.data, buf.len}, err);
            status = good.ptr == NULL ? VT_ERR_NO_MEMORY : VT_OK;
        }
        vt_buf_done(&buf);
    }
    if (status == VT_OK) {
        *text = good;
        if (good.len > VT_TEXT_BYTES_MAX) {
            vt_verdict_set(verdict, "text too long", "the %s has %zu bytes; at most %zu are kept", what, good.len,
                           VT_TEXT_BYTES_MAX);
        }
    }
    return status;
}

typedef struct named_text {
    const char *what;
    vt_str *text;
} named_text;

static int check_texts(vt_arena *arena, const named_text *texts, size_t n, vt_verdict *verdict, vt_error *err)
{
    int status = VT_OK;
    for (size_t i = 0; status == VT_OK && i < n; i++) {
        status = check_text(arena, texts[i].what, texts[i].text, verdict, err);
    }
    return status;
}

static void check_currency(vt_str currency, vt_verdict *verdict)
{
    bool good = currency.ptr == NULL || currency.len == 3;
    for (size_t i = 0; good && i < currency.len; i++) {
        good = currency.ptr[i] >= 'A' && currency.ptr[i] <= 'Z';
    }
    if (!good && verdict->reason == NULL) {
        vt_verdict_set(verdict, "unknown currency", "the currency is \"%.*s\"; three capitals such as EUR are expected",
                       SHOWN(currency));
    }
}

static void check_money(const char *what, int64_t amount, vt_verdict *verdict)
{
    if (verdict->reason == NULL && amount != VT_NONE && (amount < 0 || amount > VT_CHECK_MONEY_MAX)) {
        vt_verdict_set(verdict, "amount out of range", "the %s is %lld minor units; 0 to %lld are expected", what,
                       (long long)amount, (long long)VT_CHECK_MONEY_MAX);
    }
}

static void check_time(const vt_checker *checker, const char *what, int64_t time, vt_verdict *verdict)
{
    if (verdict->reason != NULL || time == VT_NONE) {
        return;
    }
    char when[32];
    if (time < VT_CHECK_TIME_MIN) {
        vt_format_time(when, time);
        vt_verdict_set(verdict, "time before 1990",
                       "\"%s\" is %s, before 1990; check its unit (seconds or milliseconds)", what, when);
    } else if (time > checker->time_max) {
        vt_format_time(when, time);
        vt_verdict_set(verdict, "time in the future",
                       "\"%s\" is %s, in the future; check its unit (seconds or milliseconds)", what, when);
    }
}

static void check_rating(const vt_checker *checker, const vt_event *event, vt_verdict *verdict)
{
    if (verdict->reason != NULL) {
        return;
    }
    if (isnan(event->value)) {
        if (event->kind == VT_EVENT_RATING) {
            vt_verdict_rating(verdict, checker, (vt_str){NULL, 0});
        }
        return;
    }
    if (event->value < checker->rating_min || event->value > checker->rating_max) {
        vt_verdict_set(verdict, "rating out of range", "\"%s\" is %g; a number from %g to %g is expected",
                       checker->rating_name, event->value, checker->rating_min, checker->rating_max);
    }
}

int vt_check_event(const vt_checker *checker, vt_arena *arena, vt_event *event, vt_verdict *verdict, vt_error *err)
{
    verdict->reason = NULL;
    check_id("item id", event->item, verdict);
    if (event->user.ptr == NULL && event->session.ptr == NULL) {
        check_id("user id", event->user, verdict);
    }
    check_optional_id("user id", event->user, verdict);
    check_optional_id("session id", event->session, verdict);
    check_optional_id("event id", event->id, verdict);
    check_optional_id("order id", event->order_id, verdict);
    check_optional_id("placement", event->placement, verdict);
    check_optional_id("model", event->model, verdict);
    check_optional_id("request id", event->request, verdict);
    check_rating(checker, event, verdict);
    check_time(checker, checker->time_name, event->time, verdict);
    if (verdict->reason == NULL && event->quantity != VT_NONE &&
        (event->quantity < 1 || event->quantity > VT_CHECK_QUANTITY_MAX)) {
        vt_verdict_set(verdict, "quantity out of range", "the quantity is %lld; 1 to %lld are expected",
                       (long long)event->quantity, (long long)VT_CHECK_QUANTITY_MAX);
    }
    check_money("unit price", event->unit_price, verdict);
    check_money("discount", event->discount, verdict);
    check_currency(event->currency, verdict);
    const named_text texts[] = {{"title", &event->title}, {"text", &event->body}};
    return check_texts(arena, texts, 2, verdict, err);
}

/* Copies the list when one of its texts needs repair. */
static int check_images(vt_arena *arena, vt_item *item, vt_verdict *verdict, vt_error *err)
{
    bool good = true;
    for (size_t i = 0; i < item->n_images && verdict->reason == NULL; i++) {
        vt_str address = item->images[i];
        for (size_t k = 0; k < address.len; k++) {
            if ((unsigned char)address.ptr[k] < 0x20) {
                vt_verdict_set(verdict, "control character in an image address",
                               "the image address %zu holds the control character 0x%02x; a path or URL is expected",
                               i + 1, (unsigned)(unsigned char)address.ptr[k]);
                return VT_OK;
            }
        }
        good = good && vt_text_plain(item->images[i]) && item->images[i].len <= VT_TEXT_BYTES_MAX;
    }
    if (good || verdict->reason != NULL) {
        return VT_OK;
    }
    vt_str *images = vt_arena_alloc(arena, item->n_images, sizeof *images, err);
    if (images == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    memcpy(images, item->images, item->n_images * sizeof *images);
    item->images = images;
    int status = VT_OK;
    for (size_t i = 0; status == VT_OK && i < item->n_images; i++) {
        status = check_text(arena, "image address", &images[i], verdict, err);
    }
    return status;
}

int vt_check_item(const vt_checker *checker, vt_arena *arena, vt_item *item, vt_verdict *verdict, vt_error *err)
{
    (void)checker; /* a product may be announced for any day */
    verdict->reason = NULL;
    check_id("item id", item->id, verdict);
    check_money("price", item->price, verdict);
    check_money("cost", item->cost, verdict);
    check_currency(item->currency, verdict);
    if (verdict->reason == NULL && item->available_from != VT_NONE && item->available_until != VT_NONE &&
        item->available_from >= item->available_until) {
        vt_verdict_set(verdict, "availability ends before it begins",
                       "\"available_until\" is not after \"available_from\"; a later time is expected");
    }
    const named_text texts[] = {{"title", &item->title},
                                {"description", &item->description},
                                {"brand", &item->brand},
                                {"category", &item->category},
                                {"attributes", &item->attributes}};
    int status = check_texts(arena, texts, sizeof texts / sizeof texts[0], verdict, err);
    return status == VT_OK ? check_images(arena, item, verdict, err) : status;
}

int vt_check_user(const vt_checker *checker, vt_arena *arena, vt_user *user, vt_verdict *verdict, vt_error *err)
{
    (void)checker;
    verdict->reason = NULL;
    check_id("user id", user->id, verdict);
    const named_text texts[] = {{"age band", &user->age_band},
                                {"segment", &user->segment},
                                {"region", &user->region},
                                {"tier", &user->tier},
                                {"attributes", &user->attributes}};
    return check_texts(arena, texts, sizeof texts / sizeof texts[0], verdict, err);
}

int vt_check_link(const vt_checker *checker, vt_arena *arena, vt_link *link, vt_verdict *verdict, vt_error *err)
{
    (void)checker;
    (void)arena;
    (void)err;
    verdict->reason = NULL;
    check_id("id that the link comes from", link->from, verdict);
    check_id("id that the link goes to", link->to, verdict);
    check_id("kind of the link", link->kind, verdict);
    if (verdict->reason == NULL && !isfinite(link->weight)) {
        vt_verdict_set(verdict, "weight is no number", "the weight of the link is no finite number");
    }
    return VT_OK;
}
