/* Plain files of baskets: what is read is in range and named in UTF-8; rules of it have the counts of their sets. */
#include "file.h"

#include <string.h>

#include "base/number.h"
#include "insight/baskets/basket_file.h"
#include "insight/baskets/rules.h"

static void check_file(const vt_basket_file *file)
{
    const vt_baskets *b = &file->baskets;
    fuzz_require(b->offsets[0] == 0);
    for (size_t i = 0; i < b->n_baskets; i++) {
        fuzz_require(b->offsets[i] <= b->offsets[i + 1]);
    }
    for (int64_t e = 0; e < b->offsets[b->n_baskets]; e++) {
        fuzz_require(b->items[e] >= 0 && b->items[e] < b->n_items);
    }
    for (int32_t i = 0; i < b->n_items; i++) {
        vt_str name = vt_basket_file_name(file, i);
        fuzz_require(name.len > 0 && vt_utf8_valid(name));
    }
    fuzz_require((file->skipped > 0) == (file->why[0] != '\0'));
}

static void check_rules(const vt_basket_file *file)
{
    vt_error err = VT_ERROR_INIT;
    vt_itemset_options set_options;
    vt_rule_options rule_options;
    vt_itemset_options_init(&set_options);
    vt_rule_options_init(&rule_options);
    set_options.min_support = 0.0;
    set_options.max_length = 4;
    set_options.max_itemsets = 5000;
    rule_options.min_confidence = 0.0;
    rule_options.all_splits = true;
    vt_itemsets *sets = NULL;
    vt_rules *rules = NULL;
    int status = vt_itemsets_find(&sets, &file->baskets, &set_options, &err);
    fuzz_require(status == VT_OK || status == VT_ERR_LIMIT);
    if (status == VT_OK) {
        fuzz_require(vt_rules_find(&rules, sets, &rule_options, &err) == VT_OK);
        for (size_t i = 0; i < rules->n; i++) {
            const vt_rule *r = &rules->rule[i];
            fuzz_require(r->a.count >= 1 && r->a.count <= r->a.left && r->a.count <= r->a.right);
            fuzz_require(vt_itemsets_count(sets, r->left, (size_t)r->n_left) == r->a.left);
            fuzz_require(r->a.p_value >= 0.0 && r->a.p_value <= 1.0);
        }
    }
    vt_rules_free(rules);
    vt_itemsets_free(sets);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[80];
    vt_error err = VT_ERROR_INIT;
    vt_basket_file *file = NULL;
    fuzz_write_file(path, data, size);
    int status = vt_basket_file_read(&file, path, NULL, NULL, &err);
    if (status != VT_OK) {
        fuzz_require(file == NULL && err.code == (vt_code)status && err.message[0] != '\0');
    } else {
        check_file(file);
        check_rules(file);
    }
    vt_basket_file_free(file);
    unlink(path);
    return 0;
}
