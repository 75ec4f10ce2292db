/* CSV rows that are items, users and links. */
#include "import/csv_tables.h"
#include "import/text.h"

/* ---- items ------------------------------------------------------------------------------------------------------- */

enum {
    I_ID,
    I_TITLE,
    I_DESCRIPTION,
    I_BRAND,
    I_CATEGORY,
    I_GENERAL,
    I_PRICE,
    I_COST,
    I_STOCK,
    I_FROM,
    I_UNTIL,
    I_IMAGES,
    I_CURRENCY,
    I_ATTRIBUTES,
    ITEM_FIELDS
};

static const vt_column_field item_fields[ITEM_FIELDS] = {
    [I_ID] =
        {"id",
         "item item_id itemid product_id productid parent_asin asin sku product handle movie_id movieid article_id",
         VT_CELL_ID, false},
    [I_TITLE] = {"title", "name item_name product_name product_title item_title", VT_CELL_TEXT, false},
    [I_DESCRIPTION] = {"description", "desc text details body body_html", VT_CELL_TEXT, false},
    [I_BRAND] = {"brand", "vendor manufacturer store maker", VT_CELL_TEXT, false},
    [I_CATEGORY] = {"category",
                    "categories category_path product_category main_category product_type type genre genres",
                    VT_CELL_TEXT, false},
    [I_GENERAL] = {"general_category", "", VT_CELL_TEXT, false},
    [I_PRICE] = {"price", "unit_price list_price regular_price price_usd price_eur price_gbp", VT_CELL_MONEY, false},
    [I_COST] = {"cost", "cost_price unit_cost cost_per_item", VT_CELL_MONEY, false},
    [I_STOCK] = {"stock", "inventory stock_quantity inventory_quantity qty quantity", VT_CELL_NUMBER, false},
    [I_FROM] = {"available_from", "launch_date release_date", VT_CELL_TIME, false},
    [I_UNTIL] = {"available_until", "end_date", VT_CELL_TIME, false},
    [I_IMAGES] = {"images", "image image_url image_urls image_link img imurl photo photos picture", VT_CELL_TEXT,
                  false},
    [I_CURRENCY] = {"currency", "currency_code", VT_CELL_ID, false},
    [I_ATTRIBUTES] = {"attributes", "attributes_json", VT_CELL_TEXT, false},
};

static int begin_items(vt_csv_work *work, vt_error *err)
{
    (void)err;
    vt_csv_name_currency(work, I_PRICE);
    return VT_OK;
}

int vt_csv_set_text(vt_buf *buf, vt_str *out, vt_str cell, vt_error *err)
{
    vt_buf_clear(buf);
    int status = vt_text_plain(buf, cell, err);
    *out = buf->len == 0 ? (vt_str){NULL, 0} : (vt_str){buf->data, buf->len};
    return status;
}

/* The first of the two cells that names a category. */
static int set_category(vt_csv_work *work, const vt_str *row, vt_item *item, vt_error *err)
{
    static const size_t from[] = {I_CATEGORY, I_GENERAL};
    static const char root[] = "Default Category > ";
    bool commas = work->like != NULL && work->like->comma_paths;
    int status = VT_OK;
    vt_buf_clear(&work->category);
    for (size_t i = 0; status == VT_OK && i < 2 && work->category.len == 0; i++) {
        vt_str cell = vt_csv_find_name(work->lookups, "category", vt_columns_get(&work->columns, from[i], row));
        status = vt_text_category(&work->category, cell, commas, err);
    }
    if (work->category.len > 0) {
        item->category = (vt_str){work->category.data, work->category.len};
    }
    if (commas && item->category.len > sizeof root - 1 && memcmp(item->category.ptr, root, sizeof root - 1) == 0) {
        item->category.ptr += sizeof root - 1;
        item->category.len -= sizeof root - 1;
    }
    return status;
}

static int put_item(vt_csv_work *work, const vt_str *row, vt_error *err)
{
    vt_source *source = work->source;
    const vt_columns *columns = &work->columns;
    int status = VT_OK;
    vt_item item;
    vt_item_init(&item);
    item.id = vt_columns_get(columns, I_ID, row);
    item.currency = vt_columns_get(columns, I_CURRENCY, row);
    item.images = work->images;
    item.n_images = vt_text_images(work->images, vt_columns_get(columns, I_IMAGES, row));
    if (!vt_csv_money(work, I_PRICE, row, item.currency, &item.price, &status, err) ||
        !vt_csv_money(work, I_COST, row, item.currency, &item.cost, &status, err) ||
        !vt_cell_stock(source, columns, I_STOCK, row, &item, &status, err) ||
        !vt_cell_time(source, columns, I_FROM, row, &item.available_from, &status, err) ||
        !vt_cell_time(source, columns, I_UNTIL, row, &item.available_until, &status, err) ||
        !vt_csv_attributes(work, I_ATTRIBUTES, row, &item.attributes, &status, err)) {
        return status;
    }
    if (item.currency.ptr == NULL && item.price != VT_NONE && work->currency[0] != '\0') {
        item.currency = vt_str_of(work->currency);
    }
    status = vt_csv_set_text(&work->title, &item.title, vt_columns_get(columns, I_TITLE, row), err);
    if (status == VT_OK) {
        status =
            vt_csv_set_text(&work->description, &item.description, vt_columns_get(columns, I_DESCRIPTION, row), err);
    }
    if (status == VT_OK) {
        status = vt_csv_set_text(&work->brand, &item.brand, vt_columns_get(columns, I_BRAND, row), err);
    }
    if (status == VT_OK) {
        status = set_category(work, row, &item, err);
    }
    return status == VT_OK ? vt_sink_item(source->sink, &item, err) : status;
}

const vt_csv_table vt_csv_items = {"items", item_fields, ITEM_FIELDS, {I_ID}, 1, begin_items, put_item};

/* ---- users ------------------------------------------------------------------------------------------------------- */

enum { U_ID, U_BAND, U_AGE, U_SEGMENT, U_REGION, U_TIER, U_ATTRIBUTES, USER_FIELDS };

static const vt_column_field user_fields[USER_FIELDS] = {
    [U_ID] = {"id", "user user_id userid customer customer_id customerid client_id member_id email", VT_CELL_ID, false},
    [U_BAND] = {"age_band", "age_group age_range", VT_CELL_TEXT, false},
    [U_AGE] = {"age", "age_years", VT_CELL_TEXT, false},
    [U_SEGMENT] = {"segment", "customer_segment group", VT_CELL_TEXT, false},
    [U_REGION] = {"region", "country state province city location", VT_CELL_CODE, false},
    [U_TIER] = {"tier", "loyalty_tier level", VT_CELL_TEXT, false},
    [U_ATTRIBUTES] = {"attributes", "attributes_json", VT_CELL_TEXT, false},
};

static int put_user(vt_csv_work *work, const vt_str *row, vt_error *err)
{
    const vt_columns *columns = &work->columns;
    int status = VT_OK;
    vt_user user;
    vt_user_init(&user);
    user.id = vt_columns_get(columns, U_ID, row);
    user.age_band = vt_columns_get(columns, U_BAND, row);
    user.segment = vt_columns_get(columns, U_SEGMENT, row);
    user.region = vt_columns_get(columns, U_REGION, row);
    user.tier = vt_columns_get(columns, U_TIER, row);
    vt_str age = vt_columns_get(columns, U_AGE, row);
    if (user.age_band.ptr == NULL && age.ptr != NULL) {
        const char *band = vt_text_age_band(age);
        if (band == NULL) {
            return vt_sink_reject(work->source->sink, err, "age is no age",
                                  "\"%s\" is \"%.*s\"; years from 0 to 149 are expected",
                                  vt_columns_name(columns, U_AGE), VT_SHOWN(age));
        }
        user.age_band = vt_str_of(band);
    }
    if (!vt_csv_attributes(work, U_ATTRIBUTES, row, &user.attributes, &status, err)) {
        return status;
    }
    return vt_sink_user(work->source->sink, &user, err);
}

const vt_csv_table vt_csv_users = {"users", user_fields, USER_FIELDS, {U_ID}, 1, NULL, put_user};

/* ---- links ------------------------------------------------------------------------------------------------------- */

enum { L_FROM, L_TO, L_KIND, L_WEIGHT, LINK_FIELDS };

static const vt_column_field item_link_fields[LINK_FIELDS] = {
    [L_FROM] = {"from", "from_id source source_id item item_id product_id sku asin", VT_CELL_ID, false},
    [L_TO] = {"to", "to_id target target_id linked linked_id linked_item linked_sku linked_product related related_id",
              VT_CELL_ID, false},
    [L_KIND] = {"kind", "type link_type relation", VT_CELL_TEXT, false},
    [L_WEIGHT] = {"weight", "score strength", VT_CELL_NUMBER, false},
};

static const vt_column_field user_link_fields[LINK_FIELDS] = {
    [L_FROM] = {"from", "from_id source source_id user user_id userid truster follower", VT_CELL_ID, false},
    [L_TO] = {"to", "to_id target target_id friend friend_id friendid trustee followee", VT_CELL_ID, false},
    [L_KIND] = {"kind", "type link_type relation", VT_CELL_TEXT, false},
    [L_WEIGHT] = {"weight", "score strength trust", VT_CELL_NUMBER, false},
};

static int put_link(vt_csv_work *work, const vt_str *row, const char *kind,
                    int (*put)(vt_sink *sink, const vt_link *link, vt_error *err), vt_error *err)
{
    const vt_columns *columns = &work->columns;
    vt_link link;
    vt_link_init(&link);
    link.from = vt_columns_get(columns, L_FROM, row);
    link.to = vt_columns_get(columns, L_TO, row);
    link.kind = vt_columns_get(columns, L_KIND, row);
    link.kind = link.kind.ptr == NULL ? vt_str_of(kind) : link.kind;
    vt_str weight = vt_columns_get(columns, L_WEIGHT, row);
    vt_mark said = VT_MARK_NONE;
    if (weight.ptr != NULL &&
        !vt_number_read(&link.weight, &said, weight, vt_forms_mark(&work->source->forms, L_WEIGHT))) {
        return vt_sink_reject(work->source->sink, err, "weight is no number",
                              "\"%s\" is \"%.*s\"; a number is expected", vt_columns_name(columns, L_WEIGHT),
                              VT_SHOWN(weight));
    }
    return put(work->source->sink, &link, err);
}

static int put_item_link(vt_csv_work *work, const vt_str *row, vt_error *err)
{
    return put_link(work, row, "related", vt_sink_item_link, err);
}

static int put_user_link(vt_csv_work *work, const vt_str *row, vt_error *err)
{
    return put_link(work, row, "follows", vt_sink_user_link, err);
}

const vt_csv_table vt_csv_item_links = {"item-links", item_link_fields, LINK_FIELDS, {L_FROM, L_TO}, 2,
                                        NULL,         put_item_link};
const vt_csv_table vt_csv_user_links = {"user-links", user_link_fields, LINK_FIELDS, {L_FROM, L_TO}, 2,
                                        NULL,         put_user_link};
