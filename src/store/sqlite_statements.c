/* All SQL that runs more than once. */
#include "store/sqlite.h"
#include "store/sqlite_history.h"
#include "store/sqlite_order.h"

/* ?2 as the time; when it is "now" (?6), never before what is known, so that the newest row is what was said last. */
#define VT_HISTORY_TIME(table)                                                                                         \
    "CASE ?6 WHEN 0 THEN ?2 ELSE max(?2, coalesce((SELECT max(time) FROM " table " WHERE item = ?1), ?2)) END"

#define VT_ITEM_SELECT                                                                                                 \
    "SELECT id, key, title, description, brand, category, attributes, images, price, cost, currency,"                  \
    " stock, available_from, available_until FROM items"
#define VT_RULE_COLUMNS "action, what, name, factor, addition, position, starts, ends, segment, page, note"
#define VT_USER_SELECT "SELECT id, key, age_band, segment, region, tier, attributes FROM users"

/* What user f says and user i does not. */
#define VT_USER_MISSING(column) "CASE WHEN i." column " IS NULL THEN f." column " END"

/* An event as numbers; money of a line in another currency is left out. */
#define VT_EVENT_MONEY(column) "CASE WHEN e.currency IS NULL THEN e." column " END"
#define VT_EVENT_COLUMNS                                                                                               \
    "e.id, e.user, e.item, e.time, e.quantity, " VT_EVENT_MONEY("unit_price") ", " VT_EVENT_MONEY(                     \
        "discount") ", " VT_EVENT_MONEY("refunded") ", e.value, e.order_id, e.session, e.kind, e.part, e.state"

/* An event with all its fields and texts, and its row. */
#define VT_FULL_EVENT                                                                                                  \
    "SELECT u.key, e.session, i.key, e.order_id, r.title, r.body, x.placement, x.model, x.request, e.currency,"        \
    " e.time, e.quantity, e.unit_price, e.discount, e.value, e.kind, e.part, e.line, e.refunded, e.state, e.id"        \
    " FROM events e LEFT JOIN users u ON u.id = e.user JOIN items i ON i.id = e.item"                                  \
    " LEFT JOIN reviews r ON r.event = e.id LEFT JOIN exposures x ON x.event = e.id"
#define VT_PAGE_CONDITIONS                                                                                             \
    " AND (?3 IS NULL OR e.item = ?3) AND (?4 IS NULL OR e.kind = ?4) AND (?5 IS NULL OR e.time >= ?5)"                \
    " AND (?6 IS NULL OR e.time < ?6) ORDER BY e.id LIMIT ?7"

/* What was shown by whom, and whether there is a review. */
#define VT_EVENT_SHOWN                                                                                                 \
    "x.placement, x.model, x.request, r.event IS NOT NULL FROM events e LEFT JOIN exposures x ON x.event = e.id"       \
    " LEFT JOIN reviews r ON r.event = e.id WHERE e.id > ?1 ORDER BY e.id"

/*
 * The item's cost as of a sale, where the item counts in the shop's currency: the last one told before it, of an
 * earlier sale the first one; none where the last word was that it is told no longer (-1 within).
 */
#define VT_EVENT_COST_FROM(cost, tells) "(SELECT " cost " FROM price_history h WHERE h.item = e.item AND " tells
#define VT_EVENT_COST                                                                                                  \
    "CASE WHEN e.kind IN (2, 3) AND EXISTS (SELECT 1 FROM items c WHERE c.id = e.item AND (c.currency IS NULL"         \
    " OR c.currency = (SELECT value FROM meta WHERE name = 'currency'))) THEN nullif(coalesce(" VT_EVENT_COST_FROM(    \
        "coalesce(h.cost, -1)", VT_TELLS_COST) " AND h.time <= e.time ORDER BY h.time DESC, h.id DESC LIMIT "          \
                                               "1), " VT_EVENT_COST_FROM("h.cost",                                     \
                                                                         "h.cost IS NOT NULL") " ORDER BY h.time, "    \
                                                                                               "h.id LIMIT 1)), -1) "  \
                                                                                               "END"

const char *const vt_sql_text[VT_SQLS] = {
    [VT_SQL_BEGIN_WRITE] = "BEGIN IMMEDIATE",
    [VT_SQL_BEGIN_READ] = "BEGIN",
    [VT_SQL_COMMIT] = "COMMIT",
    [VT_SQL_ROLLBACK] = "ROLLBACK",
    [VT_SQL_META_GET] = "SELECT value FROM meta WHERE name = ?1",
    [VT_SQL_META_SET] = "INSERT INTO meta(name, value) VALUES(?1, ?2) ON CONFLICT(name) DO UPDATE SET value = ?2",
    [VT_SQL_CURRENCY_SETTLE_FORMER] = "UPDATE line_changes SET currency = NULL WHERE currency = ?1",
    [VT_SQL_CURRENCY_SETTLE] = "UPDATE events SET currency = NULL WHERE currency = ?1",
    [VT_SQL_IMPORT_ADD] = "INSERT INTO imports(time, kind, source) VALUES(?1, ?2, ?3)",
    [VT_SQL_IMPORT_FINISH] = "UPDATE imports SET added = ?2, rejected = ?3 WHERE id = ?1",
    [VT_SQL_IMPORT_LIST] = "SELECT id, time, kind, source, added, rejected FROM imports ORDER BY id",
    [VT_SQL_IMPORT_DELETE] = "DELETE FROM imports WHERE id = ?1",
    [VT_SQL_MARK] =
        "SELECT catalogue, epoch, event, user, item, sold,"
        " coalesce((SELECT max(number) FROM journal), 0), coalesce((SELECT min(number) FROM journal), 1) - 1,"
        " CAST((SELECT value FROM meta WHERE name = 'revision') AS INTEGER),"
        " coalesce((SELECT max(id) FROM stock_history), 0) FROM marks",
    [VT_SQL_MARK_SET] = "UPDATE marks SET catalogue = ?1, epoch = ?2, event = ?3, user = ?4, item = ?5, sold = ?6",
    [VT_SQL_JOURNAL_ADD] = "INSERT INTO journal(kind, row, user, session) VALUES(?1, ?2, ?3, ?4)",
    [VT_SQL_JOURNAL_TRIM] = "DELETE FROM journal WHERE number <= ?1",
    [VT_SQL_CHANGES_AFTER] = "SELECT number, kind, row, user, session FROM journal WHERE number > ?1 ORDER BY number",
    [VT_SQL_USER_ID] = "SELECT id FROM users WHERE key = ?1",
    [VT_SQL_USER_ADD] = "INSERT INTO users(id, key, import_id) VALUES(?1, ?2, ?3)",
    [VT_SQL_USER_GET] = "SELECT age_band, segment, region, tier, attributes, import_id FROM users WHERE id = ?1",
    [VT_SQL_USER_UPDATE] = "UPDATE users SET age_band = coalesce(?2, age_band), segment = coalesce(?3, segment),"
                           " region = coalesce(?4, region), tier = coalesce(?5, tier),"
                           " attributes = coalesce(?6, attributes) WHERE id = ?1",
    [VT_SQL_USER_REPLACE] = "UPDATE users SET age_band = ?2, segment = ?3, region = ?4, tier = ?5, attributes = ?6"
                            " WHERE id = ?1",
    [VT_SQL_USER_MISSING] = "SELECT " VT_USER_MISSING("age_band") ", " VT_USER_MISSING("segment") ", " VT_USER_MISSING(
        "region") ", " VT_USER_MISSING("tier") ", CASE WHEN i.attributes IS NULL THEN f.attributes WHEN"
                                               " f.attributes IS NOT NULL THEN json_patch(f.attributes, i.attributes) "
                                               "END FROM users f, users i"
                                               " WHERE f.id = ?1 AND i.id = ?2",
    [VT_SQL_ITEM_ID] = "SELECT id FROM items WHERE key = ?1",
    [VT_SQL_ITEM_ADD] = "INSERT INTO items(id, key, import_id) VALUES(?1, ?2, ?3)",
    [VT_SQL_ITEM_GET] = "SELECT title, description, brand, category, attributes, images, currency, available_from,"
                        " available_until, price, cost, stock, import_id FROM items WHERE id = ?1",
    [VT_SQL_ITEM_UPDATE] = "UPDATE items SET title = coalesce(?2, title), description = coalesce(?3, description),"
                           " brand = coalesce(?4, brand), category = coalesce(?5, category),"
                           " attributes = coalesce(?6, attributes), images = coalesce(?7, images),"
                           " currency = coalesce(?8, currency), available_from = coalesce(?9, available_from),"
                           " available_until = coalesce(?10, available_until) WHERE id = ?1",
    [VT_SQL_ITEM_REPLACE] = "UPDATE items SET title = ?2, description = ?3, brand = ?4, category = ?5,"
                            " attributes = ?6, images = ?7, currency = ?8, available_from = ?9,"
                            " available_until = ?10 WHERE id = ?1",
    [VT_SQL_PRICE_RECORDED] =
        "SELECT 1 FROM price_history WHERE item = ?1 AND time = ?2 AND coalesce(?3, price) IS price"
        " AND coalesce(?4, cost) IS cost",
    [VT_SQL_PRICE_ADD] = "INSERT INTO price_history(item, time, price, cost, import_id, cleared)"
                         " VALUES(?1, " VT_HISTORY_TIME("price_history") ", ?3, ?4, ?5, nullif(?7, 0))",
    [VT_SQL_STOCK_RECORDED] = "SELECT 1 FROM stock_history WHERE item = ?1 AND time = ?2 AND stock = ?3",
    [VT_SQL_STOCK_ADD] = "INSERT INTO stock_history(item, time, stock, import_id)"
                         " VALUES(?1, " VT_HISTORY_TIME("stock_history") ", ?3, ?5)",
    [VT_SQL_ITEM_NEWEST] = "UPDATE items SET " VT_ITEM_NEWEST " WHERE id = ?1",
    [VT_SQL_EVENT_FIND] = "SELECT id, user, session FROM events WHERE key = ?1",
    [VT_SQL_EVENT_DELETE] = "DELETE FROM events WHERE id = ?1",
    [VT_SQL_EVENT_ADD] =
        "INSERT INTO events(key, user, session, item, kind, time, value, quantity, unit_price, discount,"
        " currency, order_id, part, import_id, line, refunded, state, id) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9,"
        " ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18) ON CONFLICT(key) DO NOTHING",
    [VT_SQL_LINE_GET] =
        "SELECT e.id, e.user, e.session, e.item, e.time, e.value, e.quantity, e.unit_price, e.discount, e.currency,"
        " e.part, r.title, r.body, x.placement, x.model, x.request, e.refunded, e.state, e.import_id, e.key"
        " FROM events e LEFT JOIN reviews r ON r.event = e.id LEFT JOIN exposures x ON x.event = e.id WHERE e.key = ?1",
    [VT_SQL_LINES_OF_ORDER] =
        "SELECT e.key, e.quantity, e.unit_price, e.discount, e.state FROM events e WHERE e.order_id = ?1 AND e.kind = 2"
        " AND (?2 IS NULL OR e.line = ?2) ORDER BY e.line, e.key",
    [VT_SQL_LINE_REPLACE] =
        "UPDATE events SET id = ?1, user = ?2, session = ?3, item = ?4, time = ?5, value = ?6, quantity = ?7,"
        " unit_price = ?8, discount = ?9, currency = ?10, part = ?11, refunded = ?12, state = ?13 WHERE id = ?14",
    [VT_SQL_LINE_STATE] = "UPDATE events SET id = ?1, refunded = ?2, state = ?3 WHERE id = ?4",
    [VT_SQL_REVIEW_MOVE] = "UPDATE reviews SET event = ?1 WHERE event = ?2",
    [VT_SQL_EXPOSURE_MOVE] = "UPDATE exposures SET event = ?1 WHERE event = ?2",
    [VT_SQL_REVIEW_DELETE] = "DELETE FROM reviews WHERE event = ?1",
    [VT_SQL_EXPOSURE_DELETE] = "DELETE FROM exposures WHERE event = ?1",
    [VT_SQL_LINE_CHANGE_NEWEST] =
        "SELECT import_id FROM line_changes WHERE key = ?1 AND field = ?2 ORDER BY id DESC LIMIT 1",
    [VT_SQL_LINE_CHANGE_ADD] =
        "INSERT INTO line_changes(import_id, key, field, " VT_LINE_COLUMNS ") SELECT ?3, e.key, ?2, e.user, e.session,"
        " e.item, e.time, e.value, e.quantity, e.unit_price, e.discount, e.currency, e.part, r.title, r.body,"
        " x.placement, x.model, x.request, e.refunded, e.state FROM events e LEFT JOIN reviews r ON r.event = e.id"
        " LEFT JOIN exposures x ON x.event = e.id WHERE e.key = ?1",
    [VT_SQL_REVIEW_ADD] = "INSERT INTO reviews(event, title, body) VALUES(?1, ?2, ?3)",
    [VT_SQL_EXPOSURE_ADD] = "INSERT INTO exposures(event, placement, model, request) VALUES(?1, ?2, ?3, ?4)",
    [VT_SQL_USER_LINK_GET] =
        "SELECT weight, import_id FROM user_links WHERE from_key = ?1 AND kind = ?2 AND to_key = ?3",
    [VT_SQL_USER_LINK_ADD] = "INSERT INTO user_links(from_key, kind, to_key, weight, import_id)"
                             " VALUES(?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING",
    [VT_SQL_USER_LINK_UPDATE] = "UPDATE user_links SET weight = ?4 WHERE from_key = ?1 AND kind = ?2 AND to_key = ?3",
    [VT_SQL_ITEM_LINK_GET] =
        "SELECT weight, import_id FROM item_links WHERE from_key = ?1 AND kind = ?2 AND to_key = ?3",
    [VT_SQL_ITEM_LINK_ADD] = "INSERT INTO item_links(from_key, kind, to_key, weight, import_id)"
                             " VALUES(?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING",
    [VT_SQL_ITEM_LINK_UPDATE] = "UPDATE item_links SET weight = ?4 WHERE from_key = ?1 AND kind = ?2 AND to_key = ?3",
    [VT_SQL_CHANGE_NEWEST] = "SELECT import_id FROM changes WHERE row_table = ?1 AND row_id = ?2 AND field = ?3"
                             " ORDER BY id DESC LIMIT 1",
    [VT_SQL_CHANGE_ADD] = "INSERT INTO changes(import_id, row_table, row_id, field, before) VALUES(?4, ?1, ?2, ?3, ?5)",
    [VT_SQL_LINK_CHANGE_NEWEST] = "SELECT import_id FROM link_changes WHERE from_key = ?1 AND kind = ?2"
                                  " AND to_key = ?3 AND row_table = ?4 ORDER BY id DESC LIMIT 1",
    [VT_SQL_LINK_CHANGE_ADD] = "INSERT INTO link_changes(import_id, row_table, from_key, kind, to_key, before)"
                               " VALUES(?5, ?4, ?1, ?2, ?3, ?6)",
    [VT_SQL_COUNTS] =
        "SELECT (SELECT count(*) FROM users), (SELECT count(*) FROM items), (SELECT count(*) FROM reviews),"
        " (SELECT count(*) FROM user_links), (SELECT count(*) FROM item_links),"
        " (SELECT count(*) FROM imports)",
    [VT_SQL_KIND_COUNTS] = "SELECT kind, count(*), min(time), max(time) FROM events GROUP BY kind",
    [VT_SQL_ITEMS_AFTER] = VT_ITEM_SELECT " WHERE id > ?1 ORDER BY id",
    [VT_SQL_ITEM_ROW] = VT_ITEM_SELECT " WHERE id = ?1",
    [VT_SQL_ITEM_KEY] = VT_ITEM_SELECT " WHERE key = ?1",
    [VT_SQL_USERS_AFTER] = VT_USER_SELECT " WHERE id > ?1 ORDER BY id",
    [VT_SQL_USER_ROW] = VT_USER_SELECT " WHERE id = ?1",
    [VT_SQL_USER_KEY] = VT_USER_SELECT " WHERE key = ?1",
    [VT_SQL_COST_ANY] = "SELECT 1 FROM price_history WHERE cost IS NOT NULL LIMIT 1",
    [VT_SQL_COST_OF] = "SELECT 1 FROM price_history WHERE item = ?1 AND cost IS NOT NULL LIMIT 1",
    [VT_SQL_EVENTS_AFTER] = "SELECT " VT_EVENT_COLUMNS ", NULL, " VT_EVENT_SHOWN,
    [VT_SQL_EVENTS_AFTER_COSTS] = "SELECT " VT_EVENT_COLUMNS ", " VT_EVENT_COST ", " VT_EVENT_SHOWN,
    [VT_SQL_EACH_FULL_EVENT] = VT_FULL_EVENT " ORDER BY e.id",
    [VT_SQL_FULL_EVENT] = VT_FULL_EVENT " WHERE e.key = ?1",
    [VT_SQL_EVENTS_PAGE] = VT_FULL_EVENT " WHERE e.id > ?1 AND e.id <= ?2" VT_PAGE_CONDITIONS,
    [VT_SQL_EVENTS_PAGE_OF] = VT_FULL_EVENT " WHERE e.user = ?8 AND +e.id > ?1" VT_PAGE_CONDITIONS,
    [VT_SQL_EVENTS_LOOKED_AT] = "SELECT id FROM events WHERE id > ?1 ORDER BY id LIMIT 1 OFFSET ?2",
    [VT_SQL_EACH_USER_LINK] = "SELECT from_key, to_key, kind, weight FROM user_links ORDER BY from_key, kind, to_key",
    [VT_SQL_EACH_ITEM_LINK] = "SELECT from_key, to_key, kind, weight FROM item_links ORDER BY from_key, kind, to_key",
    [VT_SQL_HISTORY] =
        "SELECT " VT_EVENT_COLUMNS ", " VT_EVENT_COST
        ", i.key FROM events e JOIN items i ON i.id = e.item WHERE e.user = ?1 AND e.state <> 1 ORDER BY e.time, e.id",
    [VT_SQL_PRICES] =
        "SELECT h.time, h.price, h.cost, h.cleared FROM price_history h JOIN items i ON i.id = h.item WHERE i.key = ?1"
        " ORDER BY h.time, h.id",
    [VT_SQL_STOCKS] = "SELECT h.time, h.stock FROM stock_history h JOIN items i ON i.id = h.item WHERE i.key = ?1"
                      " ORDER BY h.time, h.id",
    [VT_SQL_STOCKS_AFTER] = "SELECT id, item, time, stock FROM stock_history WHERE id > ?1 ORDER BY id",
    [VT_SQL_UNINDEXED] = "SELECT count(*) FROM (SELECT 1 FROM unindexed LIMIT ?1)",
    [VT_SQL_INDEX] = "INSERT INTO item_words(rowid, title, brand, category, description)"
                     " SELECT i.id, i.title, i.brand, i.category, i.description"
                     " FROM unindexed n JOIN items i ON i.id = n.item",
    [VT_SQL_INDEXED] = "DELETE FROM unindexed",
    [VT_SQL_MATCH] = "SELECT m.row, i.key, m.score FROM (SELECT rowid AS row, bm25(item_words, 8, 4, 2, 1) AS score"
                     " FROM item_words WHERE item_words MATCH ?1 ORDER BY score, rowid LIMIT ?2) m"
                     " JOIN items i ON i.id = m.row ORDER BY m.score, m.row",
    [VT_SQL_WEIGHTS_CLEAR] = "DELETE FROM model_weights WHERE model = ?1",
    [VT_SQL_WEIGHT_ADD] =
        "INSERT INTO model_weights(model, topic, place, name, value, n) VALUES(?1, ?2, ?3, ?4, ?5, ?6)",
    [VT_SQL_EACH_WEIGHT] = "SELECT topic, place, name, value, n FROM model_weights WHERE model = ?1"
                           " ORDER BY topic, place, name",
    [VT_SQL_RESULTS_CLEAR] = "DELETE FROM results WHERE kind = ?1",
    [VT_SQL_RESULTS_CLEAR_SUBJECT] = "DELETE FROM results WHERE kind = ?1 AND subject = ?2",
    [VT_SQL_RESULTS_LOST_ITEMS] = "DELETE FROM results WHERE kind = ?1 AND subject <> ''"
                                  " AND NOT EXISTS (SELECT 1 FROM items WHERE key = results.subject)",
    [VT_SQL_RESULTS_LOST_USERS] = "DELETE FROM results WHERE kind = ?1 AND subject <> ''"
                                  " AND NOT EXISTS (SELECT 1 FROM users WHERE key = results.subject)",
    [VT_SQL_RESULTS_LOST_OBJECTS] = "DELETE FROM results WHERE kind = ?1 AND object IS NOT NULL"
                                    " AND NOT EXISTS (SELECT 1 FROM items WHERE key = results.object)",
    [VT_SQL_RESULT_ADD] = "INSERT INTO results(kind, subject, rank, object, value, low, high, count, made_at)"
                          " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT DO NOTHING",
    [VT_SQL_EACH_RESULT] = "SELECT subject, rank, object, value, low, high, count, made_at FROM results"
                           " WHERE kind = ?1 ORDER BY subject, rank",
    [VT_SQL_RESULTS_OF] = "SELECT subject, rank, object, value, low, high, count, made_at FROM results"
                          " WHERE kind = ?1 AND subject = ?2 ORDER BY rank",
    [VT_SQL_KEY_ADD] = "INSERT INTO keys(id, name, scopes, made_at, expires_at, hash) VALUES(?1, ?2, ?3, ?4, ?5, ?6)",
    [VT_SQL_KEY_REMOVE] = "DELETE FROM keys WHERE id = ?1",
    [VT_SQL_EACH_KEY] = "SELECT id, name, scopes, made_at, expires_at, hash FROM keys ORDER BY made_at, id",
    [VT_SQL_RULE_PUT] =
        "INSERT INTO rules(id, " VT_RULE_COLUMNS ", made_at, changed_at) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9,"
        " ?10, ?11, ?12, ?13, ?13) ON CONFLICT(id) DO UPDATE SET (" VT_RULE_COLUMNS ", changed_at) ="
        " (?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)"
        " WHERE (" VT_RULE_COLUMNS ") IS NOT (?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
    [VT_SQL_RULE_REMOVE] = "DELETE FROM rules WHERE id = ?1",
    [VT_SQL_RULE] = "SELECT id, " VT_RULE_COLUMNS ", made_at, changed_at FROM rules WHERE id = ?1",
    [VT_SQL_EACH_RULE] = "SELECT id, " VT_RULE_COLUMNS ", made_at, changed_at FROM rules ORDER BY number",
    [VT_SQL_RULE_COUNT] = "SELECT count(*), coalesce(sum(id = ?1), 0) FROM rules",
};
