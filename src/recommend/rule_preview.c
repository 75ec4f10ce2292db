/* Two lists by the same code that answers requests: the shop's rules without the one that is looked at, and with it. */
#include "vitrine/rule_preview.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "recommend/recommender.h"

/* ---- why a rule does not act ------------------------------------------------------------------------------------- */

static bool fits_any(const vt_fitted_rule *rule, const vt_view *view)
{
    int32_t n = rule->what == VT_RULE_BRAND ? view->n_brands : view->n_categories;
    bool any = rule->item >= 0;
    for (int32_t i = 0; rule->named != NULL && !any && i < n; i++) {
        any = rule->named[i];
    }
    return any;
}

static void say_idle(char out[160], const vt_fitted_rule *fitted, const vt_shop_rule *rule, const vt_view *view,
                     const vt_occasion *o)
{
    char when[32];
    if (fitted->from != VT_NONE && o->now < fitted->from) {
        vt_format_time(when, fitted->from);
        snprintf(out, 160, "it begins at %s", when);
    } else if (fitted->until != VT_NONE && o->now >= fitted->until) {
        vt_format_time(when, fitted->until);
        snprintf(out, 160, "it ended at %s", when);
    } else if (fitted->segment != NULL && (o->segment == NULL || strcmp(fitted->segment, o->segment) != 0)) {
        snprintf(out, 160, "it is for users of the segment \"%.*s\"", VT_STR_ARGS(rule->segment));
    } else if (!vt_fitted_acts(fitted, o)) {
        snprintf(out, 160, "it is for lists of the category \"%.*s\"", VT_STR_ARGS(rule->page));
    } else if (!fits_any(fitted, view)) {
        snprintf(out, 160, "the shop has no %s \"%.*s\"", vt_rule_what_name(rule->what), VT_STR_ARGS(rule->name));
    }
}

static int find_idle(char out[160], const vt_serving *serving, const vt_request *request, const vt_shop_rule *rule,
                     vt_error *err)
{
    vt_rules alone;
    vt_fitted *fitted = NULL;
    vt_occasion occasion;
    vt_rules_init(&alone);
    alone.shop_rules = rule;
    alone.n_shop_rules = 1;
    const vt_view *view = serving->view;
    int32_t user = request->user == NULL ? -1 : vt_view_find_user(view, vt_str_of(request->user));
    int status = vt_fitted_create(&fitted, &alone, view, err);
    if (status == VT_OK) {
        status = vt_occasion_init(&occasion, fitted, view, user, request, fitted->storage, err);
    }
    if (status == VT_OK) {
        say_idle(out, &fitted->rule[0], rule, view, &occasion);
    }
    vt_fitted_release(fitted);
    return status;
}

/* ---- the lists --------------------------------------------------------------------------------------------------- */

/* The rules with `rule` in its place, or at the end; `with` false: without it. `rows` has room for all and one more. */
static vt_rules rules_of(const vt_rules *base, vt_shop_rule *rows, const vt_shop_rule *rule, bool with)
{
    vt_rules rules = *base;
    bool placed = false;
    size_t n = 0;
    for (size_t i = 0; i < base->n_shop_rules; i++) {
        bool same = vt_str_equal(base->shop_rules[i].id, rule->id);
        placed = placed || same;
        if (!same) {
            rows[n++] = base->shop_rules[i];
        } else if (with) {
            rows[n++] = *rule;
        }
    }
    if (with && !placed) {
        rows[n++] = *rule;
    }
    rules.shop_rules = rows;
    rules.n_shop_rules = n;
    return rules;
}

static bool has(const vt_answer *answer, vt_str item)
{
    for (size_t i = 0; i < answer->n; i++) {
        if (vt_str_equal(vt_str_of(answer->items[i].item), item)) {
            return true;
        }
    }
    return false;
}

static int32_t place_of(const vt_answer *answer, const char *item)
{
    for (size_t i = 0; i < answer->n; i++) {
        if (strcmp(answer->items[i].item, item) == 0) {
            return (int32_t)i + 1;
        }
    }
    return 0;
}

static int find_moves(vt_rule_preview *p, vt_error *err)
{
    p->moves = vt_alloc(p->before.n + p->after.n, sizeof *p->moves, err);
    if (p->moves == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (size_t i = 0; i < p->after.n; i++) {
        const char *item = p->after.items[i].item;
        const vt_rule_move move = {item, place_of(&p->before, item), (int32_t)i + 1};
        if (move.before != move.after) {
            p->moves[p->n_moves++] = move;
        }
    }
    for (size_t i = 0; i < p->before.n; i++) {
        const char *item = p->before.items[i].item;
        if (place_of(&p->after, item) == 0) {
            p->moves[p->n_moves++] = (vt_rule_move){item, (int32_t)i + 1, 0};
        }
    }
    return VT_OK;
}

static int make_lists(vt_rule_preview *p, vt_recommender *recommender, const vt_rules *base, vt_request *request,
                      const vt_shop_rule *rule, vt_error *err)
{
    vt_shop_rule *rows = vt_alloc(base->n_shop_rules + 1, sizeof *rows, err);
    if (rows == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    vt_rules rules = rules_of(base, rows, rule, false);
    request->rules = &rules;
    int status = vt_recommend(&p->before, recommender, request, err);
    if (status == VT_OK) {
        rules = rules_of(base, rows, rule, true);
        status = vt_recommend(&p->after, recommender, request, err);
    }
    vt_free(rows);
    return status;
}

int vt_rule_preview_make(vt_rule_preview *out, vt_recommender *recommender, const vt_request *request,
                         const vt_shop_rule *rule, vt_error *err)
{
    vt_rule_preview p = {.n_moves = 0};
    vt_request both = *request;
    int status = vt_shop_rule_check(rule, err);
    if (status != VT_OK) {
        return status;
    }
    both.now = both.now == VT_NONE ? vt_now() : both.now;
    vt_serving *serving = vt_recommender_take(recommender);
    const vt_rules *base = request->rules != NULL ? request->rules : &serving->rules->rules;
    status = make_lists(&p, recommender, base, &both, rule, err);
    status = status != VT_OK ? status : find_moves(&p, err);
    status = status != VT_OK ? status : find_idle(p.idle, serving, &both, rule, err);
    if (status == VT_OK && p.idle[0] == '\0' && rule->action == VT_RULE_PIN && !has(&p.after, rule->name)) {
        snprintf(
            p.idle, sizeof p.idle,
            "the list does not have it: it is not on sale, filtered out, blocked, disliked or the user's already, or "
            "its place is behind the end");
    }
    vt_serving_release(serving);
    if (status != VT_OK) {
        vt_rule_preview_done(&p);
        return status;
    }
    *out = p;
    return VT_OK;
}

void vt_rule_preview_done(vt_rule_preview *p)
{
    if (p != NULL) {
        vt_answer_done(&p->before);
        vt_answer_done(&p->after);
        vt_free(p->moves);
        *p = (vt_rule_preview){.n_moves = 0};
    }
}
