/*
 * Rows are narrow where there are many: texts of reviews and what was shown by whom stand in tables of their own. Ids
 * of the shop are interned as integers in users and items; events are known by 16 bytes of BLAKE2b.
 */
#include "store/migrations.h"

const char *const vt_migrations[VT_SCHEMA] = {
    /* 1 */
    "CREATE TABLE meta(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE imports(id INTEGER PRIMARY KEY AUTOINCREMENT, time INTEGER NOT NULL, kind TEXT NOT NULL,"
    " source TEXT NOT NULL, added INTEGER NOT NULL DEFAULT 0, rejected INTEGER NOT NULL DEFAULT 0);"
    "CREATE TABLE users(id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, age_band TEXT, segment TEXT, region TEXT,"
    " tier TEXT, attributes TEXT, first_order INTEGER, import_id INTEGER NOT NULL);"
    "CREATE TABLE items(id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, title TEXT, description TEXT, brand TEXT,"
    " category TEXT, attributes TEXT, images TEXT, price INTEGER, cost INTEGER, currency TEXT, stock INTEGER,"
    " available_from INTEGER, available_until INTEGER, import_id INTEGER NOT NULL);"
    "CREATE TABLE changes(id INTEGER PRIMARY KEY, import_id INTEGER NOT NULL, row_table INTEGER NOT NULL,"
    " row_id INTEGER NOT NULL, field INTEGER NOT NULL, before);"
    "CREATE INDEX changes_field ON changes(row_table, row_id, field);"
    "CREATE INDEX changes_import ON changes(import_id);"
    "CREATE TABLE price_history(id INTEGER PRIMARY KEY, item INTEGER NOT NULL REFERENCES items(id),"
    " time INTEGER NOT NULL, price INTEGER, cost INTEGER, import_id INTEGER NOT NULL);"
    "CREATE INDEX price_history_item ON price_history(item, time);"
    "CREATE TABLE stock_history(id INTEGER PRIMARY KEY, item INTEGER NOT NULL REFERENCES items(id),"
    " time INTEGER NOT NULL, stock INTEGER NOT NULL, import_id INTEGER NOT NULL);"
    "CREATE INDEX stock_history_item ON stock_history(item, time);"
    "CREATE TABLE events(id INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE, user INTEGER REFERENCES users(id),"
    " session TEXT, item INTEGER NOT NULL REFERENCES items(id), kind INTEGER NOT NULL, time INTEGER, value REAL,"
    " quantity INTEGER, unit_price INTEGER, discount INTEGER, currency TEXT, order_id TEXT, part INTEGER NOT NULL,"
    " import_id INTEGER NOT NULL);"
    "CREATE INDEX events_user ON events(user, time);"
    "CREATE TABLE reviews(event INTEGER PRIMARY KEY REFERENCES events(id), title TEXT, body TEXT);"
    "CREATE TABLE exposures(event INTEGER PRIMARY KEY REFERENCES events(id), placement TEXT, model TEXT, request TEXT);"
    "CREATE TABLE user_links(from_key TEXT NOT NULL, kind TEXT NOT NULL, to_key TEXT NOT NULL, weight REAL NOT NULL,"
    " import_id INTEGER NOT NULL, PRIMARY KEY(from_key, kind, to_key)) WITHOUT ROWID;"
    "CREATE TABLE item_links(from_key TEXT NOT NULL, kind TEXT NOT NULL, to_key TEXT NOT NULL, weight REAL NOT NULL,"
    " import_id INTEGER NOT NULL, PRIMARY KEY(from_key, kind, to_key)) WITHOUT ROWID;"
    "CREATE TABLE link_changes(id INTEGER PRIMARY KEY, import_id INTEGER NOT NULL, row_table INTEGER NOT NULL,"
    " from_key TEXT NOT NULL, kind TEXT NOT NULL, to_key TEXT NOT NULL, before REAL NOT NULL);"
    "CREATE INDEX link_changes_link ON link_changes(from_key, kind, to_key, row_table);"
    "CREATE INDEX link_changes_import ON link_changes(import_id);"
    "CREATE TABLE rollups(day INTEGER NOT NULL, item INTEGER NOT NULL, customer INTEGER NOT NULL,"
    " events INTEGER NOT NULL, views INTEGER NOT NULL, carts INTEGER NOT NULL, purchases INTEGER NOT NULL,"
    " returns INTEGER NOT NULL, ratings INTEGER NOT NULL, likes INTEGER NOT NULL, dislikes INTEGER NOT NULL,"
    " impressions INTEGER NOT NULL, clicks INTEGER NOT NULL, units INTEGER NOT NULL, units_returned INTEGER NOT NULL,"
    " revenue INTEGER NOT NULL, refunds INTEGER NOT NULL, discount INTEGER NOT NULL, rating_sum INTEGER NOT NULL,"
    " PRIMARY KEY(day, item, customer)) WITHOUT ROWID;",
    /*
     * 2: the words of items. The index keeps no texts of its own, so whoever changes a text must take the old one out,
     * which triggers do for puts and undo alike. What is to go in waits in `unindexed`: see sqlite_search.c.
     */
    "CREATE TABLE unindexed(item INTEGER PRIMARY KEY);"
    "INSERT INTO unindexed SELECT id FROM items;"
    "CREATE VIRTUAL TABLE item_words USING fts5(title, brand, category, description, content = 'items',"
    " content_rowid = 'id', tokenize = 'porter unicode61 remove_diacritics 2');"
    "CREATE TRIGGER item_words_new AFTER INSERT ON items BEGIN INSERT INTO unindexed VALUES(new.id); END;"
    "CREATE TRIGGER item_words_changed AFTER UPDATE OF title, brand, category, description ON items"
    " WHEN (old.title IS NOT new.title OR old.brand IS NOT new.brand OR old.category IS NOT new.category"
    " OR old.description IS NOT new.description) AND NOT EXISTS (SELECT 1 FROM unindexed WHERE item = old.id)"
    " BEGIN INSERT INTO item_words(item_words, rowid, title, brand, category, description)"
    " VALUES('delete', old.id, old.title, old.brand, old.category, old.description);"
    " INSERT INTO unindexed VALUES(old.id); END;"
    "CREATE TRIGGER item_words_gone AFTER DELETE ON items BEGIN"
    " INSERT INTO item_words(item_words, rowid, title, brand, category, description)"
    " SELECT 'delete', old.id, old.title, old.brand, old.category, old.description"
    " WHERE NOT EXISTS (SELECT 1 FROM unindexed WHERE item = old.id);"
    " DELETE FROM unindexed WHERE item = old.id; END;",
    /* 3: what models weigh, for reports; made from a model, so that undo and revisions do not speak of it. */
    "CREATE TABLE model_weights(model TEXT NOT NULL, topic TEXT NOT NULL, place TEXT NOT NULL, name TEXT NOT NULL,"
    " value REAL NOT NULL, n INTEGER NOT NULL, PRIMARY KEY(model, topic, place, name)) WITHOUT ROWID;",
    /*
     * 4: for readers that follow the store. `marks` is one row: row ids are given from there, so that none is given
     * twice whatever was deleted.
     */
    "ALTER TABLE events ADD COLUMN line TEXT;"
    "ALTER TABLE events ADD COLUMN refunded INTEGER;"
    "ALTER TABLE events ADD COLUMN state INTEGER NOT NULL DEFAULT 0;"
    "CREATE INDEX price_history_cost ON price_history(item, time) WHERE cost IS NOT NULL;"
    "CREATE TABLE marks(catalogue INTEGER NOT NULL, epoch INTEGER NOT NULL, event INTEGER NOT NULL,"
    " user INTEGER NOT NULL, item INTEGER NOT NULL, sold INTEGER);"
    "INSERT INTO marks SELECT 1, 1, coalesce((SELECT max(id) FROM events), 0), coalesce((SELECT max(id) FROM users), "
    "0),"
    " coalesce((SELECT max(id) FROM items), 0),"
    " (SELECT max(coalesce(time, 9223372036854775807)) FROM events WHERE kind IN (2, 3));"
    "CREATE TABLE journal(number INTEGER PRIMARY KEY AUTOINCREMENT, kind INTEGER NOT NULL, row INTEGER NOT NULL,"
    " user INTEGER, session TEXT);",
    /*
     * 5: no sums of days any more. Order lines are known by their order and line, those without a number by their
     * order, item and count of that item in it; what a line held before a put replaced it (field 0), or its state (1)
     * or refund (2) changed, is kept for undo.
     */
    "DROP TABLE rollups;"
    "ALTER TABLE users DROP COLUMN first_order;"
    "CREATE INDEX events_order ON events(order_id) WHERE order_id IS NOT NULL;"
    "CREATE TABLE line_changes(id INTEGER PRIMARY KEY, import_id INTEGER NOT NULL, key BLOB NOT NULL,"
    " field INTEGER NOT NULL, user INTEGER, session TEXT, item INTEGER NOT NULL, time INTEGER, value REAL,"
    " quantity INTEGER, unit_price INTEGER, discount INTEGER, currency TEXT, part INTEGER NOT NULL, title TEXT,"
    " body TEXT, placement TEXT, model TEXT, request TEXT, refunded INTEGER, state INTEGER NOT NULL);"
    "CREATE INDEX line_changes_key ON line_changes(key, field);"
    "CREATE INDEX line_changes_import ON line_changes(import_id);"
    /* Lines with an id of the client's keep it: it was given, if the content does not make the key. */
    "CREATE TEMP TABLE rekeyed AS SELECT e.id AS id, e.kind AS kind, e.order_id AS order_id, i.key AS item"
    " FROM events e JOIN items i ON i.id = e.item LEFT JOIN users u ON u.id = e.user"
    " LEFT JOIN reviews r ON r.event = e.id LEFT JOIN exposures x ON x.event = e.id"
    " WHERE e.kind IN (2, 3) AND e.order_id IS NOT NULL AND vt_key_of_content(e.key, u.key, e.session, i.key,"
    " e.order_id, r.title, r.body, x.placement, x.model, x.request, e.currency, e.time, e.quantity, e.unit_price,"
    " e.discount, e.kind, e.part, e.value, (SELECT value FROM meta WHERE name = 'currency'));"
    "UPDATE events SET key = n.key FROM (SELECT id, vt_line_key(kind, order_id, NULL, item,"
    " row_number() OVER (PARTITION BY kind, order_id, item ORDER BY id) - 1) AS key FROM temp.rekeyed) n"
    " WHERE events.id = n.id;"
    "DROP TABLE temp.rekeyed;"
    "UPDATE marks SET epoch = epoch + 1;",
    /* 6: what commands have computed, for reports and insight; as of 3, neither undo nor a revision speaks of it. */
    "CREATE TABLE results(kind TEXT NOT NULL, subject TEXT NOT NULL, rank INTEGER NOT NULL, object TEXT, value REAL,"
    " low REAL, high REAL, count INTEGER, made_at INTEGER NOT NULL, PRIMARY KEY(kind, subject, rank)) WITHOUT ROWID;",
    /* 7: who may call a server of the shop, and what for; as of 3. */
    "CREATE TABLE keys(id TEXT PRIMARY KEY, name TEXT NOT NULL, scopes INTEGER NOT NULL, made_at INTEGER NOT NULL,"
    " expires_at INTEGER, hash BLOB NOT NULL) WITHOUT ROWID;",
    /* 8: rules of merchandisers; they act in the order of their numbers. */
    "CREATE TABLE rules(number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, action INTEGER NOT NULL,"
    " what INTEGER NOT NULL, name TEXT NOT NULL, factor REAL, addition REAL, position INTEGER, starts INTEGER,"
    " ends INTEGER, segment TEXT, page TEXT, note TEXT, made_at INTEGER NOT NULL, changed_at INTEGER NOT NULL);",
    /* 9: who a guest turned out to be is told at a login, so that finding what moves must not take long. */
    "CREATE INDEX events_session ON events(session) WHERE user IS NULL;"
    "CREATE INDEX line_changes_user ON line_changes(user) WHERE user IS NOT NULL;",
    /*
     * 10: an item's price, cost or stock may be told no longer. `cleared` of a row of prices says so (1 of the price,
     * 2 of the cost, 3 of both), since NULL there says nothing; of stocks NULL does.
     */
    "ALTER TABLE price_history ADD COLUMN cleared INTEGER;"
    "DROP INDEX price_history_cost;"
    "CREATE INDEX price_history_cost ON price_history(item, time) WHERE cost IS NOT NULL OR cleared >= 2;"
    "CREATE TABLE stocks_told(id INTEGER PRIMARY KEY, item INTEGER NOT NULL REFERENCES items(id),"
    " time INTEGER NOT NULL, stock INTEGER, import_id INTEGER NOT NULL);"
    "INSERT INTO stocks_told SELECT id, item, time, stock, import_id FROM stock_history;"
    "DROP TABLE stock_history;"
    "ALTER TABLE stocks_told RENAME TO stock_history;"
    "CREATE INDEX stock_history_item ON stock_history(item, time);",
};
