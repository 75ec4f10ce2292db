/* SQL functions of event keys, for the migration that gave order lines keys of their own and for the check. */
#include <string.h>

#include "store/event_key.h"
#include "store/sqlite.h"

enum { OCCURRENCES = 16 /* equal lines of one order that are looked for */ };

static vt_str text_of(sqlite3_value *value)
{
    const char *text = (const char *)sqlite3_value_text(value);
    return (vt_str){text, text == NULL ? 0 : (size_t)sqlite3_value_bytes(value)};
}

static int64_t number_of(sqlite3_value *value)
{
    return sqlite3_value_type(value) == SQLITE_NULL ? VT_NONE : sqlite3_value_int64(value);
}

/* vt_line_key(kind, order, line, item, occurrence) */
static void line_key(sqlite3_context *context, int count, sqlite3_value **values)
{
    unsigned char key[VT_EVENT_KEY_BYTES];
    vt_event event;
    (void)count;
    vt_event_init(&event);
    event.kind = (vt_event_kind)sqlite3_value_int(values[0]);
    event.order_id = text_of(values[1]);
    event.line = text_of(values[2]);
    event.item = text_of(values[3]);
    event.occurrence = sqlite3_value_int(values[4]);
    vt_event_key(key, &event);
    sqlite3_result_blob(context, key, VT_EVENT_KEY_BYTES, SQLITE_TRANSIENT);
}

/* vt_key_of_content(key, ten texts, seven numbers, shop's currency): whether the content makes that key. */
static void key_of_content(sqlite3_context *context, int count, sqlite3_value **values)
{
    unsigned char key[VT_EVENT_KEY_BYTES];
    vt_event event;
    (void)count;
    vt_event_init(&event);
    vt_str *const texts[] = {
        &event.user, &event.session,   &event.item,  &event.order_id, &event.title,
        &event.body, &event.placement, &event.model, &event.request,  &event.currency,
    };
    for (int i = 0; i < 10; i++) {
        *texts[i] = text_of(values[1 + i]);
    }
    event.time = number_of(values[11]);
    event.quantity = number_of(values[12]);
    event.unit_price = number_of(values[13]);
    event.discount = number_of(values[14]);
    event.kind = (vt_event_kind)sqlite3_value_int(values[15]);
    event.part = (vt_part)sqlite3_value_int(values[16]);
    if (sqlite3_value_type(values[17]) != SQLITE_NULL) {
        event.value = sqlite3_value_double(values[17]);
    }
    const vt_str currencies[] = {event.currency, text_of(values[18])}; /* the shop's own is not kept with an event */
    bool found = false;
    for (int c = 0; c < (event.currency.ptr == NULL ? 2 : 1) && !found; c++) {
        event.currency = currencies[c];
        for (int i = 0; i < OCCURRENCES && !found; i++) {
            event.occurrence = i;
            vt_event_content_key(key, &event);
            found = sqlite3_value_bytes(values[0]) == VT_EVENT_KEY_BYTES &&
                    memcmp(sqlite3_value_blob(values[0]), key, VT_EVENT_KEY_BYTES) == 0;
        }
    }
    sqlite3_result_int(context, found);
}

int vt_sqlite_prepare_functions(vt_sqlite *s, vt_error *err)
{
    enum { FLAGS = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY };
    int code = sqlite3_create_function_v2(s->db, "vt_line_key", 5, FLAGS, NULL, line_key, NULL, NULL, NULL);
    if (code == SQLITE_OK) {
        code =
            sqlite3_create_function_v2(s->db, "vt_key_of_content", 19, FLAGS, NULL, key_of_content, NULL, NULL, NULL);
    }
    return code == SQLITE_OK ? VT_OK : vt_sqlite_fail(s, code, "open the store", err);
}
