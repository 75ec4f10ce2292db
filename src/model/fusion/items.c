/* What items are made of: vectors, attributes and counts, in the model's own order. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "model/fusion/fusion.h"
#include "vitrine/encoder.h"

/* Rows of vectors in the order of the items; marks which have one. */
static int take_vectors(float **out, size_t *d, vt_fusion *m, const vt_item_vectors *given, const vt_ids *ids,
                        int modality, vt_error *err)
{
    if (given == NULL) {
        return VT_OK;
    }
    float *rows = vt_alloc_zero((size_t)m->n_items * given->d, sizeof *rows, err);
    if (rows == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (int32_t i = 0; i < m->n_items; i++) {
        int32_t at = vt_ids_find(&given->ids, vt_ids_get(ids, m->shop_item[i]));
        if (at >= 0) {
            memcpy(rows + (size_t)i * given->d, vt_item_vector(given, at, NULL), given->d * sizeof *rows);
            m->items.has[i * VT_MODALITIES + modality] = 1;
        }
    }
    *out = rows;
    *d = given->d;
    return VT_OK;
}

int32_t vt_fusion_price_band(int64_t price)
{
    double band = floor(log2((double)price + 1.0));
    return band < 0.0 ? 0 : band >= VT_PRICE_BANDS ? VT_PRICE_BANDS - 1 : (int32_t)band;
}

/* Attribute tokens: category, brand, price band and the shop's own, in ranges one behind the other. */
static int take_tokens(vt_fusion *m, const vt_snapshot *s, vt_error *err)
{
    vt_fusion_items *items = &m->items;
    int64_t n = 0;
    int32_t brands = items->n_categories, prices = brands + items->n_brands, own = prices + VT_PRICE_BANDS;
    items->n_tokens = own + s->item_attributes.n;
    items->token =
        vt_alloc((size_t)(s->item_attribute_ptr[m->n_items] + 3 * (int64_t)m->n_items), sizeof *items->token, err);
    if (items->token == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (int32_t i = 0; i < m->n_items; i++) {
        int32_t of = m->shop_item[i];
        items->token_ptr[i] = n;
        if (items->category[i] >= 0) {
            items->token[n++] = items->category[i];
        }
        if (items->brand[i] >= 0) {
            items->token[n++] = brands + items->brand[i];
        }
        if (s->item_price[of] != VT_NONE && s->item_price[of] >= 0) {
            items->token[n++] = prices + vt_fusion_price_band(s->item_price[of]);
        }
        for (int64_t a = s->item_attribute_ptr[of]; a < s->item_attribute_ptr[of + 1]; a++) {
            items->token[n++] = own + s->item_attribute[a];
        }
        items->has[i * VT_MODALITIES + VT_MODALITY_ATTRIBUTES] = n > items->token_ptr[i];
    }
    items->token_ptr[m->n_items] = n;
    return vt_fusion_take_names(m, s, err);
}

/* The order of items: those with training events first, both parts as the shop counts. */
static void order_items(vt_fusion *m, const vt_interactions *train)
{
    int32_t *sold = m->place; /* for now */
    memset(sold, 0, (size_t)m->n_items * sizeof *sold);
    for (int64_t e = 0; e < train->n; e++) {
        sold[train->item[e]]++;
    }
    m->n_known = 0;
    for (int pass = 0; pass < 2; pass++) {
        for (int32_t i = 0; i < m->n_items; i++) {
            if ((sold[i] > 0) == (pass == 0)) {
                m->items.log_count[m->n_known] = log1pf((float)sold[i]);
                m->shop_item[m->n_known++] = i;
            }
        }
        m->n = pass == 0 ? m->n_known : m->n;
    }
    m->n_known = m->n;
    for (int32_t k = 0; k < m->n_items; k++) {
        m->place[m->shop_item[k]] = k;
    }
}

int vt_fusion_take_items(vt_fusion *m, const vt_fit *fit, vt_error *err)
{
    vt_fusion_items *items = &m->items;
    const vt_snapshot *s = fit->train->snapshot;
    order_items(m, fit->train);
    items->n_brands = s->brands.n;
    items->n_categories = s->categories.n;
    for (size_t i = 0; i < (size_t)m->n_items; i++) {
        items->brand[i] = s->item_brand[m->shop_item[i]];
        items->category[i] = s->item_category[m->shop_item[i]];
        items->has[i * VT_MODALITIES + VT_MODALITY_ID] = (m->use & VT_USE_ID) != 0 && i < m->n_known;
        items->has[i * VT_MODALITIES + VT_MODALITY_SALES] = vt_fusion_has_sales(m);
    }
    int status = (m->use & VT_USE_TEXT) == 0
                     ? VT_OK
                     : take_vectors(&items->text, &items->d_text, m, fit->text, &s->items, VT_MODALITY_TEXT, err);
    if (status == VT_OK && (m->use & VT_USE_IMAGE) != 0) {
        status = take_vectors(&items->image, &items->d_image, m, fit->image, &s->items, VT_MODALITY_IMAGE, err);
    }
    if (status == VT_OK && (m->use & VT_USE_ATTRIBUTES) != 0) {
        status = take_tokens(m, s, err);
    }
    return status;
}
