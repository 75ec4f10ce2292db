/*
 * Filters over the catalogue. Each distinct category and brand is compared once; items then look up a number. Letters
 * are compared by Unicode case folding, so that "STRASSE" finds "Straße".
 */
#include "recommend/filters.h"

#include <inttypes.h>
#include <utf8proc.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "base/number.h"
#include "base/options.h"

static int check_text(const char *text, const char *what, vt_error *err)
{
    vt_str trimmed = vt_trim(vt_str_of(text));
    if (text != NULL && (trimmed.len == 0 || vt_str_equal(trimmed, vt_str_of(">")))) {
        return vt_fail(err, VT_ERR_USAGE, "the %s to filter by is empty; name one, or leave the filter out", what);
    }
    return VT_OK;
}

int vt_request_check(const vt_request *request, vt_error *err)
{
    int status = vt_options_check(request->size, sizeof *request, "vt_request", err);
    if (status != VT_OK) {
        return status;
    }
    if (request->n < 1 || request->n > VT_RESULTS_MAX) {
        return vt_fail(err, VT_ERR_USAGE, "%" PRId32 " items cannot be asked for; 1 to %d are possible", request->n,
                       VT_RESULTS_MAX);
    }
    if ((request->price_min != VT_NONE && request->price_min < 0) ||
        (request->price_max != VT_NONE && request->price_max < 0)) {
        return vt_fail(err, VT_ERR_USAGE, "a price to filter by is negative; give an amount of 0 or more");
    }
    if (request->price_min != VT_NONE && request->price_max != VT_NONE && request->price_min > request->price_max) {
        return vt_fail(err, VT_ERR_USAGE,
                       "the price range is reversed: %" PRId64 " to %" PRId64
                       " (minor units); give the lower price first",
                       request->price_min, request->price_max);
    }
    status = check_text(request->category, "category", err);
    return status != VT_OK ? status : check_text(request->brand, "brand", err);
}

int vt_fold(char **out, vt_str text, vt_error *err)
{
    const utf8proc_option_t options = UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD;
    const utf8proc_uint8_t *bytes = (const utf8proc_uint8_t *)text.ptr;
    utf8proc_ssize_t needed =
        text.len == 0 ? 0 : utf8proc_decompose(bytes, (utf8proc_ssize_t)text.len, NULL, 0, options);
    if (needed <= 0) { /* empty, or no UTF-8: compared as bytes */
        *out = vt_strndup(text.ptr, text.len, err);
        return *out == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    }
    utf8proc_int32_t *points = vt_alloc((size_t)needed + 1, sizeof *points, err);
    if (points == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    utf8proc_ssize_t n = utf8proc_decompose(bytes, (utf8proc_ssize_t)text.len, points, needed, options);
    n = n < 0 ? n : utf8proc_reencode(points, n, options);
    if (n < 0) {
        vt_free(points);
        return vt_fail(err, VT_ERR_FORMAT, "\"%.*s\" is not well-formed text (%s); give it as UTF-8", VT_STR_ARGS(text),
                       utf8proc_errmsg(n));
    }
    *out = (char *)points; /* reencode writes UTF-8 with a NUL over the code points */
    return VT_OK;
}

bool vt_category_next(vt_str *path, vt_str *level)
{
    if (path->ptr == NULL) {
        return false;
    }
    const char *end = path->len == 0 ? NULL : memchr(path->ptr, '>', path->len);
    size_t len = end == NULL ? path->len : (size_t)(end - path->ptr);
    *level = vt_trim((vt_str){path->ptr, len});
    *path = end == NULL ? (vt_str){NULL, 0} : (vt_str){end + 1, path->len - len - 1};
    return true;
}

bool vt_category_within(vt_str path, vt_str prefix)
{
    vt_str wanted;
    vt_str level;
    while (vt_category_next(&prefix, &wanted)) {
        if (wanted.len == 0) {
            continue; /* "Beauty > " asks for what "Beauty" asks for */
        }
        if (!vt_category_next(&path, &level) || !vt_str_equal(level, wanted)) {
            return false;
        }
    }
    return true;
}

/* Whether each brand, or category with what is below it, is the one that is wanted, by its number. */
static int fit_names(uint8_t *fits, const vt_view *view, bool brand, int32_t n, const char *wanted, vt_error *err)
{
    char *folded = NULL;
    int status = vt_fold(&folded, vt_trim(vt_str_of(wanted)), err);
    for (int32_t i = 0; status == VT_OK && i < n; i++) {
        char *text = NULL;
        status = vt_fold(&text, vt_trim(brand ? vt_view_brand(view, i) : vt_view_category(view, i)), err);
        if (status == VT_OK) {
            vt_str found = vt_str_of(text);
            fits[i] = brand ? vt_str_equal(found, vt_str_of(folded)) : vt_category_within(found, vt_str_of(folded));
        }
        vt_free(text);
    }
    vt_free(folded);
    return status;
}

/* Takes from `allowed` the items whose text, by number, does not fit. */
static int keep_matching(uint8_t *allowed, const vt_view *view, bool brand, const char *wanted, vt_error *err)
{
    int32_t n = brand ? view->n_brands : view->n_categories;
    uint8_t *fits = vt_alloc_zero((size_t)n, sizeof *fits, err);
    int status = fits == NULL ? VT_ERR_NO_MEMORY : fit_names(fits, view, brand, n, wanted, err);
    for (int32_t i = 0; status == VT_OK && i < view->n_items; i++) {
        const vt_item_block *b = vt_view_block(view, i);
        int32_t number = brand ? b->brand[i & VT_BLOCK_MASK] : b->category[i & VT_BLOCK_MASK];
        allowed[i] = allowed[i] && number >= 0 && fits[number];
    }
    vt_free(fits);
    return status;
}

/* An item without a price is in no range. */
static bool in_range(int64_t price, const vt_request *request)
{
    return price != VT_NONE && (request->price_min == VT_NONE || price >= request->price_min) &&
           (request->price_max == VT_NONE || price <= request->price_max);
}

int vt_filter(uint8_t *allowed, const vt_view *view, const vt_request *request, vt_error *err)
{
    int status = VT_OK;
    bool priced = request->price_min != VT_NONE || request->price_max != VT_NONE;
    for (int32_t i = 0; priced && i < view->n_items; i++) {
        allowed[i] = allowed[i] && in_range(vt_view_block(view, i)->price[i & VT_BLOCK_MASK], request);
    }
    if (request->category != NULL) {
        status = keep_matching(allowed, view, false, request->category, err);
    }
    if (status == VT_OK && request->brand != NULL) {
        status = keep_matching(allowed, view, true, request->brand, err);
    }
    return status;
}
