/* vitrine rule add, list, remove: what a merchandiser wants of the lists. */
#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "shop_list.h"
#include "vitrine/shop_rule.h"

/* ---- add --------------------------------------------------------------------------------------------------------- */

static int find_name(const char *(*name_of)(int), vt_str text)
{
    for (int i = 0; name_of(i) != NULL; i++) {
        if (vt_str_equal(text, vt_str_of(name_of(i)))) {
            return i;
        }
    }
    return -1;
}

/* "brand=Acme"; what is none is refused by the check of the rule. */
static int read_target(vt_shop_rule *rule, const char *text, vt_error *err)
{
    const char *equals = strchr(text, '=');
    rule->what = equals == NULL ? -1 : find_name(vt_rule_what_name, (vt_str){text, (size_t)(equals - text)});
    if (rule->what < 0) {
        return vt_fail(err, VT_ERR_USAGE, "\"%.100s\" cannot be read; item=ID, brand=NAME or category=PATH is expected",
                       text);
    }
    rule->name = vt_str_of(equals + 1);
    return VT_OK;
}

static int read_time(int64_t *out, const vt_args *args, const char *name, vt_error *err)
{
    const char *text = vt_args_text(args, name);
    if (text != NULL && vt_parse_time(out, vt_str_of(text), NULL, NULL) != VT_OK) {
        return vt_fail(err, VT_ERR_USAGE, "--%s is \"%.60s\"; a day or a time such as 2026-12-01 is expected", name,
                       text);
    }
    return VT_OK;
}

static int read_rule(vt_shop_rule *rule, const vt_args *args, vt_error *err)
{
    const char *action = vt_args_operand(args, 0);
    rule->action = find_name(vt_rule_action_name, vt_str_of(action));
    if (rule->action < 0) {
        return vt_fail(err, VT_ERR_USAGE, "\"%.60s\" is no action; boost, bury, pin and block are", action);
    }
    int status = read_target(rule, vt_args_operand(args, 1), err);
    status = status != VT_OK ? status : read_time(&rule->from, args, "from", err);
    status = status != VT_OK ? status : read_time(&rule->until, args, "until", err);
    rule->factor = vt_args_given(args, "factor") ? vt_args_real(args, "factor") : (double)NAN;
    rule->addition = vt_args_given(args, "addition") ? vt_args_real(args, "addition") : (double)NAN;
    rule->position = vt_args_given(args, "position") ? vt_args_int(args, "position") : VT_NONE;
    rule->segment = vt_str_of(vt_args_text(args, "segment"));
    rule->page = vt_str_of(vt_args_text(args, "page"));
    rule->note = vt_str_of(vt_args_text(args, "note"));
    vt_error why = VT_ERROR_INIT;
    if (status == VT_OK && vt_shop_rule_check(rule, &why) != VT_OK) {
        return vt_fail(err, VT_ERR_USAGE, "%s", why.message);
    }
    return status;
}

static int run_add(vt_cli *cli, const vt_args *args, vt_error *err)
{
    char made[VT_RULE_ID_BYTES];
    vt_shop_rule rule;
    vt_put done = VT_PUT_ADDED;
    vt_shop *shop = NULL;
    vt_shop_rule_init(&rule);
    vt_shop_rule_make_id(made);
    const char *id = vt_args_text(args, "id");
    rule.id = vt_str_of(id == NULL ? made : id);
    int status = read_rule(&rule, args, err);
    status = status != VT_OK ? status : vt_cli_open_shop(&shop, cli, VT_SHOP_WRITE, err);
    status = status != VT_OK ? status : vt_shop_rule_put(&done, shop, &rule, err);
    vt_shop_close(shop);
    if (status != VT_OK) {
        return status;
    }
    if (cli->json) {
        vt_json_writer w;
        vt_cli_json_begin(&w, cli);
        vt_json_text(&w, "id", rule.id);
        vt_json_text(&w, "result",
                     vt_str_of(done == VT_PUT_ADDED     ? "added"
                               : done == VT_PUT_CHANGED ? "changed"
                                                        : "same"));
        return vt_cli_json_end(&w, cli, err);
    }
    return vt_buf_printf(&cli->out, err, "%.*s\n", VT_STR_ARGS(rule.id));
}

static const vt_option add_options[] = {
    {.name = "id",
     .type = VT_OPTION_TEXT,
     .value = "RULE",
     .help = "of a rule that this one replaces, or of your own; without it a new id is made"},
    {.name = "factor",
     .type = VT_OPTION_REAL,
     .value = "X",
     .min = 1,
     .max = 100,
     .help = "a boost multiplies the relevance by it, a bury divides; 2 where neither this nor --addition is given"},
    {.name = "addition",
     .type = VT_OPTION_REAL,
     .value = "X",
     .min = 0,
     .max = 10,
     .help = "a boost adds it to the relevance, a bury takes it away; .5 is half of the way from place 500 to place 1"},
    {.name = "position",
     .type = VT_OPTION_INT,
     .value = "N",
     .min = 1,
     .max = VT_RULE_POSITION_MAX,
     .help = "the place of a pin; without it the first"},
    {.name = "from", .type = VT_OPTION_TEXT, .value = "TIME", .help = "first second at which it acts: 2026-12-01"},
    {.name = "until", .type = VT_OPTION_TEXT, .value = "TIME", .help = "first second at which it acts no more"},
    {.name = "segment", .type = VT_OPTION_TEXT, .value = "NAME", .help = "only for users of this segment"},
    {.name = "page",
     .type = VT_OPTION_TEXT,
     .value = "PATH",
     .help = "only in lists of this category or of one below it"},
    {.name = "note", .type = VT_OPTION_TEXT, .value = "TEXT", .help = "why, for whoever reads it later"},
    {.name = NULL},
};

const vt_command vt_command_rule_add = {
    .name = "rule add",
    .summary = "boost, bury, pin or block in the lists of a shop",
    .details =
        "The next list goes by it, and its rows name the rules that moved them. A pin gives its place to an item that "
        "is on sale and that the user does not have; a block takes out all that it names.",
    .operands =
        (const vt_operand[]){
            {.name = "ACTION", .help = "boost, bury, pin or block"},
            {.name = "KIND=NAME", .help = "item=ID, brand=NAME or category=PATH"},
            {.name = NULL},
        },
    .options = (const vt_option *const[]){add_options, NULL},
    .examples = "vitrine --shop s rule add pin item=B00X --position 3 --until 2026-12-24\n"
                "vitrine --shop s rule add boost brand=Acme --factor 1.5 --segment gold",
    .run = run_add,
};

/* ---- list -------------------------------------------------------------------------------------------------------- */

static void rule_json(vt_json_writer *w, const vt_shop_rule *rule)
{
    vt_json_object(w, NULL);
    vt_json_text(w, "id", rule->id);
    vt_json_text(w, "action", vt_str_of(vt_rule_action_name(rule->action)));
    vt_json_text(w, "what", vt_str_of(vt_rule_what_name(rule->what)));
    vt_json_text(w, "name", rule->name);
    vt_json_number(w, "factor", rule->factor);
    vt_json_number(w, "addition", rule->addition);
    vt_json_count(w, "position", rule->position);
    vt_json_time(w, "from", rule->from);
    vt_json_time(w, "until", rule->until);
    vt_json_text(w, "segment", rule->segment);
    vt_json_text(w, "page", rule->page);
    vt_json_text(w, "note", rule->note);
    vt_json_time(w, "made_at", rule->made_at);
    vt_json_time(w, "changed_at", rule->changed_at);
    vt_json_object_end(w);
}

static int on_rule(void *context, const vt_shop_rule *rule)
{
    vt_shop_list *list = context;
    char text[640], from[32] = "-", until[32] = "-";
    list->n++;
    if (list->cli->json) {
        rule_json(&list->writer, rule);
        return VT_OK;
    }
    vt_shop_rule_text(text, sizeof text, rule);
    if (rule->from != VT_NONE) {
        vt_format_time(from, rule->from);
    }
    if (rule->until != VT_NONE) {
        vt_format_time(until, rule->until);
    }
    vt_shop_list_cell(list, rule->id);
    vt_table_text(list->table, text);
    vt_table_text(list->table, from);
    vt_table_text(list->table, until);
    vt_shop_list_cell(list, rule->segment);
    vt_shop_list_cell(list, rule->page);
    vt_shop_list_cell(list, rule->note);
    return VT_OK;
}

static int each_rule(vt_shop *shop, vt_shop_list *list, vt_error *err)
{
    return vt_shop_rules_each(shop, on_rule, list, err);
}

static int run_list(vt_cli *cli, const vt_args *args, vt_error *err)
{
    static const char *const columns[] = {"rule", "does", "from", "until", "segment", "page", "note"};
    static const vt_shop_list_kind rules = {"rules", columns, sizeof columns / sizeof columns[0],
                                            "the shop has no rules; \"vitrine rule add\" makes one", each_rule};
    (void)args;
    return vt_shop_list_run(cli, &rules, err);
}

const vt_command vt_command_rule_list = {
    .name = "rule list",
    .summary = "list the rules of a shop in the order in which they act",
    .examples = "vitrine --shop s rule list",
    .run = run_list,
};

/* ---- remove ------------------------------------------------------------------------------------------------------ */

static int run_remove(vt_cli *cli, const vt_args *args, vt_error *err)
{
    vt_shop *shop = NULL;
    int status = vt_cli_open_shop(&shop, cli, VT_SHOP_WRITE, err);
    if (status == VT_OK) {
        status = vt_shop_rule_remove(shop, vt_str_of(vt_args_operand(args, 0)), err);
    }
    vt_shop_close(shop);
    if (status == VT_OK) {
        vt_display_note(cli->display, "rule %s is removed", vt_args_operand(args, 0));
    }
    return status;
}

const vt_command vt_command_rule_remove = {
    .name = "rule remove",
    .summary = "remove a rule of a shop",
    .operands =
        (const vt_operand[]){
            {.name = "RULE", .help = "its id, as \"vitrine rule list\" shows it"},
            {.name = NULL},
        },
    .examples = "vitrine --shop s rule remove r3f09a1c2b5",
    .run = run_remove,
};
