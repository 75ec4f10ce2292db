/* The store: what was put is read back, its check holds after any writes, undo takes back exactly one import. */
#include "check.h"

#include "base/rng.h"
#include "scratch.h"
#include "store/store.h"

static int open_fresh(vt_shop **shop, const char *dir, vt_error *err)
{
    return vt_shop_open(shop, dir, VT_SHOP_CREATE, err);
}

static vt_event event_of(const char *user, const char *item, vt_event_kind kind, int64_t time)
{
    vt_event event;
    vt_event_init(&event);
    event.user = vt_str_of(user);
    event.item = vt_str_of(item);
    event.kind = kind;
    event.time = time;
    return event;
}

static void random_puts_keep_the_store_sound(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    for (uint64_t seed = 1; seed <= 5; seed++) {
        print_message("seed %llu\n", (unsigned long long)seed);
        vt_rng rng = vt_rng_at(seed, "test", 0, 0);
        vt_shop *shop = NULL;
        scratch dir;
        scratch_init(&dir);
        const char *path = scratch_path(&dir, "shop");
        check_ok(open_fresh(&shop, path, &err));
        vt_store *store = vt_shop_store(shop);
        int64_t imports[12] = {0};
        for (int write = 0; write < 12; write++) {
            check_ok(vt_store_begin(store, write % 3 == 0 ? NULL : "test", "test", &imports[write], &err));
            for (int i = 0; i < 40; i++) {
                char user[16];
                char item[16];
                vt_put done;
                snprintf(user, sizeof user, "u%d", (int)vt_rng_below(&rng, 9));
                snprintf(item, sizeof item, "i%d", (int)vt_rng_below(&rng, 7));
                if (vt_rng_below(&rng, 8) == 0) {
                    vt_user record;
                    vt_user_init(&record);
                    record.id = vt_str_of(user);
                    record.tier = vt_str_of(vt_rng_below(&rng, 2) == 0 ? "premium" : "basic");
                    check_ok(vt_store_put_user(store, &record, &done, &err));
                    continue;
                }
                vt_event event = event_of(user, item, (vt_event_kind)vt_rng_below(&rng, VT_EVENT_KINDS),
                                          (int64_t)vt_rng_below(&rng, 20) * 43200);
                event.unit_price = (int64_t)vt_rng_below(&rng, 1000);
                event.value = event.kind == VT_EVENT_RATING ? 4.5 : event.value;
                check_ok(vt_store_put_event(store, &event, &done, &err));
            }
            if (vt_rng_below(&rng, 6) == 0) {
                vt_store_rollback(store);
                imports[write] = 0;
            } else {
                check_ok(vt_store_commit(store, 0, &err));
            }
            check_ok(vt_store_check(store, &err));
        }
        for (int write = 0; write < 12; write++) {
            vt_import_report report;
            if (imports[write] != 0 && vt_rng_below(&rng, 2) == 0) {
                check_ok(vt_store_undo(store, imports[write], &report, &err));
                check_ok(vt_store_check(store, &err));
            }
        }
        vt_shop_close(shop);
        scratch_done(&dir);
    }
}

static int note_title(void *context, int64_t row, const vt_item *item)
{
    (void)row;
    snprintf(context, 64, "%.*s|%lld", VT_STR_ARGS(item->title), (long long)item->price);
    return 0;
}

static void put_title(vt_store *store, const char *kind, int64_t *import_id, const char *title, int64_t price)
{
    vt_error err = VT_ERROR_INIT;
    vt_item item;
    vt_put done;
    vt_item_init(&item);
    item.id = vt_str_of("i");
    item.title = vt_str_of(title);
    item.price = price;
    check_ok(vt_store_begin(store, kind, "test", import_id, &err));
    check_ok(vt_store_put_item(store, &item, &done, &err));
    check_ok(vt_store_commit(store, 0, &err));
}

static void undo_in_any_order(void **state)
{
    (void)state;
    static const struct {
        int undone[2]; /* of the imports 0, 1, 2 */
        const char *left;
    } cases[] = {{{2, -1}, "second|20"},
                 {{1, -1}, "third|30"},
                 {{1, 2}, "first|10"},
                 {{2, 1}, "first|10"},
                 {{0, -1}, "third|30"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        vt_error err = VT_ERROR_INIT;
        vt_shop *shop = NULL;
        vt_import_report report;
        char text[64];
        int64_t imports[3];
        scratch dir;
        scratch_init(&dir);
        const char *path = scratch_path(&dir, "shop");
        check_ok(open_fresh(&shop, path, &err));
        vt_store *store = vt_shop_store(shop);
        put_title(store, "a", &imports[0], "first", 10);
        put_title(store, "b", &imports[1], "second", 20);
        put_title(store, "c", &imports[2], "third", 30);
        for (int u = 0; u < 2 && cases[i].undone[u] >= 0; u++) {
            check_ok(vt_store_undo(store, imports[cases[i].undone[u]], &report, &err));
        }
        check_ok(vt_store_item(store, vt_str_of("i"), note_title, text, &err));
        assert_string_equal(text, cases[i].left);
        assert_int_equal(vt_store_undo(store, 99, &report, &err), VT_ERR_NOT_FOUND);
        vt_shop_close(shop);
        scratch_done(&dir);
    }
}

static void second_writer_is_refused(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_shop *first = NULL;
    vt_shop *second = NULL;
    scratch dir;
    scratch_init(&dir);
    const char *path = scratch_path(&dir, "shop");
    check_ok(open_fresh(&first, path, &err));
    assert_int_equal(vt_shop_open(&second, path, VT_SHOP_WRITE, &err), VT_ERR_BUSY);
    check_ok(vt_shop_open(&second, path, VT_SHOP_READ, &err));
    vt_shop_close(second);
    assert_int_equal(vt_shop_delete(path, &err), VT_ERR_BUSY);
    vt_shop_close(first);
    check_ok(vt_shop_delete(path, &err));
    assert_false(vt_shop_exists(path));
    scratch_done(&dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_puts_keep_the_store_sound),
        cmocka_unit_test(undo_in_any_order),
        cmocka_unit_test(second_writer_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
