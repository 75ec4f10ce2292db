/* Fitting rules to the numbers of a view. */
#include "recommend/fitted.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/number.h"
#include "live/attributes.h"
#include "recommend/filters.h"

vt_fitted *vt_fitted_hold(vt_fitted *fitted)
{
    atomic_fetch_add_explicit(&fitted->refs, 1, memory_order_relaxed);
    return fitted;
}

void vt_fitted_release(vt_fitted *fitted)
{
    if (fitted != NULL && atomic_fetch_sub_explicit(&fitted->refs, 1, memory_order_acq_rel) == 1) {
        vt_arena_free(fitted->storage);
        vt_free(fitted);
    }
}

/* ---- texts ------------------------------------------------------------------------------------------------------- */

static int keep(const char **out, vt_arena *storage, const char *text, vt_error *err)
{
    *out = vt_arena_str(storage, vt_str_of(text), err).ptr;
    return *out == NULL ? VT_ERR_NO_MEMORY : VT_OK;
}

/* The folded text into the storage; NULL stays NULL. */
static int keep_folded(const char **out, vt_arena *storage, vt_str text, vt_error *err)
{
    char *folded = NULL;
    *out = NULL;
    if (text.ptr == NULL || text.len == 0) {
        return VT_OK;
    }
    int status = vt_fold(&folded, vt_trim(text), err);
    status = status != VT_OK ? status : keep(out, storage, folded, err);
    vt_free(folded);
    return status;
}

/* ---- one rule ---------------------------------------------------------------------------------------------------- */

static int fit_boost(vt_fitted *f, vt_fitted_rule *rule, const vt_boost *boost, vt_error *err)
{
    char text[640], line[660];
    bool buries = boost->factor < 1 || boost->addition < 0;
    vt_boost_text(text, sizeof text, boost);
    snprintf(line, sizeof line, "%s %s", buries ? "bury" : "boost", text);
    *rule = (vt_fitted_rule){
        .action = buries ? VT_RULE_BURY : VT_RULE_BOOST,
        .what = boost->what,
        .factor = (float)boost->factor,
        .addition = (float)boost->addition,
        .from = VT_NONE,
        .until = VT_NONE,
    };
    int status = keep(&rule->line, f->storage, line, err);
    rule->text = rule->line;
    return status;
}

static int fit_shop_rule(vt_fitted *f, vt_fitted_rule *rule, const vt_shop_rule *row, vt_error *err)
{
    char text[640], line[1200], id[520];
    double factor, addition;
    vt_shop_rule_amounts(&factor, &addition, row);
    vt_shop_rule_text(text, sizeof text, row);
    snprintf(id, sizeof id, "%.*s", VT_STR_ARGS(row->id));
    snprintf(line, sizeof line, "rule %s: %s", id, text);
    *rule = (vt_fitted_rule){
        .action = (vt_rule_action)row->action,
        .what = (vt_rule_what)row->what,
        .factor = (float)factor,
        .addition = (float)addition,
        .position = row->position == VT_NONE ? 1 : (int32_t)row->position,
        .from = row->from,
        .until = row->until,
    };
    int status = keep(&rule->line, f->storage, line, err);
    rule->text = status == VT_OK ? rule->line + strlen(line) - strlen(text) : NULL;
    status = status != VT_OK ? status : keep(&rule->id, f->storage, id, err);
    status = status != VT_OK ? status : keep_folded(&rule->segment, f->storage, row->segment, err);
    f->by_segment = f->by_segment || rule->segment != NULL;
    return status != VT_OK ? status : keep_folded(&rule->page, f->storage, row->page, err);
}

/* ---- brands and categories --------------------------------------------------------------------------------------- */

/* Marks, for each rule about `what`, the texts that it names. `wanted` (f->n): folded names. */
static int fit_texts(vt_fitted *f, const vt_view *view, vt_rule_what what, const char *const *wanted, vt_error *err)
{
    bool brand = what == VT_RULE_BRAND, any = false;
    int32_t n = brand ? view->n_brands : view->n_categories;
    for (size_t r = 0; r < f->n; r++) {
        vt_fitted_rule *rule = &f->rule[r];
        if (rule->what == what) {
            any = true;
            rule->named = vt_arena_alloc(f->storage, (size_t)n + 1, 1, err);
            if (rule->named == NULL) {
                return VT_ERR_NO_MEMORY;
            }
        }
    }
    int status = VT_OK;
    for (int32_t i = 0; any && i < n && status == VT_OK; i++) {
        char *text = NULL;
        status = vt_fold(&text, vt_trim(brand ? vt_view_brand(view, i) : vt_view_category(view, i)), err);
        for (size_t r = 0; status == VT_OK && r < f->n; r++) {
            if (f->rule[r].what == what) {
                vt_str found = vt_str_of(text), name = vt_str_of(wanted[r]);
                f->rule[r].named[i] = brand ? vt_str_equal(found, name) : vt_category_within(found, name);
            }
        }
        vt_free(text);
    }
    return status;
}

static int fit_all(vt_fitted *f, const vt_rules *rules, const vt_view *view, vt_error *err)
{
    size_t n = rules->n_boosts + rules->n_shop_rules;
    const char **wanted = vt_arena_alloc(f->storage, n + 1, sizeof *wanted, err);
    f->rule = vt_arena_alloc(f->storage, n + 1, sizeof *f->rule, err);
    int status = wanted == NULL || f->rule == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    for (size_t r = 0; status == VT_OK && r < n; r++) {
        bool setting = r < rules->n_boosts;
        const vt_boost *boost = setting ? &rules->boosts[r] : NULL;
        const vt_shop_rule *row = setting ? NULL : &rules->shop_rules[r - rules->n_boosts];
        vt_fitted_rule *rule = &f->rule[r];
        vt_str name = setting ? vt_str_of(boost->name) : row->name;
        status = setting ? fit_boost(f, rule, boost, err) : fit_shop_rule(f, rule, row, err);
        status = status != VT_OK ? status : keep_folded(&wanted[r], f->storage, name, err);
        rule->item = status == VT_OK && rule->what == VT_RULE_ITEM ? vt_view_find_item(view, name) : -1;
        f->n = r + 1;
    }
    status = status != VT_OK ? status : fit_texts(f, view, VT_RULE_BRAND, wanted, err);
    return status != VT_OK ? status : fit_texts(f, view, VT_RULE_CATEGORY, wanted, err);
}

int vt_fitted_create(vt_fitted **out, const vt_rules *rules, const vt_view *view, vt_error *err)
{
    vt_fitted *f = vt_alloc_zero(1, sizeof *f, err);
    if (f == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    atomic_init(&f->refs, 1);
    int status = vt_arena_create(&f->storage, 0, err);
    status = status != VT_OK ? status : fit_all(f, rules, view, err);
    if (status != VT_OK) {
        vt_fitted_release(f);
        return status;
    }
    *out = f;
    return VT_OK;
}

int vt_occasion_init(vt_occasion *out, const vt_fitted *fitted, const vt_view *view, int32_t user,
                     const vt_request *request, vt_arena *storage, vt_error *err)
{
    vt_str segment = {NULL, 0};
    *out = (vt_occasion){.now = request->now};
    if (fitted->by_segment && user >= 0) {
        segment = vt_view_user_attribute(view, user, vt_str_of("segment"));
    }
    int status = keep_folded(&out->segment, storage, segment, err);
    return status != VT_OK ? status : keep_folded(&out->page, storage, vt_str_of(request->category), err);
}

bool vt_fitted_acts(const vt_fitted_rule *rule, const vt_occasion *o)
{
    bool dated = rule->from != VT_NONE || rule->until != VT_NONE;
    if (dated && (o->now == VT_NONE || (rule->from != VT_NONE && o->now < rule->from) ||
                  (rule->until != VT_NONE && o->now >= rule->until))) {
        return false;
    }
    if (rule->segment != NULL && (o->segment == NULL || strcmp(rule->segment, o->segment) != 0)) {
        return false;
    }
    return rule->page == NULL || (o->page != NULL && vt_category_within(vt_str_of(o->page), vt_str_of(rule->page)));
}
