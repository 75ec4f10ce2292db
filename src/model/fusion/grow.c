/*
 * Items that came after the fit. An item is made of its words, photos and attributes, whose projections were learned
 * from the others; so the model only has to be told what it has. Brands, categories and attributes that the model never
 * met say nothing.
 */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "model/fusion/fusion.h"
#include "vitrine/encoder.h"

/* More room for an array, zeros behind what it holds. */
static int widen(void *array, size_t before, size_t after, size_t size, vt_error *err)
{
    void **at = array;
    char *wide = vt_alloc_aligned(after, size, err);
    if (wide == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    memset(wide, 0, after * size);
    if (*at != NULL && before > 0) {
        memcpy(wide, *at, before * size);
    }
    vt_free(*at);
    *at = wide;
    return VT_OK;
}

static int widen_all(vt_fusion *m, const vt_growth *g, vt_error *err)
{
    vt_fusion_items *items = &m->items;
    const vt_snapshot *s = g->items;
    size_t n = (size_t)m->n_items, wide = n + g->n, tokens = (size_t)items->token_ptr[n];
    size_t more = (size_t)s->item_attribute_ptr[s->items.n] + 3 * g->n;
    struct {
        void *array;
        size_t before, after, size;
    } wanted[] = {
        {&m->shop_item, n, wide, sizeof *m->shop_item},
        {&m->place, n, wide, sizeof *m->place},
        {&items->has, n * VT_MODALITIES, wide * VT_MODALITIES, 1},
        {&items->log_count, n, wide, sizeof *items->log_count},
        {&items->brand, n, wide, sizeof *items->brand},
        {&items->category, n, wide, sizeof *items->category},
        {&items->token_ptr, n + 1, wide + 1, sizeof *items->token_ptr},
        {&items->token, tokens, tokens + more, sizeof *items->token},
        {&items->text, n * items->d_text, wide * items->d_text, sizeof *items->text},
        {&items->image, n * items->d_image, wide * items->d_image, sizeof *items->image},
        {&m->item_bias, m->item_bias == NULL ? 0 : n, m->item_bias == NULL ? 0 : wide, sizeof *m->item_bias},
        {&m->z, n * m->d, wide * m->d, sizeof *m->z},
        {&m->alpha, n * VT_MODALITIES, wide * VT_MODALITIES, sizeof *m->alpha},
    };
    int status = VT_OK;
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted && status == VT_OK; i++) {
        status = widen(wanted[i].array, wanted[i].before, wanted[i].after, wanted[i].size, err);
    }
    return status;
}

/* The token of that name from `from` on; -1: the model does not know it. O(tokens). */
static int32_t find_token(const vt_fusion *m, int32_t from, int32_t to, const char *prefix, vt_str text)
{
    const int64_t *ptr = m->items.name_ptr;
    size_t before = strlen(prefix);
    for (int32_t t = from; ptr != NULL && t < to; t++) {
        const char *name = m->items.name + ptr[t];
        size_t len = (size_t)(ptr[t + 1] - ptr[t]);
        if (len == before + text.len && memcmp(name, prefix, before) == 0 &&
            (text.len == 0 || memcmp(name + before, text.ptr, text.len) == 0)) {
            return t;
        }
    }
    return -1;
}

/* Attribute tokens of item `k`, in the order of take_tokens() in items.c. */
static void put_tokens(vt_fusion *m, size_t k, const vt_snapshot *s, int32_t of)
{
    vt_fusion_items *items = &m->items;
    int32_t brands = items->n_categories, prices = brands + items->n_brands, own = prices + VT_PRICE_BANDS;
    int64_t n = items->token_ptr[k];
    int32_t category = s->item_category[of], brand = s->item_brand[of];
    category = category < 0 ? -1 : find_token(m, 0, brands, "category=", vt_ids_get(&s->categories, category));
    brand = brand < 0 ? -1 : find_token(m, brands, prices, "brand=", vt_ids_get(&s->brands, brand));
    items->category[k] = category;
    items->brand[k] = brand < 0 ? -1 : brand - brands;
    if ((m->use & VT_USE_ATTRIBUTES) != 0) {
        items->token[n] = category;
        n += category >= 0;
        items->token[n] = brand;
        n += brand >= 0;
        if (s->item_price[of] != VT_NONE && s->item_price[of] >= 0) {
            items->token[n++] = prices + vt_fusion_price_band(s->item_price[of]);
        }
        for (int64_t a = s->item_attribute_ptr[of]; a < s->item_attribute_ptr[of + 1]; a++) {
            vt_str name = vt_ids_get(&s->item_attributes, s->item_attribute[a]);
            int32_t token = find_token(m, own, items->n_tokens, "", name);
            items->token[n] = token;
            n += token >= 0;
        }
        items->has[k * VT_MODALITIES + VT_MODALITY_ATTRIBUTES] = n > items->token_ptr[k];
    }
    items->token_ptr[k + 1] = n;
}

static void put_vector(vt_fusion *m, size_t k, float *rows, size_t d, const vt_item_vectors *given, vt_str id,
                       int modality)
{
    int32_t at = given == NULL || d != given->d ? -1 : vt_ids_find(&given->ids, id);
    if (at >= 0) {
        memcpy(rows + k * d, vt_item_vector(given, at, NULL), d * sizeof *rows);
        m->items.has[k * VT_MODALITIES + (size_t)modality] = 1;
    }
}

int vt_fusion_grow(void *state, const vt_growth *g, vt_error *err)
{
    vt_fusion *m = state;
    size_t n = (size_t)m->n_items;
    int status = widen_all(m, g, err);
    if (status != VT_OK) {
        return status;
    }
    for (size_t k = 0; k < n; k++) {
        m->shop_item[k] = g->moved[m->shop_item[k]];
    }
    for (size_t a = 0; a < g->n; a++) {
        size_t k = n + a;
        vt_str id = vt_ids_get(&g->items->items, g->of[a]);
        m->shop_item[k] = g->number[a];
        m->items.has[k * VT_MODALITIES + VT_MODALITY_SALES] = vt_fusion_has_sales(m);
        put_tokens(m, k, g->items, g->of[a]);
        put_vector(m, k, m->items.text, m->items.d_text, g->text, id, VT_MODALITY_TEXT);
        put_vector(m, k, m->items.image, m->items.d_image, g->image, id, VT_MODALITY_IMAGE);
    }
    m->n_items += (int32_t)g->n;
    m->n = (size_t)m->n_items;
    for (size_t k = 0; k < m->n; k++) {
        m->place[m->shop_item[k]] = (int32_t)k;
    }
    status = vt_fusion_take_near(m, g->threads, err);
    return status == VT_OK ? vt_fusion_prepare(m, g->threads, err) : status;
}
