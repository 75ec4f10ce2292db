/*
 * An import and the store refuse the same records with the same words: each record here goes both ways.
 */
#include "importing.h"

#include "base/limits.h"
#include "import/sink.h"

typedef struct border {
    importing t;
    char store[1024];  /* what the store says, "" when it takes the record */
    char import[1024]; /* what the import says */
    char reason[96];
} border;

/* The sentence of the only record that was handed over, without its place and "(row skipped)". */
static void take_sentence(border *b, vt_sink *sink)
{
    vt_batch *batch = vt_sink_take(sink);
    assert_non_null(batch);
    assert_int_equal(batch->n, 1);
    b->import[0] = '\0';
    if (batch->entries[0].type == VT_BATCH_REJECT) {
        const vt_import_reject *reject = batch->entries[0].record;
        const char *begin = strstr(reject->message, "f:7: ");
        const char *end = strstr(reject->message, " (row skipped)");
        assert_non_null(begin);
        assert_non_null(end);
        snprintf(b->import, sizeof b->import, "%.*s", (int)(end - begin - 5), begin + 5);
        snprintf(b->reason, sizeof b->reason, "%s", reject->reason);
    }
    vt_sink_release(sink, batch);
}

static vt_sink *open_sink(void)
{
    vt_error err = VT_ERROR_INIT;
    vt_sink *sink = NULL;
    vt_record_rules rules;
    vt_record_rules_init(&rules);
    check_ok(vt_sink_create(&sink, &rules, VT_PART_NONE, &err));
    check_ok(vt_sink_file(sink, "f", NULL, &err));
    check_ok(vt_sink_row(sink, 7, &err));
    return sink;
}

static void both_ways(border *b, const vt_event *event, const vt_item *item, const vt_link *link)
{
    vt_store *store = vt_shop_store(b->t.shop);
    vt_put done;
    vt_error err = VT_ERROR_INIT;
    int64_t id = 0;
    vt_sink *sink = open_sink();
    check_ok(event != NULL  ? vt_sink_event(sink, event, &err)
             : item != NULL ? vt_sink_item(sink, item, &err)
                            : vt_sink_user_link(sink, link, &err));
    check_ok(vt_sink_close(sink, true, &err));
    take_sentence(b, sink);
    vt_sink_free(sink);
    check_ok(vt_store_begin(store, "test", "", &id, &err));
    int status = event != NULL  ? vt_store_put_event(store, event, &done, &err)
                 : item != NULL ? vt_store_put_item(store, item, &done, &err)
                                : vt_store_put_user_link(store, link, &done, &err);
    assert_int_equal(status != VT_OK, err.message[0] != '\0');
    snprintf(b->store, sizeof b->store, "%s", err.message);
    vt_store_rollback(store);
}

static void check_refused(border *b, const char *reason, const char *words)
{
    if (strcmp(b->store, b->import) != 0 || strcmp(b->reason, reason) != 0 || strstr(b->store, words) == NULL) {
        fail_msg("\"%s\": the store says \"%s\", the import [%s] \"%s\"", words, b->store, b->reason, b->import);
    }
}

static vt_event good_event(void)
{
    vt_event event;
    vt_event_init(&event);
    event.user = vt_str_of("u");
    event.item = vt_str_of("i");
    event.kind = VT_EVENT_RATING;
    event.value = 5;
    event.time = 1600000000;
    return event;
}

static void events_are_refused_alike(void **state)
{
    (void)state;
    static char id[VT_ID_BYTES_MAX + 2];
    static char text[VT_TEXT_BYTES_MAX + 2];
    memset(id, 'x', sizeof id - 1);
    memset(text, 'x', sizeof text - 1);
    enum { CASES = 19 };
    struct {
        const char *reason, *words;
        vt_event event;
    } cases[CASES] = {
        {"id missing", "the item id is missing; every row needs one", good_event()},
        {"id missing", "the user id is missing; every row needs one or a session id", good_event()},
        {"id missing", "the session id is missing", good_event()},
        {"id too long", "the user id has 513 bytes; at most 512 are kept", good_event()},
        {"id too long", "the placement has 513 bytes", good_event()},
        {"control character in an id", "the order id holds the control character 0x0a", good_event()},
        {"invalid UTF-8 in an id", "the event id is not valid UTF-8; save the file as UTF-8", good_event()},
        {"invalid UTF-8 in an id", "the item id is not valid UTF-8", good_event()},
        {"rating missing", "\"value\" is missing; a number from -1e+06 to 1e+06 is expected", good_event()},
        {"rating out of range", "\"value\" is inf; a number from -1e+06 to 1e+06 is expected", good_event()},
        {"time out of range", "the time in seconds is 253402300801; ", good_event()},
        {"quantity out of range", "the quantity is 0; 1 to 1000000 are expected", good_event()},
        {"quantity out of range", "the quantity is 1000001; ", good_event()},
        {"amount out of range", "the unit price is -1 minor units; 0 to 1000000000000 are expected", good_event()},
        {"amount out of range", "the discount is -1 minor units", good_event()},
        {"amount out of range", "1000 pieces at 1000000001 minor units are more than 1000000000000; ", good_event()},
        {"unknown currency", "the currency is \"\xE2\x82\xAC?\"; three capitals such as EUR", good_event()},
        {"text too long", "the text has 1048577 bytes; at most 1048576 are kept", good_event()},
        {"unknown kind of event", "9 is no kind of event", good_event()},
    };
    cases[0].event.item = vt_str_of("");
    cases[1].event.user = (vt_str){NULL, 0};
    cases[2].event.session = vt_str_of("");
    cases[3].event.user = vt_str_of(id);
    cases[4].event.placement = vt_str_of(id);
    cases[5].event.order_id = vt_str_of("1\n2");
    cases[6].event.id = vt_str_of("\xFFx");
    cases[7].event.item = vt_str_of("lost \xEF\xBF\xBD");
    cases[8].event.value = NAN;
    cases[9].event.value = INFINITY;
    cases[10].event.time = 253402300801;
    cases[11].event.quantity = 0;
    cases[12].event.quantity = 1000001;
    cases[13].event.unit_price = -1;
    cases[14].event.discount = -1;
    cases[15].event.quantity = 1000;
    cases[15].event.unit_price = 1000000001;
    cases[16].event.currency = vt_str_of("\xE2\x82\xAC\n");
    cases[17].event.body = vt_str_of(text);
    cases[18].event.kind = VT_EVENT_KINDS;
    border b = {.store = ""};
    importing_init(&b.t);
    for (size_t i = 0; i < CASES; i++) {
        both_ways(&b, &cases[i].event, NULL, NULL);
        check_refused(&b, cases[i].reason, cases[i].words);
    }
    /* the largest that is taken, both ways */
    id[VT_ID_BYTES_MAX] = '\0';
    text[VT_TEXT_BYTES_MAX] = '\0';
    vt_event event = good_event();
    event.user = vt_str_of(id);
    event.order_id = vt_str_of(id);
    event.body = vt_str_of(text);
    event.quantity = 1000000;
    event.unit_price = 1000000;
    event.discount = 1000000000000;
    event.time = 253402300800;
    both_ways(&b, &event, NULL, NULL);
    assert_string_equal(b.store, "");
    assert_string_equal(b.import, "");
    importing_done(&b.t);
}

static void items_and_links_are_refused_alike(void **state)
{
    (void)state;
    static char text[VT_TEXT_BYTES_MAX + 2];
    memset(text, 'x', sizeof text - 1);
    const vt_str images[] = {vt_str_of("a.jpg"), vt_str_of("b\nc.jpg")};
    const vt_str no_images[] = {vt_str_of("")};
    enum { CASES = 7 };
    vt_item items[CASES];
    static const struct {
        const char *reason, *words;
    } cases[CASES] = {
        {"amount out of range", "the cost is -1 minor units"},
        {"stock out of range", "the stock is 1000000001; -1000000000 to 1000000000 are expected"},
        {"time out of range", "the time in seconds is 253402300801"},
        {"availability ends before it begins", "\"available_until\" is not after \"available_from\""},
        {"text too long", "the description has 1048577 bytes"},
        {"control character in an image address", "the image address 2 holds the control character 0x0a"},
        {"image address missing", "the image address 1 is empty; a path or URL is expected"},
    };
    for (size_t i = 0; i < CASES; i++) {
        vt_item_init(&items[i]);
        items[i].id = vt_str_of("i");
    }
    items[0].cost = -1;
    items[1].stock = 1000000001;
    items[2].available_until = 253402300801;
    items[3].available_from = 5;
    items[3].available_until = 5;
    items[4].description = vt_str_of(text);
    items[5].images = images;
    items[5].n_images = 2;
    items[6].images = no_images;
    items[6].n_images = 1;
    border b = {.store = ""};
    importing_init(&b.t);
    for (size_t i = 0; i < CASES; i++) {
        both_ways(&b, NULL, &items[i], NULL);
        check_refused(&b, cases[i].reason, cases[i].words);
    }
    vt_link link;
    vt_link_init(&link);
    link.from = vt_str_of("a");
    link.kind = vt_str_of("follows");
    both_ways(&b, NULL, NULL, &link);
    check_refused(&b, "id missing", "the id that the link goes to is missing");
    link.to = vt_str_of("b");
    link.weight = NAN;
    both_ways(&b, NULL, NULL, &link);
    check_refused(&b, "weight is no number", "the weight of the link is no finite number");
    importing_done(&b.t);
}

/* Hands an event over and takes the record that goes to the writing thread; false when the event was refused. */
static bool handed_over(vt_batch_event *out, const vt_record_rules *rules, const vt_event *event)
{
    vt_error err = VT_ERROR_INIT;
    vt_sink *sink = NULL;
    check_ok(vt_sink_create(&sink, rules, VT_PART_NONE, &err));
    check_ok(vt_sink_row(sink, 1, &err));
    check_ok(vt_sink_event(sink, event, &err));
    check_ok(vt_sink_close(sink, true, &err));
    vt_batch *batch = vt_sink_take(sink);
    assert_non_null(batch);
    bool taken = batch->entries[0].type == VT_BATCH_EVENT;
    if (taken) {
        *out = *(const vt_batch_event *)batch->entries[0].record; /* its texts go with the sink */
    }
    vt_sink_release(sink, batch);
    vt_sink_free(sink);
    return taken;
}

/* The key that comes from the reading thread is the one that the store would make. */
static void keys_are_those_of_the_store(void **state)
{
    (void)state;
    unsigned char key[VT_EVENT_KEY_BYTES];
    vt_record_rules rules;
    vt_batch_event out;
    vt_record_rules_init(&rules);
    vt_event plain = good_event();
    plain.title = vt_str_of("good");
    vt_event named = good_event();
    named.id = vt_str_of("e1");
    named.unit_price = 500;
    vt_event line = good_event();
    line.kind = VT_EVENT_PURCHASE;
    line.order_id = vt_str_of("o1");
    line.line = vt_str_of("2");
    line.unit_price = 500;
    const vt_event *events[] = {&plain, &named, &line};
    for (size_t i = 0; i < 3; i++) {
        assert_true(handed_over(&out, &rules, events[i]));
        assert_true(out.keyed);
        vt_event_key(key, events[i]);
        assert_memory_equal(out.key, key, sizeof key);
    }
    /* A currency without money says nothing. */
    vt_event idle = plain;
    idle.currency = vt_str_of("EUR");
    assert_true(handed_over(&out, &rules, &idle));
    vt_event_key(key, &plain);
    assert_true(out.keyed);
    assert_memory_equal(out.key, key, sizeof key);
    /* Content with money counts in a currency that the reading thread does not know. */
    plain.unit_price = 500;
    assert_true(handed_over(&out, &rules, &plain));
    assert_false(out.keyed);
}

static void a_wide_scale_ends_where_the_store_ends(void **state)
{
    (void)state;
    vt_record_rules rules;
    vt_batch_event out;
    vt_record_rules_init(&rules);
    rules.value_max = 1e9;
    vt_event event = good_event();
    event.value = 1e6;
    assert_true(handed_over(&out, &rules, &event));
    event.value = 1000001;
    assert_false(handed_over(&out, &rules, &event));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(events_are_refused_alike),
        cmocka_unit_test(items_and_links_are_refused_alike),
        cmocka_unit_test(keys_are_those_of_the_store),
        cmocka_unit_test(a_wide_scale_ends_where_the_store_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
