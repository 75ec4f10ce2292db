/* Names of attribute tokens: the model keeps them, so that what it says of an item is what it was fitted on. */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "model/fusion/fusion.h"

/* The text of a token and what goes before it. */
static vt_str text_of(const char **prefix, char band[16], const vt_fusion *m, const vt_snapshot *s, int32_t token)
{
    int32_t brands = m->items.n_categories, prices = brands + m->items.n_brands, own = prices + VT_PRICE_BANDS;
    if (token < brands) {
        *prefix = "category=";
        return vt_ids_get(&s->categories, token);
    }
    if (token < prices) {
        *prefix = "brand=";
        return vt_ids_get(&s->brands, token - brands);
    }
    if (token < own) {
        *prefix = "price_band=";
        snprintf(band, 16, "%d", (int)(token - prices));
        return vt_str_of(band);
    }
    *prefix = "";
    return vt_ids_get(&s->item_attributes, token - own);
}

int vt_fusion_take_names(vt_fusion *m, const vt_snapshot *s, vt_error *err)
{
    vt_fusion_items *items = &m->items;
    const char *prefix = "";
    char band[16];
    size_t len = 0;
    items->name_ptr = vt_alloc((size_t)items->n_tokens + 1, sizeof *items->name_ptr, err);
    if (items->name_ptr == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (int32_t t = 0; t < items->n_tokens; t++) {
        items->name_ptr[t] = (int64_t)len;
        len += text_of(&prefix, band, m, s, t).len;
        len += strlen(prefix);
    }
    items->name_ptr[items->n_tokens] = (int64_t)len;
    items->name = vt_alloc(len, 1, err);
    if (items->name == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (int32_t t = 0; t < items->n_tokens; t++) {
        vt_str text = text_of(&prefix, band, m, s, t);
        char *at = items->name + items->name_ptr[t];
        memcpy(at, prefix, strlen(prefix));
        if (text.len > 0) {
            memcpy(at + strlen(prefix), text.ptr, text.len);
        }
    }
    return VT_OK;
}

bool vt_fusion_good_names(const vt_fusion *m, size_t len)
{
    const int64_t *ptr = m->items.name_ptr;
    if (ptr == NULL) {
        return len == 0;
    }
    bool good = ptr[0] == 0 && ptr[m->items.n_tokens] == (int64_t)len;
    for (int32_t t = 0; good && t < m->items.n_tokens; t++) {
        good = ptr[t] <= ptr[t + 1];
    }
    return good;
}

void vt_fusion_token_name(char *out, size_t size, const vt_fusion *m, int32_t token)
{
    const int64_t *ptr = m->items.name_ptr;
    if (ptr == NULL) {
        snprintf(out, size, "attribute=%d", (int)token);
        return;
    }
    int64_t len = ptr[token + 1] - ptr[token];
    len = len < (int64_t)size ? len : (int64_t)size - 1;
    memcpy(out, m->items.name + ptr[token], (size_t)len);
    out[len] = '\0';
}
