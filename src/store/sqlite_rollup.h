/* The SQL that makes rollups from events, spelled once. */
#ifndef VT_STORE_SQLITE_ROLLUP_H
#define VT_STORE_SQLITE_ROLLUP_H

/* The day of an event without a time. */
#define VT_ROLLUP_NO_DAY (-1000000000)

/* Ratings are summed in millionths, as whole numbers: adding and taking away in any order gives the same sum. */
#define VT_ROLLUP_RATING_UNIT 1e6

/* Money of a line counts when it is in the shop's currency and has a unit price. */
#define VT_ROLLUP_PRICED(kind) "CASE WHEN e.kind = " kind " AND " VT_ROLLUP_MONEY " THEN "
#define VT_ROLLUP_MONEY "e.currency IS NULL AND e.unit_price IS NOT NULL"

/*
 * Day (vt_day: in the shop's time zone), item, kind of customer as of the event, then the sums; `sign` is 1 or -1,
 * `filter` chooses the events `e`.
 */
#define VT_ROLLUP_SELECT(sign, filter)                                                                                 \
    "SELECT vt_day(e.time) AS day,"                                                                                    \
    " e.item AS item,"                                                                                                 \
    " CASE WHEN u.tier = 'premium' THEN 2 WHEN u.first_order < e.time THEN 1 ELSE 0 END AS customer,"                  \
    " " sign " * count(*) AS events,"                                                                                  \
    " " sign " * sum(e.kind = 0) AS views, " sign " * sum(e.kind = 1) AS carts,"                                       \
    " " sign " * sum(e.kind = 2) AS purchases, " sign " * sum(e.kind = 3) AS returns,"                                 \
    " " sign " * sum(e.kind = 4) AS ratings, " sign " * sum(e.kind = 5) AS likes,"                                     \
    " " sign " * sum(e.kind = 6) AS dislikes, " sign " * sum(e.kind = 7) AS impressions,"                              \
    " " sign " * sum(e.kind = 8) AS clicks,"                                                                           \
    " " sign " * sum(CASE e.kind WHEN 2 THEN coalesce(e.quantity, 1) ELSE 0 END) AS units,"                            \
    " " sign " * sum(CASE e.kind WHEN 3 THEN coalesce(e.quantity, 1) ELSE 0 END) AS units_returned,"                   \
    " " sign                                                                                                           \
    " * sum(" VT_ROLLUP_PRICED("2") "coalesce(e.quantity, 1) * e.unit_price - coalesce(e.discount, 0)"                 \
                                    " ELSE 0 END) AS revenue,"                                                         \
                                    " " sign " * sum(" VT_ROLLUP_PRICED(                                               \
                                        "3") "coalesce(e.quantity, 1) * e.unit_price - coalesce(e.discount, 0)"        \
                                             " ELSE 0 END) AS refunds,"                                                \
                                             " " sign " * sum(" VT_ROLLUP_PRICED(                                      \
                                                 "2") "coalesce(e.discount, 0) ELSE 0 END) AS discount,"               \
                                                      " " sign " * sum(CASE e.kind WHEN 4 THEN CAST(round(e.value * "  \
                                                      "1e6) AS INTEGER) ELSE 0 END) AS rating_sum"                     \
                                                      " FROM events e LEFT JOIN users u ON u.id = e.user " filter      \
                                                      " GROUP BY 1, 2, 3"

#define VT_ROLLUP_INSERT(sign, filter)                                                                                 \
    "INSERT INTO rollups SELECT * FROM (" VT_ROLLUP_SELECT(                                                            \
        sign,                                                                                                          \
        filter) ") WHERE true"                                                                                         \
                " ON CONFLICT(day, item, customer) DO UPDATE SET events = events + excluded.events,"                   \
                " views = views + excluded.views, carts = carts + excluded.carts, purchases = purchases + "            \
                "excluded.purchases,"                                                                                  \
                " returns = returns + excluded.returns, ratings = ratings + excluded.ratings, likes = likes + "        \
                "excluded.likes,"                                                                                      \
                " dislikes = dislikes + excluded.dislikes, impressions = impressions + excluded.impressions,"          \
                " clicks = clicks + excluded.clicks, units = units + excluded.units,"                                  \
                " units_returned = units_returned + excluded.units_returned, revenue = revenue + excluded.revenue,"    \
                " refunds = refunds + excluded.refunds, discount = discount + excluded.discount,"                      \
                " rating_sum = rating_sum + excluded.rating_sum"

#endif
