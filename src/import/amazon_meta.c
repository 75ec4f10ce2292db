/*
 * Products of the three editions. Texts of these files are pieces of web pages: tags and entities are taken out, and a
 * "price" that is a piece of a style sheet is no price.
 */
#include <math.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "base/number.h"
#include "import/amazon.h"
#include "import/merge.h"
#include "import/money.h"
#include "import/text.h"
#include "import/words.h"

enum { EXTRAS_MAX = 8 << 10 /* bytes of features and details that are kept as attributes */ };

int vt_amazon_meta_init(vt_amazon_meta *meta, vt_error *err)
{
    *meta = (vt_amazon_meta){0};
    vt_buf *bufs[] = {&meta->title,      &meta->description, &meta->brand,  &meta->category,
                      &meta->attributes, &meta->level,       &meta->scratch};
    for (size_t i = 0; i < sizeof bufs / sizeof bufs[0]; i++) {
        vt_buf_init(bufs[i], VT_LINE_BYTES_MAX * 4);
    }
    meta->images = vt_alloc(VT_TEXT_IMAGES_MAX, sizeof *meta->images, err);
    return meta->images == NULL ? VT_ERR_NO_MEMORY : vt_json_reader_create(&meta->details, err);
}

void vt_amazon_meta_done(vt_amazon_meta *meta)
{
    vt_buf *bufs[] = {&meta->title,      &meta->description, &meta->brand,  &meta->category,
                      &meta->attributes, &meta->level,       &meta->scratch};
    for (size_t i = 0; i < sizeof bufs / sizeof bufs[0]; i++) {
        vt_buf_done(bufs[i]);
    }
    vt_json_reader_free(meta->details);
    meta->details = NULL;
    vt_free(meta->images);
    meta->images = NULL;
}

static vt_str buf_text(const vt_buf *buf)
{
    return buf->len == 0 ? (vt_str){NULL, 0} : (vt_str){buf->data, buf->len};
}

/* A text, or a list of texts one a line. */
static int set_text(vt_buf *out, yyjson_val *value, vt_error *err)
{
    int status = VT_OK;
    size_t i = 0;
    size_t n = 0;
    yyjson_val *one = NULL;
    vt_buf_clear(out);
    if (yyjson_is_str(value)) {
        return vt_text_html(out, vt_amazon_text(value), err);
    }
    yyjson_arr_foreach(value, i, n, one)
    {
        vt_str text = vt_amazon_text(one);
        size_t before = out->len;
        if (status == VT_OK && text.ptr != NULL && out->len > 0) {
            status = vt_buf_add(out, "\n", 1, err);
        }
        size_t start = out->len;
        if (status == VT_OK && text.ptr != NULL) {
            status = vt_text_html(out, text, err);
        }
        if (out->len == start) {
            out->len = before; /* nothing but tags */
        }
    }
    return status;
}

/* The details as an object: in files of the 2023 edition they may be a text that holds one. */
static yyjson_val *details_of(vt_amazon_meta *meta, yyjson_val *row)
{
    yyjson_val *details = yyjson_obj_get(row, "details");
    yyjson_val *root = NULL;
    vt_str text = vt_amazon_text(details);
    if (text.len < 2 || text.ptr[0] != '{') {
        return details;
    }
    if (meta->read_row != row) { /* once a row: the reader holds one document */
        meta->read_row = vt_json_read(meta->details, text, &root, NULL) == VT_OK ? row : NULL;
        meta->read = meta->read_row == NULL ? NULL : root;
    }
    return meta->read;
}

/* A piece of a page's program that was taken for a title. */
static bool is_script(vt_str text)
{
    static const char *const begins[] = {"var ", "function", "(function", "if (", "window.", "P.when("};
    bool marks = text.len > 0 && memchr(text.ptr, ';', text.len) != NULL && memchr(text.ptr, '(', text.len) != NULL;
    for (size_t i = 0; marks && i < sizeof begins / sizeof begins[0]; i++) {
        size_t len = strlen(begins[i]);
        if (text.len > len && memcmp(text.ptr, begins[i], len) == 0) {
            return true;
        }
    }
    return false;
}

/* "by\n   Microsoft" is how a page said who made it. */
static int set_brand(vt_amazon_meta *meta, yyjson_val *row, vt_error *err)
{
    vt_str brand = vt_amazon_word(yyjson_obj_get(row, "brand"));
    if (brand.ptr == NULL) {
        brand = vt_amazon_word(yyjson_obj_get(row, "store"));
        meta->editions |= brand.ptr != NULL ? VT_AMAZON_2023 : 0U;
    }
    if (brand.ptr == NULL) {
        brand = vt_amazon_word(yyjson_obj_get(details_of(meta, row), "Brand"));
    }
    if (brand.len > 3 && memcmp(brand.ptr, "by\n", 3) == 0) {
        brand = (vt_str){brand.ptr + 3, brand.len - 3};
    }
    vt_buf_clear(&meta->brand);
    return vt_text_html(&meta->brand, brand, err);
}

/* Levels of one path; a level of tags alone ends it, since what comes after is no category. */
static int set_path(vt_amazon_meta *meta, yyjson_val *levels, vt_error *err)
{
    int status = VT_OK;
    size_t i = 0;
    size_t n = 0;
    yyjson_val *one = NULL;
    vt_buf_clear(&meta->category);
    if (yyjson_is_str(levels)) {
        return vt_text_html(&meta->category, vt_amazon_text(levels), err);
    }
    yyjson_arr_foreach(levels, i, n, one)
    {
        vt_buf_clear(&meta->level);
        status = vt_text_html(&meta->level, vt_amazon_text(one), err);
        if (status != VT_OK || (meta->level.len == 0 && yyjson_get_len(one) > 0)) {
            break;
        }
        status = vt_text_level(&meta->category, 0, buf_text(&meta->level), err);
        if (status != VT_OK) {
            break;
        }
    }
    return status;
}

static int set_category(vt_amazon_meta *meta, yyjson_val *row, vt_error *err)
{
    yyjson_val *path = yyjson_obj_get(row, "category");
    if (path == NULL) {
        path = yyjson_obj_get(row, "categories");
        if (yyjson_is_arr(yyjson_arr_get_first(path))) { /* several paths: the first */
            path = yyjson_arr_get_first(path);
            meta->editions |= VT_AMAZON_2014;
        }
    } else {
        meta->editions |= VT_AMAZON_2018;
    }
    int status = set_path(meta, path, err);
    if (status == VT_OK && meta->category.len == 0) {
        yyjson_val *general = yyjson_obj_get(row, "main_category");
        status = set_path(meta, general != NULL ? general : yyjson_obj_get(row, "main_cat"), err);
    }
    return status;
}

static void set_price(const vt_source *source, vt_amazon_meta *meta, yyjson_val *value, vt_item *item)
{
    int digits = vt_currency_digits(source->currency);
    double scale = digits == 0 ? 1 : digits == 3 ? 1000 : 100;
    if (yyjson_is_num(value)) {
        double amount = yyjson_get_num(value) * scale;
        if (amount >= 0 && amount < 1e15) {
            item->price = (int64_t)llround(amount);
        } else {
            meta->bad_prices++;
        }
        return;
    }
    vt_str text = vt_trim(vt_amazon_text(value));
    vt_mark said = VT_MARK_NONE;
    if (!vt_word_nothing(text) && !vt_money_read(&item->price, &said, text, digits, VT_MARK_NONE)) {
        item->price = VT_NONE;
        meta->bad_prices++;
    }
}

static vt_str image_of(yyjson_val *value)
{
    static const char *const sizes[] = {"hi_res", "large", "thumb"};
    vt_str address = vt_amazon_text(value);
    for (size_t i = 0; address.ptr == NULL && i < sizeof sizes / sizeof sizes[0]; i++) {
        address = vt_amazon_text(yyjson_obj_get(value, sizes[i]));
    }
    return address;
}

/* The addresses of an object of lists, {"hi_res": [...], "large": [...]}: of each picture its largest size. */
static void images_by_size(vt_amazon_meta *meta, yyjson_val *sizes, vt_item *item)
{
    static const char *const names[] = {"hi_res", "large", "thumb"};
    size_t most = 0;
    for (size_t k = 0; k < 3; k++) {
        size_t n = yyjson_arr_size(yyjson_obj_get(sizes, names[k]));
        most = n > most ? n : most;
    }
    for (size_t i = 0; i < most && item->n_images < VT_TEXT_IMAGES_MAX; i++) {
        vt_str address = {NULL, 0};
        for (size_t k = 0; k < 3 && address.ptr == NULL; k++) {
            address = vt_amazon_word(yyjson_arr_get(yyjson_obj_get(sizes, names[k]), i));
        }
        if (address.ptr != NULL) {
            meta->images[item->n_images++] = address;
        }
    }
}

static void set_images(vt_amazon_meta *meta, yyjson_val *row, vt_item *item)
{
    static const char *const keys[] = {"images", "imageURLHighRes", "image", "imageURL", "imUrl"};
    yyjson_val *value = NULL;
    size_t k = 0;
    size_t i = 0;
    size_t n = 0;
    yyjson_val *one = NULL;
    for (; k < sizeof keys / sizeof keys[0]; k++) {
        value = yyjson_obj_get(row, keys[k]);
        if (yyjson_is_str(value) || yyjson_arr_size(value) > 0 || yyjson_obj_size(value) > 0) {
            break;
        }
    }
    item->images = meta->images;
    if (yyjson_is_obj(value)) {
        images_by_size(meta, value, item);
    }
    if (yyjson_is_str(value) && yyjson_get_len(value) > 0) {
        meta->images[item->n_images++] = vt_amazon_text(value);
    }
    yyjson_arr_foreach(value, i, n, one)
    {
        vt_str address = image_of(one);
        if (address.ptr != NULL && item->n_images < VT_TEXT_IMAGES_MAX) {
            meta->images[item->n_images++] = address;
        }
    }
    if (yyjson_obj_get(row, "imUrl") != NULL) {
        meta->editions |= VT_AMAZON_2014;
    }
}

/* A name of a detail without the blanks and colon around it. */
static vt_str detail_name(yyjson_val *key)
{
    vt_str name = vt_trim((vt_str){yyjson_get_str(key), yyjson_get_len(key)});
    while (name.len > 0 && (name.ptr[name.len - 1] == ':' || name.ptr[name.len - 1] == ' ')) {
        name.len--;
    }
    return name;
}

/* True when a detail before `key` has the same name. */
static bool named_before(yyjson_val *details, yyjson_val *key)
{
    yyjson_obj_iter members = yyjson_obj_iter_with(details);
    for (yyjson_val *other = yyjson_obj_iter_next(&members); other != key; other = yyjson_obj_iter_next(&members)) {
        if (vt_str_equal(detail_name(other), detail_name(key))) {
            return true;
        }
    }
    return false;
}

static int write_details(vt_amazon_meta *meta, vt_json_writer *writer, yyjson_val *details, vt_error *err)
{
    int status = VT_OK;
    yyjson_obj_iter members = yyjson_obj_iter_with(details);
    vt_json_object(writer, "details");
    for (yyjson_val *key = yyjson_obj_iter_next(&members); status == VT_OK && key != NULL;
         key = yyjson_obj_iter_next(&members)) {
        vt_str name = detail_name(key);
        vt_str text = vt_amazon_text(yyjson_obj_iter_get_val(key));
        bool plain = name.len > 0 && memchr(name.ptr, '\0', name.len) == NULL;
        if (!plain || text.ptr == NULL || named_before(details, key)) {
            continue;
        }
        vt_buf_clear(&meta->level);
        vt_buf_clear(&meta->scratch);
        status = vt_buf_add(&meta->scratch, name.ptr, name.len, err);
        status = status == VT_OK ? vt_text_html(&meta->level, text, err) : status;
        if (status == VT_OK && meta->level.len > 0) {
            vt_json_text(writer, meta->scratch.data, buf_text(&meta->level));
        }
    }
    vt_json_object_end(writer);
    return status;
}

static int write_features(vt_amazon_meta *meta, vt_json_writer *writer, yyjson_val *features, vt_error *err)
{
    int status = VT_OK;
    size_t i = 0;
    size_t n = 0;
    yyjson_val *one = NULL;
    vt_json_array(writer, "features");
    yyjson_arr_foreach(features, i, n, one)
    {
        vt_buf_clear(&meta->level);
        status = status == VT_OK ? vt_text_html(&meta->level, vt_amazon_text(one), err) : status;
        if (status == VT_OK && meta->level.len > 0) {
            vt_json_text(writer, NULL, buf_text(&meta->level));
        }
    }
    vt_json_array_end(writer);
    return status;
}

/* Features and details, when they are small; of wide objects none, since looking for double names is quadratic. */
static int set_attributes(vt_amazon_meta *meta, yyjson_val *row, vt_error *err)
{
    enum { DETAILS_MAX = 100 };
    yyjson_val *features = yyjson_obj_get(row, "feature");
    yyjson_val *details = details_of(meta, row);
    features = features == NULL ? yyjson_obj_get(row, "features") : features;
    bool has_features = yyjson_arr_size(features) > 0;
    bool has_details = yyjson_obj_size(details) > 0 && yyjson_obj_size(details) <= DETAILS_MAX;
    vt_json_writer writer;
    vt_buf_clear(&meta->attributes);
    if (!has_features && !has_details) {
        return VT_OK;
    }
    vt_json_writer_init(&writer, &meta->attributes, false);
    vt_json_object(&writer, NULL);
    int status = has_features ? write_features(meta, &writer, features, err) : VT_OK;
    if (status == VT_OK && has_details) {
        status = write_details(meta, &writer, details, err);
    }
    vt_json_object_end(&writer);
    status = status == VT_OK ? vt_json_writer_done(&writer, err) : status;
    vt_json_writer_abort(&writer);
    if (status == VT_OK && meta->attributes.len > EXTRAS_MAX) {
        vt_buf_clear(&meta->attributes);
    }
    return status;
}

static int put_links(vt_source *source, vt_str from, const char *kind, yyjson_val *list, vt_error *err)
{
    int status = VT_OK;
    size_t i = 0;
    size_t n = 0;
    yyjson_val *one = NULL;
    yyjson_arr_foreach(list, i, n, one)
    {
        vt_str to = vt_amazon_text(one);
        if (status != VT_OK || to.ptr == NULL || vt_str_equal(from, to)) {
            continue;
        }
        vt_link link;
        vt_link_init(&link);
        link.from = from;
        link.to = to;
        link.kind = vt_str_of(kind);
        status = vt_sink_item_link(source->sink, &link, err);
    }
    return status;
}

static int put_all_links(vt_source *source, vt_amazon_meta *meta, vt_str from, yyjson_val *row, vt_error *err)
{
    static const char *const kinds[] = {"also_buy",    "also_view",       "also_bought",
                                        "also_viewed", "bought_together", "buy_after_viewing"};
    yyjson_val *related = yyjson_obj_get(row, "related");
    int status = VT_OK;
    meta->editions |= related != NULL ? VT_AMAZON_2014 : 0U;
    for (size_t i = 0; status == VT_OK && i < sizeof kinds / sizeof kinds[0]; i++) {
        status = put_links(source, from, kinds[i], yyjson_obj_get(row, kinds[i]), err);
        if (status == VT_OK) {
            status = put_links(source, from, kinds[i], yyjson_obj_get(related, kinds[i]), err);
        }
    }
    return status;
}

int vt_amazon_meta_row(vt_source *source, vt_amazon_meta *meta, yyjson_val *row, vt_error *err)
{
    vt_item item;
    vt_item_init(&item);
    meta->read_row = NULL;
    item.id = vt_amazon_word(yyjson_obj_get(row, "parent_asin"));
    meta->editions |= item.id.ptr != NULL ? VT_AMAZON_2023 : 0U;
    item.id = item.id.ptr == NULL ? vt_amazon_word(yyjson_obj_get(row, "asin")) : item.id;
    int status = set_text(&meta->title, yyjson_obj_get(row, "title"), err);
    if (is_script(buf_text(&meta->title))) {
        vt_buf_clear(&meta->title);
        vt_sink_count(source->sink, "titles that are pieces of a script, left out", 1, "%.*s", VT_SHOWN(item.id));
    }
    if (status == VT_OK) {
        status = set_text(&meta->description, yyjson_obj_get(row, "description"), err);
    }
    if (status == VT_OK) {
        status = set_brand(meta, row, err);
    }
    if (status == VT_OK) {
        status = set_category(meta, row, err);
    }
    if (status == VT_OK) {
        status = set_attributes(meta, row, err);
    }
    if (status != VT_OK) {
        return status;
    }
    set_price(source, meta, yyjson_obj_get(row, "price"), &item);
    set_images(meta, row, &item);
    item.title = buf_text(&meta->title);
    item.description = buf_text(&meta->description);
    item.brand = buf_text(&meta->brand);
    item.category = buf_text(&meta->category);
    item.attributes = buf_text(&meta->attributes);
    status = vt_sink_item(source->sink, &item, err);
    return status != VT_OK || vt_sink_rejected(source->sink) ? status : put_all_links(source, meta, item.id, row, err);
}
