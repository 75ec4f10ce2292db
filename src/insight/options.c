/* The options of a query: their defaults, setting one by its name, and what they may be. */
#include "insight/kind.h"

#include <stddef.h>
#include <string.h>

#include "base/number.h"
#include "base/options.h"
#include "base/suggest.h"

typedef enum option_type { TEXT, WHOLE, SEED, REAL, FLAG } option_type;

static const struct {
    const char *name;
    option_type type;
    size_t offset;
} known[] = {
#define FIELD(field) offsetof(vt_insight_options, field)
    {"period", TEXT, FIELD(period)},
    {"compare", TEXT, FIELD(compare)},
    {"category", TEXT, FIELD(category)},
    {"brand", TEXT, FIELD(brand)},
    {"price", TEXT, FIELD(price)},
    {"customers", TEXT, FIELD(customers)},
    {"segment", TEXT, FIELD(segment)},
    {"n", WHOLE, FIELD(n)},
    {"support", REAL, FIELD(support)},
    {"confidence", REAL, FIELD(confidence)},
    {"season", WHOLE, FIELD(season)},
    {"horizon", WHOLE, FIELD(horizon)},
    {"backtest", FLAG, FIELD(backtest)},
    {"until", TEXT, FIELD(until)},
    {"holidays", TEXT, FIELD(holidays)},
    {"unit", TEXT, FIELD(unit)},
    {"quantity", TEXT, FIELD(quantity)},
    {"price_column", TEXT, FIELD(price_column)},
    {"by", TEXT, FIELD(by)},
    {"target", TEXT, FIELD(target)},
    {"service", REAL, FIELD(service)},
    {"lead_days", WHOLE, FIELD(lead_days)},
    {"seed", SEED, FIELD(seed)},
    {"user", TEXT, FIELD(user)},
    {"item", TEXT, FIELD(item)},
#undef FIELD
};

enum { KNOWN = sizeof known / sizeof known[0] };

void vt_insight_options_init_sized(vt_insight_options *options, size_t size)
{
    static const vt_insight_options defaults = {
        .size = sizeof defaults,
        .now = VT_NONE,
        .n = 10,
        .support = .001,
        .confidence = .5,
        .horizon = 12,
        .service = .95,
        .lead_days = 14,
        .seed = 42,
    };
    vt_options_init(options, size, &defaults, sizeof defaults);
}

const char *vt_insight_option_at(size_t index)
{
    return index < KNOWN ? known[index].name : NULL;
}

static int unknown(const char *name, vt_error *err)
{
    vt_suggestion near;
    vt_suggestion_init(&near, name, strlen(name));
    for (size_t i = 0; i < KNOWN; i++) {
        vt_suggestion_offer(&near, known[i].name, strlen(known[i].name));
    }
    return near.best == NULL ? vt_fail(err, VT_ERR_USAGE, "insight has no option \"%.60s\"", name)
                             : vt_fail(err, VT_ERR_USAGE, "insight has no option \"%.60s\"; did you mean \"%.*s\"?",
                                       name, (int)near.best_len, near.best);
}

static bool put(void *field, option_type type, const char *value)
{
    int64_t whole = 0;
    switch (type) {
    case TEXT:
        *(const char **)field = value;
        return true;
    case WHOLE:
        if (!vt_parse_int(&whole, vt_str_of(value)) || whole < 0 || whole > INT32_MAX) {
            return false;
        }
        *(int32_t *)field = (int32_t)whole;
        return true;
    case SEED:
        if (!vt_parse_int(&whole, vt_str_of(value)) || whole < 0) {
            return false;
        }
        *(uint64_t *)field = (uint64_t)whole;
        return true;
    case REAL:
        return vt_parse_real(field, vt_str_of(value));
    case FLAG:
        *(bool *)field = strcmp(value, "true") == 0 || strcmp(value, "1") == 0;
        return *(bool *)field || strcmp(value, "false") == 0 || strcmp(value, "0") == 0;
    }
    return false;
}

int vt_insight_options_set(vt_insight_options *options, const char *name, const char *value, vt_error *err)
{
    static const char *const expected[] = {[TEXT] = "a text",
                                           [WHOLE] = "a whole number",
                                           [SEED] = "a whole number",
                                           [REAL] = "a number",
                                           [FLAG] = "true or false"};
    int status = vt_options_check(options->size, sizeof *options, "vt_insight_options", err);
    if (status != VT_OK) {
        return status;
    }
    for (size_t i = 0; i < KNOWN; i++) {
        if (strcmp(known[i].name, name) == 0) {
            return put((char *)options + known[i].offset, known[i].type, value)
                       ? VT_OK
                       : vt_fail(err, VT_ERR_USAGE, "\"%s\" is \"%.60s\"; %s is expected", name, value,
                                 expected[known[i].type]);
        }
    }
    return unknown(name, err);
}

int vt_insight_options_check(const vt_insight_options *o, vt_error *err)
{
    int status = vt_options_check(o->size, sizeof *o, "vt_insight_options", err);
    if (status != VT_OK) {
        return status;
    }
    const struct {
        bool good;
        const char *sentence;
    } rules[] = {
        {o->n >= 1 && o->n <= 100000, "the number of rows is between 1 and 100,000"},
        {o->support > 0 && o->support <= 1, "the support is a share above 0 and at most 1"},
        {o->confidence >= 0 && o->confidence <= 1, "the confidence is a share from 0 to 1"},
        {o->season >= 0 && o->season <= 100000, "the season has 0 to 100,000 periods"},
        {o->horizon >= 1 && o->horizon <= 1000, "the horizon is between 1 and 1,000 periods"},
        {o->service > 0 && o->service < 1, "the service level is above 0 and below 1"},
        {!o->masked || o->user == NULL, "a customer cannot be asked for by id where ids are masked"},
        {o->lead_days >= 0 && o->lead_days <= 365, "the lead time is between 0 and 365 days"},
    };
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        if (!rules[i].good) {
            return vt_fail(err, VT_ERR_USAGE, "%s", rules[i].sentence);
        }
    }
    return VT_OK;
}
