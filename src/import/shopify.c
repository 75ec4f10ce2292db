/*
 * Shopify's exports. A product is one row, with further rows of the same handle for more variants and pictures; a
 * variant with a SKU is an item of its own, since the SKU is what order lines name, and the variants without one are
 * together the item of the product's handle.
 */
#include <stdlib.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/number.h"
#include "import/money.h"
#include "import/shop_files.h"
#include "import/text.h"

enum { VARIANTS_MAX = 2048 };

/* First second of the year 10000: on sale until then. "Not given" would leave an earlier end of sale standing. */
#define FOR_EVER INT64_C(253402300800)

enum {
    P_HANDLE,
    P_TITLE,
    P_BODY,
    P_VENDOR,
    P_CATEGORY,
    P_TYPE,
    P_TAGS,
    P_STATUS,
    P_NAME1,
    P_VALUE1,
    P_NAME2,
    P_VALUE2,
    P_NAME3,
    P_VALUE3,
    P_SKU,
    P_PRICE,
    P_TRACKER,
    P_QUANTITY,
    P_COST,
    P_IMAGE,
    P_VARIANT_IMAGE,
    PRODUCT_FIELDS
};

static const vt_column_field product_fields[PRODUCT_FIELDS] = {
    [P_HANDLE] = {"handle", "url_handle"},
    [P_TITLE] = {"title", ""},
    [P_BODY] = {"body_html", "body description"},
    [P_VENDOR] = {"vendor", ""},
    [P_CATEGORY] = {"product_category", "standard_product_type"},
    [P_TYPE] = {"type", "custom_product_type"},
    [P_TAGS] = {"tags", ""},
    [P_STATUS] = {"status", ""},
    [P_NAME1] = {"option1_name", ""},
    [P_VALUE1] = {"option1_value", ""},
    [P_NAME2] = {"option2_name", ""},
    [P_VALUE2] = {"option2_value", ""},
    [P_NAME3] = {"option3_name", ""},
    [P_VALUE3] = {"option3_value", ""},
    [P_SKU] = {"variant_sku", "sku"},
    [P_PRICE] = {"variant_price", "price"},
    [P_TRACKER] = {"variant_inventory_tracker", "inventory_tracker"},
    [P_QUANTITY] = {"variant_inventory_qty", "inventory_quantity"},
    [P_COST] = {"cost_per_item", "variant_cost"},
    [P_IMAGE] = {"image_src", "product_image_url"},
    [P_VARIANT_IMAGE] = {"variant_image", "variant_image_url"},
};

enum {
    O_NAME,
    O_EMAIL,
    O_PHONE,
    O_CREATED,
    O_CURRENCY,
    O_STATUS,
    O_CANCELLED,
    O_DISCOUNT,
    O_REGION,
    O_QUANTITY,
    O_TITLE,
    O_PRICE,
    O_SKU,
    O_LINE_DISCOUNT,
    ORDER_FIELDS
};

static const vt_column_field order_fields[ORDER_FIELDS] = {
    [O_NAME] = {"name", "order order_id"},
    [O_EMAIL] = {"email", ""},
    [O_PHONE] = {"phone", "billing_phone"},
    [O_CREATED] = {"created_at", "paid_at"},
    [O_CURRENCY] = {"currency", ""},
    [O_STATUS] = {"financial_status", ""},
    [O_CANCELLED] = {"cancelled_at", ""},
    [O_DISCOUNT] = {"discount_amount", ""},
    [O_REGION] = {"shipping_country", "billing_country"},
    [O_QUANTITY] = {"lineitem_quantity", ""},
    [O_TITLE] = {"lineitem_name", ""},
    [O_PRICE] = {"lineitem_price", ""},
    [O_SKU] = {"lineitem_sku", ""},
    [O_LINE_DISCOUNT] = {"lineitem_discount", ""},
};

typedef struct variant {
    vt_str sku; /* not given: part of the product's item */
    vt_str values[3];
    vt_str image;
    int64_t price;
    int64_t cost;
    int64_t stock;
    int64_t line;
} variant;

typedef struct shopify {
    vt_source *source;
    vt_orders *orders;
    /* The product at hand. */
    vt_arena *texts;
    bool any;
    vt_str handle, title, body, vendor, category, tags, status;
    vt_str names[3];   /* of options */
    variant *variants; /* (VARIANTS_MAX) */
    size_t n_variants;
    vt_str *images; /* (VT_TEXT_IMAGES_MAX) */
    size_t n_images;
    /* Reused. */
    vt_str *list; /* (VT_TEXT_IMAGES_MAX + 1) */
    vt_buf description, path, name, attributes;
} shopify;

/* ---- products ---------------------------------------------------------------------------------------------------- */

static int keep(shopify *s, vt_str *to, vt_str from, vt_error *err)
{
    if (to->ptr != NULL || from.ptr == NULL) {
        return VT_OK;
    }
    *to = vt_arena_str(s->texts, from, err);
    return to->ptr == NULL ? VT_ERR_NO_MEMORY : VT_OK;
}

/* The options of a variant as " - Red / XL", nothing for the one that a product without options has. */
static int add_options(shopify *s, const variant *v, vt_error *err)
{
    int status = VT_OK;
    bool first = true;
    for (size_t i = 0; status == VT_OK && i < 3; i++) {
        if (v->values[i].ptr == NULL || vt_text_same(v->values[i], "Default Title")) {
            continue;
        }
        status = vt_buf_add_text(&s->name, first ? " - " : " / ", err);
        status = status == VT_OK ? vt_buf_add(&s->name, v->values[i].ptr, v->values[i].len, err) : status;
        first = false;
    }
    return status;
}

/* The option's name as a key, unless an option before has it too. */
static const char *option_key(const shopify *s, size_t i)
{
    for (size_t k = 0; k < i; k++) {
        if (vt_str_equal(s->names[k], s->names[i])) {
            return NULL;
        }
    }
    return s->names[i].ptr;
}

/* Handle, tags and, of a variant, its options. Texts of the arena end with a NUL, so that they may be keys. */
static int write_attributes(shopify *s, const variant *v, vt_error *err)
{
    vt_json_writer writer;
    vt_buf_clear(&s->attributes);
    vt_json_writer_init(&writer, &s->attributes, false);
    vt_json_object(&writer, NULL);
    vt_json_text(&writer, "handle", s->handle);
    if (s->tags.ptr != NULL) {
        vt_text_list(&writer, "tags", s->tags, ',');
    }
    vt_json_object(&writer, "options");
    for (size_t i = 0; v->sku.ptr != NULL && i < 3; i++) {
        bool has = s->names[i].ptr != NULL && v->values[i].ptr != NULL && !vt_text_same(v->values[i], "Default Title");
        if (has && option_key(s, i) != NULL) {
            vt_json_text(&writer, option_key(s, i), v->values[i]);
        }
    }
    vt_json_object_end(&writer);
    vt_json_object_end(&writer);
    return vt_json_writer_done(&writer, err);
}

/* The variant's own picture first, then the product's. */
static size_t list_images(shopify *s, const variant *v)
{
    size_t n = 0;
    if (v->sku.ptr != NULL && v->image.ptr != NULL) {
        s->list[n++] = v->image;
    }
    for (size_t i = 0; i < s->n_images && n < VT_TEXT_IMAGES_MAX; i++) {
        if (n == 0 || !vt_str_equal(s->list[0], s->images[i])) {
            s->list[n++] = s->images[i];
        }
    }
    return n;
}

static int put_variant(shopify *s, const variant *v, vt_error *err)
{
    vt_item item;
    vt_item_init(&item);
    vt_buf_clear(&s->name);
    int status = s->title.ptr == NULL ? VT_OK : vt_buf_add(&s->name, s->title.ptr, s->title.len, err);
    if (status == VT_OK && v->sku.ptr != NULL && s->title.ptr != NULL) {
        status = add_options(s, v, err);
    }
    status = status == VT_OK ? write_attributes(s, v, err) : status;
    if (status != VT_OK) {
        return status;
    }
    item.id = v->sku.ptr != NULL ? v->sku : s->handle;
    item.title = s->name.len > 0 ? (vt_str){s->name.data, s->name.len} : item.title;
    item.description = s->description.len > 0 ? (vt_str){s->description.data, s->description.len} : item.description;
    item.brand = s->vendor;
    item.category = s->path.len > 0 ? (vt_str){s->path.data, s->path.len} : item.category;
    item.attributes = (vt_str){s->attributes.data, s->attributes.len};
    item.images = s->list;
    item.n_images = list_images(s, v);
    item.price = v->price;
    item.cost = v->cost;
    item.stock = v->stock;
    if (s->status.ptr != NULL) {
        item.available_until = vt_text_same(s->status, "active") ? FOR_EVER : 0;
    }
    vt_sink_at(s->source->sink, v->line);
    status = vt_sink_item(s->source->sink, &item, err);
    return status == VT_OK ? vt_orders_learn(s->orders, item.id, item.title, err) : status;
}

/* Hands the product at hand over and forgets it. */
static int end_product(shopify *s, vt_error *err)
{
    const variant *plain = NULL; /* the first without a SKU; its stock is that of all of them */
    int status = VT_OK;
    vt_buf_clear(&s->description);
    vt_buf_clear(&s->path);
    if (s->body.ptr != NULL) {
        status = vt_text_html(&s->description, s->body, err);
    }
    if (status == VT_OK) {
        status = vt_text_category(&s->path, s->category, false, err);
    }
    for (size_t i = 0; status == VT_OK && i < s->n_variants; i++) {
        variant *v = &s->variants[i];
        if (v->sku.ptr != NULL) {
            status = put_variant(s, v, err);
        } else if (plain == NULL) {
            int64_t stock = VT_NONE;
            for (size_t k = i; k < s->n_variants; k++) {
                if (s->variants[k].sku.ptr == NULL && s->variants[k].stock != VT_NONE) {
                    stock = (stock == VT_NONE ? 0 : stock) + s->variants[k].stock;
                }
            }
            v->stock = stock;
            plain = v;
            status = put_variant(s, v, err);
        }
    }
    s->any = false;
    s->n_variants = 0;
    s->n_images = 0;
    s->handle = s->title = s->body = s->vendor = s->category = s->tags = s->status = (vt_str){NULL, 0};
    memset(s->names, 0, sizeof s->names);
    vt_arena_reset(s->texts);
    return status;
}

/* A number of a cell; false, with the row rejected, when it is something else. */
static bool read_stock(shopify *s, vt_str cell, int64_t *out, int *status, vt_error *err)
{
    double number = 0;
    if (cell.ptr == NULL) {
        return true;
    }
    if (!vt_parse_real(&number, cell) || number < -1e12 || number > 1e12) {
        *status = vt_sink_reject(s->source->sink, err, "not a whole number",
                                 "the stock is \"%.*s\"; a whole number is expected", VT_SHOWN(cell));
        return false;
    }
    *out = number > 0 ? (int64_t)number : 0;
    return true;
}

/* The row's variant, when it has one: rows of pictures alone have no price. */
static int add_variant(shopify *s, const vt_columns *columns, const vt_str *row, int64_t line, vt_error *err)
{
    variant v = {.price = VT_NONE, .cost = VT_NONE, .stock = VT_NONE, .line = line};
    vt_str price = vt_columns_get(columns, P_PRICE, row);
    vt_str sku = vt_columns_get(columns, P_SKU, row);
    bool tracked = columns->column[P_TRACKER] < 0 || vt_columns_get(columns, P_TRACKER, row).ptr != NULL;
    int status = VT_OK;
    if (price.ptr == NULL && sku.ptr == NULL && s->n_variants > 0) {
        return VT_OK;
    }
    if (s->n_variants == VARIANTS_MAX) {
        return vt_sink_reject(s->source->sink, err, "too many variants", "the product has more than %d variants",
                              VARIANTS_MAX);
    }
    if (sku.len > 1 && sku.ptr[0] == '\'') { /* how the export keeps spreadsheets from reading a number */
        sku = (vt_str){sku.ptr + 1, sku.len - 1};
    }
    if (!vt_money_cell(s->source, columns, P_PRICE, row, (vt_str){NULL, 0}, &v.price, &status, err) ||
        !vt_money_cell(s->source, columns, P_COST, row, (vt_str){NULL, 0}, &v.cost, &status, err) ||
        (tracked && !read_stock(s, vt_columns_get(columns, P_QUANTITY, row), &v.stock, &status, err))) {
        return status;
    }
    status = keep(s, &v.sku, sku, err);
    for (size_t i = 0; status == VT_OK && i < 3; i++) {
        status = keep(s, &v.values[i], vt_columns_get(columns, P_VALUE1 + 2 * i, row), err);
    }
    status = status == VT_OK ? keep(s, &v.image, vt_columns_get(columns, P_VARIANT_IMAGE, row), err) : status;
    if (status == VT_OK) {
        s->variants[s->n_variants++] = v;
    }
    return status;
}

static int add_product_row(shopify *s, const vt_columns *columns, const vt_str *row, int64_t line, vt_error *err)
{
    vt_str category = vt_columns_get(columns, P_CATEGORY, row);
    vt_str picture = vt_columns_get(columns, P_IMAGE, row);
    int status = keep(s, &s->handle, vt_columns_get(columns, P_HANDLE, row), err);
    category = category.ptr == NULL || vt_text_same(category, "Uncategorized") ? vt_columns_get(columns, P_TYPE, row)
                                                                               : category;
    const struct {
        vt_str *to;
        vt_str from;
    } texts[] = {
        {&s->title, vt_columns_get(columns, P_TITLE, row)},    {&s->body, vt_columns_get(columns, P_BODY, row)},
        {&s->vendor, vt_columns_get(columns, P_VENDOR, row)},  {&s->category, category},
        {&s->tags, vt_columns_get(columns, P_TAGS, row)},      {&s->status, vt_columns_get(columns, P_STATUS, row)},
        {&s->names[0], vt_columns_get(columns, P_NAME1, row)}, {&s->names[1], vt_columns_get(columns, P_NAME2, row)},
        {&s->names[2], vt_columns_get(columns, P_NAME3, row)}};
    for (size_t i = 0; status == VT_OK && i < sizeof texts / sizeof texts[0]; i++) {
        status = keep(s, texts[i].to, texts[i].from, err);
    }
    if (status == VT_OK && picture.ptr != NULL && s->n_images < VT_TEXT_IMAGES_MAX) {
        s->images[s->n_images] = (vt_str){NULL, 0};
        status = keep(s, &s->images[s->n_images], picture, err);
        s->n_images += status == VT_OK;
    }
    s->any = true;
    return status == VT_OK ? add_variant(s, columns, row, line, err) : status;
}

static int read_products(void *context, const vt_columns *columns, vt_csv *csv, vt_error *err)
{
    shopify *s = context;
    const vt_str *row = NULL;
    int status = VT_OK;
    for (;;) {
        status = vt_shop_files_row(s->source, columns, csv, &row, err);
        if (status != VT_OK || row == NULL) {
            break;
        }
        vt_str handle = vt_columns_get(columns, P_HANDLE, row);
        int64_t line = vt_csv_line(csv);
        if (s->any && !vt_str_equal(handle, s->handle)) {
            status = end_product(s, err);
            vt_sink_at(s->source->sink, line);
        }
        if (status == VT_OK) {
            status = handle.ptr == NULL ? vt_sink_reject(s->source->sink, err, "id missing",
                                                         "the handle is missing; every row of a product needs it")
                                        : add_product_row(s, columns, row, line, err);
        }
        if (status != VT_OK) {
            break;
        }
    }
    return status == VT_OK ? end_product(s, err) : status;
}

static bool is_products(const vt_str *header, size_t n)
{
    return (vt_column_exists(header, n, "handle") || vt_column_exists(header, n, "url_handle")) &&
           vt_column_exists(header, n, "title");
}

/* ---- orders ------------------------------------------------------------------------------------------------------ */

static int add_order_row(shopify *s, const vt_columns *columns, const vt_str *row, int64_t line_number, vt_error *err)
{
    vt_source *source = s->source;
    vt_order_head head = {.time = VT_NONE, .discount = VT_NONE};
    vt_order_line line = {.quantity = VT_NONE, .unit_price = VT_NONE, .discount = VT_NONE, .line = line_number};
    vt_str created = vt_columns_get(columns, O_CREATED, row);
    vt_str quantity = vt_columns_get(columns, O_QUANTITY, row);
    vt_str status_text = vt_columns_get(columns, O_STATUS, row);
    int status = VT_OK;
    head.id = vt_columns_get(columns, O_NAME, row);
    head.user = vt_columns_get(columns, O_EMAIL, row);
    head.user = head.user.ptr == NULL ? vt_columns_get(columns, O_PHONE, row) : head.user;
    head.region = vt_columns_get(columns, O_REGION, row);
    head.currency = vt_columns_get(columns, O_CURRENCY, row);
    head.cancelled = vt_columns_get(columns, O_CANCELLED, row).ptr != NULL || vt_text_same(status_text, "voided");
    head.refunded = vt_text_same(status_text, "refunded");
    line.name = vt_columns_get(columns, O_TITLE, row);
    line.item = vt_columns_get(columns, O_SKU, row);
    if (head.id.ptr == NULL) {
        return vt_sink_reject(source->sink, err, "id missing",
                              "the order's name is missing; every row of an order needs it");
    }
    if (created.ptr != NULL && vt_parse_time(&head.time, created, NULL, NULL) != VT_OK) {
        return vt_sink_reject(source->sink, err, "time is no time",
                              "\"Created at\" is \"%.*s\"; YYYY-MM-DD HH:MM:SS is expected", VT_SHOWN(created));
    }
    if (quantity.ptr != NULL && !vt_parse_int(&line.quantity, quantity)) {
        return vt_sink_reject(source->sink, err, "not a whole number",
                              "the quantity is \"%.*s\"; a whole number is expected", VT_SHOWN(quantity));
    }
    if (!vt_money_cell(source, columns, O_PRICE, row, head.currency, &line.unit_price, &status, err) ||
        !vt_money_cell(source, columns, O_DISCOUNT, row, head.currency, &head.discount, &status, err) ||
        !vt_money_cell(source, columns, O_LINE_DISCOUNT, row, head.currency, &line.discount, &status, err)) {
        return status;
    }
    return vt_orders_add(s->orders, &head, &line, err);
}

static int read_orders(void *context, const vt_columns *columns, vt_csv *csv, vt_error *err)
{
    shopify *s = context;
    const vt_str *row = NULL;
    int status = VT_OK;
    for (;;) {
        status = vt_shop_files_row(s->source, columns, csv, &row, err);
        if (status != VT_OK || row == NULL) {
            break;
        }
        status = add_order_row(s, columns, row, vt_csv_line(csv), err);
        if (status != VT_OK) {
            break;
        }
    }
    return status == VT_OK ? vt_orders_end(s->orders, err) : status;
}

static bool is_orders(const vt_str *header, size_t n)
{
    return vt_column_exists(header, n, "lineitem_name") || vt_column_exists(header, n, "lineitem_sku");
}

static const vt_shop_file files[2] = {
    {"products", is_products, product_fields, PRODUCT_FIELDS, PRODUCT_FIELDS, read_products},
    {"orders", is_orders, order_fields, ORDER_FIELDS, O_CURRENCY, read_orders},
};

int vt_source_shopify(vt_source *source, vt_error *err)
{
    shopify s = {.source = source};
    vt_buf *bufs[] = {&s.description, &s.path, &s.name, &s.attributes};
    for (size_t i = 0; i < sizeof bufs / sizeof bufs[0]; i++) {
        vt_buf_init(bufs[i], VT_LINE_BYTES_MAX * 4);
    }
    vt_sink_rules(source->sink)->time_name = "Created at";
    int status = vt_orders_create(&s.orders, source, err);
    if (status == VT_OK) {
        status = vt_arena_create(&s.texts, 0, err);
    }
    if (status == VT_OK) {
        s.variants = vt_alloc(VARIANTS_MAX, sizeof *s.variants, err);
        s.images = s.variants == NULL ? NULL : vt_alloc(VT_TEXT_IMAGES_MAX, sizeof *s.images, err);
        s.list = s.images == NULL ? NULL : vt_alloc(VT_TEXT_IMAGES_MAX + 1, sizeof *s.list, err);
        status = s.list == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    }
    if (status == VT_OK) {
        status = vt_shop_files_read(source, "Shopify", files, &s, err);
    }
    for (size_t i = 0; i < sizeof bufs / sizeof bufs[0]; i++) {
        vt_buf_done(bufs[i]);
    }
    vt_orders_free(s.orders);
    vt_arena_free(s.texts);
    vt_free(s.variants);
    vt_free(s.images);
    vt_free(s.list);
    return status;
}
