/* What does not change from list to list: which boosts fit which items, numbers for caps, vectors. */
#include "recommend/pipeline.h"

#include "base/alloc.h"
#include "base/map.h"
#include "base/number.h"
#include "recommend/filters.h"

static bool moves(const vt_fitted_rule *rule)
{
    return rule->action == VT_RULE_BOOST || rule->action == VT_RULE_BURY;
}

/* What boosts do to the items of each brand, or category. */
typedef struct by_name {
    float *factor, *addition; /* (brands or categories) */
} by_name;

static int by_name_init(by_name *b, size_t n, vt_error *err)
{
    b->factor = vt_alloc(n, sizeof *b->factor, err);
    b->addition = vt_alloc_zero(n, sizeof *b->addition, err);
    for (size_t i = 0; b->factor != NULL && i < n; i++) {
        b->factor[i] = 1;
    }
    return b->factor == NULL || b->addition == NULL ? VT_ERR_NO_MEMORY : VT_OK;
}

static void by_name_done(by_name *b)
{
    vt_free(b->factor);
    vt_free(b->addition);
}

static void add_boost(by_name *to, const vt_fitted_rule *rule, int32_t number)
{
    to->factor[number] *= rule->factor;
    to->addition[number] += rule->addition;
}

static void apply_boosts(vt_pipeline *p, const by_name *brands, const by_name *categories)
{
    for (int32_t i = 0; i < p->view->n_items; i++) {
        int32_t brand = vt_view_item_brand(p->view, i), category = vt_view_item_category(p->view, i);
        p->factor[i] = (brand < 0 ? 1 : brands->factor[brand]) * (category < 0 ? 1 : categories->factor[category]);
        p->addition[i] =
            (brand < 0 ? 0 : brands->addition[brand]) + (category < 0 ? 0 : categories->addition[category]);
    }
    by_name items = {p->factor, p->addition};
    for (size_t r = 0; r < p->n_acting; r++) {
        const vt_fitted_rule *rule = p->acting[r];
        if (moves(rule) && rule->item >= 0) {
            add_boost(&items, rule, rule->item);
        }
    }
}

static int gather_boosts(vt_pipeline *p, vt_error *err)
{
    size_t n = (size_t)p->view->n_items;
    by_name brands = {0}, categories = {0};
    int status = by_name_init(&brands, (size_t)p->view->n_brands, err);
    status = status != VT_OK ? status : by_name_init(&categories, (size_t)p->view->n_categories, err);
    p->factor = status != VT_OK ? NULL : vt_alloc(n, sizeof *p->factor, err);
    p->addition = status != VT_OK ? NULL : vt_alloc(n, sizeof *p->addition, err);
    if (p->factor == NULL || p->addition == NULL) {
        status = VT_ERR_NO_MEMORY;
        goto out;
    }
    for (size_t r = 0; r < p->n_acting; r++) {
        const vt_fitted_rule *rule = p->acting[r];
        bool brand = rule->what == VT_RULE_BRAND;
        int32_t names = brand ? p->view->n_brands : p->view->n_categories;
        for (int32_t k = 0; moves(rule) && rule->named != NULL && k < names; k++) {
            if (rule->named[k]) {
                add_boost(brand ? &brands : &categories, rule, k);
            }
        }
    }
    apply_boosts(p, &brands, &categories);
out:
    by_name_done(&brands);
    by_name_done(&categories);
    return status;
}

/* A pin of a place stands behind those of the same place that came before it. */
static void add_pin(vt_pipeline *p, const vt_fitted_rule *rule)
{
    size_t at = p->n_pins++;
    while (at > 0 && p->pins[at - 1]->position > rule->position) {
        p->pins[at] = p->pins[at - 1];
        at--;
    }
    p->pins[at] = rule;
}

/* Which rules act, and what they are. */
static int gather_acting(vt_pipeline *p, const vt_occasion *occasion, bool *boosts, vt_error *err)
{
    const vt_fitted *f = p->fitted;
    p->acting = vt_alloc(f->n, sizeof(vt_fitted_rule *), err);
    p->pins = vt_alloc(f->n, sizeof(vt_fitted_rule *), err);
    if (p->acting == NULL || p->pins == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (size_t r = 0; r < f->n; r++) {
        const vt_fitted_rule *rule = &f->rule[r];
        if (!vt_fitted_acts(rule, occasion)) {
            continue;
        }
        p->acting[p->n_acting++] = rule;
        *boosts = *boosts || moves(rule);
        p->blocks = p->blocks || rule->action == VT_RULE_BLOCK;
        if (rule->action == VT_RULE_PIN && rule->item >= 0) {
            add_pin(p, rule);
        }
    }
    return VT_OK;
}

void vt_pipeline_block(uint8_t *allowed, const vt_pipeline *p)
{
    for (size_t r = 0; p->blocks && r < p->n_acting; r++) {
        const vt_fitted_rule *rule = p->acting[r];
        if (rule->action == VT_RULE_BLOCK && rule->item >= 0) {
            allowed[rule->item] = 0;
        }
        for (int32_t i = 0; rule->action == VT_RULE_BLOCK && rule->named != NULL && i < p->view->n_items; i++) {
            allowed[i] = allowed[i] && !vt_fitted_fits(rule, p->view, i);
        }
    }
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

int vt_pipeline_init(vt_pipeline *p, const vt_rules *rules, const vt_fitted *fitted, const vt_occasion *occasion,
                     const vt_likeness *likeness, vt_error *err)
{
    bool boosts = false;
    *p = (vt_pipeline){.rules = rules, .fitted = fitted, .view = likeness->view, .likeness = *likeness};
    p->compares = vt_rules_compare(rules);
    int status = fitted->n > 0 ? gather_acting(p, occasion, &boosts, err) : VT_OK;
    if (status == VT_OK && boosts) {
        status = gather_boosts(p, err);
    }
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
    vt_free((void *)p->acting);
    vt_free((void *)p->pins);
    vt_free(p->factor);
    vt_free(p->addition);
    vt_free(p->brand);
    vt_free(p->category);
    *p = (vt_pipeline){0};
}
