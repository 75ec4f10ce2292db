/* The positive rule, read once into a table by kind, so that testing an event takes two look-ups. */
#include "dataset/positive.h"

#include "base/number.h"
#include "vitrine/snapshot.h"

/* Longest first, so that ">=" is not read as ">". */
static const struct {
    const char *sign;
    vt_value_test comparison;
} signs[] = {{">=", VT_GE}, {"<=", VT_LE}, {"==", VT_EQ}, {">", VT_GT}, {"<", VT_LT}};

enum { RULE_MAX = 255, SHOWN_MAX = 80 };

static int shown(vt_str text)
{
    return text.len > SHOWN_MAX ? SHOWN_MAX : (int)text.len;
}

/* Cuts `text` at its first comparison sign: name before, bound behind; VT_ANY without a sign. */
static vt_value_test cut(vt_str text, vt_str *name, vt_str *bound)
{
    for (size_t at = 0; at < text.len; at++) {
        for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++) {
            size_t len = strlen(signs[i].sign);
            if (text.len - at >= len && memcmp(text.ptr + at, signs[i].sign, len) == 0) {
                *name = vt_trim((vt_str){text.ptr, at});
                *bound = vt_trim((vt_str){text.ptr + at + len, text.len - at - len});
                return signs[i].comparison;
            }
        }
    }
    *name = text;
    *bound = (vt_str){NULL, 0};
    return VT_ANY;
}

static int add_alternative(vt_positive *rule, vt_str text, vt_error *err)
{
    vt_str name;
    vt_str bound;
    vt_value_test comparison = cut(text, &name, &bound);
    int kind = vt_event_kind_find(name);
    if (text.len == 0) {
        return vt_fail(err, VT_ERR_USAGE,
                       "the positive rule has an empty alternative; kinds of events joined by \"|\" are expected, such "
                       "as \"purchase|rating>=4\"");
    }
    if (kind < 0) {
        return vt_fail(err, VT_ERR_USAGE,
                       "the positive rule names \"%.*s\", which is no kind of event; one of view, cart, purchase, "
                       "return, rating, like, dislike, impression, click is expected",
                       shown(name), name.ptr);
    }
    if (rule->counts[kind]) {
        return vt_fail(err, VT_ERR_USAGE, "the positive rule names \"%.*s\" twice; once is expected", shown(name),
                       name.ptr);
    }
    if (comparison != VT_ANY) {
        if (kind != VT_EVENT_RATING) {
            return vt_fail(err, VT_ERR_USAGE,
                           "the positive rule compares \"%.*s\" with a number; only rating has a value to compare",
                           shown(name), name.ptr);
        }
        if (!vt_parse_real(&rule->bound[kind], bound)) {
            return vt_fail(err, VT_ERR_USAGE,
                           "the positive rule compares rating with \"%.*s\"; a number is expected, such as rating>=4",
                           shown(bound), bound.ptr);
        }
    }
    rule->counts[kind] = true;
    rule->comparison[kind] = comparison;
    return VT_OK;
}

int vt_positive_parse(vt_positive *out, const char *rule, vt_error *err)
{
    vt_positive parsed = {0};
    vt_str rest = vt_str_of(rule);
    if (rest.len > RULE_MAX) {
        return vt_fail(err, VT_ERR_USAGE, "the positive rule has %zu bytes; at most %d are expected", rest.len,
                       (int)RULE_MAX);
    }
    for (bool more = true; more;) {
        const char *bar = rest.len == 0 ? NULL : memchr(rest.ptr, '|', rest.len);
        size_t len = bar == NULL ? rest.len : (size_t)(bar - rest.ptr);
        int status = add_alternative(&parsed, vt_trim((vt_str){rest.ptr, len}), err);
        if (status != VT_OK) {
            return status;
        }
        more = bar != NULL;
        if (more) {
            rest = (vt_str){bar + 1, rest.len - len - 1};
        }
    }
    *out = parsed;
    return VT_OK;
}

bool vt_positive_holds(const vt_positive *rule, int kind, double value)
{
    if (kind < 0 || kind >= VT_EVENT_KINDS || !rule->counts[kind]) {
        return false;
    }
    double bound = rule->bound[kind];
    switch (rule->comparison[kind]) {
    case VT_ANY:
        return true;
    case VT_GE:
        return value >= bound;
    case VT_GT:
        return value > bound;
    case VT_LE:
        return value <= bound;
    case VT_LT:
        return value < bound;
    case VT_EQ:
        return value == bound; /* a rating given as 4 is 4 exactly */
    }
    return false;
}

int vt_positive_check(const char *rule, vt_error *err)
{
    vt_positive ignored;
    return vt_positive_parse(&ignored, rule, err);
}
