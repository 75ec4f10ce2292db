/* Keys in memory: who is let in with what, and that a failed load takes nothing away. */
#include "serve_fixture.h"

#include <unistd.h>

#include "base/clock.h"
#include "fault.h"
#include "serve/keys.h"

typedef struct key_text {
    char text[VT_KEY_BYTES], id[VT_KEY_ID_BYTES];
} key_text;

static unsigned scopes_of(fixture *f, vt_keys *keys, const char *token)
{
    vt_call_reset(f->call);
    vt_keys_check(keys, f->call, token);
    assert_true((f->call->scopes == 0) == (f->call->key[0] == '\0'));
    return f->call->scopes;
}

static vt_shop *make_shop(fixture *f, key_text made[3])
{
    static const unsigned scopes[3] = {VT_SCOPE_READ, VT_SCOPE_EVENTS | VT_SCOPE_READ, VT_SCOPE_ADMIN};
    vt_shop *shop = NULL;
    vt_error err = VT_ERROR_INIT;
    check_ok(vt_shop_open(&shop, scratch_path(&f->files, "shop"), VT_SHOP_CREATE, &err));
    for (int i = 0; i < 3; i++) {
        check_ok(
            vt_key_create(made[i].text, made[i].id, shop, "test", scopes[i], i == 2 ? vt_now() + 2 : VT_NONE, &err));
    }
    return shop;
}

static void who_is_let_in(void **state)
{
    fixture *f = *state;
    vt_keys *keys = NULL;
    key_text made[3];
    vt_error err = VT_ERROR_INIT;
    vt_shop *shop = make_shop(f, made);
    check_ok(vt_keys_create(&keys, &err));
    assert_int_equal(scopes_of(f, keys, made[0].text), 0); /* nothing is loaded yet */
    check_ok(vt_keys_load(keys, shop, &err));
    assert_int_equal(vt_keys_count(keys), 3);
    assert_int_equal(scopes_of(f, keys, made[0].text), VT_SCOPE_READ);
    assert_string_equal(f->call->key, made[0].id);
    assert_int_equal(scopes_of(f, keys, made[1].text), VT_SCOPE_EVENTS | VT_SCOPE_READ);
    assert_int_equal(scopes_of(f, keys, made[2].text), VT_SCOPE_ADMIN);
    /* near misses */
    char wrong[VT_KEY_BYTES + 2];
    for (size_t i = 0; i < strlen(made[0].text); i++) {
        snprintf(wrong, sizeof wrong, "%s", made[0].text);
        wrong[i] = wrong[i] == 'a' ? 'b' : 'a';
        assert_int_equal(scopes_of(f, keys, wrong), 0);
    }
    snprintf(wrong, sizeof wrong, "%s ", made[0].text);
    assert_int_equal(scopes_of(f, keys, wrong), 0);
    assert_int_equal(scopes_of(f, keys, ""), 0);
    assert_int_equal(scopes_of(f, keys, made[0].id), 0);
    /* revoked: at once after the next load */
    check_ok(vt_key_revoke(shop, made[0].id, &err));
    assert_int_equal(scopes_of(f, keys, made[0].text), VT_SCOPE_READ);
    check_ok(vt_keys_load(keys, shop, &err));
    assert_int_equal(scopes_of(f, keys, made[0].text), 0);
    assert_int_equal(vt_keys_count(keys), 2);
    /* expired: by itself */
    for (int64_t until = vt_now() + 3; vt_now() < until;) {
        usleep(100000);
    }
    assert_int_equal(scopes_of(f, keys, made[2].text), 0);
    vt_keys_free(keys);
    vt_keys_free(NULL);
    vt_shop_close(shop);
}

typedef struct loading {
    vt_keys *keys;
    vt_shop *shop;
    fixture *f;
    const char *text;
} loading;

static int load(void *context, vt_error *err)
{
    const loading *l = context;
    int status = vt_keys_load(l->keys, l->shop, err);
    assert_int_equal(scopes_of(l->f, l->keys, l->text), VT_SCOPE_READ);
    return status;
}

static void a_load_that_fails_takes_no_key_away(void **state)
{
    fixture *f = *state;
    key_text made[3];
    vt_error err = VT_ERROR_INIT;
    loading l = {.f = f, .text = made[0].text};
    l.shop = make_shop(f, made);
    check_ok(vt_keys_create(&l.keys, &err));
    check_ok(vt_keys_load(l.keys, l.shop, &err));
    assert_true(fault_allocations(load, &l) >= 1);
    vt_keys_free(l.keys);
    vt_shop_close(l.shop);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(who_is_let_in, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_load_that_fails_takes_no_key_away, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
