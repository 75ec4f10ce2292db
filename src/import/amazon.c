/*
 * Amazon reviews and metadata, one JSON object or Python dict a line. Whether a file holds reviews or products is told
 * from its first row that says so; the editions differ in the names of their fields, and a row may mix them.
 */
#include "import/amazon.h"

#include <math.h>
#include <stdio.h>

#include "base/limits.h"
#include "base/number.h"
#include "import/pydict.h"
#include "import/text.h"
#include "import/words.h"

typedef enum role { ROLE_UNKNOWN, ROLE_REVIEWS, ROLE_META } role;

typedef struct amazon {
    vt_source *source;
    vt_json_reader *reader;
    vt_buf json; /* of a Python line, or a line with repaired UTF-8 */
    vt_amazon_meta meta;
    unsigned editions; /* of reviews */
    bool any_reviews;
    bool any_meta;
} amazon;

vt_str vt_amazon_text(yyjson_val *value)
{
    vt_str text = {yyjson_get_str(value), yyjson_get_len(value)};
    return text.ptr == NULL || text.len == 0 ? (vt_str){NULL, 0} : text;
}

vt_str vt_amazon_word(yyjson_val *value)
{
    vt_str text = vt_amazon_text(value);
    return vt_word_nothing(text) ? (vt_str){NULL, 0} : text;
}

typedef enum review_field {
    REVIEW_USER,
    REVIEW_ASIN,
    REVIEW_PARENT,
    REVIEW_RATING,
    REVIEW_TITLE,
    REVIEW_BODY,
    REVIEW_SECONDS,
    REVIEW_STAMP,
    REVIEW_DATE,
    REVIEW_FIELDS
} review_field;

static const struct {
    const char *key;
    unsigned char len;
    unsigned char field;
    unsigned char edition; /* that the key is a mark of; 0: none */
} review_keys[] = {
    {"reviewerID", 10, REVIEW_USER, 0},
    {"asin", 4, REVIEW_ASIN, 0},
    {"overall", 7, REVIEW_RATING, 0},
    {"reviewText", 10, REVIEW_BODY, 0},
    {"summary", 7, REVIEW_TITLE, 0},
    {"unixReviewTime", 14, REVIEW_SECONDS, 0},
    {"reviewTime", 10, REVIEW_DATE, 0},
    {"verified", 8, REVIEW_FIELDS, VT_AMAZON_2018},
    {"helpful", 7, REVIEW_FIELDS, VT_AMAZON_2014},
    {"user_id", 7, REVIEW_USER, VT_AMAZON_2023},
    {"parent_asin", 11, REVIEW_PARENT, VT_AMAZON_2023},
    {"rating", 6, REVIEW_RATING, VT_AMAZON_2023},
    {"title", 5, REVIEW_TITLE, 0},
    {"text", 4, REVIEW_BODY, VT_AMAZON_2023},
    {"timestamp", 9, REVIEW_STAMP, VT_AMAZON_2023},
};

/* The values of a row by field, NULL where there is none, and the edition's marks. */
static unsigned take_fields(yyjson_val *values[REVIEW_FIELDS + 1], yyjson_val *row)
{
    unsigned editions = 0;
    memset(values, 0, (REVIEW_FIELDS + 1) * sizeof(yyjson_val *));
    yyjson_obj_iter members = yyjson_obj_iter_with(row);
    for (yyjson_val *key = yyjson_obj_iter_next(&members); key != NULL; key = yyjson_obj_iter_next(&members)) {
        size_t len = yyjson_get_len(key);
        const char *text = yyjson_get_str(key);
        for (size_t i = 0; i < sizeof review_keys / sizeof review_keys[0]; i++) {
            if (review_keys[i].len == len && memcmp(review_keys[i].key, text, len) == 0) {
                yyjson_val *value = yyjson_obj_iter_get_val(key);
                bool nothing = yyjson_is_real(value) && !isfinite(yyjson_get_real(value));
                values[review_keys[i].field] = nothing ? NULL : value;
                editions |= review_keys[i].edition;
                break;
            }
        }
    }
    return editions;
}

/* The value as it stands in a message. */
static vt_str shown(yyjson_val *value, char *buffer, size_t size)
{
    if (yyjson_is_str(value)) {
        return (vt_str){yyjson_get_str(value), yyjson_get_len(value)};
    }
    int n = snprintf(buffer, size, "%s", value == NULL ? "" : yyjson_get_type_desc(value));
    return (vt_str){value == NULL ? NULL : buffer, n < 0 ? 0 : (size_t)n};
}

static bool number_of(yyjson_val *value, double *out)
{
    if (yyjson_is_num(value)) {
        *out = yyjson_get_num(value);
        return isfinite(*out);
    }
    return yyjson_is_str(value) && vt_parse_real(out, vt_trim((vt_str){yyjson_get_str(value), yyjson_get_len(value)}));
}

/* Seconds from whichever of the three spellings the row has; false: none of them can be read. */
static bool time_of(const vt_source *source, yyjson_val *const values[], int64_t *time)
{
    const vt_time_form form = {.zone = source->forms.time.zone};
    static const double ms_from = 1e11; /* as seconds this is the year 5138 */
    yyjson_val *number = values[REVIEW_STAMP] != NULL ? values[REVIEW_STAMP] : values[REVIEW_SECONDS];
    double seconds = 0;
    *time = VT_NONE;
    if (number != NULL && !yyjson_is_null(number)) {
        if (!number_of(number, &seconds)) {
            return false;
        }
        seconds = floor(fabs(seconds) >= ms_from ? seconds / 1000 : seconds);
        if (fabs(seconds) > 1e15) {
            return false;
        }
        *time = (int64_t)seconds;
        return true;
    }
    vt_str date = vt_amazon_text(values[REVIEW_DATE]);
    return date.ptr == NULL || vt_time_text(time, date, &form) == VT_TIME_READ;
}

static int put_review(amazon *a, yyjson_val *row, vt_error *err)
{
    yyjson_val *values[REVIEW_FIELDS + 1];
    char buffer[32];
    a->editions |= take_fields(values, row);
    vt_sink *sink = a->source->sink;
    vt_record_rules *rules = vt_sink_rules(sink);
    bool newer = values[REVIEW_STAMP] != NULL;
    rules->value_name = yyjson_obj_getn(row, "rating", 6) == NULL ? "overall" : "rating";
    rules->time_name = newer ? "timestamp" : values[REVIEW_SECONDS] != NULL ? "unixReviewTime" : "reviewTime";
    vt_event event;
    vt_event_init(&event);
    event.kind = VT_EVENT_RATING;
    event.user = vt_amazon_word(values[REVIEW_USER]);
    event.item = vt_amazon_word(values[REVIEW_PARENT]);
    event.item = event.item.ptr == NULL ? vt_amazon_word(values[REVIEW_ASIN]) : event.item;
    event.title = vt_amazon_text(values[REVIEW_TITLE]);
    event.body = vt_amazon_text(values[REVIEW_BODY]);
    if (values[REVIEW_RATING] != NULL && !yyjson_is_null(values[REVIEW_RATING]) &&
        !number_of(values[REVIEW_RATING], &event.value)) {
        return vt_sink_reject_value(sink, shown(values[REVIEW_RATING], buffer, sizeof buffer), err);
    }
    if (!time_of(a->source, values, &event.time)) {
        yyjson_val *given = newer ? values[REVIEW_STAMP] : values[REVIEW_SECONDS];
        vt_str text = shown(given == NULL ? values[REVIEW_DATE] : given, buffer, sizeof buffer);
        return vt_sink_reject(sink, err, "time is no time",
                              "\"%s\" is \"%.*s\"; seconds or milliseconds since 1970 are expected", rules->time_name,
                              VT_SHOWN(text));
    }
    return vt_sink_event(sink, &event, err);
}

static role role_of(yyjson_val *row)
{
    if (yyjson_obj_getn(row, "reviewerID", 10) != NULL || yyjson_obj_getn(row, "user_id", 7) != NULL) {
        return ROLE_REVIEWS;
    }
    bool product = yyjson_obj_getn(row, "asin", 4) != NULL || yyjson_obj_getn(row, "parent_asin", 11) != NULL;
    bool rated = yyjson_obj_getn(row, "overall", 7) != NULL || yyjson_obj_getn(row, "rating", 6) != NULL;
    return rated ? ROLE_REVIEWS : product ? ROLE_META : ROLE_UNKNOWN;
}

/* Reads `line` as JSON, as Python, and with its UTF-8 repaired, in that order of likelihood. */
static int parse_line(amazon *a, vt_str line, yyjson_val **root, vt_error *why)
{
    int status = VT_ERR_FORMAT;
    bool python_first = vt_pydict_likely(line);
    vt_error python = VT_ERROR_INIT;
    if (!python_first) {
        status = vt_json_read(a->reader, line, root, why);
        if (status == VT_ERR_FORMAT && !vt_utf8_valid(line)) {
            vt_buf_clear(&a->json);
            status = vt_text_repair(&a->json, line, why);
            status = status == VT_OK ? vt_json_read(a->reader, (vt_str){a->json.data, a->json.len}, root, why) : status;
        }
    }
    if (status == VT_ERR_FORMAT && (python_first || memchr(line.ptr, '\'', line.len) != NULL)) {
        vt_buf_clear(&a->json);
        status = vt_pydict_to_json(&a->json, line, &python);
        vt_str json = {a->json.data, a->json.len};
        vt_buf repaired;
        vt_buf_init(&repaired, VT_LINE_BYTES_MAX * 4);
        if (status == VT_OK && !vt_utf8_valid(json)) {
            status = vt_text_repair(&repaired, json, why);
            json = (vt_str){repaired.data, repaired.len};
        }
        status = status == VT_OK ? vt_json_read(a->reader, json, root, &python) : status;
        vt_buf_done(&repaired);
        if (status != VT_OK && (python_first || status != VT_ERR_FORMAT)) {
            *why = python;
        }
    }
    return status;
}

static int read_row(amazon *a, vt_str line, role *file_role, vt_error *err)
{
    vt_sink *sink = a->source->sink;
    yyjson_val *root = NULL;
    vt_error why = VT_ERROR_INIT;
    int status = parse_line(a, line, &root, &why);
    if (status == VT_ERR_FORMAT || status == VT_ERR_LIMIT) {
        return vt_sink_reject(sink, err, "not JSON", "%s; one JSON object a line is expected", why.message);
    }
    if (status != VT_OK) {
        if (err != NULL) {
            *err = why;
        }
        return status;
    }
    if (!yyjson_is_obj(root)) {
        return vt_sink_reject(sink, err, "not JSON",
                              "a JSON value that is no object; one JSON object a line is expected");
    }
    *file_role = *file_role == ROLE_UNKNOWN ? role_of(root) : *file_role;
    if (*file_role == ROLE_UNKNOWN) {
        return vt_sink_reject(
            sink, err, "neither review nor product",
            "neither \"reviewerID\" nor \"user_id\", \"asin\" or \"parent_asin\" is there; a review or "
            "a product is expected");
    }
    a->any_reviews = a->any_reviews || *file_role == ROLE_REVIEWS;
    a->any_meta = a->any_meta || *file_role == ROLE_META;
    return *file_role == ROLE_REVIEWS ? put_review(a, root, err) : vt_amazon_meta_row(a->source, &a->meta, root, err);
}

static int read_file(amazon *a, const char *path, vt_error *err)
{
    vt_stream *stream = NULL;
    role file_role = ROLE_UNKNOWN;
    int status = vt_source_open(a->source, &stream, path, err);
    while (status == VT_OK) {
        vt_str line;
        status = vt_source_line(a->source, stream, &line, err);
        if (status != VT_OK || line.ptr == NULL) {
            break;
        }
        status = read_row(a, line, &file_role, err);
    }
    vt_source_close(a->source, stream);
    return status;
}

static void note(amazon *a, const char *what, unsigned editions)
{
    const char *name = (editions & VT_AMAZON_2023) != 0   ? ", 2023 edition"
                       : (editions & VT_AMAZON_2018) != 0 ? ", 2018 edition"
                       : (editions & VT_AMAZON_2014) != 0 ? ", 2014 edition"
                                                          : "";
    vt_sink_note(a->source->sink, "Amazon %s%s", what, name);
}

int vt_source_amazon(vt_source *source, vt_error *err)
{
    amazon a = {.source = source};
    vt_buf_init(&a.json, VT_LINE_BYTES_MAX * 4);
    int status = vt_json_reader_create(&a.reader, err);
    if (status == VT_OK) {
        vt_json_reader_allow_nan(a.reader);
        status = vt_amazon_meta_init(&a.meta, err);
    }
    for (size_t i = 0; status == VT_OK && i < source->options->n_paths; i++) {
        status = read_file(&a, source->options->paths[i], err);
    }
    if (a.any_reviews) {
        note(&a, "reviews", a.editions);
    }
    if (a.any_meta) {
        note(&a, "metadata", a.meta.editions);
    }
    if (a.meta.bad_prices > 0) {
        vt_sink_note(source->sink, "%lld %s no amount and left out", (long long)a.meta.bad_prices,
                     a.meta.bad_prices == 1 ? "price was" : "prices were");
    }
    vt_amazon_meta_done(&a.meta);
    vt_json_reader_free(a.reader);
    vt_buf_done(&a.json);
    return status;
}
