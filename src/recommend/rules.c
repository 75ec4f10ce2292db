/* Rules as texts and numbers: one table says what there is, its range, its default and what it means. */
#include "vitrine/rules.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/number.h"

typedef enum rule_type { RULE_INT, RULE_REAL, RULE_SWITCH, RULE_BOOSTS } rule_type;

typedef struct rule_row {
    const char *name;
    rule_type type;
    double min, max, fallback;
    size_t offset; /* in vt_rules */
    const char *help;
} rule_row;

static const rule_row rows[] = {
    {"brand_cap", RULE_INT, 0, 1000, 0, offsetof(vt_rules, brand_cap),
     "at most N items of a brand in a list, 0 for any"},
    {"category_cap", RULE_INT, 0, 1000, 0, offsetof(vt_rules, category_cap),
     "at most N items of a category in a list, 0 for any"},
    {"boost", RULE_BOOSTS, 0, 0, 0, offsetof(vt_rules, boosts),
     "lift or lower items, brands or categories: brand=Acme:1.2;item=B00X:-0.3"},
    {"replenish", RULE_SWITCH, 0, 1, 0, offsetof(vt_rules, replenish),
     "on: what a user bought comes back when it is usually bought again"},
    {"fewer_like", RULE_REAL, 0, 2, 1, offsetof(vt_rules, fewer_like),
     "how far what is like a disliked item falls, 0 to 2"},
    {"diversity", RULE_REAL, 0, 1, 0, offsetof(vt_rules, diversity),
     "weight of being unlike the items above, 0 (off) to 1"},
    {"calibration", RULE_REAL, 0, 1, 0, offsetof(vt_rules, calibration),
     "weight of the user's own shares of categories, 0 (off) to 1"},
    {"explore", RULE_REAL, 0, 1, 0, offsetof(vt_rules, explore), "share of places for new items, 0 (off) to 1"},
    {"explore_days", RULE_INT, 0, 3650, 30, offsetof(vt_rules, explore_days), "new: on sale for fewer days"},
    {"explore_sales", RULE_INT, 0, 1000000, 5, offsetof(vt_rules, explore_sales), "or with fewer interactions"},
};

enum { ROWS = sizeof rows / sizeof rows[0] };

static double get(const vt_rules *rules, const rule_row *row)
{
    const char *at = (const char *)rules + row->offset;
    switch (row->type) {
    case RULE_INT:
        return (double)*(const int32_t *)(const void *)at;
    case RULE_REAL:
        return *(const double *)(const void *)at;
    default:
        return *(const bool *)(const void *)at ? 1 : 0;
    }
}

static void put(vt_rules *rules, const rule_row *row, double value)
{
    char *at = (char *)rules + row->offset;
    switch (row->type) {
    case RULE_INT:
        *(int32_t *)(void *)at = (int32_t)value;
        break;
    case RULE_REAL:
        *(double *)(void *)at = value;
        break;
    default:
        *(bool *)(void *)at = value != 0;
        break;
    }
}

void vt_rules_init(vt_rules *rules)
{
    *rules = (vt_rules){0};
    for (size_t i = 0; i < ROWS; i++) {
        if (rows[i].type != RULE_BOOSTS) {
            put(rules, &rows[i], rows[i].fallback);
        }
    }
}

static void forget_boosts(vt_rules *rules)
{
    for (size_t i = 0; i < rules->n_boosts; i++) {
        vt_free(rules->boosts[i].name);
    }
    vt_free(rules->boosts);
    rules->boosts = NULL;
    rules->n_boosts = 0;
}

void vt_rules_done(vt_rules *rules)
{
    if (rules != NULL) {
        forget_boosts(rules);
        vt_arena_free(rules->storage);
        rules->storage = NULL;
        rules->shop_rules = NULL;
        rules->n_shop_rules = 0;
    }
}

bool vt_rules_name(size_t at, const char **name, const char **help)
{
    if (at >= ROWS) {
        return false;
    }
    *name = rows[at].name;
    *help = rows[at].help;
    return true;
}

static int bad_boost(vt_str part, vt_error *err)
{
    return vt_fail(
        err, VT_ERR_USAGE,
        "the boost \"%.*s\" cannot be read; item=ID:1.2, brand=NAME:0.5 or category=PATH:+0.1 is expected: a "
        "factor from 0.01 to 100, or an addition from -10 to +10",
        VT_STR_ARGS(part));
}

/* Reads "brand=Acme:1.2"; the name is borrowed from the text. */
static bool read_boost(vt_boost *out, vt_str *name, vt_str part)
{
    const char *equal = memchr(part.ptr, '=', part.len);
    const char *colon = NULL;
    size_t kind = 0;
    for (const char *c = equal; c != NULL && c < part.ptr + part.len; c++) {
        colon = *c == ':' ? c : colon; /* names may hold colons: the last one counts */
    }
    if (equal == NULL || colon == NULL) {
        return false;
    }
    vt_str word = vt_trim((vt_str){part.ptr, (size_t)(equal - part.ptr)});
    vt_str amount = vt_trim((vt_str){colon + 1, part.len - (size_t)(colon + 1 - part.ptr)});
    *name = vt_trim((vt_str){equal + 1, (size_t)(colon - equal - 1)});
    while (kind < VT_RULE_WHATS && !vt_str_equal(word, vt_str_of(vt_rule_what_name((int)kind)))) {
        kind++;
    }
    double value = 0;
    bool adds = amount.len > 0 && (amount.ptr[0] == '+' || amount.ptr[0] == '-');
    vt_str digits = adds ? (vt_str){amount.ptr + 1, amount.len - 1} : amount;
    if (kind == VT_RULE_WHATS || name->len == 0 || !vt_parse_real(&value, digits) || digits.ptr[0] == '-') {
        return false;
    }
    value = adds && amount.ptr[0] == '-' ? -value : value;
    *out = (vt_boost){(vt_rule_what)kind, NULL, adds ? 1 : value, adds ? value : 0};
    return adds ? value >= -10 && value <= 10 : value >= 0.01 && value <= 100;
}

static int add_boost(vt_rules *rules, vt_str part, vt_error *err)
{
    vt_boost boost;
    vt_str name;
    if (!read_boost(&boost, &name, part)) {
        return bad_boost(part, err);
    }
    for (size_t i = 0; i < rules->n_boosts; i++) {
        vt_boost *old = &rules->boosts[i];
        if (old->what == boost.what && vt_str_equal(vt_str_of(old->name), name)) {
            old->factor = boost.factor;
            old->addition = boost.addition;
            return VT_OK;
        }
    }
    boost.name = vt_strndup(name.ptr, name.len, err);
    vt_boost *grown = boost.name == NULL ? NULL : vt_realloc(rules->boosts, rules->n_boosts + 1, sizeof *grown, err);
    if (grown == NULL) {
        vt_free(boost.name);
        return VT_ERR_NO_MEMORY;
    }
    rules->boosts = grown;
    rules->boosts[rules->n_boosts++] = boost;
    return VT_OK;
}

static int set_boosts(vt_rules *rules, vt_str value, vt_error *err)
{
    int status = VT_OK;
    if (vt_str_equal(value, vt_str_of("none"))) {
        forget_boosts(rules);
        return VT_OK;
    }
    if (value.len == 0) {
        return bad_boost(value, err);
    }
    while (status == VT_OK && value.len > 0) {
        const char *end = memchr(value.ptr, ';', value.len);
        size_t len = end == NULL ? value.len : (size_t)(end - value.ptr);
        vt_str part = vt_trim((vt_str){value.ptr, len});
        status = part.len == 0 ? VT_OK : add_boost(rules, part, err);
        len += end != NULL;
        value = (vt_str){value.ptr + len, value.len - len};
    }
    return status;
}

static int set_number(vt_rules *rules, const rule_row *row, vt_str value, vt_error *err)
{
    double number = 0;
    int64_t whole = 0;
    bool good = false;
    const char *what = "a number";
    if (row->type == RULE_SWITCH) {
        good = vt_str_equal(value, vt_str_of("on")) || vt_str_equal(value, vt_str_of("off"));
        if (!good) {
            return vt_fail(err, VT_ERR_USAGE, "%s is \"%.*s\"; on or off is expected", row->name, VT_STR_ARGS(value));
        }
        number = value.len == 2;
    } else if (row->type == RULE_INT) {
        what = "a whole number";
        good = vt_parse_int(&whole, value);
        number = (double)whole;
    } else {
        good = vt_parse_real(&number, value);
    }
    if (!good || number < row->min || number > row->max) {
        return vt_fail(err, VT_ERR_USAGE, "%s is \"%.*s\"; %s from %g to %g is expected", row->name, VT_STR_ARGS(value),
                       what, row->min, row->max);
    }
    put(rules, row, number);
    return VT_OK;
}

/* Appends as far as there is room. */
static void append(char *out, size_t size, const char *text)
{
    size_t used = strlen(out);
    snprintf(out + used, size - used, "%s", text);
}

static const rule_row *find_row(const char *name, vt_error *err)
{
    for (size_t i = 0; i < ROWS; i++) {
        if (strcmp(rows[i].name, name) == 0) {
            return &rows[i];
        }
    }
    char all[256] = "";
    for (size_t i = 0; i < ROWS; i++) {
        append(all, sizeof all, i == 0 ? "" : ", ");
        append(all, sizeof all, rows[i].name);
    }
    vt_fail(err, VT_ERR_USAGE, "there is no rule \"%.60s\"; possible are: %s", name, all);
    return NULL;
}

int vt_rules_set(vt_rules *rules, const char *name, const char *value, vt_error *err)
{
    const rule_row *row = find_row(name, err);
    vt_str text = vt_trim(vt_str_of(value));
    if (row == NULL) {
        return VT_ERR_USAGE;
    }
    return row->type == RULE_BOOSTS ? set_boosts(rules, text, err) : set_number(rules, row, text, err);
}

void vt_boost_text(char *out, size_t size, const vt_boost *boost)
{
    char amount[32];
    if (boost->addition != 0) {
        snprintf(amount, sizeof amount, "%+g", boost->addition);
    } else {
        snprintf(amount, sizeof amount, "%g", boost->factor);
    }
    snprintf(out, size, "%s=%s:%s", vt_rule_what_name((int)boost->what), boost->name, amount);
}

static void append_boosts(char *out, size_t size, const vt_rules *rules)
{
    for (size_t i = 0; i < rules->n_boosts; i++) {
        append(out, size, i == 0 ? "boost=" : ";");
        size_t used = strlen(out);
        vt_boost_text(out + used, size - used, &rules->boosts[i]);
    }
}

void vt_rules_text(char *out, size_t size, const vt_rules *rules)
{
    out[0] = '\0';
    for (size_t i = 0; i < ROWS; i++) {
        char text[64];
        bool boosts = rows[i].type == RULE_BOOSTS;
        if (boosts ? rules->n_boosts == 0 : get(rules, &rows[i]) == rows[i].fallback) {
            continue;
        }
        append(out, size, out[0] == '\0' ? "" : ",");
        if (boosts) {
            append_boosts(out, size, rules);
        } else {
            snprintf(text, sizeof text, "=%g", get(rules, &rows[i]));
            append(out, size, rows[i].name);
            append(out, size, rows[i].type == RULE_SWITCH ? "=on" : text);
        }
    }
    append(out, size, out[0] == '\0' ? "none" : "");
}
