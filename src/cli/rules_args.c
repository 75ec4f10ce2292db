/* One table of options for every command that makes or evaluates lists; values are read by the rules themselves. */
#include "rules_args.h"

#include <string.h>

const vt_option vt_options_rules[] = {
    {.name = "brand-cap", .type = VT_OPTION_TEXT, .value = "N", .help = "at most N items of a brand, 0 for any number"},
    {.name = "category-cap",
     .type = VT_OPTION_TEXT,
     .value = "N",
     .help = "at most N items of a category, 0 for any number"},
    {.name = "boost",
     .type = VT_OPTION_TEXT,
     .repeated = true,
     .value = "KIND=NAME:AMOUNT",
     .help = "lift or lower an item, a brand or a category by a factor or an addition: brand=Acme:1.2, item=B00X:-0.3, "
             "category=Beauty > Hair:0.5; none: forget those of the shop"},
    {.name = "replenish",
     .type = VT_OPTION_TEXT,
     .value = "on|off",
     .help = "on: what was bought comes back when it is usually bought again"},
    {.name = "diversity",
     .type = VT_OPTION_TEXT,
     .value = "X",
     .help = "0 to 1: how much an item counts for being unlike those above it"},
    {.name = "calibration",
     .type = VT_OPTION_TEXT,
     .value = "X",
     .help = "0 to 1: how much the user's own shares of categories count"},
    {.name = "explore",
     .type = VT_OPTION_TEXT,
     .value = "X",
     .help = "0 to 1: share of places for new items, young or seldom bought"},
    {.name = "no-rules", .help = "leave out the rules that stand in the shop"},
    {.name = NULL},
};

/* "brand-cap" is the rule "brand_cap". */
static void rule_name(char *out, size_t size, const char *option)
{
    size_t i = 0;
    for (; option[i] != '\0' && i + 1 < size; i++) {
        out[i] = option[i];
        if (out[i] == '-') {
            out[i] = '_';
        }
    }
    out[i] = '\0';
}

int vt_cli_rules(vt_rules *rules, vt_shop *shop, const vt_args *args, vt_error *err)
{
    int status = VT_OK;
    vt_rules_init(rules);
    if (!vt_args_given(args, "no-rules")) {
        status = vt_rules_load(rules, shop, err);
    }
    for (const vt_option *o = vt_options_rules; status == VT_OK && o->name != NULL; o++) {
        char name[32];
        rule_name(name, sizeof name, o->name);
        for (size_t i = 0; status == VT_OK && o->type == VT_OPTION_TEXT && i < vt_args_count(args, o->name); i++) {
            status = vt_rules_set(rules, name, vt_args_at(args, o->name, i), err);
        }
    }
    if (status != VT_OK) {
        vt_rules_done(rules);
    }
    return status;
}

bool vt_cli_rules_given(const vt_args *args)
{
    for (const vt_option *o = vt_options_rules; o->name != NULL; o++) {
        if (vt_args_given(args, o->name)) {
            return true;
        }
    }
    return false;
}
