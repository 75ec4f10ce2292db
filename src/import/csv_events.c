/* CSV rows that are events. */
#include <math.h>

#include "base/number.h"
#include "import/csv_tables.h"
#include "import/text.h"

enum {
    F_ID,
    F_USER,
    F_SESSION,
    F_ITEM,
    F_KIND,
    F_TIME,
    F_VALUE,
    F_QUANTITY,
    F_PRICE,
    F_DISCOUNT,
    F_CURRENCY,
    F_ORDER,
    F_LINE,
    F_STATE,
    F_REFUNDED,
    F_TITLE,
    F_BODY,
    F_PLACEMENT,
    F_MODEL,
    F_REQUEST,
    N_FIELDS
};

static const vt_column_field fields[N_FIELDS] = {
    [F_ID] = {"id", "event_id"},
    [F_USER] = {"user", "user_id userid customer customer_id customerid client_id visitor_id visitorid reviewerid "
                        "reviewer_id member_id email reviewer"},
    [F_SESSION] = {"session", "session_id sessionid"},
    [F_ITEM] = {"item", "item_id itemid product product_id productid asin parent_asin sku movie_id movieid article_id "
                        "article stockcode"},
    [F_KIND] = {"kind", "event event_type eventtype event_name type action behavior behaviour"},
    [F_TIME] = {"time",
                "timestamp timestamp_ms time_ms unix_time unixreviewtime date datetime created_at event_time ts "
                "invoicedate order_date"},
    [F_VALUE] = {"value", "rating score stars overall"},
    [F_QUANTITY] = {"quantity", "qty count units pieces"},
    [F_PRICE] = {"unit_price", "price unitprice price_usd price_eur price_gbp"},
    [F_DISCOUNT] = {"discount", "discount_amount"},
    [F_CURRENCY] = {"currency", "currency_code"},
    [F_ORDER] = {"order_id",
                 "order orderid order_number invoice invoice_id invoiceno transaction_id transactionid basket_id"},
    [F_LINE] = {"line", "order_line line_number line_no line_item line_item_id lineitem_id order_line_id"},
    [F_STATE] = {"line_state", "line_status"},
    [F_REFUNDED] = {"refunded", "refunded_amount refund_amount refund"},
    [F_TITLE] = {"title", "review_title summary headline"},
    [F_BODY] = {"body", "text review review_text reviewtext review_body comment content"},
    [F_PLACEMENT] = {"placement", "slot"},
    [F_MODEL] = {"model", "model_id"},
    [F_REQUEST] = {"request", "request_id"},
};

/* What shops call the kinds, beside their own names. */
static const struct {
    const char *word;
    vt_event_kind kind;
} words[] = {
    {"pageview", VT_EVENT_VIEW},    {"page_view", VT_EVENT_VIEW}, {"pv", VT_EVENT_VIEW},
    {"view_item", VT_EVENT_VIEW},   {"detail", VT_EVENT_VIEW},    {"addtocart", VT_EVENT_CART},
    {"add_to_cart", VT_EVENT_CART}, {"basket", VT_EVENT_CART},    {"buy", VT_EVENT_PURCHASE},
    {"order", VT_EVENT_PURCHASE},   {"sale", VT_EVENT_PURCHASE},  {"transaction", VT_EVENT_PURCHASE},
    {"refund", VT_EVENT_RETURN},    {"review", VT_EVENT_RATING},  {"rate", VT_EVENT_RATING},
    {"fav", VT_EVENT_LIKE},         {"favorite", VT_EVENT_LIKE},  {"favourite", VT_EVENT_LIKE},
    {"wishlist", VT_EVENT_LIKE},
};

static int kind_of(vt_str text)
{
    for (int kind = 0; kind < VT_EVENT_KINDS; kind++) {
        if (vt_text_same(text, vt_event_kind_name(kind))) {
            return kind;
        }
    }
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (vt_text_same(text, words[i].word)) {
            return (int)words[i].kind;
        }
    }
    return -1;
}

static bool find_state(vt_line_state *out, vt_str text)
{
    static const struct {
        const char *word;
        vt_line_state state;
    } states[] = {{"sold", VT_LINE_SOLD},
                  {"cancelled", VT_LINE_CANCELLED},
                  {"canceled", VT_LINE_CANCELLED},
                  {"returned", VT_LINE_RETURNED}};
    for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
        if (vt_text_same(text, states[i].word)) {
            *out = states[i].state;
            return true;
        }
    }
    return vt_text_missing(text);
}

static void begin(vt_csv_work *work)
{
    const vt_import_options *options = work->source->options;
    vt_record_rules *rules = vt_sink_rules(work->source->sink);
    bool rated = work->columns.column[F_VALUE] >= 0;
    work->kind = options->event_kind_given ? options->event_kind : rated ? VT_EVENT_RATING : VT_EVENT_PURCHASE;
    if (!options->event_kind_given && work->columns.column[F_KIND] < 0) {
        vt_sink_note(work->source->sink, "rows taken as %ss", vt_event_kind_name((int)work->kind));
    }
    vt_csv_name_currency(work, F_PRICE);
    rules->value_name = vt_columns_name(&work->columns, F_VALUE);
    rules->time_name = vt_columns_name(&work->columns, F_TIME);
}

static int put_row(vt_csv_work *work, const vt_str *row, vt_error *err)
{
    vt_sink *sink = work->source->sink;
    const vt_columns *columns = &work->columns;
    int status = VT_OK;
    vt_event event;
    vt_event_init(&event);
    event.id = vt_columns_get(columns, F_ID, row);
    event.user = vt_columns_get(columns, F_USER, row);
    event.session = vt_columns_get(columns, F_SESSION, row);
    event.item = vt_columns_get(columns, F_ITEM, row);
    event.order_id = vt_columns_get(columns, F_ORDER, row);
    event.line = vt_columns_get(columns, F_LINE, row);
    event.title = vt_columns_get(columns, F_TITLE, row);
    event.body = vt_columns_get(columns, F_BODY, row);
    event.placement = vt_columns_get(columns, F_PLACEMENT, row);
    event.model = vt_columns_get(columns, F_MODEL, row);
    event.request = vt_columns_get(columns, F_REQUEST, row);
    event.currency = vt_columns_get(columns, F_CURRENCY, row);
    event.kind = work->kind;
    vt_str kind = vt_columns_get(columns, F_KIND, row);
    vt_str value = vt_columns_get(columns, F_VALUE, row);
    if (kind.ptr != NULL) {
        int found = kind_of(kind);
        if (found < 0) {
            return vt_sink_reject(
                sink, err, "unknown kind of event",
                "\"%s\" is \"%.*s\"; view, cart, purchase, return, rating, like, dislike, impression or "
                "click is expected",
                vt_columns_name(columns, F_KIND), VT_SHOWN(kind));
        }
        event.kind = (vt_event_kind)found;
    }
    if (!find_state(&event.state, vt_columns_get(columns, F_STATE, row))) {
        vt_str state = vt_columns_get(columns, F_STATE, row);
        return vt_sink_reject(sink, err, "unknown state of a line",
                              "\"%s\" is \"%.*s\"; sold, cancelled or returned is expected",
                              vt_columns_name(columns, F_STATE), state.len > 60 ? 60 : (int)state.len, state.ptr);
    }
    if (!vt_text_missing(value) && !vt_parse_real(&event.value, value)) {
        return vt_sink_reject_value(sink, value, err);
    }
    if (!vt_csv_time(work, F_TIME, row, &event.time, &status, err) ||
        !vt_csv_whole(work, F_QUANTITY, row, &event.quantity, &status, err) ||
        !vt_csv_money(work, F_PRICE, row, event.currency, &event.unit_price, &status, err) ||
        !vt_csv_money(work, F_DISCOUNT, row, event.currency, &event.discount, &status, err) ||
        !vt_csv_money(work, F_REFUNDED, row, event.currency, &event.refunded, &status, err)) {
        return status;
    }
    if (event.currency.ptr == NULL && event.unit_price != VT_NONE && work->currency[0] != '\0') {
        event.currency = vt_str_of(work->currency);
    }
    return vt_sink_event(sink, &event, err);
}

const vt_csv_table vt_csv_events = {"events", fields, N_FIELDS, {F_ITEM}, 1, begin, put_row};
