/* Both forms become lines by one table of keys; keys that say nothing of a sale (taxes, meta) are passed over. */
#include "import/packed_lines.h"

#include "base/number.h"
#include "import/cells.h"
#include "import/money.h"
#include "import/text.h"

typedef enum packed_key {
    KEY_NAME,
    KEY_SKU,
    KEY_PRODUCT,
    KEY_VARIATION,
    KEY_QUANTITY,
    KEY_SUBTOTAL,
    KEY_TOTAL,
    KEY_PRICE,
    KEYS
} packed_key;

typedef struct packed_line {
    vt_str value[KEYS]; /* not given: none */
} packed_line;

typedef struct packed {
    vt_source *source;
    vt_str currency;
    int64_t line;
    vt_packed_put *put;
    void *context;
} packed;

static void set_key(packed_line *line, vt_str key, vt_str value)
{
    static const struct {
        const char *name;
        packed_key key;
    } names[] = {{"name", KEY_NAME},
                 {"product_name", KEY_NAME},
                 {"sku", KEY_SKU},
                 {"product_id", KEY_PRODUCT},
                 {"variation_id", KEY_VARIATION},
                 {"quantity", KEY_QUANTITY},
                 {"qty", KEY_QUANTITY},
                 {"subtotal", KEY_SUBTOTAL},
                 {"sub_total", KEY_SUBTOTAL},
                 {"total", KEY_TOTAL},
                 {"price", KEY_PRICE}};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (vt_text_same(key, names[i].name) && line->value[names[i].key].ptr == NULL && value.len > 0) {
            line->value[names[i].key] = value;
        }
    }
}

static bool read_money(const packed *p, vt_str value, int64_t *out)
{
    char code[4] = "";
    vt_mark said = VT_MARK_NONE;
    memcpy(code, p->currency.len == 3 ? p->currency.ptr : p->source->currency, 3);
    return value.len == 0 || vt_money_read(out, &said, value, vt_currency_digits(code), p->source->forms.mark);
}

static bool read_line(const packed *p, const packed_line *from, vt_order_line *line)
{
    int64_t subtotal = VT_NONE;
    int64_t total = VT_NONE;
    vt_str variation = from->value[KEY_VARIATION];
    *line = (vt_order_line){.quantity = VT_NONE, .unit_price = VT_NONE, .discount = VT_NONE, .line = p->line};
    line->name = from->value[KEY_NAME];
    line->item = from->value[KEY_SKU];
    line->product = variation.len > 0 && !vt_text_same(variation, "0") ? variation : from->value[KEY_PRODUCT];
    if (line->item.ptr == NULL && line->product.ptr == NULL && line->name.ptr == NULL) {
        return false;
    }
    bool good = from->value[KEY_QUANTITY].len == 0 || vt_parse_int(&line->quantity, from->value[KEY_QUANTITY]);
    good = good && read_money(p, from->value[KEY_SUBTOTAL], &subtotal) &&
           read_money(p, from->value[KEY_TOTAL], &total) &&
           (subtotal != VT_NONE || total != VT_NONE || read_money(p, from->value[KEY_PRICE], &line->unit_price));
    if (good) {
        vt_line_of_sums(line->quantity, subtotal, total, &line->unit_price, &line->discount);
    }
    return good;
}

static int put_line(const packed *p, const packed_line *from, vt_str shown, vt_error *err)
{
    vt_order_line line;
    if (read_line(p, from, &line)) {
        return p->put(p->context, &line, err);
    }
    int status =
        vt_sink_reject(p->source->sink, err, "line of an order cannot be read",
                       "the line is \"%.*s\"; name:...|sku:...|quantity:...|total:... is expected", VT_SHOWN(shown));
    return status == VT_OK ? p->put(p->context, NULL, err) : status;
}

/* ---- name:Mug|sku:MUG|quantity:2 --------------------------------------------------------------------------------- */

/* The part of `text` before the first `mark`, which goes with it. */
static vt_str cut(vt_str *text, char mark)
{
    const char *at = text->len == 0 ? NULL : memchr(text->ptr, mark, text->len);
    vt_str part = {text->ptr, at == NULL ? text->len : (size_t)(at - text->ptr)};
    *text = at == NULL ? (vt_str){NULL, 0} : (vt_str){at + 1, text->len - part.len - 1};
    return vt_trim(part);
}

/* True where a key and its colon begin: a ";" before anything else is part of a name. */
static bool key_begins(vt_str text)
{
    vt_str rest = vt_trim(text);
    size_t len = 0;
    while (len < rest.len && ((rest.ptr[len] >= 'a' && rest.ptr[len] <= 'z') || rest.ptr[len] == '_')) {
        len++;
    }
    return rest.len == 0 || (len > 0 && len < rest.len && rest.ptr[len] == ':');
}

/* The next line of the cell; the rest begins behind its ";". */
static vt_str cut_line(vt_str *text)
{
    for (size_t i = 0; i < text->len; i++) {
        vt_str rest = {text->ptr + i + 1, text->len - i - 1};
        if (text->ptr[i] == ';' && key_begins(rest)) {
            vt_str line = {text->ptr, i};
            *text = rest;
            return vt_trim(line);
        }
    }
    vt_str line = vt_trim(*text);
    *text = (vt_str){NULL, 0};
    return line;
}

static int put_pairs(const packed *p, vt_str text, vt_error *err)
{
    packed_line line = {0};
    for (vt_str rest = text; rest.len > 0;) {
        vt_str value = cut(&rest, '|');
        vt_str key = cut(&value, ':');
        set_key(&line, key, vt_trim(value));
    }
    return put_line(p, &line, text, err);
}

/* ---- JSON -------------------------------------------------------------------------------------------------------- */

enum { NUMBER_BYTES = 40 };

static int put_object(const packed *p, yyjson_val *object, vt_str shown, vt_error *err)
{
    char numbers[KEYS * 2][NUMBER_BYTES];
    size_t n = 0;
    packed_line line = {0};
    yyjson_obj_iter iter = yyjson_obj_iter_with(object);
    for (yyjson_val *key = yyjson_obj_iter_next(&iter); key != NULL; key = yyjson_obj_iter_next(&iter)) {
        yyjson_val *value = yyjson_obj_iter_get_val(key);
        vt_str text = {yyjson_get_str(value), yyjson_get_len(value)};
        if (yyjson_is_num(value) && n < KEYS * 2) {
            snprintf(numbers[n], NUMBER_BYTES, "%.15g", yyjson_get_num(value));
            text = vt_str_of(numbers[n++]);
        }
        if (text.ptr != NULL) {
            set_key(&line, (vt_str){yyjson_get_str(key), yyjson_get_len(key)}, vt_trim(text));
        }
    }
    return put_line(p, &line, shown, err);
}

/* `*read` is false for a cell that is no JSON list of objects. */
static int put_json(const packed *p, vt_str cell, bool *read, vt_error *err)
{
    vt_json_reader *reader = NULL;
    yyjson_val *root = NULL;
    int status = vt_json_reader_create(&reader, err);
    *read = status == VT_OK && vt_json_read(reader, cell, &root, NULL) == VT_OK && yyjson_is_arr(root);
    for (size_t i = 0; *read && status == VT_OK && i < yyjson_arr_size(root); i++) {
        yyjson_val *object = yyjson_arr_get(root, i);
        *read = yyjson_is_obj(object);
        status = *read ? put_object(p, object, cell, err) : VT_OK;
    }
    vt_json_reader_free(reader);
    return status;
}

int vt_packed_lines(vt_source *source, vt_str cell, vt_str currency, int64_t line_number, vt_packed_put *put,
                    void *context, vt_error *err)
{
    const packed p = {source, currency, line_number, put, context};
    vt_str rest = vt_trim(cell);
    bool read = false;
    int status = rest.len > 0 && rest.ptr[0] == '[' ? put_json(&p, rest, &read, err) : VT_OK;
    while (status == VT_OK && !read && rest.len > 0) {
        vt_str one = cut_line(&rest);
        status = one.len == 0 ? VT_OK : put_pairs(&p, one, err);
    }
    return status;
}
