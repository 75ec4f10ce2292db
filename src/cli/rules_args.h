/* Rules of recommending from the command line, over those that stand in the shop. */
#ifndef VT_CLI_RULES_ARGS_H
#define VT_CLI_RULES_ARGS_H

#include "cli.h"
#include "options.h"
#include "vitrine/rules.h"

extern const vt_option vt_options_rules[]; /* --brand-cap --category-cap --boost --diversity ... --no-rules */

/* The shop's rules, with those options over them; vt_rules_done() is due when it is VT_OK. */
int vt_cli_rules(vt_rules *rules, vt_shop *shop, const vt_args *args, vt_error *err);

/* True when any of those options is given. */
bool vt_cli_rules_given(const vt_args *args);

#endif
