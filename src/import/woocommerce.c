/*
 * WooCommerce's exports. Each row of the product export is an item, under its SKU where it has one, else under its
 * ID; a variation takes from its parent what it does not say itself. Orders come from several export plug-ins, one
 * row an article: their columns are found by the names these use.
 */
#include "base/alloc.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/map.h"
#include "base/number.h"
#include "import/money.h"
#include "import/shop_files.h"
#include "import/text.h"

enum {
    P_ID,
    P_TYPE,
    P_SKU,
    P_NAME,
    P_SHORT,
    P_DESCRIPTION,
    P_STOCK,
    P_IN_STOCK,
    P_SALE_FROM,
    P_SALE_UNTIL,
    P_SALE,
    P_REGULAR,
    P_CATEGORIES,
    P_TAGS,
    P_IMAGES,
    P_PARENT,
    P_BRAND,
    P_COST,
    PRODUCT_FIELDS
};

static const vt_column_field product_fields[PRODUCT_FIELDS] = {
    [P_ID] = {"id", "product_id"},
    [P_TYPE] = {"type", ""},
    [P_SKU] = {"sku", ""},
    [P_NAME] = {"name", ""},
    [P_SHORT] = {"short_description", ""},
    [P_DESCRIPTION] = {"description", ""},
    [P_STOCK] = {"stock", ""},
    [P_IN_STOCK] = {"in_stock", ""},
    [P_SALE_FROM] = {"date_sale_price_starts", ""},
    [P_SALE_UNTIL] = {"date_sale_price_ends", ""},
    [P_SALE] = {"sale_price", ""},
    [P_REGULAR] = {"regular_price", "price"},
    [P_CATEGORIES] = {"categories", ""},
    [P_TAGS] = {"tags", ""},
    [P_IMAGES] = {"images", ""},
    [P_PARENT] = {"parent", ""},
    [P_BRAND] = {"brands", "brand"},
    [P_COST] = {"cost_of_goods", "cogs cost"},
};

enum {
    O_ID,
    O_USER,
    O_EMAIL,
    O_DATE,
    O_STATUS,
    O_CURRENCY,
    O_REGION,
    O_ORDER_DISCOUNT,
    O_SKU,
    O_PRODUCT,
    O_NAME,
    O_QUANTITY,
    O_PRICE,
    O_SUBTOTAL,
    O_TOTAL,
    ORDER_FIELDS
};

static const vt_column_field order_fields[ORDER_FIELDS] = {
    [O_ID] = {"order_number", "order_id order id"},
    [O_USER] = {"customer_user_id", "customer_id customer_user user_id"},
    [O_EMAIL] = {"billing_email", "email_billing customer_email email billing_email_address"},
    [O_DATE] = {"order_date", "date date_created created_at paid_date"},
    [O_STATUS] = {"order_status", "status"},
    [O_CURRENCY] = {"order_currency", "currency"},
    [O_REGION] = {"shipping_country",
                  "country_code_shipping country_name_shipping billing_country country_code_billing "
                  "country_name_billing country"},
    [O_ORDER_DISCOUNT] = {"cart_discount_amount", "cart_discount discount_amount order_discount discount_total"},
    [O_SKU] = {"item_sku", "sku product_sku line_item_sku"},
    [O_PRODUCT] = {"product_id", "item_product_id line_item_product_id item_id"},
    [O_NAME] = {"item_name", "product_name line_item_name name"},
    [O_QUANTITY] = {"item_quantity", "quantity quantity_refund qty line_item_quantity"},
    [O_PRICE] = {"item_price", "item_cost product_price line_item_price unit_price"},
    [O_SUBTOTAL] = {"item_subtotal", "order_line_subtotal line_subtotal line_item_subtotal"},
    [O_TOTAL] = {"item_total", "order_line_total line_total line_item_total"},
};

/* What variations take from their parent. */
typedef struct parent {
    vt_str name, description, brand, category, images;
} parent;

typedef struct woo {
    vt_source *source;
    vt_orders *orders;
    vt_map *by_id; /* "id:12" and SKUs of variable products -> number in `parents` */
    vt_arena *texts;
    parent *parents;
    size_t n_parents;
    size_t capacity;
    vt_str *images; /* (VT_TEXT_IMAGES_MAX) */
    vt_buf description, category, attributes;
} woo;

/* ---- products ---------------------------------------------------------------------------------------------------- */

static int copy(woo *w, vt_str *to, vt_str from, vt_error *err)
{
    *to = vt_arena_str(w->texts, from, err);
    return from.ptr != NULL && to->ptr == NULL ? VT_ERR_NO_MEMORY : VT_OK;
}

/* Keeps a variable product for its variations, which name it by SKU or as "id:12". */
static int keep_parent(woo *w, vt_str id, vt_str sku, const vt_item *item, vt_str images, vt_error *err)
{
    char key[64];
    int status = vt_alloc_next(&w->parents, &w->capacity, w->n_parents, sizeof *w->parents, err);
    if (status != VT_OK) {
        return status;
    }
    parent *p = &w->parents[w->n_parents];
    *p = (parent){.name = {NULL, 0}};
    const struct {
        vt_str *to;
        vt_str from;
    } texts[] = {{&p->name, item->title},
                 {&p->description, item->description},
                 {&p->brand, item->brand},
                 {&p->category, item->category},
                 {&p->images, images}};
    for (size_t i = 0; status == VT_OK && i < sizeof texts / sizeof texts[0]; i++) {
        status = copy(w, texts[i].to, texts[i].from, err);
    }
    if (status == VT_OK && sku.ptr != NULL) {
        status = vt_map_set(w->by_id, sku, (int64_t)w->n_parents, err);
    }
    if (status == VT_OK && id.ptr != NULL && id.len < sizeof key - 3) {
        memcpy(key, "id:", 3);
        memcpy(key + 3, id.ptr, id.len);
        status = vt_map_set(w->by_id, (vt_str){key, id.len + 3}, (int64_t)w->n_parents, err);
    }
    w->n_parents += status == VT_OK;
    return status;
}

static void inherit(vt_str *text, vt_str from)
{
    *text = text->ptr == NULL ? from : *text;
}

/* The price that holds now: the sale's while it runs. */
static bool read_price(woo *w, const vt_columns *columns, const vt_str *row, int64_t *price, int *status, vt_error *err)
{
    int64_t sale = VT_NONE;
    int64_t from = VT_NONE;
    int64_t until = VT_NONE;
    const vt_str none = {NULL, 0};
    if (!vt_money_cell(w->source, columns, P_REGULAR, row, none, price, status, err) ||
        !vt_money_cell(w->source, columns, P_SALE, row, none, &sale, status, err)) {
        return false;
    }
    vt_str begin = vt_columns_get(columns, P_SALE_FROM, row);
    vt_str end = vt_columns_get(columns, P_SALE_UNTIL, row);
    bool dated = (begin.ptr == NULL || vt_parse_time(&from, begin, NULL, NULL) == VT_OK) &&
                 (end.ptr == NULL || vt_parse_time(&until, end, NULL, NULL) == VT_OK);
    int64_t now = vt_now();
    if (sale != VT_NONE && dated && (from == VT_NONE || from <= now) && (until == VT_NONE || now < until)) {
        *price = sale;
    }
    return true;
}

static int write_tags(woo *w, vt_str tags, vt_str id, vt_error *err)
{
    vt_json_writer writer;
    vt_buf_clear(&w->attributes);
    vt_json_writer_init(&writer, &w->attributes, false);
    vt_json_object(&writer, NULL);
    vt_json_text(&writer, "product_id", id);
    vt_text_list(&writer, "tags", tags, ',');
    vt_json_object_end(&writer);
    return vt_json_writer_done(&writer, err);
}

/* "Stock" is pieces where they are counted; else "In stock?" says at least whether there are none. */
static bool read_stock(woo *w, const vt_columns *columns, const vt_str *row, int64_t *stock, int *status, vt_error *err)
{
    vt_str cell = vt_columns_get(columns, P_STOCK, row);
    vt_str flag = vt_columns_get(columns, P_IN_STOCK, row);
    double number = 0;
    if (cell.ptr == NULL) {
        *stock = vt_text_same(flag, "0") ? 0 : *stock;
        return true;
    }
    if (!vt_parse_real(&number, cell) || number < -1e12 || number > 1e12) {
        *status =
            vt_sink_reject(w->source->sink, err, "not a whole number", "\"%s\" is \"%.*s\"; a whole number is expected",
                           vt_columns_name(columns, P_STOCK), VT_SHOWN(cell));
        return false;
    }
    *stock = number > 0 ? (int64_t)number : 0;
    return true;
}

static int add_product(woo *w, const vt_columns *columns, const vt_str *row, vt_error *err)
{
    vt_item item;
    vt_item_init(&item);
    int64_t number = 0;
    vt_str id = vt_columns_get(columns, P_ID, row);
    vt_str sku = vt_columns_get(columns, P_SKU, row);
    vt_str type = vt_columns_get(columns, P_TYPE, row);
    vt_str above = vt_columns_get(columns, P_PARENT, row);
    vt_str images = vt_columns_get(columns, P_IMAGES, row);
    vt_str body = vt_columns_get(columns, P_DESCRIPTION, row);
    int status = VT_OK;
    body = body.ptr == NULL ? vt_columns_get(columns, P_SHORT, row) : body;
    if (!read_price(w, columns, row, &item.price, &status, err) ||
        !vt_money_cell(w->source, columns, P_COST, row, (vt_str){NULL, 0}, &item.cost, &status, err) ||
        !read_stock(w, columns, row, &item.stock, &status, err)) {
        return status;
    }
    vt_buf_clear(&w->description);
    vt_buf_clear(&w->category);
    status = vt_text_html(&w->description, body, err);
    if (status == VT_OK) {
        status = vt_text_category(&w->category, vt_columns_get(columns, P_CATEGORIES, row), true, err);
    }
    if (status == VT_OK) {
        status = write_tags(w, vt_columns_get(columns, P_TAGS, row), id, err);
    }
    if (status != VT_OK) {
        return status;
    }
    item.id = sku.ptr != NULL ? sku : id;
    item.title = vt_columns_get(columns, P_NAME, row);
    item.brand = vt_columns_get(columns, P_BRAND, row);
    item.description = w->description.len > 0 ? (vt_str){w->description.data, w->description.len} : item.description;
    item.category = w->category.len > 0 ? (vt_str){w->category.data, w->category.len} : item.category;
    item.attributes = (vt_str){w->attributes.data, w->attributes.len};
    if (vt_text_same(type, "variable") || vt_text_same(type, "grouped")) {
        status = keep_parent(w, id, sku, &item, images, err);
    } else if (above.ptr != NULL && vt_map_get(w->by_id, above, &number)) {
        const parent *p = &w->parents[number];
        inherit(&item.title, p->name);
        inherit(&item.description, p->description);
        inherit(&item.brand, p->brand);
        inherit(&item.category, p->category);
        inherit(&images, p->images);
    }
    item.images = w->images;
    item.n_images = vt_text_images(w->images, images);
    status = status == VT_OK ? vt_sink_item(w->source->sink, &item, err) : status;
    return status == VT_OK ? vt_orders_learn(w->orders, item.id, item.title, err) : status;
}

static int read_products(void *context, const vt_columns *columns, vt_csv *csv, vt_error *err)
{
    woo *w = context;
    const vt_str *row = NULL;
    int status = vt_shop_files_row(w->source, columns, csv, &row, err);
    while (status == VT_OK && row != NULL) {
        status = add_product(w, columns, row, err);
        if (status == VT_OK) {
            status = vt_shop_files_row(w->source, columns, csv, &row, err);
        }
    }
    return status;
}

static bool is_products(const vt_str *header, size_t n)
{
    return vt_column_exists(header, n, "regular_price") && vt_column_exists(header, n, "name");
}

/* ---- orders ------------------------------------------------------------------------------------------------------ */

static bool is_one_of(vt_str text, const char *const *words, size_t n)
{
    if (text.len > 3 && memcmp(text.ptr, "wc-", 3) == 0) {
        text = (vt_str){text.ptr + 3, text.len - 3};
    }
    for (size_t i = 0; i < n; i++) {
        if (vt_text_same(text, words[i])) {
            return true;
        }
    }
    return false;
}

/* Unit price and discount of a line that gives only its sums. */
static void from_sums(vt_order_line *line, int64_t subtotal, int64_t total)
{
    int64_t quantity = line->quantity == VT_NONE || line->quantity < 1 ? 1 : line->quantity;
    int64_t gross = subtotal != VT_NONE ? subtotal : total;
    if (line->unit_price == VT_NONE && gross != VT_NONE) {
        line->unit_price =
            gross / quantity + (gross % quantity != 0); /* rounded up: the discount takes the rest back */
    }
    __int128 full = line->unit_price == VT_NONE ? 0 : (__int128)line->unit_price * quantity;
    if (line->unit_price != VT_NONE && total != VT_NONE && full > total && full <= INT64_MAX) {
        line->discount = (int64_t)full - total;
    }
}

static int add_order_row(woo *w, const vt_columns *columns, const vt_str *row, int64_t line_number, vt_error *err)
{
    static const char *const open[] = {"failed", "trash", "draft", "checkout-draft", "pending", "pending payment"};
    static const char *const ended[] = {"cancelled"};
    static const char *const back[] = {"refunded"};
    vt_source *source = w->source;
    vt_order_head head = {.time = VT_NONE, .discount = VT_NONE};
    vt_order_line line = {.quantity = VT_NONE, .unit_price = VT_NONE, .discount = VT_NONE, .line = line_number};
    int64_t subtotal = VT_NONE;
    int64_t total = VT_NONE;
    vt_str date = vt_columns_get(columns, O_DATE, row);
    vt_str quantity = vt_columns_get(columns, O_QUANTITY, row);
    vt_str state = vt_columns_get(columns, O_STATUS, row);
    int status = VT_OK;
    head.id = vt_columns_get(columns, O_ID, row);
    head.user = vt_columns_get(columns, O_USER, row);
    if (head.user.ptr == NULL || vt_text_same(head.user, "0")) { /* 0: a guest */
        head.user = vt_columns_get(columns, O_EMAIL, row);
    }
    head.region = vt_columns_get(columns, O_REGION, row);
    head.currency = vt_columns_get(columns, O_CURRENCY, row);
    head.open = is_one_of(state, open, sizeof open / sizeof open[0]);
    head.cancelled = is_one_of(state, ended, 1);
    head.refunded = is_one_of(state, back, 1);
    line.name = vt_columns_get(columns, O_NAME, row);
    line.item = vt_columns_get(columns, O_SKU, row);
    line.item = line.item.ptr == NULL ? vt_columns_get(columns, O_PRODUCT, row) : line.item;
    if (head.id.ptr == NULL) {
        return vt_sink_reject(source->sink, err, "id missing",
                              "the order's number is missing; every row of an order needs it");
    }
    if (date.ptr != NULL && vt_parse_time(&head.time, date, NULL, NULL) != VT_OK) {
        return vt_sink_reject(source->sink, err, "time is no time",
                              "\"%s\" is \"%.*s\"; YYYY-MM-DD HH:MM:SS is expected", vt_columns_name(columns, O_DATE),
                              VT_SHOWN(date));
    }
    if (quantity.ptr != NULL && !vt_parse_int(&line.quantity, quantity)) {
        return vt_sink_reject(source->sink, err, "not a whole number", "\"%s\" is \"%.*s\"; a whole number is expected",
                              vt_columns_name(columns, O_QUANTITY), VT_SHOWN(quantity));
    }
    if (!vt_money_cell(source, columns, O_PRICE, row, head.currency, &line.unit_price, &status, err) ||
        !vt_money_cell(source, columns, O_SUBTOTAL, row, head.currency, &subtotal, &status, err) ||
        !vt_money_cell(source, columns, O_TOTAL, row, head.currency, &total, &status, err) ||
        !vt_money_cell(source, columns, O_ORDER_DISCOUNT, row, head.currency, &head.discount, &status, err)) {
        return status;
    }
    from_sums(&line, subtotal, total);
    return vt_orders_add(w->orders, &head, &line, err);
}

static int read_orders(void *context, const vt_columns *columns, vt_csv *csv, vt_error *err)
{
    woo *w = context;
    const vt_str *row = NULL;
    int status = vt_shop_files_row(w->source, columns, csv, &row, err);
    while (status == VT_OK && row != NULL) {
        status = add_order_row(w, columns, row, vt_csv_line(csv), err);
        if (status == VT_OK) {
            status = vt_shop_files_row(w->source, columns, csv, &row, err);
        }
    }
    return status == VT_OK ? vt_orders_end(w->orders, err) : status;
}

static bool is_orders(const vt_str *header, size_t n)
{
    bool order = vt_column_exists(header, n, "order_number") || vt_column_exists(header, n, "order_id");
    static const char *const lines[] = {"item_name", "item_sku",       "product_name",
                                        "sku",       "line_item_name", "line_item_sku"};
    for (size_t i = 0; order && i < sizeof lines / sizeof lines[0]; i++) {
        if (vt_column_exists(header, n, lines[i])) {
            return true;
        }
    }
    return false;
}

static const vt_shop_file files[2] = {
    {"products", is_products, product_fields, PRODUCT_FIELDS, PRODUCT_FIELDS, read_products},
    {"orders", is_orders, order_fields, ORDER_FIELDS, O_CURRENCY, read_orders},
};

int vt_source_woocommerce(vt_source *source, vt_error *err)
{
    woo w = {.source = source};
    vt_buf *bufs[] = {&w.description, &w.category, &w.attributes};
    for (size_t i = 0; i < sizeof bufs / sizeof bufs[0]; i++) {
        vt_buf_init(bufs[i], VT_LINE_BYTES_MAX * 4);
    }
    vt_sink_rules(source->sink)->time_name = "order date";
    int status = vt_orders_create(&w.orders, source, err);
    if (status == VT_OK) {
        status = vt_arena_create(&w.texts, 0, err);
    }
    if (status == VT_OK) {
        status = vt_map_create(&w.by_id, 0, err);
    }
    if (status == VT_OK) {
        w.images = vt_alloc(VT_TEXT_IMAGES_MAX, sizeof *w.images, err);
        status = w.images == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    }
    if (status == VT_OK) {
        status = vt_shop_files_read(source, "WooCommerce", files, &w, err);
    }
    for (size_t i = 0; i < sizeof bufs / sizeof bufs[0]; i++) {
        vt_buf_done(bufs[i]);
    }
    vt_orders_free(w.orders);
    vt_arena_free(w.texts);
    vt_map_free(w.by_id);
    vt_free(w.parents);
    vt_free(w.images);
    return status;
}
