/* Records as lines for people, for a dry run. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/number.h"
#include "import/telling.h"

typedef struct line {
    char *out; /* (320) */
    size_t len;
} line;

static void add(line *l, const char *format, ...) VT_PRINTF(2, 3);

static void add(line *l, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = vsnprintf(l->out + l->len, 320 - l->len, format, args);
    va_end(args);
    l->len = n < 0 || l->len + (size_t)n > 319 ? 319 : l->len + (size_t)n;
}

static void add_text(line *l, const char *name, vt_str text)
{
    if (text.ptr != NULL) {
        add(l, ", %s \"%.*s\"", name, text.len > 40 ? 40 : (int)text.len, text.ptr);
    }
}

static void add_money(line *l, const char *name, int64_t amount, vt_str given, const char *currency)
{
    char code[4] = "";
    memcpy(code, given.len == 3 ? given.ptr : currency, 3);
    int digits = vt_currency_digits(code);
    int64_t unit = vt_currency_units(code);
    if (amount == VT_NONE) {
        return;
    }
    add(l, ", %s %lld", name, (long long)(amount / unit));
    if (digits > 0) {
        add(l, ".%0*lld", digits, (long long)(amount % unit));
    }
    add(l, " %s", code);
}

static void add_time(line *l, const char *name, int64_t time)
{
    char text[32];
    if (time != VT_NONE) {
        vt_format_time(text, time);
        add(l, ", %s %s", name, text);
    }
}

static void finish(line *l)
{
    l->out[l->len] = '\0';
    vt_make_printable(l->out);
}

void vt_telling_event_line(char out[320], const vt_event *event, const char *currency)
{
    static const char *const states[] = {
        [VT_LINE_SOLD] = "", [VT_LINE_CANCELLED] = " (cancelled)", [VT_LINE_RETURNED] = " (returned)"};
    line l = {out, 0};
    vt_str who = event->user.ptr != NULL ? event->user : event->session;
    add(&l, "%s%s of %.*s by %s%.*s", vt_event_kind_name((int)event->kind), states[event->state],
        VT_STR_ARGS(event->item), event->user.ptr != NULL ? "" : "session ", VT_STR_ARGS(who));
    add_time(&l, "at", event->time);
    if (!isnan(event->value)) {
        add(&l, ", value %g", event->value);
    }
    if (event->quantity != VT_NONE) {
        add(&l, ", quantity %lld", (long long)event->quantity);
    }
    add_money(&l, "unit price", event->unit_price, event->currency, currency);
    add_money(&l, "discount", event->discount, event->currency, currency);
    add_text(&l, "order", event->order_id);
    add_text(&l, "title", event->title);
    add_text(&l, "text", event->body);
    finish(&l);
}

void vt_telling_item_line(char out[320], const vt_item *item, const char *currency)
{
    line l = {out, 0};
    add(&l, "item %.*s", VT_STR_ARGS(item->id));
    add_text(&l, "title", item->title);
    add_text(&l, "brand", item->brand);
    add_text(&l, "category", item->category);
    add_money(&l, "price", item->price, item->currency, currency);
    if (item->stock != VT_NONE) {
        add(&l, ", stock %lld", (long long)item->stock);
    }
    if (item->available_until != VT_NONE) {
        add(&l, ", %s", item->available_until > vt_now() ? "on sale" : "not on sale");
    }
    if (item->n_images > 0) {
        add(&l, ", %zu image%s", item->n_images, item->n_images == 1 ? "" : "s");
    }
    add_text(&l, "description", item->description);
    finish(&l);
}

void vt_telling_user_line(char out[320], const vt_user *user)
{
    line l = {out, 0};
    add(&l, "user %.*s", VT_STR_ARGS(user->id));
    add_text(&l, "age", user->age_band);
    add_text(&l, "segment", user->segment);
    add_text(&l, "region", user->region);
    add_text(&l, "tier", user->tier);
    finish(&l);
}

void vt_telling_link_line(char out[320], const vt_link *link)
{
    line l = {out, 0};
    add(&l, "link from %.*s to %.*s, %.*s, weight %g", VT_STR_ARGS(link->from), VT_STR_ARGS(link->to),
        VT_STR_ARGS(link->kind), link->weight);
    finish(&l);
}
