/*
 * The table of metrics: every figure that an answer shows has one row here, and what the row says is what is computed.
 * docs/metrics.md lists the same rows; a test compares the two.
 */
#include <string.h>

#include "vitrine/insight.h"

static const vt_metric_definition metrics[] = {
    /* money */
    {"gross", "Gross sales", VT_UNIT_MONEY, 1, "sum of quantity x unit price over sold lines",
     "cancelled lines count nothing; prices as the shop stores them, with the tax that is in them; without shipping"},
    {"discounts", "Discounts", VT_UNIT_MONEY, -1, "sum of the discounts of sold lines", ""},
    {"returns", "Returns", VT_UNIT_MONEY, -1, "money given back",
     "a return with a day of its own counts on that day; what is only known as the state of a line counts on the day "
     "of "
     "the sale"},
    {"revenue", "Revenue", VT_UNIT_MONEY, 1, "gross sales - discounts - returns", ""},
    {"cost", "Cost of goods", VT_UNIT_MONEY, -1, "sum of quantity x cost of one piece as of the sale",
     "lines whose cost is not known are left out; goods that came back are taken off"},
    {"profit", "Profit", VT_UNIT_MONEY, 1, "revenue of lines with a known cost - cost of goods", ""},
    {"margin", "Margin", VT_UNIT_SHARE, 1, "profit / revenue of lines with a known cost", ""},
    {"cost_known", "Revenue with known cost", VT_UNIT_SHARE, 0, "revenue of lines with a known cost / revenue", ""},
    {"average_order", "Average order", VT_UNIT_MONEY, 1, "(gross sales - discounts) / orders", ""},
    {"price_paid", "Price of a piece", VT_UNIT_MONEY, 0, "(gross sales - discounts) / units", ""},
    {"discount_rate", "Given as discount", VT_UNIT_SHARE, -1, "discounts / gross sales", ""},
    /* counts */
    {"orders", "Orders", VT_UNIT_COUNT, 1, "different orders with a sold line",
     "purchases without an order number by one customer (or one visit) on one day are one order"},
    {"units", "Items sold", VT_UNIT_COUNT, 1, "sum of the quantity of sold lines", ""},
    {"items_per_order", "Items an order", VT_UNIT_NUMBER, 1, "items sold / orders", ""},
    {"return_rate", "Sent back", VT_UNIT_SHARE, -1, "money given back / (gross sales - discounts)", ""},
    {"rating", "Rating", VT_UNIT_NUMBER, 1, "mean of the ratings given", ""},
    {"ratings", "Ratings", VT_UNIT_COUNT, 0, "ratings given", ""},
    /* customers */
    {"customers", "Customers", VT_UNIT_COUNT, 1, "different customers with a sold line", "guests are left out"},
    {"new_customers", "New customers", VT_UNIT_COUNT, 1, "customers whose first order is inside the period", ""},
    {"returning_customers", "Returning customers", VT_UNIT_COUNT, 1, "customers with an order before the period", ""},
    {"repeat_rate", "Bought again", VT_UNIT_SHARE, 1, "customers with a second order / customers",
     "counted over all orders up to the end of the period"},
    {"active", "Active visitors", VT_UNIT_COUNT, 1, "different customers with a view, a click, a cart or an order", ""},
    /* visits */
    {"visits", "Visits", VT_UNIT_COUNT, 1, "sessions with a view",
     "where an event tells no session, a customer's day is a visit"},
    {"visit_to_cart", "Views that reach a cart", VT_UNIT_SHARE, 1, "visits with a view and a cart / visits with a view",
     ""},
    {"cart_to_order", "Carts that are bought", VT_UNIT_SHARE, 1,
     "visits with a cart and a sold line / visits with a cart", ""},
    {"conversion", "Visitors who buy", VT_UNIT_SHARE, 1, "visits with a view and a sold line / visits with a view", ""},
    /* customers ahead */
    {"future_revenue", "Revenue ahead", VT_UNIT_MONEY, 1,
     "sum over customers of expected purchases ahead x expected amount of a purchase",
     "BG/NBD or Pareto/NBD, and Gamma-Gamma; Fader, Hardie and Lee 2005"},
    {"future_purchases", "Purchases ahead", VT_UNIT_NUMBER, 1, "expected days with a purchase in the time ahead",
     "BG/NBD or Pareto/NBD, whichever is likelier"},
    {"customers_alive", "Customers who still buy", VT_UNIT_NUMBER, 1,
     "sum over customers of the probability that they still buy", ""},
    {"alive", "Still buys", VT_UNIT_SHARE, 1, "probability that the customer still buys", ""},
    {"purchase_value", "Amount of a purchase", VT_UNIT_MONEY, 1, "expected amount of the customer's next purchase",
     "Gamma-Gamma; Fader and Hardie 2013"},
    {"holdout_error", "Error for a customer", VT_UNIT_NUMBER, -1,
     "mean over customers of abs(purchases - expected purchases) in the days held out", ""},
    {"tracking_error", "Error of the weekly sums", VT_UNIT_SHARE, -1,
     "mean over weeks held out of abs(expected - actual) / actual repeat purchases up to the week", ""},
    {"revenue_each", "Revenue each", VT_UNIT_MONEY, 1, "revenue / customers",
     "interval of the mean over customers, normal approximation"},
    {"second_order", "Second order within 60 days", VT_UNIT_SHARE, 1,
     "share of customers with a second order 60 days after the first (Kaplan and Meier 1958)",
     "customers whose first order is younger are counted as long as they were watched; interval by Greenwood"},
    /* goods */
    {"products_sold", "Products sold", VT_UNIT_COUNT, 0, "different products with revenue", ""},
    {"views_that_buy", "Views that buy", VT_UNIT_SHARE, 1, "sold lines / views", ""},
    {"stock", "Stock", VT_UNIT_COUNT, 0, "pieces in stock now", "where the shop tells its stock"},
    {"stock_cover", "Stock lasts", VT_UNIT_DAYS, 0, "stock / items sold a day in the period", ""},
    {"stock_value", "Worth of stock", VT_UNIT_MONEY, 0, "stock x cost of a piece, its price where no cost is known",
     ""},
    {"false_discovery", "Chance finding", VT_UNIT_SHARE, -1,
     "p-value of the binomial test of pieces sold in both periods, adjusted for many looks",
     "Benjamini and Hochberg 1995; against the shop as a whole; at most .1 is called rising or falling"},
    /* recommendations */
    {"impressions", "Shown", VT_UNIT_COUNT, 0, "impressions", ""},
    {"clicks", "Clicks", VT_UNIT_COUNT, 1, "clicks", ""},
    {"click_rate", "Shown and clicked", VT_UNIT_SHARE, 1, "clicks / impressions", ""},
    {"looked_at", "Looked at", VT_UNIT_SHARE, 0, "how often a place of a list is looked at, against the first place",
     "from goods that stood in several places; Craswell et al. 2008, Agarwal et al. 2019"},
    {"clicks_per_look", "Clicks a look", VT_UNIT_SHARE, 1, "clicks / (impressions x looked at)",
     "inverse propensity: the pull of the place is taken out"},
    {"orders_after_click", "Lines after a click", VT_UNIT_COUNT, 1,
     "sold lines of an item that the same customer or visit had clicked at most 7 days before",
     "the last click counts; what follows is not because of it"},
    {"bought_after_click", "Clicked and bought", VT_UNIT_SHARE, 1, "lines after a click / clicks", ""},
    {"revenue_after_click", "Revenue after a click", VT_UNIT_MONEY, 1, "revenue of lines after a click",
     "attributed; only an experiment proves a cause"},
    {"catalogue_shown", "Catalogue shown", VT_UNIT_SHARE, 1, "different items with an impression / items", ""},
    /* actions */
    {"action_effect", "May bring a month", VT_UNIT_MONEY, 1,
     "margin (revenue where no cost is known) that an action is expected to bring in 30 days",
     "assumptions stand in the reason; interval of the rates behind it"},
    {"actions_effect", "All together", VT_UNIT_MONEY, 1, "sum of the effects of all actions",
     "an item counts with its greatest action alone; half-widths of intervals are added in squares"},
    {"share", "Share", VT_UNIT_SHARE, 0, "part of the whole", ""},
    {"contribution", "Contribution", VT_UNIT_MONEY, 0, "revenue now - revenue before, of this part",
     "contributions of all parts add up to the change"},
    /* prices */
    {"elasticity", "Price elasticity", VT_UNIT_NUMBER, 0,
     "change of sales in % when the price is 1 % higher and nothing else changes",
     "Poisson or log-log regression, products pooled within their category; docs/metrics.md, Price"},
    {"price_suggested", "Suggested price", VT_UNIT_MONEY, 0,
     "the price of the highest expected revenue, or margin where the cost is known",
     "within the prices tried, 10 % wider on both sides"},
    {"price_effect", "Expected effect", VT_UNIT_MONEY, 1,
     "expected revenue or margin at the suggested price - at the price now", "of a mean period, or row of a file"},
    /* customers who may be lost */
    {"churn_chance", "Chance to be lost", VT_UNIT_SHARE, -1, "calibrated probability that the customer does not return",
     "docs/metrics.md, Churn"},
    {"churn_auc", "AUC", VT_UNIT_NUMBER, 1,
     "chance that a lost customer was given a higher probability than a kept one",
     "of customers held out; interval by DeLong, DeLong and Clarke-Pearson 1988"},
    {"churn_brier", "Brier score", VT_UNIT_NUMBER, -1, "mean squared difference of probability and outcome",
     "of customers held out; compared with the score of giving everyone the share of lost ones"},
    {"churn_lift", "Lift of the top tenth", VT_UNIT_NUMBER, 1,
     "share of lost ones in the tenth of the highest probabilities / share of lost ones", "of customers held out"},
    {"churn_found", "Found in the top tenth", VT_UNIT_SHARE, 1,
     "lost ones in the tenth of the highest probabilities / all lost ones", "of customers held out"},
    {"at_risk", "Customers at risk", VT_UNIT_COUNT, -1,
     "customers with a chance to be lost of 50 % or more, or the tenth with the highest where fewer have that",
     "of those who ordered in the days after which a customer counts as lost"},
    {"lost_after", "Lost after", VT_UNIT_DAYS, 0,
     "days within which 90 % of reorders come, a third of the history at most",
     "at least 14; who places no order in so many days counts as lost"},
    {"winback", "Worth of winning back", VT_UNIT_MONEY, 1,
     "chance to be lost x value of the customer x share that comes back when written to",
     "of a shop: revenue of the last 365 days, and a share of 10 %"},
    /* baskets */
    {"baskets", "Baskets", VT_UNIT_COUNT, 0, "baskets that were read, empty ones too", ""},
    {"basket_items", "Different items", VT_UNIT_COUNT, 0, "different items in the baskets", ""},
    {"rules", "Rules", VT_UNIT_COUNT, 0, "rules that reach the support and the confidence, one item on the right",
     "FP-growth (Han, Pei, Yin 2000); sets of up to 10 items"},
    {"rule_baskets", "Baskets with both", VT_UNIT_COUNT, 0, "baskets that hold all items of both sides", ""},
    {"support", "Support", VT_UNIT_SHARE, 0, "baskets with both sides / baskets", "Agrawal, Imielinski, Swami 1993"},
    {"confidence", "Confidence", VT_UNIT_SHARE, 1, "baskets with both sides / baskets with the left side",
     "95 % interval by Wilson 1927"},
    {"lift", "Lift", VT_UNIT_NUMBER, 1, "confidence / share of all baskets that hold the right side",
     "Brin, Motwani, Ullman, Tsur 1997; 95 % interval on the scale of logarithms"},
    {"conviction", "Conviction", VT_UNIT_NUMBER, 1, "(1 - share of baskets with the right side) / (1 - confidence)",
     "Brin, Motwani, Ullman, Tsur 1997; not given where the rule never fails"},
    {"leverage", "Leverage", VT_UNIT_NUMBER, 1, "support - share with the left side x share with the right side",
     "Piatetsky-Shapiro 1991"},
    {"rule_chance", "Adjusted p-value", VT_UNIT_NUMBER, -1,
     "chance of so many baskets with both, were the sides independent; adjusted for all rules that were tested",
     "Fisher's exact test, one-sided; Benjamini and Hochberg 1995"},
    {"price_rise", "Dearer by", VT_UNIT_MONEY, 0, "price of the dearer item - price of the first", ""},
    {"accepted", "Took the dearer one", VT_UNIT_SHARE, 1,
     "customers who bought the dearer item after they met the first / customers who met the first",
     "met: viewed, clicked, put in a cart or bought; 95 % interval by Wilson 1927"},
    {"accepted_usual", "Usual share", VT_UNIT_SHARE, 0,
     "buyers of the dearer item / customers who met any item of its category", ""},
    /* demand */
    {"forecast", "Forecast", VT_UNIT_NUMBER, 0, "sum of the forecasts, or the forecast of one period",
     "by a combination of methods, moved so that series add up to their sum; the interval of one period holds 80 % of "
     "the futures, that of a sum "
     "95 %"},
    {"forecast_revenue", "Revenue foreseen", VT_UNIT_MONEY, 0,
     "sum of the forecasts of revenue, or the forecast of one period",
     "by a combination of methods; the interval of one period holds 80 % of the futures, that of a sum 95 %"},
    {"trend_strength", "Strength of the trend", VT_UNIT_SHARE, 0,
     "1 - variance of the rest / variance of trend and rest", "at least 0; parts by loess (STL)"},
    {"season_strength", "Strength of the season", VT_UNIT_SHARE, 0,
     "1 - variance of the rest / variance of season and rest", "at least 0; parts by loess (STL)"},
    {"lead_demand", "Demand until goods arrive", VT_UNIT_NUMBER, 0,
     "mean over simulated futures of the demand of the lead time", ""},
    {"safety_stock", "Safety stock", VT_UNIT_NUMBER, 0, "reorder point - demand until goods arrive", "at least 0"},
    {"reorder_point", "Reorder point", VT_UNIT_NUMBER, 0,
     "quantile of the demand of the lead time at the service level", "of simulated futures"},
    {"order_quantity", "To order", VT_UNIT_COUNT, 0,
     "quantile of the demand of the lead time and a week at the service level - stock, in whole pieces",
     "where the stock is at or under the reorder point, else 0"},
    {"order_value", "Worth of the orders", VT_UNIT_MONEY, 0,
     "sum over products of quantity to order x cost of a piece, its price where no cost is known", ""},
    {"days_of_stock", "Days of cover", VT_UNIT_DAYS, 0, "stock / expected demand a day", "demand as foreseen"},
    {"run_out", "Products that run out", VT_UNIT_COUNT, -1,
     "products with an expected demand of the lead time of at least the stock", "where the shop tells its stock"},
    {"shortage", "Chance to run out", VT_UNIT_SHARE, -1,
     "share of simulated futures whose demand of the lead time is over the stock", ""},
    {"missed_revenue", "Missed before goods arrive", VT_UNIT_MONEY, -1,
     "mean over simulated futures of demand of the lead time over the stock x price paid",
     "an order of today comes too late for it"},
    {"kept_revenue", "Kept by ordering now", VT_UNIT_MONEY, 1,
     "mean over simulated futures of demand over the stock in the week after goods arrive x price paid", ""},
    {"dead_value", "Worth of what lies", VT_UNIT_MONEY, -1,
     "sum over products in stock without a sale in the period of stock x cost of a piece, its price where no cost is "
     "known",
     "products on sale since the begin of the period or before"},
    {"mase", "MASE", VT_UNIT_NUMBER, -1, "mean absolute error / mean absolute seasonal step of the values known before",
     "mean over series; below 1 is better than repeating the last season did"},
    {"smape", "sMAPE", VT_UNIT_SHARE, -1, "mean of 2 x absolute error / (size of value + size of forecast)",
     "mean over series; 0 to 2"},
    {"covered", "Inside the interval", VT_UNIT_SHARE, 0, "values inside the interval of 80 % / values", ""},
};

const vt_metric_definition *vt_metric_at(size_t index)
{
    return index < sizeof metrics / sizeof metrics[0] ? &metrics[index] : NULL;
}

const vt_metric_definition *vt_metric_find(const char *id)
{
    for (size_t i = 0; i < sizeof metrics / sizeof metrics[0]; i++) {
        if (strcmp(metrics[i].id, id) == 0) {
            return &metrics[i];
        }
    }
    return NULL;
}
