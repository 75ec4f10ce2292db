/*
 * Frequent sets and rules: an example counted by hand, FP-growth against counting every set, published counts of the
 * Groceries data, what cannot be answered, and every allocation failing.
 */
#include "fault.h"
#include "real_data.h"

#include <math.h>

#include "base/rng.h"
#include "insight/baskets/basket_file.h"
#include "insight/baskets/rules.h"

enum { BREAD, BUTTER, MILK, TEA, ITEMS };

/* Six baskets; the fifth names bread twice, the last is empty. */
static const int32_t by_hand[] = {BREAD, BUTTER, MILK, BUTTER, BREAD, MILK, BREAD, MILK, BREAD, TEA, BREAD};
static const int64_t by_hand_offsets[] = {0, 3, 5, 6, 8, 11, 11};
static const vt_baskets hand = {6, ITEMS, by_hand_offsets, by_hand};

static void check_near(double value, double wanted, double tolerance)
{
    if (!(fabs(value - wanted) <= tolerance)) {
        fail_msg("%.17g, not %.17g", value, wanted);
    }
}

static vt_itemsets *sets_of(const vt_baskets *baskets, double support, int64_t count, int32_t length)
{
    vt_error err = VT_ERROR_INIT;
    vt_itemset_options options;
    vt_itemset_options_init(&options);
    options.min_support = support;
    options.min_count = count;
    options.max_length = length;
    vt_itemsets *sets = NULL;
    check_ok(vt_itemsets_find(&sets, baskets, &options, &err));
    return sets;
}

static void check_set(const vt_itemsets *sets, size_t s, const int32_t *items, int64_t n, int64_t count)
{
    assert_int_equal(sets->offsets[s + 1] - sets->offsets[s], n);
    assert_memory_equal(sets->items + sets->offsets[s], items, (size_t)n * sizeof *items);
    assert_int_equal(sets->count[s], count);
    assert_int_equal(vt_itemsets_count(sets, items, (size_t)n), count);
}

static void finds_sets_counted_by_hand(void **state)
{
    (void)state;
    vt_itemsets *sets = sets_of(&hand, 0.0, 2, 10);
    assert_int_equal(sets->n, 5);
    check_set(sets, 0, (int32_t[]){BREAD}, 1, 4);
    check_set(sets, 1, (int32_t[]){BUTTER}, 1, 2);
    check_set(sets, 2, (int32_t[]){MILK}, 1, 3);
    check_set(sets, 3, (int32_t[]){BREAD, BUTTER}, 2, 2);
    check_set(sets, 4, (int32_t[]){BREAD, MILK}, 2, 2);
    assert_int_equal(vt_itemsets_count(sets, (int32_t[]){TEA}, 1), 0);
    vt_itemsets_free(sets);
    sets = sets_of(&hand, 0.0, 1, 10);
    assert_int_equal(sets->n, 4 + 4 + 1);
    check_set(sets, 8, (int32_t[]){BREAD, BUTTER, MILK}, 3, 1);
    vt_itemsets_free(sets);
    sets = sets_of(&hand, 0.0, 1, 2);
    assert_int_equal(sets->n, 4 + 4);
    vt_itemsets_free(sets);
    sets = sets_of(&hand, 0.5, 1, 10); /* 3 of 6 reach a half */
    assert_int_equal(sets->n, 2);
    vt_itemsets_free(sets);
    sets = sets_of(&hand, 1.0, 1, 10);
    assert_int_equal(sets->n, 0);
    assert_int_equal(sets->min_count, 6);
    vt_itemsets_free(sets);
}

static void turns_shares_into_counts(void **state)
{
    (void)state;
    vt_itemset_options options;
    vt_itemset_options_init(&options);
    for (size_t n = 1; n < 400; n++) {
        for (size_t count = 1; count <= n; count++) {
            options.min_support = (double)count / (double)n;
            assert_int_equal(vt_itemset_min_count(&options, n), count);
        }
    }
    options.min_support = 0.1;
    assert_int_equal(vt_itemset_min_count(&options, 30), 3); /* .1 * 30 is over 3 in binary */
    options.min_support = 0.001;
    assert_int_equal(vt_itemset_min_count(&options, 9835), 10);
    assert_int_equal(vt_itemset_min_count(&options, 0), 1);
}

/* Bread to butter: 2 of the 4 baskets with bread; butter is in 2 of 6. */
static void measures_rules_by_hand(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_itemsets *sets = sets_of(&hand, 0.0, 2, 10);
    vt_rule_options options;
    vt_rule_options_init(&options);
    vt_rules *rules = NULL;
    check_ok(vt_rules_find(&rules, sets, &options, &err));
    assert_int_equal(rules->tested, 4);
    assert_int_equal(rules->n, 4);
    const vt_rule *r = &rules->rule[0]; /* butter -> bread: 1 / (4 / 6) = 1.5, as bread -> butter, and surer */
    assert_int_equal(r->left[0], BUTTER);
    assert_int_equal(r->right[0], BREAD);
    assert_true(isinf(r->a.conviction));
    r = &rules->rule[1];
    assert_int_equal(r->n_left, 1);
    assert_int_equal(r->n_right, 1);
    assert_int_equal(r->left[0], BREAD);
    assert_int_equal(r->right[0], BUTTER);
    assert_int_equal(r->a.count, 2);
    check_near(r->a.support, 2.0 / 6.0, 1e-15);
    check_near(r->a.confidence, 0.5, 1e-15);
    check_near(r->a.lift, 1.5, 1e-15);
    check_near(r->a.conviction, (1.0 - 2.0 / 6.0) / 0.5, 1e-15);
    check_near(r->a.leverage, 2.0 / 6.0 - 4.0 / 6.0 * 2.0 / 6.0, 1e-15);
    check_near(r->a.p_value, 6.0 / 15.0, 1e-14); /* both butter baskets among the 4 of 6: C(4,2) / C(6,2) */
    check_near(r->a.confidence_low, 0.1500390, 1e-6);
    check_near(r->a.confidence_high, 0.8499610, 1e-6);
    assert_true(r->a.adjusted >= r->a.p_value && vt_by_chance(&r->a));
    assert_int_equal(rules->by_chance, 4);
    vt_rules_free(rules);
    vt_itemsets_free(sets);
}

/* ---- random baskets ---------------------------------------------------------------------------------------------- */

enum { WIDE = 9, MANY = 60 };

typedef struct drawn {
    int64_t offsets[MANY + 1];
    int32_t items[MANY * WIDE * 2];
    vt_baskets baskets;
} drawn;

static void draw(drawn *d, uint64_t seed)
{
    vt_rng rng = vt_rng_at(seed, "baskets", 0, 0);
    int64_t n = 0;
    d->offsets[0] = 0;
    for (size_t b = 0; b < MANY; b++) {
        for (int32_t i = 0; i < WIDE; i++) {
            bool in = vt_rng_unit(&rng) < 0.15 + 0.08 * i;
            for (uint64_t times = in ? 1 + vt_rng_below(&rng, 2) : 0; times > 0; times--) {
                d->items[n++] = i;
            }
        }
        for (int64_t e = n - 1; e > d->offsets[b]; e--) { /* any order */
            int64_t other = d->offsets[b] + (int64_t)vt_rng_below(&rng, (uint64_t)(e - d->offsets[b] + 1));
            int32_t kept = d->items[e];
            d->items[e] = d->items[other];
            d->items[other] = kept;
        }
        d->offsets[b + 1] = n;
    }
    d->baskets = (vt_baskets){MANY, WIDE, d->offsets, d->items};
}

/* Baskets with all items of the mask. */
static int64_t count_mask(const vt_baskets *baskets, uint32_t mask)
{
    int64_t count = 0;
    for (size_t b = 0; b < baskets->n_baskets; b++) {
        uint32_t held = 0;
        for (int64_t e = baskets->offsets[b]; e < baskets->offsets[b + 1]; e++) {
            held |= 1U << baskets->items[e];
        }
        count += (held & mask) == mask;
    }
    return count;
}

static uint32_t mask_of(const int32_t *items, int64_t n)
{
    uint32_t mask = 0;
    for (int64_t i = 0; i < n; i++) {
        mask |= 1U << items[i];
    }
    return mask;
}

static void grows_what_counting_every_set_finds(void **state)
{
    (void)state;
    static drawn d;
    for (uint64_t seed = 1; seed <= 40; seed++) {
        draw(&d, seed);
        int64_t min_count = 1 + (int64_t)(seed % 13);
        int32_t longest = 1 + (int32_t)(seed % 10);
        vt_itemsets *sets = sets_of(&d.baskets, 0.0, min_count, longest);
        size_t frequent = 0;
        for (uint32_t mask = 1; mask < 1U << WIDE; mask++) {
            int32_t items[WIDE], n = 0;
            for (int32_t i = 0; i < WIDE; i++) {
                if ((mask >> i & 1U) != 0) {
                    items[n++] = i;
                }
            }
            int64_t count = count_mask(&d.baskets, mask);
            bool is = count >= min_count && n <= longest;
            frequent += is;
            if (vt_itemsets_count(sets, items, (size_t)n) != (is ? count : 0)) {
                fail_msg("seed %d, set %x: %d, not %d", (int)seed, mask, (int)vt_itemsets_count(sets, items, (size_t)n),
                         (int)count);
            }
        }
        assert_int_equal(sets->n, frequent);
        vt_itemsets_free(sets);
    }
}

static void check_rules(const vt_rules *rules, const vt_baskets *baskets, const vt_itemsets *sets, bool all)
{
    size_t wanted = 0;
    for (uint32_t set = 1; set < 1U << WIDE; set++) {
        int64_t count = count_mask(baskets, set);
        for (uint32_t right = (set - 1) & set; count >= sets->min_count && right != 0; right = (right - 1) & set) {
            bool is = all || (right & (right - 1)) == 0;
            wanted += is && (double)count / (double)count_mask(baskets, set & ~right) >= 0.6;
        }
    }
    assert_int_equal(rules->n, wanted);
    for (size_t i = 0; i < rules->n; i++) {
        const vt_rule *r = &rules->rule[i];
        uint32_t left = mask_of(r->left, r->n_left), right = mask_of(r->right, r->n_right);
        assert_int_equal(left & right, 0);
        assert_int_equal(r->a.count, count_mask(baskets, left | right));
        assert_int_equal(r->a.left, count_mask(baskets, left));
        assert_int_equal(r->a.right, count_mask(baskets, right));
        assert_true(r->a.confidence_low <= r->a.confidence && r->a.confidence <= r->a.confidence_high);
        assert_true(r->a.p_value >= 0.0 && r->a.p_value <= r->a.adjusted && r->a.adjusted <= 1.0);
        assert_true(i == 0 || r->a.lift <= rules->rule[i - 1].a.lift);
    }
}

static void makes_every_rule_once(void **state)
{
    (void)state;
    static drawn d;
    vt_error err = VT_ERROR_INIT;
    for (uint64_t seed = 1; seed <= 12; seed++) {
        draw(&d, seed);
        vt_itemsets *sets = sets_of(&d.baskets, 0.0, 4 + (int64_t)seed, 10);
        for (int all = 0; all <= 1; all++) {
            vt_rule_options options;
            vt_rule_options_init(&options);
            options.min_confidence = 0.6;
            options.all_splits = all == 1;
            vt_rules *rules = NULL;
            check_ok(vt_rules_find(&rules, sets, &options, &err));
            check_rules(rules, &d.baskets, sets, all == 1);
            vt_rules_free(rules);
        }
        vt_itemsets_free(sets);
    }
}

/* ---- published --------------------------------------------------------------------------------------------------- */

static size_t count_rules(const vt_baskets *baskets, double support, double confidence, size_t by_length[8])
{
    vt_error err = VT_ERROR_INIT;
    vt_itemsets *sets = sets_of(baskets, support, 1, 10);
    vt_rule_options options;
    vt_rule_options_init(&options);
    options.min_confidence = confidence;
    vt_rules *rules = NULL;
    check_ok(vt_rules_find(&rules, sets, &options, &err));
    memset(by_length, 0, 8 * sizeof *by_length);
    for (size_t i = 0; i < rules->n; i++) {
        by_length[rules->rule[i].n_left + 1]++;
    }
    size_t n = rules->n;
    vt_rules_free(rules);
    vt_itemsets_free(sets);
    return n;
}

static void check_name(const vt_basket_file *file, int32_t item, const char *name)
{
    assert_true(vt_str_equal(vt_basket_file_name(file, item), vt_str_of(name)));
}

static void agrees_with_groceries(void **state)
{
    (void)state;
    char path[512];
    if (data_file(path, "groceries/groceries.csv") == NULL) {
        skip();
    }
    vt_error err = VT_ERROR_INIT;
    vt_basket_file *file = NULL;
    check_ok(vt_basket_file_read(&file, path, NULL, NULL, &err));
    assert_false(file->pairs);
    assert_int_equal(file->skipped, 0);
    assert_int_equal(file->baskets.n_baskets, 9835);
    assert_int_equal(file->baskets.n_items, 169);
    assert_int_equal(file->baskets.offsets[9835], 43367);
    size_t length[8];
    assert_int_equal(count_rules(&file->baskets, 0.001, 0.5, length), 5668);
    assert_memory_equal(length + 2, ((size_t[]){11, 1461, 3211, 939, 46}), 5 * sizeof *length);
    assert_int_equal(count_rules(&file->baskets, 0.001, 0.8, length), 410);
    assert_memory_equal(length + 3, ((size_t[]){29, 229, 140, 12}), 4 * sizeof *length);
    assert_int_equal(count_rules(&file->baskets, 0.006, 0.25, length), 463);
    assert_memory_equal(length + 2, ((size_t[]){150, 297, 16}), 3 * sizeof *length);
    assert_int_equal(count_rules(&file->baskets, 0.01, 0.5, length), 15);

    vt_itemsets *sets = sets_of(&file->baskets, 0.01, 1, 10);
    assert_int_equal(sets->n, 333);
    vt_itemsets_free(sets);
    sets = sets_of(&file->baskets, 0.001, 1, 10);
    assert_int_equal(sets->n, 13492);
    vt_rule_options options;
    vt_rule_options_init(&options);
    vt_rules *rules = NULL;
    check_ok(vt_rules_find(&rules, sets, &options, &err));
    const vt_rule *r = &rules->rule[0];
    assert_int_equal(r->n_left, 2);
    check_name(file, r->right[0], "hamburger meat");
    check_near(r->a.support, 0.001220, 5e-7);
    check_near(r->a.confidence, 0.6316, 5e-5);
    check_near(r->a.lift, 18.996, 5e-4);
    check_name(file, rules->rule[1].right[0], "salty snack");
    check_near(rules->rule[1].a.lift, 16.698, 5e-4);
    check_name(file, rules->rule[2].right[0], "sugar");
    check_near(rules->rule[2].a.lift, 16.408, 5e-4);
    vt_rules_free(rules);
    vt_itemsets_free(sets);
    vt_basket_file_free(file);
}

/* ---- what cannot be answered ------------------------------------------------------------------------------------- */

static void refuses_too_many_sets(void **state)
{
    (void)state;
    enum { LONG = 50 };
    int32_t items[LONG];
    int64_t offsets[] = {0, LONG};
    for (int32_t i = 0; i < LONG; i++) {
        items[i] = i;
    }
    vt_baskets one = {1, LONG, offsets, items};
    vt_itemset_options options;
    vt_itemset_options_init(&options);
    options.max_length = 100;
    options.max_itemsets = 20000;
    vt_error err = VT_ERROR_INIT;
    vt_itemsets *sets = NULL;
    assert_int_equal(vt_itemsets_find(&sets, &one, &options, &err), VT_ERR_LIMIT);
    assert_null(sets);
    assert_string_equal(err.message,
                        "more than 20,000 sets of items are in 1 or more baskets (a support of 1); raise the support");
    options.max_length = 2;
    check_ok(vt_itemsets_find(&sets, &one, &options, &err));
    assert_int_equal(sets->n, LONG + LONG * (LONG - 1) / 2);
    vt_rule_options rule_options;
    vt_rule_options_init(&rule_options);
    rule_options.max_tested = 100;
    vt_rules *rules = NULL;
    assert_int_equal(vt_rules_find(&rules, sets, &rule_options, &err), VT_ERR_LIMIT);
    assert_null(rules);
    vt_itemsets_free(sets);
}

static void takes_next_to_nothing(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    int64_t none[] = {0, 0, 0};
    const vt_baskets empty[] = {{0, 0, none, NULL}, {2, 0, none, NULL}, {2, 3, none, NULL}};
    for (size_t i = 0; i < 3; i++) {
        vt_itemsets *sets = sets_of(&empty[i], 0.0, 1, 10);
        assert_int_equal(sets->n, 0);
        vt_rule_options options;
        vt_rule_options_init(&options);
        vt_rules *rules = NULL;
        check_ok(vt_rules_find(&rules, sets, &options, &err));
        assert_int_equal(rules->n, 0);
        vt_rules_free(rules);
        vt_itemsets_free(sets);
    }
    const vt_baskets wrong = {6, ITEMS - 1, by_hand_offsets, by_hand};
    vt_itemset_options options;
    vt_itemset_options_init(&options);
    vt_itemsets *sets = NULL;
    assert_int_equal(vt_itemsets_find(&sets, &wrong, &options, &err), VT_ERR_FORMAT);
    assert_null(sets);
}

static void names_wrong_options(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_itemset_options o;
    vt_itemset_options_init(&o);
    check_ok(vt_itemset_options_check(&o, &err));
    o.min_support = NAN;
    assert_int_equal(vt_itemset_options_check(&o, &err), VT_ERR_USAGE);
    o.min_support = 1.5;
    assert_int_equal(vt_itemset_options_check(&o, &err), VT_ERR_USAGE);
    assert_string_equal(err.message, "the support is 1.5; a share of baskets from 0 to 1 is expected");
    vt_itemset_options_init(&o);
    o.min_count = 0;
    assert_int_equal(vt_itemset_options_check(&o, &err), VT_ERR_USAGE);
    vt_itemset_options_init(&o);
    o.max_length = 0;
    assert_int_equal(vt_itemset_options_check(&o, &err), VT_ERR_USAGE);
    vt_itemset_options_init(&o);
    o.max_itemsets = 0;
    assert_int_equal(vt_itemset_options_check(&o, &err), VT_ERR_USAGE);
    vt_rule_options r;
    vt_rule_options_init(&r);
    check_ok(vt_rule_options_check(&r, &err));
    r.min_confidence = -0.1;
    assert_int_equal(vt_rule_options_check(&r, &err), VT_ERR_USAGE);
    vt_rule_options_init(&r);
    r.min_lift = NAN;
    assert_int_equal(vt_rule_options_check(&r, &err), VT_ERR_USAGE);
    vt_rule_options_init(&r);
    r.max_tested = 0;
    assert_int_equal(vt_rule_options_check(&r, &err), VT_ERR_USAGE);
}

static int find_all(void *context, vt_error *err)
{
    vt_itemset_options options;
    vt_itemset_options_init(&options);
    options.min_support = 0.0;
    vt_itemsets *sets = NULL;
    vt_rules *rules = NULL;
    int status = vt_itemsets_find(&sets, context, &options, err);
    assert_true((status == VT_OK) == (sets != NULL));
    if (status == VT_OK) {
        vt_rule_options rule_options;
        vt_rule_options_init(&rule_options);
        status = vt_rules_find(&rules, sets, &rule_options, err);
        assert_true((status == VT_OK) == (rules != NULL));
    }
    vt_rules_free(rules);
    vt_itemsets_free(sets);
    return status;
}

static void fails_whole(void **state)
{
    (void)state;
    vt_baskets baskets = hand;
    assert_true(fault_allocations(find_all, &baskets) > 30);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_sets_counted_by_hand), cmocka_unit_test(turns_shares_into_counts),
        cmocka_unit_test(measures_rules_by_hand),     cmocka_unit_test(grows_what_counting_every_set_finds),
        cmocka_unit_test(makes_every_rule_once),      cmocka_unit_test(agrees_with_groceries),
        cmocka_unit_test(refuses_too_many_sets),      cmocka_unit_test(takes_next_to_nothing),
        cmocka_unit_test(names_wrong_options),        cmocka_unit_test(fails_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
