/* Rows of the search: one grammar for those of a kind and those of the person. */
#include "eval/search.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "model/params.h"

/* The same of bpr and of vbpr, which is bpr with more. */
#define PAIRWISE                                                                                                       \
    "factors=16:256:log,learning_rate=0.01:0.3:log,decay=0.9:1,l2_user=0.0005:0.1:log,l2_item=0.0005:0.1:log,"         \
    "l2_negative=0.0005:0.1:log,l2_bias=0.0005:0.1:log,negatives=uniform|popularity,stdev=0.03:1:log"

/* What is searched of each kind unless somebody says otherwise. */
static const struct {
    const char *kind;
    const char *search;
} usual[] = {
    {"popularity", "window=0|7|30|90|365,half_life=0|7|30|90|365,counts=events|users"},
    {"itemknn", "k=10:1000:log,similarity=cosine|bm25|tfidf|jaccard,shrink=0:50,half_life=0|30|90|180|365|730,"
                "pair_half_life=0|30|90|365,k1=0.1:10:log,b=0:1"},
    {"ials", "factors=4:256:log,iterations=5:30,regularization=0.0005:1:log,unobserved_weight=0.005:1:log,nu=0:1"},
    {"content", "sharpness=1:16,half_life=0|10|30|60|180|365,events=1:50"},
    {"ease", "regularization=1:2000:log,dropout=0:0.6,user_power=0:1,event_half_life=0|30|90|180|365|730,"
             "item_power=-0.3:0.5,half_life=0|30|90|180|365|730"},
    {"slim", "k=20:400:log,l1=0.01:5:log,l2=0.1:200:log,half_life=0|30|90|180|365|730"},
    /* L2 beside frequency=0.5, which divides it by the root of a row's ratings */
    {"mf", "factors=8:256:log,learning_rate=0.002:0.05:log,decay=0.9:1,reg_user=0.1:5:log,reg_item=0.1:5:log,"
           "reg_user_bias=0.03:3:log,reg_item_bias=0.03:3:log,stdev=0.01:0.3:log"},
    {"svdpp", "factors=8:128:log,learning_rate=0.005:0.05:log,bias_rate=0.001:0.03:log,decay=0.9:1,"
              "reg_user=0.1:5:log,reg_item=0.1:5:log,reg_implicit=0.01:1:log,reg_user_bias=0.03:3:log,"
              "reg_item_bias=0.03:3:log,time=off|on,bins=10:60,reg_time=10:200:log,reg_day=2:50:log"},
    {"mlp-fusion", "size=16:256:log,batch=64|128|256|512,learning_rate=0.0001:0.005:log,weight_decay=0.01:5:log,"
                   "dropout=0:0.6,id_dropout=0:0.4"},
    {"sasrec", "dimensions=32|64|128,layers=1:3,heads=1|2|4,hidden=1|2|4,length=20|50|100,norm=first|last,"
               "smoothing=0|0.05|0.1|0.2,dropout=0.1:0.7,input_dropout=0.1:0.7,batch=16|32|64|128,"
               "rate=0.0003:0.003:log,decay=0|0.01|0.1"},
    {"bpr", PAIRWISE},
    {"vbpr", PAIRWISE ",visual_factors=8:128:log,projection_rate=0.0003:0.01:log,weight_decay=0|0.01|0.1|1"},
    {"lightgcn", "dimensions=32:256:log,layers=1:4,learning_rate=0.001:0.02:log,batch=512|1024|2048|4096,"
                 "loss=bpr|softmax,temperature=0.05:1:log,l2=0.000001:0.01:log,weight_decay=0|0.001|0.01|0.1,"
                 "stdev=0.03:1:log"},
    {"fusion", "dimensions=32:128:log,dropout=0.1:0.6,cold=0.02:0.3:log,half_life=20:365:log,epochs=1:10,"
               "regularization=10:1000:log,learning_rate=0.0002:0.003:log,weight_decay=0.001:0.3:log,floor=0:0.5"},
    {"ranker", "replay=0.1:0.5,half_life=5:365:log,ridge=0.00001:0.01:log"},
    {"hybrid", "fusion=learned|rrf,half_life=5:365:log,ridge=0.0001:0.1:log"},
};

static const char *usual_search(const char *kind)
{
    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++) {
        if (strcmp(usual[i].kind, kind) == 0) {
            return usual[i].search;
        }
    }
    return NULL;
}

/* Part number `index` of a text that `mark` parts; not given past the last. */
static vt_str part_of(vt_str text, char mark, size_t index)
{
    for (;; index--) {
        const char *end = text.len == 0 ? NULL : memchr(text.ptr, mark, text.len);
        size_t len = end == NULL ? text.len : (size_t)(end - text.ptr);
        if (index == 0) {
            return (vt_str){text.ptr, len};
        }
        if (end == NULL) {
            return (vt_str){NULL, 0};
        }
        text = (vt_str){text.ptr + len + 1, text.len - len - 1};
    }
}

static int wrong(vt_str row, const char *why, vt_error *err)
{
    return vt_fail(err, VT_ERR_USAGE,
                   "the search \"%.*s\" %s; name=low:high, name=low:high:log or name=a|b|c is expected",
                   VT_STR_ARGS(row), why);
}

/* Lets the kind's own table say whether a value is one of the parameter. */
static int check_value(vt_params *params, vt_str name, vt_str value, vt_error *err)
{
    char setting[256];
    int len = snprintf(setting, sizeof setting, "%.*s=%.*s", VT_STR_ARGS(name), VT_STR_ARGS(value));
    if (len < 0 || (size_t)len >= sizeof setting) {
        return vt_fail(err, VT_ERR_LIMIT, "a value of the search for \"%.*s\" is too long", VT_STR_ARGS(name));
    }
    return vt_params_set(params, setting, err);
}

static bool is_whole(const vt_model_kind *kind, vt_str name)
{
    for (size_t i = 0; i < kind->n_params; i++) {
        if (vt_str_equal(name, vt_str_of(kind->params[i].name))) {
            return kind->params[i].type == VT_PARAM_INT;
        }
    }
    return false;
}

static int parse_row(vt_search_row *out, vt_params *params, vt_str text, vt_error *err)
{
    vt_search_row row = {.name = vt_trim(part_of(text, '=', 0))};
    if (row.name.len == text.len) {
        return wrong(text, "has no values", err);
    }
    vt_str values = vt_trim((vt_str){text.ptr + row.name.len + 1, text.len - row.name.len - 1});
    vt_str low = part_of(values, ':', 0);
    vt_str high = part_of(values, ':', 1);
    vt_str scale = part_of(values, ':', 2);
    int status = VT_OK;
    if (high.ptr == NULL) { /* values */
        row.values = values;
        for (size_t i = 0; status == VT_OK && part_of(values, '|', i).ptr != NULL; i++) {
            status = check_value(params, row.name, part_of(values, '|', i), err);
        }
    } else {
        status = check_value(params, row.name, low, err);
        if (status == VT_OK) {
            status = check_value(params, row.name, high, err);
        }
        if (status == VT_OK && !(vt_parse_real(&row.low, low) && vt_parse_real(&row.high, high))) {
            status = wrong(text, "has a range of what is no number", err);
        }
        row.logarithmic = scale.ptr != NULL;
        if (status == VT_OK && scale.ptr != NULL && !vt_str_equal(scale, vt_str_of("log"))) {
            status = wrong(text, "has an unknown scale", err);
        } else if (status == VT_OK && row.low > row.high) {
            status = wrong(text, "begins above its end", err);
        } else if (status == VT_OK && row.logarithmic && row.low <= 0) {
            status = wrong(text, "is logarithmic and begins at or below 0", err);
        }
    }
    row.whole = is_whole(params->kind, row.name);
    if (status == VT_OK) {
        *out = row;
    }
    return status;
}

static bool is_named(const char *const *settings, size_t n, vt_str name)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t at = 0;; at++) {
            vt_str setting = part_of(vt_str_of(settings[i]), ',', at);
            if (setting.ptr == NULL) {
                break;
            }
            if (vt_str_equal(vt_trim(part_of(setting, '=', 0)), name)) {
                return true;
            }
        }
    }
    return false;
}

/* Adds a row, or puts it in place of one of that name. */
static int put_row(vt_search *search, const vt_search_row *row, vt_error *err)
{
    for (size_t i = 0; i < search->n; i++) {
        if (vt_str_equal(search->row[i].name, row->name)) {
            search->row[i] = *row;
            return VT_OK;
        }
    }
    if (search->n == VT_SEARCH_MAX) {
        return vt_fail(err, VT_ERR_LIMIT, "at most %d parameters are searched at once", VT_SEARCH_MAX);
    }
    search->row[search->n++] = *row;
    return VT_OK;
}

int vt_search_parse(vt_search *out, const vt_model_kind *kind, const char *const *rows, size_t n_rows,
                    const char *const *fixed, size_t n_fixed, vt_error *err)
{
    vt_search search = {.n = 0};
    vt_search_row row;
    vt_params params;
    int status = vt_params_init(&params, kind, err);
    if (status != VT_OK) {
        return status;
    }
    const char *text_of_rows = usual_search(kind->name);
    for (size_t i = 0; status == VT_OK && text_of_rows != NULL; i++) {
        vt_str text = part_of(vt_str_of(text_of_rows), ',', i);
        if (text.ptr == NULL) {
            break;
        }
        status = parse_row(&row, &params, text, err);
        row.timed = status == VT_OK && vt_params_timed(kind, row.name);
        if (status == VT_OK && !is_named(fixed, n_fixed, row.name)) {
            status = put_row(&search, &row, err);
        }
    }
    for (size_t i = 0; status == VT_OK && i < n_rows; i++) {
        status = parse_row(&row, &params, vt_str_of(rows[i]), err);
        if (status == VT_OK && is_named(fixed, n_fixed, row.name)) {
            status = vt_fail(err, VT_ERR_USAGE, "%.*s is both set and searched; leave one out", VT_STR_ARGS(row.name));
        }
        if (status == VT_OK) {
            status = put_row(&search, &row, err);
        }
    }
    vt_params_done(&params);
    if (status == VT_OK) {
        *out = search;
    }
    return status;
}

void vt_search_without_times(vt_search *search)
{
    size_t n = 0;
    for (size_t i = 0; i < search->n; i++) {
        if (!search->row[i].timed) {
            search->row[n++] = search->row[i];
        }
    }
    search->n = n;
}

/* Three digits of a number between two: enough for any parameter, and readable. */
static double draw_number(const vt_search_row *row, vt_rng *rng)
{
    double unit = vt_rng_unit(rng);
    double value = 0;
    if (row->logarithmic) {
        value = exp(log(row->low) + unit * (log(row->high) - log(row->low)));
        value = row->whole ? round(value) : value;
    } else if (row->whole) {
        value = row->low + floor(unit * (row->high - row->low + 1));
    } else {
        value = row->low + unit * (row->high - row->low);
    }
    if (!row->whole && fabs(value) > 0) {
        double scale = pow(10, 2 - floor(log10(fabs(value))));
        value = round(value * scale) / scale;
    }
    value = value < row->low ? row->low : value;
    return value > row->high ? row->high : value;
}

int vt_search_draw(vt_buf *out, const vt_search *search, vt_rng *rng, vt_error *err)
{
    int status = VT_OK;
    for (size_t i = 0; status == VT_OK && i < search->n; i++) {
        const vt_search_row *row = &search->row[i];
        const char *comma = i == 0 ? "" : ",";
        if (row->values.len == 0) {
            double value = draw_number(row, rng);
            status = vt_buf_printf(out, err, "%s%.*s=%.6g", comma, VT_STR_ARGS(row->name), value);
            continue;
        }
        size_t n = 0;
        while (part_of(row->values, '|', n).ptr != NULL) {
            n++;
        }
        vt_str value = part_of(row->values, '|', (size_t)vt_rng_below(rng, n));
        status = vt_buf_printf(out, err, "%s%.*s=%.*s", comma, VT_STR_ARGS(row->name), VT_STR_ARGS(value));
    }
    return status;
}
