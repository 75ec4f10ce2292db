/* What does not change from list to list: which boosts fit which items, numbers for caps, vectors. */
#include "recommend/pipeline.h"

#include "base/alloc.h"
#include "base/number.h"
#include "recommend/filters.h"

int vt_pipeline_boosts(uint8_t *fits, const vt_pipeline *p, size_t at, vt_error *err)
{
    const vt_boost *boost = &p->rules->boosts[at];
    const vt_catalogue *c = p->catalogue;
    if (boost->what == VT_BOOST_ITEM) {
        int32_t item = vt_ids_find(p->items, vt_str_of(boost->name));
        for (int32_t i = 0; i < c->n_items; i++) {
            fits[i] = i == item;
        }
        return VT_OK;
    }
    bool brand = boost->what == VT_BOOST_BRAND;
    const vt_map *texts = brand ? c->brands : c->categories;
    const int32_t *number = brand ? c->brand : c->category;
    uint8_t *named = vt_alloc_zero(vt_map_count(texts), sizeof *named, err);
    int status = named == NULL ? VT_ERR_NO_MEMORY : vt_texts_fit(named, texts, boost->name, !brand, err);
    for (int32_t i = 0; status == VT_OK && i < c->n_items; i++) {
        fits[i] = number[i] >= 0 && named[number[i]];
    }
    vt_free(named);
    return status;
}

static int gather_boosts(vt_pipeline *p, vt_error *err)
{
    size_t n = (size_t)p->catalogue->n_items;
    uint8_t *fits = vt_alloc(n, sizeof *fits, err);
    p->factor = vt_alloc(n, sizeof *p->factor, err);
    p->addition = vt_alloc_zero(n, sizeof *p->addition, err);
    int status = fits == NULL || p->factor == NULL || p->addition == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    for (size_t i = 0; status == VT_OK && i < n; i++) {
        p->factor[i] = 1;
    }
    for (size_t b = 0; status == VT_OK && b < p->rules->n_boosts; b++) {
        status = vt_pipeline_boosts(fits, p, b, err);
        for (size_t i = 0; status == VT_OK && i < n; i++) {
            p->factor[i] *= fits[i] ? (float)p->rules->boosts[b].factor : 1;
            p->addition[i] += fits[i] ? (float)p->rules->boosts[b].addition : 0;
        }
    }
    vt_free(fits);
    return status;
}

/* Numbers of texts under which letters of any case are one. */
static int number_folded(int32_t **out, size_t *n_numbers, const int32_t *number, size_t n_items, const vt_map *texts,
                         vt_error *err)
{
    size_t n = vt_map_count(texts);
    vt_map *folded = NULL;
    int32_t *group = vt_alloc(n, sizeof *group, err);
    int32_t *numbers = vt_alloc(n_items, sizeof *numbers, err);
    int status = group == NULL || numbers == NULL ? VT_ERR_NO_MEMORY : vt_map_create(&folded, n, err);
    for (size_t i = 0; status == VT_OK && i < n; i++) {
        vt_str text;
        int64_t at = 0;
        char *key = NULL;
        vt_map_entry(texts, i, &text, &at);
        status = vt_fold(&key, vt_trim(text), err);
        int64_t value = (int64_t)vt_map_count(folded);
        if (status == VT_OK && !vt_map_get(folded, vt_str_of(key), &value)) {
            status = vt_map_set(folded, vt_str_of(key), value, err);
        }
        group[at] = (int32_t)value;
        vt_free(key);
    }
    if (status == VT_OK) {
        for (size_t i = 0; i < n_items; i++) {
            numbers[i] = number[i] < 0 ? -1 : group[number[i]];
        }
        *n_numbers = vt_map_count(folded);
        *out = numbers;
        numbers = NULL;
    }
    vt_map_free(folded);
    vt_free(group);
    vt_free(numbers);
    return status;
}

static int open_vectors(vt_item_vectors **out, const char *shop, vt_encoder_kind kind, vt_error *err)
{
    int status = vt_item_vectors_open(out, shop, kind, err);
    if (status == VT_ERR_NOT_FOUND) { /* items are compared by what else is known */
        vt_error_reset(err);
        return VT_OK;
    }
    return status;
}

static int open_likeness(vt_pipeline *p, const char *shop, vt_error *err)
{
    int status = open_vectors(&p->text, shop, VT_ENCODER_TEXT, err);
    if (status == VT_OK) {
        status = open_vectors(&p->image, shop, VT_ENCODER_IMAGE, err);
    }
    return status == VT_OK ? vt_likeness_init(&p->likeness, p->catalogue, p->items, p->text, p->image, err) : status;
}

int vt_pipeline_init(vt_pipeline *p, const char *shop, const vt_rules *rules, const vt_catalogue *catalogue,
                     const vt_ids *items, const int64_t *item_count, bool compares, vt_error *err)
{
    size_t n = (size_t)catalogue->n_items;
    *p = (vt_pipeline){.rules = rules, .catalogue = catalogue, .items = items, .item_count = item_count};
    p->compares = compares || rules->diversity > 0 || rules->explore > 0;
    p->likeness.catalogue = catalogue;
    int status = rules->n_boosts > 0 ? gather_boosts(p, err) : VT_OK;
    if (status == VT_OK && rules->brand_cap > 0) {
        status = number_folded(&p->brand, &p->n_brands, catalogue->brand, n, catalogue->brands, err);
    }
    if (status == VT_OK && rules->category_cap > 0) {
        status = number_folded(&p->category, &p->n_categories, catalogue->category, n, catalogue->categories, err);
    }
    if (status == VT_OK && p->compares) {
        status = open_likeness(p, shop, err);
    }
    if (status != VT_OK) {
        vt_pipeline_done(p);
    }
    return status;
}

void vt_pipeline_done(vt_pipeline *p)
{
    vt_likeness_done(&p->likeness);
    vt_item_vectors_free(p->text);
    vt_item_vectors_free(p->image);
    vt_free(p->factor);
    vt_free(p->addition);
    vt_free(p->brand);
    vt_free(p->category);
    *p = (vt_pipeline){0};
}
