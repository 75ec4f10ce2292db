/* CSV rows that are events, and what they say of their items. */
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
    F_TOTAL,
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
    F_ITEM_TITLE,
    F_ITEM_BRAND,
    F_ITEM_CATEGORY,
    N_FIELDS
};

/* "id" alone is no event id: exports number their rows anew each time. */
static const vt_column_field fields[N_FIELDS] = {
    [F_ID] = {"id", "event_id", VT_CELL_ID, true},
    [F_USER] = {"user",
                "user_id userid customer customer_id customerid client_id visitor_id visitorid reviewerid "
                "reviewer_id member_id user_pseudo_id email reviewer member_number",
                VT_CELL_ID, false},
    [F_SESSION] = {"session", "session_id sessionid", VT_CELL_ID, false},
    [F_ITEM] = {"item",
                "item_id itemid product product_id productid parent_asin asin sku movie_id movieid article_id article "
                "stockcode",
                VT_CELL_ID, false},
    [F_KIND] = {"kind",
                "event event_type eventtype event_name type action behavior behaviour feedback_type feedbacktype",
                VT_CELL_EVENT, false},
    [F_TIME] = {"time",
                "timestamp timestamp_ms time_ms unix_time unixreviewtime date datetime created_at event_time ts "
                "event_timestamp invoicedate order_date review_date purchase_date",
                VT_CELL_TIME, false},
    [F_VALUE] = {"value", "rating star_rating score stars overall", VT_CELL_RATING, false},
    [F_QUANTITY] = {"quantity", "qty count units pieces", VT_CELL_NUMBER, false},
    [F_PRICE] = {"unit_price", "price unitprice price_usd price_eur price_gbp", VT_CELL_MONEY, false},
    [F_TOTAL] = {"line_total", "line_amount", VT_CELL_MONEY, false},
    [F_DISCOUNT] = {"discount", "discount_amount", VT_CELL_MONEY, false},
    [F_CURRENCY] = {"currency", "currency_code", VT_CELL_ID, false},
    [F_ORDER] = {"order_id",
                 "order orderid order_number invoice invoice_id invoiceno transaction_id transactionid basket_id",
                 VT_CELL_ID, false},
    [F_LINE] = {"line", "order_line line_number line_no line_item line_item_id lineitem_id order_line_id", VT_CELL_ID,
                false},
    [F_STATE] = {"line_state", "line_status order_status order_state financial_status status", VT_CELL_TEXT, false},
    [F_REFUNDED] = {"refunded", "refunded_amount refund_amount refund", VT_CELL_MONEY, false},
    [F_TITLE] = {"title", "review_title summary headline review_headline", VT_CELL_TEXT, false},
    [F_BODY] = {"body", "text review review_text reviewtext review_body comment content", VT_CELL_TEXT, false},
    [F_PLACEMENT] = {"placement", "slot", VT_CELL_ID, false},
    [F_MODEL] = {"model", "model_id", VT_CELL_ID, false},
    [F_REQUEST] = {"request", "request_id", VT_CELL_ID, false},
    [F_ITEM_TITLE] = {"item_title", "item_name product_title product_name", VT_CELL_TEXT, false},
    [F_ITEM_BRAND] = {"item_brand", "", VT_CELL_TEXT, false},
    [F_ITEM_CATEGORY] = {"item_category", "", VT_CELL_TEXT, false},
};

bool vt_csv_event_has_user(const vt_columns *columns)
{
    return vt_columns_has(columns, F_USER) || vt_columns_has(columns, F_SESSION) || vt_columns_has(columns, F_ORDER);
}

static int begin(vt_csv_work *work, vt_error *err)
{
    const vt_import_options *options = work->source->options;
    vt_record_rules *rules = vt_sink_rules(work->source->sink);
    bool rated = vt_columns_has(&work->columns, F_VALUE);
    (void)err;
    work->kind = options->event_kind_given ? options->event_kind : rated ? VT_EVENT_RATING : VT_EVENT_PURCHASE;
    work->kind_named = options->event_kind_given || vt_columns_has(&work->columns, F_KIND);
    if (!work->kind_named) {
        vt_sink_note(work->source->sink, "rows taken as %ss", vt_event_kind_name((int)work->kind));
    }
    vt_csv_name_currency(work, F_PRICE);
    rules->value_name = vt_columns_name(&work->columns, F_VALUE);
    rules->time_name = vt_columns_name(&work->columns, F_TIME);
    work->n_words = 0;
    return VT_OK;
}

/* What a word means, remembered: the tables are long, and a column has few words. */
static int kind_of(vt_csv_work *work, vt_str word)
{
    for (size_t i = 0; i < work->n_words; i++) {
        const char *known = work->words[i].word;
        if (strlen(known) == word.len && memcmp(known, word.ptr, word.len) == 0) {
            return work->words[i].kind;
        }
    }
    int kind = vt_word_event(word, work->event_map);
    if (kind == VT_WORD_CHECKOUT) {
        kind = work->source->forms.purchases ? VT_WORD_LEFT_OUT : VT_EVENT_PURCHASE;
    }
    if (work->n_words < VT_CSV_WORDS && word.len < VT_CSV_WORD_BYTES) {
        vt_csv_word *next = &work->words[work->n_words++];
        memcpy(next->word, word.ptr, word.len);
        next->word[word.len] = '\0';
        next->kind = kind;
    }
    return kind;
}

/* The kind that a word of the row says. False: the row is done with, through `*status`. */
static bool read_kind(vt_csv_work *work, const vt_str *row, vt_event *event, int *status, vt_error *err)
{
    vt_sink *sink = work->source->sink;
    vt_str word = vt_columns_get(&work->columns, F_KIND, row);
    int kind = word.ptr == NULL ? (int)work->kind : kind_of(work, word);
    *status = VT_OK;
    if (kind == VT_WORD_LEFT_OUT) {
        vt_sink_count(sink, "rows of other events, left out", 1, "\"%.*s\"", VT_SHOWN(word));
        return false;
    }
    if (kind == VT_WORD_UNKNOWN) {
        *status = vt_sink_reject(sink, err, "unknown kind of event",
                                 "\"%s\" is \"%.*s\"; view, cart, purchase, return, rating, like, dislike, impression "
                                 "or click is expected, or --event-map %.*s=KIND",
                                 vt_columns_name(&work->columns, F_KIND), VT_SHOWN(word), VT_SHOWN(word));
        return false;
    }
    event->kind = (vt_event_kind)kind;
    return true;
}

/* The state of an order or a line. False: the row was rejected, through `*status`. */
static bool set_state(vt_csv_work *work, vt_order_state state, vt_str word, vt_event *event, int *status, vt_error *err)
{
    *status = VT_OK;
    switch (state) {
    case VT_ORDER_SOLD:
        return true;
    case VT_ORDER_CANCELLED:
        event->state = VT_LINE_CANCELLED;
        return true;
    case VT_ORDER_REFUNDED:
        event->state = VT_LINE_RETURNED;
        return true;
    case VT_ORDER_OPEN:
        *status = vt_sink_reject(work->source->sink, err, "order not paid", "the order %.*s was not paid (yet)",
                                 VT_SHOWN(event->order_id));
        return false;
    default:
        *status =
            vt_sink_reject(work->source->sink, err, "unknown state of a line",
                           "\"%s\" is \"%.*s\"; sold, cancelled or returned is expected, or --status-map WORD=STATE",
                           vt_columns_name(&work->columns, F_STATE), VT_SHOWN(word));
        return false;
    }
}

/* What the order's own file says, and the state of the line. */
static bool read_order(vt_csv_work *work, const vt_str *row, vt_event *event, int *status, vt_error *err)
{
    const vt_csv_order *order = vt_csv_find_order(work->lookups, event->order_id);
    vt_str word = vt_columns_get(&work->columns, F_STATE, row);
    vt_order_state state = VT_ORDER_SOLD;
    if (order != NULL) {
        event->user = event->user.ptr == NULL ? order->user : event->user;
        event->time = event->time == VT_NONE ? order->time : event->time;
        event->currency = event->currency.ptr == NULL ? order->currency : event->currency;
        state = order->state;
    }
    bool sale = event->kind == VT_EVENT_PURCHASE || event->kind == VT_EVENT_RETURN;
    if (word.ptr != NULL && sale) { /* of a view it says something else */
        state = vt_word_order(word, work->source->options->status_map);
    }
    return set_state(work, state, word, event, status, err);
}

/* A negative number of pieces is a return, where no column says what the row is. */
static void turn_returns(vt_csv_work *work, vt_event *event)
{
    bool bought = event->kind == VT_EVENT_PURCHASE && !(work->kind_named && work->source->options->event_kind_given);
    if (bought && event->quantity != VT_NONE && event->quantity < 0 && event->quantity > -INT64_C(1000000000)) {
        event->kind = VT_EVENT_RETURN;
        event->quantity = -event->quantity;
        vt_sink_count(work->source->sink, "rows with a negative quantity, taken as returns", 1, "item \"%.*s\"",
                      VT_SHOWN(event->item));
    }
}

static bool read_numbers(vt_csv_work *work, const vt_str *row, vt_event *event, int *status, vt_error *err)
{
    vt_source *source = work->source;
    const vt_columns *columns = &work->columns;
    vt_str value = vt_columns_get(columns, F_VALUE, row);
    vt_mark said = VT_MARK_NONE;
    int64_t total = VT_NONE;
    if (value.ptr != NULL && !vt_number_read(&event->value, &said, value, vt_forms_mark(&source->forms, F_VALUE))) {
        *status = vt_sink_reject_value(source->sink, value, err);
        return false;
    }
    if (!vt_cell_time(source, columns, F_TIME, row, &event->time, status, err) ||
        !vt_cell_whole(source, columns, F_QUANTITY, row, &event->quantity, status, err) ||
        !vt_csv_money(work, F_PRICE, row, event->currency, &event->unit_price, status, err) ||
        !vt_csv_money(work, F_TOTAL, row, event->currency, &total, status, err) ||
        !vt_csv_money(work, F_DISCOUNT, row, event->currency, &event->discount, status, err) ||
        !vt_csv_money(work, F_REFUNDED, row, event->currency, &event->refunded, status, err)) {
        return false;
    }
    if (event->unit_price == VT_NONE && total != VT_NONE) {
        vt_line_of_sums(event->quantity, VT_NONE, total, &event->unit_price, &event->discount);
    }
    if (source->options->zero_kind_given && event->value == 0) {
        event->kind = source->options->zero_kind;
        event->value = (double)NAN;
    }
    turn_returns(work, event);
    return true;
}

/* The item as the row describes it; the first row that names it counts. */
static int put_item(vt_csv_work *work, const vt_str *row, vt_str id, vt_error *err)
{
    const vt_columns *columns = &work->columns;
    vt_item item;
    if (columns->column[F_ITEM_TITLE] < 0 || id.ptr == NULL || vt_sink_has_item(work->source->sink, id)) {
        return VT_OK;
    }
    vt_item_init(&item);
    vt_buf_clear(&work->category);
    item.id = id;
    int status = vt_csv_set_text(&work->title, &item.title, vt_columns_get(columns, F_ITEM_TITLE, row), err);
    if (status == VT_OK) {
        status = vt_csv_set_text(&work->brand, &item.brand, vt_columns_get(columns, F_ITEM_BRAND, row), err);
    }
    if (status == VT_OK) {
        status = vt_text_category(&work->category, vt_columns_get(columns, F_ITEM_CATEGORY, row), false, err);
    }
    if (work->category.len > 0) {
        item.category = (vt_str){work->category.data, work->category.len};
    }
    return status != VT_OK || item.title.ptr == NULL ? status : vt_sink_item(work->source->sink, &item, err);
}

/* A row that is of an order is of the order's one item and customer; false where there is no such item. */
static bool set_of_order(vt_csv_work *work, vt_event *event)
{
    vt_str id = event->order_id;
    const vt_csv_order *order = vt_csv_find_order(work->lookups, id);
    event->item = vt_csv_find_name(work->lookups, "item of order", id);
    event->order_id = (vt_str){NULL, 0};
    if (event->item.ptr == NULL || event->item.ptr == id.ptr) {
        vt_sink_count(work->source->sink,
                      event->item.ptr == NULL ? "rows of orders of several items, left out"
                                              : "rows of orders that are in no file, left out",
                      1, "order \"%.*s\"", VT_SHOWN(id));
        return false;
    }
    event->user = order == NULL ? event->user : order->user;
    return true;
}

static int put_row(vt_csv_work *work, const vt_str *row, vt_error *err)
{
    vt_sink *sink = work->source->sink;
    const vt_columns *columns = &work->columns;
    int status = VT_OK;
    vt_event event;
    vt_event_init(&event);
    event.id = vt_columns_get(columns, F_ID, row);
    event.user = vt_csv_find_name(work->lookups, "user", vt_columns_get(columns, F_USER, row));
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
    bool by_order = work->like != NULL && work->like->by_order;
    if (by_order && !set_of_order(work, &event)) {
        return VT_OK;
    }
    if (!read_kind(work, row, &event, &status, err) || !read_numbers(work, row, &event, &status, err) ||
        (!by_order && !read_order(work, row, &event, &status, err))) {
        return status;
    }
    if (event.user.ptr == NULL && event.session.ptr == NULL) {
        event.session = event.order_id; /* sold to nobody that is known, and sold all the same */
    }
    if (event.currency.ptr == NULL && event.unit_price != VT_NONE && work->currency[0] != '\0') {
        event.currency = vt_str_of(work->currency);
    }
    status = vt_sink_event(sink, &event, err);
    return status == VT_OK && !vt_sink_rejected(sink) ? put_item(work, row, event.item, err) : status;
}

const vt_csv_table vt_csv_events = {"events", fields, N_FIELDS, {F_ITEM}, 1, begin, put_row};
