/*
 * The tables hold the strongest rules and the surest pairs; what chance may have made stays in the table of rules, and
 * is marked, since a rule that is missing would be asked for.
 */
#include "insight/baskets/answer.h"

#include <stdio.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/format.h"
#include "insight/baskets/basket_file.h"
#include "insight/baskets/pairs.h"
#include "insight/baskets/rules.h"
#include "insight/kind.h"

enum { NAME_IN_SENTENCE = 64, SIDE_MAX = 1 << 20 };

typedef struct answer {
    vt_document *document;
    const vt_baskets *baskets;
    const char *what;
    vt_item_name name_of, id_of;
    const void *names;
    vt_itemsets *sets;
    vt_rules *rules;
    vt_pair *pairs;
    size_t n_pairs;
    vt_buf text; /* workspace: the names of one side */
} answer;

/* The names of one side with `comma` between, and `last` before the last one; in a sentence long ones are cut. */
static const char *side(answer *a, const int32_t *items, int32_t n, const char *comma, const char *last, vt_error *err)
{
    bool in_sentence = comma != last;
    vt_buf_clear(&a->text);
    int status = VT_OK;
    for (int32_t i = 0; i < n && status == VT_OK; i++) {
        vt_str name = a->name_of(a->names, items[i]);
        char cut[NAME_IN_SENTENCE];
        if (in_sentence) {
            vt_format_name(cut, sizeof cut, name);
            name = vt_str_of(cut);
        }
        status = vt_buf_add_text(&a->text, i == 0 ? "" : i + 1 == n ? last : comma, err);
        status = status != VT_OK ? status : vt_buf_add(&a->text, name.ptr, name.len, err);
    }
    return status == VT_OK ? a->text.data : NULL;
}

/* A share in percent with as few digits as it needs: "50 %", "0.1 %". */
static void percent(char out[32], double share)
{
    snprintf(out, 32, "%.3g %%", 100.0 * share);
}

static int say_strongest(answer *a, vt_error *err)
{
    const vt_rule *strongest = NULL;
    for (size_t i = 0; i < a->rules->n && strongest == NULL; i++) {
        strongest = vt_by_chance(&a->rules->rule[i].a) ? NULL : &a->rules->rule[i];
    }
    if (strongest == NULL) {
        vt_document_lead(a->document, "Chance may have made %s.", a->rules->n == 1 ? "it" : "all of them");
        return VT_OK;
    }
    const char *text = side(a, strongest->left, strongest->n_left, ", ", " and ", err);
    const char *left = text == NULL ? NULL : vt_document_copy(a->document, vt_str_of(text));
    const char *right = left == NULL ? NULL : side(a, strongest->right, strongest->n_right, ", ", " and ", err);
    if (right == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    char times[32];
    vt_format_real(times, strongest->a.lift, strongest->a.lift < 10.0 ? 1 : 0);
    vt_document_lead(a->document, "The strongest: who buys %s also buys %s, %s times as often as all buyers do.", left,
                     right, times);
    return VT_OK;
}

static int say(answer *a, const vt_insight_options *options, vt_error *err)
{
    char n[32], rules[32], least[32], confidence[32], by_chance[32];
    const char *plural = a->baskets->n_baskets == 1 ? "" : "s";
    vt_format_count(n, (int64_t)a->baskets->n_baskets);
    vt_format_count(rules, (int64_t)a->rules->n);
    vt_format_count(least, a->sets->min_count);
    vt_format_count(by_chance, a->rules->by_chance);
    percent(confidence, options->confidence);
    if (a->baskets->n_baskets == 0) {
        vt_document_lead(a->document, "There are no %ss.", a->what);
        return VT_OK;
    }
    if (a->rules->n == 0) {
        vt_document_lead(a->document,
                         "Of %s %s%s, no rule holds in at least %s with a confidence of %s; ask for a lower support or "
                         "confidence.",
                         n, a->what, plural, least, confidence);
        return VT_OK;
    }
    vt_document_lead(a->document, "Of %s %s%s, %s rule%s in at least %s with a confidence of %s or more.", n, a->what,
                     plural, rules, a->rules->n == 1 ? " holds" : "s hold", least, confidence);
    if (a->rules->by_chance > 0) {
        vt_document_note(a->document,
                         "%s of the rules may be due to chance: their adjusted p-value is over %g. They are marked.",
                         by_chance, VT_CHANCE_LEVEL);
    }
    return say_strongest(a, err);
}

static int add_rules(answer *a, size_t n, vt_error *err)
{
    vt_document *d = a->document;
    vt_document_table(d, "rules", "Who buys these also buys that");
    vt_document_column(d, "left", "Who buys", VT_UNIT_TEXT);
    vt_document_column(d, "right", "Also buys", VT_UNIT_TEXT);
    vt_document_metric(d, "rule_baskets");
    vt_document_metric(d, "support");
    vt_document_metric(d, "confidence");
    vt_document_metric_interval(d, "confidence");
    vt_document_metric(d, "lift");
    vt_document_metric_interval(d, "lift");
    vt_document_metric(d, "conviction");
    vt_document_metric(d, "leverage");
    vt_document_metric(d, "rule_chance");
    vt_document_column(d, "mark", "Note", VT_UNIT_TEXT);
    for (size_t i = 0; i < a->rules->n && i < n; i++) {
        const vt_rule *r = &a->rules->rule[i];
        const int32_t *sides[] = {r->left, r->right};
        const int32_t lengths[] = {r->n_left, r->n_right};
        for (size_t s = 0; s < 2; s++) {
            const char *text = side(a, sides[s], lengths[s], " + ", " + ", err);
            if (text == NULL) {
                return VT_ERR_NO_MEMORY;
            }
            vt_document_text(d, vt_str_of(text));
        }
        const double cells[] = {(double)r->a.count,   r->a.support,  r->a.confidence, r->a.confidence_low,
                                r->a.confidence_high, r->a.lift,     r->a.lift_low,   r->a.lift_high,
                                r->a.conviction,      r->a.leverage, r->a.adjusted};
        for (size_t c = 0; c < sizeof cells / sizeof cells[0]; c++) {
            vt_document_number(d, cells[c]);
        }
        vt_document_text(d, vt_str_of(vt_by_chance(&r->a) ? "maybe chance" : ""));
    }
    return VT_OK;
}

static void add_pairs(answer *a, size_t n)
{
    vt_document *d = a->document;
    vt_document_table(d, "pairs", "Bought together more often than chance explains");
    vt_document_column(d, "item", "Who buys", VT_UNIT_TEXT);
    vt_document_column(d, "other", "Also buys", VT_UNIT_TEXT);
    vt_document_metric(d, "rule_baskets");
    vt_document_metric(d, "confidence");
    vt_document_metric(d, "lift");
    vt_document_metric_interval(d, "lift");
    if (a->id_of != NULL) {
        vt_document_column(d, "item_id", "Id", VT_UNIT_TEXT);
        vt_document_column(d, "other_id", "Id of the other", VT_UNIT_TEXT);
    }
    for (size_t i = 0; i < a->n_pairs && i < n; i++) {
        const vt_pair *p = &a->pairs[i];
        vt_document_text(d, a->name_of(a->names, p->item));
        vt_document_text(d, a->name_of(a->names, p->other));
        vt_document_number(d, (double)p->a.count);
        vt_document_number(d, p->a.confidence);
        vt_document_number(d, p->a.lift);
        vt_document_number(d, p->a.lift_low);
        vt_document_number(d, p->a.lift_high);
        if (a->id_of != NULL) {
            vt_document_text(d, a->id_of(a->names, p->item));
            vt_document_text(d, a->id_of(a->names, p->other));
        }
    }
}

static int find(answer *a, const vt_insight_options *options, vt_error *err)
{
    vt_itemset_options sets;
    vt_rule_options rules;
    vt_pair_options pairs;
    vt_itemset_options_init(&sets);
    vt_rule_options_init(&rules);
    vt_pair_options_init(&pairs);
    sets.min_support = options->support;
    rules.min_confidence = options->confidence;
    pairs.min_support = options->support;
    int status = vt_itemsets_find(&a->sets, a->baskets, &sets, err);
    status = status != VT_OK ? status : vt_rules_find(&a->rules, a->sets, &rules, err);
    return status != VT_OK ? status : vt_pairs_find(&a->pairs, &a->n_pairs, a->baskets, &pairs, err);
}

/* Different items that are in any basket. */
static int count_items(double *out, const vt_baskets *baskets, vt_error *err)
{
    uint8_t *met = vt_alloc_zero((size_t)baskets->n_items, sizeof *met, err);
    if (met == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    *out = 0.0;
    for (int64_t e = baskets->offsets[0]; e < baskets->offsets[baskets->n_baskets]; e++) {
        *out += met[baskets->items[e]] == 0;
        met[baskets->items[e]] = 1;
    }
    vt_free(met);
    return VT_OK;
}

int vt_baskets_answer(vt_document *document, const vt_baskets *baskets, const char *what, vt_item_name name_of,
                      vt_item_name id_of, const void *names, const vt_insight_options *options, vt_error *err)
{
    answer a = {
        .document = document, .baskets = baskets, .what = what, .name_of = name_of, .id_of = id_of, .names = names};
    double items = 0.0;
    vt_buf_init(&a.text, SIDE_MAX);
    int status = find(&a, options, err);
    status = status != VT_OK ? status : count_items(&items, baskets, err);
    status = status != VT_OK ? status : say(&a, options, err);
    if (status == VT_OK) {
        vt_document_figure(document, "baskets", (double)baskets->n_baskets);
        vt_document_figure(document, "basket_items", items);
        vt_document_figure(document, "rules", (double)a.rules->n);
        status = add_rules(&a, (size_t)options->n, err);
    }
    if (status == VT_OK) {
        add_pairs(&a, (size_t)options->n);
        status = vt_document_status(document, err);
    }
    vt_buf_done(&a.text);
    vt_itemsets_free(a.sets);
    vt_rules_free(a.rules);
    vt_free(a.pairs);
    return status;
}

static vt_str name_in_file(const void *file, int32_t item)
{
    return vt_basket_file_name(file, item);
}

int vt_baskets_file(vt_document *document, const char *path, const vt_insight_options *options, vt_error *err)
{
    vt_basket_file *file = NULL;
    int status = vt_basket_file_read(&file, path, NULL, NULL, err);
    if (status != VT_OK) {
        return status;
    }
    status = vt_basket_file_check(file, path, err);
    if (status == VT_OK) {
        status = vt_baskets_answer(document, &file->baskets, "basket", name_in_file, NULL, file, options, err);
    }
    if (status == VT_OK && file->skipped > 0) {
        char skipped[32];
        vt_format_count(skipped, (int64_t)file->skipped);
        vt_document_note(document, "%s row%s skipped; the first: %s.", skipped, file->skipped == 1 ? " was" : "s were",
                         file->why);
        status = vt_document_status(document, err);
    }
    vt_basket_file_free(file);
    return status;
}
