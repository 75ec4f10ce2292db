/* What does not change from list to list: which boosts fit which items, numbers for caps, vectors. */
#include "recommend/pipeline.h"

#include "base/alloc.h"
#include "base/map.h"
#include "base/number.h"
#include "recommend/filters.h"

int vt_pipeline_boosts(uint8_t *fits, const vt_pipeline *p, size_t at, vt_error *err)
{
    const vt_boost *boost = &p->rules->boosts[at];
    const vt_view *view = p->view;
    if (boost->what == VT_BOOST_ITEM) {
        int32_t item = vt_view_find_item(view, vt_str_of(boost->name));
        for (int32_t i = 0; i < view->n_items; i++) {
            fits[i] = i == item;
        }
        return VT_OK;
    }
    bool brand = boost->what == VT_BOOST_BRAND;
    int32_t n = brand ? view->n_brands : view->n_categories;
    uint8_t *named = vt_alloc_zero((size_t)n, sizeof *named, err);
    int status = named == NULL
                     ? VT_ERR_NO_MEMORY
                     : vt_texts_fit(named, view, brand ? vt_view_brand : vt_view_category, n, boost->name, !brand, err);
    for (int32_t i = 0; status == VT_OK && i < view->n_items; i++) {
        int32_t number = brand ? vt_view_item_brand(view, i) : vt_view_item_category(view, i);
        fits[i] = number >= 0 && named[number];
    }
    vt_free(named);
    return status;
}

static int gather_boosts(vt_pipeline *p, vt_error *err)
{
    size_t n = (size_t)p->view->n_items;
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
static int number_folded(int32_t **out, size_t *n_numbers, const vt_view *view, bool brand, vt_error *err)
{
    int32_t n = brand ? view->n_brands : view->n_categories;
    vt_map *folded = NULL;
    int32_t *group = vt_alloc((size_t)n, sizeof *group, err);
    int32_t *numbers = vt_alloc((size_t)view->n_items, sizeof *numbers, err);
    int status = group == NULL || numbers == NULL ? VT_ERR_NO_MEMORY : vt_map_create(&folded, (size_t)n, err);
    for (int32_t i = 0; status == VT_OK && i < n; i++) {
        char *key = NULL;
        status = vt_fold(&key, vt_trim(brand ? vt_view_brand(view, i) : vt_view_category(view, i)), err);
        int64_t value = (int64_t)vt_map_count(folded);
        if (status == VT_OK && !vt_map_get(folded, vt_str_of(key), &value)) {
            status = vt_map_set(folded, vt_str_of(key), value, err);
        }
        group[i] = (int32_t)value;
        vt_free(key);
    }
    if (status == VT_OK) {
        for (int32_t i = 0; i < view->n_items; i++) {
            int32_t number = brand ? vt_view_item_brand(view, i) : vt_view_item_category(view, i);
            numbers[i] = number < 0 ? -1 : group[number];
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

bool vt_rules_compare(const vt_rules *rules)
{
    return rules->diversity > 0 || rules->explore > 0;
}

int vt_pipeline_init(vt_pipeline *p, const vt_rules *rules, const vt_likeness *likeness, vt_error *err)
{
    *p = (vt_pipeline){.rules = rules, .view = likeness->view, .likeness = *likeness};
    p->compares = vt_rules_compare(rules);
    int status = rules->n_boosts > 0 ? gather_boosts(p, err) : VT_OK;
    if (status == VT_OK && rules->brand_cap > 0) {
        status = number_folded(&p->brand, &p->n_brands, p->view, true, err);
    }
    if (status == VT_OK && rules->category_cap > 0) {
        status = number_folded(&p->category, &p->n_categories, p->view, false, err);
    }
    if (status != VT_OK) {
        vt_pipeline_done(p);
    }
    return status;
}

void vt_pipeline_done(vt_pipeline *p)
{
    vt_free(p->factor);
    vt_free(p->addition);
    vt_free(p->brand);
    vt_free(p->category);
    *p = (vt_pipeline){0};
}
