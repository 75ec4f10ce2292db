/* One phrase a feature. Features that say nearly the same are one family, of which a customer gets one reason. */
#include "insight/churn/reasons.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "insight/churn/churn.h"

enum { F = VT_BEHAVIOUR_FEATURES };

typedef enum family { SILENCE, ORDERS, RHYTHM, MONEY, DISCOUNTS, VISITS, RETURNS, RATINGS, TENURE } family;

typedef enum form { NUMBER, ONE_DIGIT, MONEY_FORM, PERCENT } form;

/* "%s" stands for the value; `missing` is said where there is none. */
static const struct {
    family of;
    form as;
    const char *text, *missing;
} phrases[F] = {
    [VT_BEHAVIOUR_TENURE] = {TENURE, NUMBER, "a customer for %s days", "a new customer"},
    [VT_BEHAVIOUR_RECENCY] = {SILENCE, NUMBER, "last order %s days ago", "no order"},
    [VT_BEHAVIOUR_LAST_SEEN] = {SILENCE, NUMBER, "last seen %s days ago", "never seen"},
    [VT_BEHAVIOUR_ORDERS] = {ORDERS, NUMBER, "orders so far: %s", "no order"},
    [VT_BEHAVIOUR_ORDERS_90] = {ORDERS, NUMBER, "orders in 90 days: %s", "no order in 90 days"},
    [VT_BEHAVIOUR_ORDERS_CHANGE] = {ORDERS, NUMBER, "change of orders in 90 days: %s", "no order"},
    [VT_BEHAVIOUR_GAP] = {RHYTHM, NUMBER, "usually %s days between orders", "one order only"},
    [VT_BEHAVIOUR_GAP_DEVIATION] = {RHYTHM, NUMBER, "orders vary by %s days", "fewer than three orders"},
    [VT_BEHAVIOUR_OVERDUE] = {SILENCE, ONE_DIGIT, "%s times the usual gap since the last order", "one order only"},
    [VT_BEHAVIOUR_SPENT] = {MONEY, MONEY_FORM, "spent %s in all", "nothing spent"},
    [VT_BEHAVIOUR_SPENT_90] = {MONEY, MONEY_FORM, "spent %s in 90 days", "nothing spent"},
    [VT_BEHAVIOUR_ORDER_VALUE] = {MONEY, MONEY_FORM, "%s an order", "no order"},
    [VT_BEHAVIOUR_DISCOUNT_SHARE] = {DISCOUNTS, PERCENT, "%s of discounts", "no discounts"},
    [VT_BEHAVIOUR_ITEMS] = {ORDERS, NUMBER, "different products bought: %s", "no product"},
    [VT_BEHAVIOUR_VIEWS_30] = {VISITS, NUMBER, "views in 30 days: %s", "no views"},
    [VT_BEHAVIOUR_VIEWS_90] = {VISITS, NUMBER, "views in 90 days: %s", "no views"},
    [VT_BEHAVIOUR_CARTS_90] = {VISITS, NUMBER, "put into the cart in 90 days: %s", "no carts"},
    [VT_BEHAVIOUR_RETURN_SHARE] = {RETURNS, PERCENT, "%s sent back", "nothing sent back"},
    [VT_BEHAVIOUR_RATINGS] = {RATINGS, NUMBER, "ratings given: %s", "no rating"},
    [VT_BEHAVIOUR_RATING] = {RATINGS, ONE_DIGIT, "mean rating %s", "no rating"},
    [VT_BEHAVIOUR_LAST_RATING] = {RATINGS, ONE_DIGIT, "last rating %s", "no rating"},
};

static void say_value(char out[64], form as, double x, const char *currency)
{
    switch (as) {
    case NUMBER:
        snprintf(out, 64, "%.0f", x);
        break;
    case ONE_DIGIT:
        snprintf(out, 64, "%.1f", x);
        break;
    case MONEY_FORM:
        vt_insight_format(out, x, VT_UNIT_MONEY, currency);
        break;
    case PERCENT:
        snprintf(out, 64, "%.0f %%", 100.0 * x);
        break;
    }
}

/* Puts `value` in the place of "%s" in `text`. */
static void add(char out[VT_REASON_TEXT], const char *text, const char *value)
{
    size_t len = strlen(out);
    const char *place = strstr(text, "%s");
    int before = place == NULL ? (int)strlen(text) : (int)(place - text);
    snprintf(out + len, VT_REASON_TEXT - len, "%s%.*s%s%s", len > 0 ? "; " : "", before, text,
             place == NULL ? "" : value, place == NULL ? "" : place + 2);
}

void vt_behaviour_reasons(char out[VT_REASON_TEXT], const double *x, const double *contribution, const char *currency)
{
    vt_churn_reason reason[F];
    size_t n = vt_churn_reasons(reason, F, contribution, F), said = 0;
    out[0] = '\0';
    for (size_t i = 0; i < n && said < 2; i++) {
        int32_t f = reason[i].feature;
        char value[64] = "";
        if (said > 0 && phrases[f].of == phrases[reason[0].feature].of) {
            continue;
        }
        if (isfinite(x[f])) {
            say_value(value, phrases[f].as, x[f], currency);
        }
        add(out, isfinite(x[f]) ? phrases[f].text : phrases[f].missing, value);
        said++;
    }
}
