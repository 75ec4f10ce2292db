/*
 * Shopify's exports. A product is one row, with further rows of the same handle for more variants and pictures; a
 * variant with a SKU is an item of its own, since the SKU is what order lines name, and the variants without one are
 * together the item of the product's handle.
 */
#include <stdlib.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/limits.h"
#include "base/map.h"
#include "import/cells.h"
#include "import/recognise.h"
#include "import/shop_files.h"
#include "import/text.h"

enum { VARIANTS_MAX = 2048 };

enum {
    P_HANDLE,
    P_TITLE,
    P_BODY,
    P_VENDOR,
    P_CATEGORY,
    P_TYPE,
    P_TAGS,
    P_STATUS,
    P_PUBLISHED,
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
    P_POLICY,
    P_COST,
    P_IMAGE,
    P_VARIANT_IMAGE,
    PRODUCT_FIELDS
};

static const vt_column_field product_fields[PRODUCT_FIELDS] = {
    [P_HANDLE] = {"handle", "url_handle", VT_CELL_ID, false},
    [P_TITLE] = {"title", "", VT_CELL_TEXT, false},
    [P_BODY] = {"body_html", "body description", VT_CELL_TEXT, false},
    [P_VENDOR] = {"vendor", "", VT_CELL_TEXT, false},
    [P_CATEGORY] = {"product_category", "standard_product_type", VT_CELL_TEXT, false},
    [P_TYPE] = {"type", "custom_product_type", VT_CELL_TEXT, false},
    [P_TAGS] = {"tags", "", VT_CELL_TEXT, false},
    [P_STATUS] = {"status", "", VT_CELL_TEXT, false},
    [P_PUBLISHED] = {"published", "published_on_online_store", VT_CELL_TEXT, false},
    [P_NAME1] = {"option1_name", "", VT_CELL_TEXT, false},
    [P_VALUE1] = {"option1_value", "", VT_CELL_TEXT, false},
    [P_NAME2] = {"option2_name", "", VT_CELL_TEXT, false},
    [P_VALUE2] = {"option2_value", "", VT_CELL_TEXT, false},
    [P_NAME3] = {"option3_name", "", VT_CELL_TEXT, false},
    [P_VALUE3] = {"option3_value", "", VT_CELL_TEXT, false},
    [P_SKU] = {"variant_sku", "sku", VT_CELL_ID, false},
    [P_PRICE] = {"variant_price", "price", VT_CELL_MONEY, false},
    [P_TRACKER] = {"variant_inventory_tracker", "inventory_tracker", VT_CELL_TEXT, false},
    [P_QUANTITY] = {"variant_inventory_qty", "inventory_quantity", VT_CELL_NUMBER, false},
    [P_POLICY] = {"variant_inventory_policy", "continue_selling_when_out_of_stock", VT_CELL_TEXT, false},
    [P_COST] = {"cost_per_item", "variant_cost", VT_CELL_MONEY, false},
    [P_IMAGE] = {"image_src", "product_image_url", VT_CELL_TEXT, false},
    [P_VARIANT_IMAGE] = {"variant_image", "variant_image_url", VT_CELL_TEXT, false},
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
    [O_NAME] = {"name", "order order_id", VT_CELL_ID, false},
    [O_EMAIL] = {"email", "", VT_CELL_ID, false},
    [O_PHONE] = {"phone", "billing_phone", VT_CELL_ID, false},
    [O_CREATED] = {"created_at", "paid_at", VT_CELL_TIME, false},
    [O_CURRENCY] = {"currency", "", VT_CELL_ID, false},
    [O_STATUS] = {"financial_status", "", VT_CELL_TEXT, false},
    [O_CANCELLED] = {"cancelled_at", "", VT_CELL_TIME, false},
    [O_DISCOUNT] = {"discount_amount", "", VT_CELL_MONEY, false},
    [O_REGION] = {"shipping_country", "billing_country", VT_CELL_CODE, false},
    [O_QUANTITY] = {"lineitem_quantity", "", VT_CELL_NUMBER, false},
    [O_TITLE] = {"lineitem_name", "", VT_CELL_TEXT, false},
    [O_PRICE] = {"lineitem_price", "", VT_CELL_MONEY, false},
    [O_SKU] = {"lineitem_sku", "", VT_CELL_ID, false},
    [O_LINE_DISCOUNT] = {"lineitem_discount", "", VT_CELL_MONEY, false},
};

typedef struct variant {
    vt_str sku; /* not given: part of the product's item */
    vt_str values[3];
    vt_str image;
    int64_t price;
    int64_t cost;
    int64_t stock;
    bool open; /* nobody counts it, or it is sold without end */
    int64_t line;
} variant;

/* What a product says of all its variants. */
typedef struct product {
    vt_str handle, title, body, vendor, category, tags, status, published;
    vt_str names[3]; /* of options */
} product;

typedef struct shopify {
    vt_source *source;
    vt_orders *orders;
    /* The product at hand. */
    vt_arena *texts;
    bool any;
    product head;
    variant *variants; /* (VARIANTS_MAX) */
    size_t n_variants;
    vt_str *images; /* (VT_TEXT_IMAGES_MAX) */
    size_t n_images;
    /* Reused. */
    vt_str *list; /* (VT_TEXT_IMAGES_MAX + 1) */
    vt_buf description, path, name, vendor, attributes;
    /* Products that were handed over, for rows of them further down. */
    vt_arena *kept;
    vt_map *places; /* handle -> place in `products` */
    product *products;
    size_t n_products, capacity;
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
        if (vt_str_equal(s->head.names[k], s->head.names[i])) {
            return NULL;
        }
    }
    return s->head.names[i].ptr;
}

/* Handle, tags and, of a variant, its options. Texts of the arena end with a NUL, so that they may be keys. */
static int write_attributes(shopify *s, const variant *v, vt_error *err)
{
    vt_json_writer writer;
    vt_buf_clear(&s->attributes);
    vt_json_writer_init(&writer, &s->attributes, false);
    vt_json_object(&writer, NULL);
    vt_json_text(&writer, "handle", s->head.handle);
    if (s->head.tags.ptr != NULL) {
        vt_text_list(&writer, "tags", s->head.tags, ',');
    }
    vt_json_object(&writer, "options");
    for (size_t i = 0; v->sku.ptr != NULL && i < 3; i++) {
        bool has =
            s->head.names[i].ptr != NULL && v->values[i].ptr != NULL && !vt_text_same(v->values[i], "Default Title");
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
    vt_buf_clear(&s->vendor);
    int status = vt_text_marked(&s->name, s->head.title, err);
    status = status == VT_OK ? vt_text_marked(&s->vendor, s->head.vendor, err) : status;
    if (status == VT_OK && v->sku.ptr != NULL && s->head.title.ptr != NULL) {
        status = add_options(s, v, err);
    }
    status = status == VT_OK ? write_attributes(s, v, err) : status;
    if (status != VT_OK) {
        return status;
    }
    item.id = v->sku.ptr != NULL ? v->sku : s->head.handle;
    item.title = s->name.len > 0 ? (vt_str){s->name.data, s->name.len} : item.title;
    item.description = s->description.len > 0 ? (vt_str){s->description.data, s->description.len} : item.description;
    item.brand = s->vendor.len > 0 ? (vt_str){s->vendor.data, s->vendor.len} : item.brand;
    item.category = s->path.len > 0 ? (vt_str){s->path.data, s->path.len} : item.category;
    item.attributes = (vt_str){s->attributes.data, s->attributes.len};
    item.images = s->list;
    item.n_images = list_images(s, v);
    item.price = v->price;
    item.cost = v->cost;
    item.stock = v->stock;
    item.untracked = v->open;
    bool active = s->head.status.ptr == NULL || vt_text_same(s->head.status, "active");
    bool published = s->head.published.ptr == NULL || vt_word_yes(s->head.published);
    if (s->head.status.ptr != NULL || s->head.published.ptr != NULL) {
        item.available_until = active && published ? VT_TIME_MAX : 0; /* "not given" would keep 0 */
    }
    vt_sink_at(s->source->sink, v->line);
    status = vt_sink_item(s->source->sink, &item, err);
    return status == VT_OK ? vt_orders_learn(s->orders, item.id, item.title, (vt_str){NULL, 0}, err) : status;
}

/* Keeps what the product says, so that rows of its handle further down have it too. */
static int keep_product(shopify *s, vt_error *err)
{
    int64_t place = 0;
    if (s->head.handle.ptr == NULL || vt_map_get(s->places, s->head.handle, &place)) {
        return VT_OK;
    }
    int status = vt_alloc_next(&s->products, &s->capacity, s->n_products, sizeof *s->products, err);
    if (status != VT_OK) {
        return status;
    }
    product *copy = &s->products[s->n_products];
    *copy = s->head;
    vt_str *const texts[] = {&copy->handle,   &copy->title,    &copy->body,    &copy->vendor,
                             &copy->category, &copy->tags,     &copy->status,  &copy->published,
                             &copy->names[0], &copy->names[1], &copy->names[2]};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        *texts[i] = texts[i]->ptr == NULL ? *texts[i] : vt_arena_str(s->kept, *texts[i], err);
    }
    return copy->handle.ptr == NULL ? VT_ERR_NO_MEMORY
                                    : vt_map_set(s->places, copy->handle, (int64_t)s->n_products++, err);
}

/* Hands the product at hand over and forgets it. */
static int end_product(shopify *s, vt_error *err)
{
    const variant *plain = NULL; /* the first without a SKU; its stock is that of all of them */
    int status = VT_OK;
    vt_buf_clear(&s->description);
    vt_buf_clear(&s->path);
    if (s->head.body.ptr != NULL) {
        status = vt_text_html(&s->description, s->head.body, err);
    }
    if (status == VT_OK) {
        status = vt_text_category(&s->path, s->head.category, false, err);
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
                v->open = v->open || (s->variants[k].sku.ptr == NULL && s->variants[k].open);
            }
            v->stock = v->open ? VT_NONE : stock;
            plain = v;
            status = put_variant(s, v, err);
        }
    }
    status = status == VT_OK ? keep_product(s, err) : status;
    s->any = false;
    s->n_variants = 0;
    s->n_images = 0;
    s->head = (product){0};
    vt_arena_reset(s->texts);
    return status;
}

/* The row's variant, when it has one: rows of pictures alone have no price. */
static int add_variant(shopify *s, const vt_columns *columns, const vt_str *row, int64_t line, vt_error *err)
{
    variant v = {.price = VT_NONE, .cost = VT_NONE, .stock = VT_NONE, .line = line};
    vt_str price = vt_columns_get(columns, P_PRICE, row);
    vt_str sku = vt_columns_get(columns, P_SKU, row);
    bool tracked = columns->column[P_TRACKER] < 0 || vt_columns_get(columns, P_TRACKER, row).ptr != NULL;
    bool limited = !vt_text_same(vt_columns_get(columns, P_POLICY, row), "continue") &&
                   !vt_word_yes(vt_columns_get(columns, P_POLICY, row)); /* 2025: "Continue selling ..." is TRUE */
    vt_item counted;
    int status = VT_OK;
    vt_item_init(&counted);
    if (price.ptr == NULL && sku.ptr == NULL && s->n_variants > 0) {
        return VT_OK;
    }
    if (s->n_variants == VARIANTS_MAX) {
        return vt_sink_reject(s->source->sink, err, "too many variants", "the product has more than %d variants",
                              VARIANTS_MAX);
    }
    if (!vt_cell_money(s->source, columns, P_PRICE, row, (vt_str){NULL, 0}, &v.price, &status, err) ||
        !vt_cell_money(s->source, columns, P_COST, row, (vt_str){NULL, 0}, &v.cost, &status, err) ||
        (tracked && limited && !vt_cell_stock(s->source, columns, P_QUANTITY, row, &counted, &status, err))) {
        return status;
    }
    v.open = !tracked || !limited || counted.untracked;
    v.stock = v.open ? VT_NONE : counted.stock;
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
    int64_t place = 0;
    if (!s->any && vt_map_get(s->places, vt_columns_get(columns, P_HANDLE, row), &place)) {
        s->head = s->products[place];
    }
    int status = keep(s, &s->head.handle, vt_columns_get(columns, P_HANDLE, row), err);
    category = category.ptr == NULL || vt_text_same(category, "Uncategorized") ? vt_columns_get(columns, P_TYPE, row)
                                                                               : category;
    const struct {
        vt_str *to;
        vt_str from;
    } texts[] = {{&s->head.title, vt_columns_get(columns, P_TITLE, row)},
                 {&s->head.body, vt_columns_get(columns, P_BODY, row)},
                 {&s->head.vendor, vt_columns_get(columns, P_VENDOR, row)},
                 {&s->head.category, category},
                 {&s->head.tags, vt_columns_get(columns, P_TAGS, row)},
                 {&s->head.status, vt_columns_get(columns, P_STATUS, row)},
                 {&s->head.published, vt_columns_get(columns, P_PUBLISHED, row)},
                 {&s->head.names[0], vt_columns_get(columns, P_NAME1, row)},
                 {&s->head.names[1], vt_columns_get(columns, P_NAME2, row)},
                 {&s->head.names[2], vt_columns_get(columns, P_NAME3, row)}};
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
        if (s->any && !vt_str_equal(handle, s->head.handle)) {
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

/* ---- orders ------------------------------------------------------------------------------------------------------ */

/* What the row says of its whole order; false: its row was rejected, through `*status`. */
static bool read_head(shopify *s, const vt_columns *columns, const vt_str *row, vt_order_head *head, int *status,
                      vt_error *err)
{
    vt_str state = vt_columns_get(columns, O_STATUS, row);
    bool cancelled = vt_columns_get(columns, O_CANCELLED, row).ptr != NULL || vt_text_same(state, "voided");
    *head = (vt_order_head){.time = VT_NONE, .discount = VT_NONE};
    head->id = vt_columns_get(columns, O_NAME, row);
    head->user = vt_columns_get(columns, O_EMAIL, row);
    head->user = head->user.ptr == NULL ? vt_columns_get(columns, O_PHONE, row) : head->user;
    head->region = vt_columns_get(columns, O_REGION, row);
    head->currency = vt_columns_get(columns, O_CURRENCY, row);
    head->status = state;
    head->state = cancelled                         ? VT_ORDER_CANCELLED
                  : vt_text_same(state, "refunded") ? VT_ORDER_REFUNDED
                  : vt_text_same(state, "expired")  ? VT_ORDER_OPEN /* the payment never came */
                                                    : VT_ORDER_SOLD;
    if (head->id.ptr == NULL) {
        *status = vt_sink_reject(s->source->sink, err, "id missing",
                                 "the order's name is missing; every row of an order needs it");
        return false;
    }
    /* What cannot be read rejects the row, not what else it says of the order. */
    if (vt_cell_time(s->source, columns, O_CREATED, row, &head->time, status, err)) {
        vt_cell_money(s->source, columns, O_DISCOUNT, row, head->currency, &head->discount, status, err);
    }
    return *status == VT_OK;
}

static int add_order_row(shopify *s, const vt_columns *columns, const vt_str *row, int64_t line_number, vt_error *err)
{
    vt_source *source = s->source;
    vt_order_head head;
    vt_order_line line = {.quantity = VT_NONE, .unit_price = VT_NONE, .discount = VT_NONE, .line = line_number};
    int status = VT_OK;
    if (!read_head(s, columns, row, &head, &status, err)) {
        return status;
    }
    line.name = vt_columns_get(columns, O_TITLE, row);
    line.item = vt_columns_get(columns, O_SKU, row);
    bool good = !vt_sink_rejected(source->sink) &&
                vt_cell_whole(source, columns, O_QUANTITY, row, &line.quantity, &status, err) &&
                vt_cell_money(source, columns, O_PRICE, row, head.currency, &line.unit_price, &status, err) &&
                vt_cell_money(source, columns, O_LINE_DISCOUNT, row, head.currency, &line.discount, &status, err);
    return status == VT_OK ? vt_orders_add(s->orders, &head, good ? &line : NULL, err) : status;
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

static const vt_shop_file files[2] = {
    {"products", product_fields, PRODUCT_FIELDS, {{{P_HANDLE}, 1}, {{P_TITLE}, 1}}, PRODUCT_FIELDS, read_products},
    {"orders", order_fields, ORDER_FIELDS, {{{O_TITLE, O_SKU}, 2}, {{O_NAME}, 1}}, O_CURRENCY, read_orders},
};

const char *vt_shopify_tell(const vt_str *header, size_t n)
{
    int which = vt_shop_files_tell(files, header, n);
    bool handled = vt_column_exists(header, n, "option1_name") || vt_column_exists(header, n, "variant_sku") ||
                   vt_column_exists(header, n, "lineitem_name");
    return which >= 0 && handled ? files[which].what : NULL;
}

int vt_source_shopify(vt_source *source, vt_error *err)
{
    shopify s = {.source = source};
    vt_buf *bufs[] = {&s.description, &s.path, &s.name, &s.vendor, &s.attributes};
    for (size_t i = 0; i < sizeof bufs / sizeof bufs[0]; i++) {
        vt_buf_init(bufs[i], VT_LINE_BYTES_MAX * 4);
    }
    vt_sink_rules(source->sink)->time_name = "Created at";
    int status = vt_orders_create(&s.orders, source, err);
    if (status == VT_OK) {
        status = vt_arena_create(&s.texts, 0, err);
    }
    if (status == VT_OK) {
        status = vt_arena_create(&s.kept, 0, err);
    }
    if (status == VT_OK) {
        status = vt_map_create(&s.places, 0, err);
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
    vt_arena_free(s.kept);
    vt_map_free(s.places);
    vt_free(s.products);
    vt_free(s.variants);
    vt_free(s.images);
    vt_free(s.list);
    return status;
}
