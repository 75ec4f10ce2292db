/* Every row of the table is found by its own address; what has none is said. */
#include "serve_fixture.h"

#include "fault.h"

#include "vitrine/key.h"

enum { TARGET_BYTES = 200 };

static int find(fixture *f, const char *method, const char *target, char allowed[64], vt_error *err)
{
    vt_call_reset(f->call);
    f->call->method = method;
    f->call->target = vt_str_of(target);
    int status = vt_call_split(f->call, err);
    return status != VT_OK ? status : vt_route_find(f->call, allowed, 64, err);
}

/* The path of a route with an id that has a slash in place of each of its names. */
static size_t fill(char out[TARGET_BYTES], const char *path)
{
    size_t n = 0, names = 0;
    for (const char *at = path; *at != '\0'; at++) {
        if (*at == '{') {
            n += (size_t)snprintf(out + n, TARGET_BYTES - n, "a%%2F%zu", ++names);
            at = strchr(at, '}');
        } else {
            out[n++] = *at;
        }
    }
    out[n] = '\0';
    return names;
}

static void every_route_is_found_by_its_address(void **state)
{
    fixture *f = *state;
    const vt_route *row;
    size_t n = 0;
    for (; (row = vt_route_at(n)) != NULL; n++) {
        char target[TARGET_BYTES], allowed[64], value[16];
        vt_error err = VT_ERROR_INIT;
        size_t names = fill(target, row->path);
        check_ok(find(f, row->method, target, allowed, &err));
        if (f->call->route != row) {
            fail_msg("%s %s is taken for %s", row->method, row->path, f->call->route->name);
        }
        for (size_t i = 0; i < names; i++) {
            snprintf(value, sizeof value, "a/%zu", i + 1);
            assert_true(vt_str_equal(f->call->path_value[i], vt_str_of(value)));
        }
        if (strcmp(row->method, "GET") == 0) {
            check_ok(find(f, "HEAD", target, allowed, &err));
            assert_ptr_equal(f->call->route, row);
        }
        assert_int_equal(find(f, "BREW", target, allowed, &err), VT_ERR_USAGE);
        assert_non_null(strstr(allowed, row->method));
        strncat(target, "/", sizeof target - strlen(target) - 1);
        assert_int_equal(find(f, row->method, target, allowed, &err), VT_ERR_NOT_FOUND);
        assert_true(row->summary != NULL && row->handle != NULL && row->name != NULL);
        for (size_t k = 0; k < n; k++) {
            assert_string_not_equal(vt_route_at(k)->name, row->name);
        }
    }
    assert_true(n > 40);
}

static void what_is_not_there(void **state)
{
    fixture *f = *state;
    static const char *const targets[] = {"",
                                          "/v1",
                                          "/v1/",
                                          "/v1/items/",
                                          "v1/items",
                                          "/V1/items",
                                          "//v1/items",
                                          "/v1//items",
                                          "/v1/items//similar",
                                          "/v1/item",
                                          "/v1/items/a/b",
                                          "*",
                                          "/v1/items%2Fa"};
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        char allowed[64];
        vt_error err = VT_ERROR_INIT;
        if (find(f, "GET", targets[i], allowed, &err) != VT_ERR_NOT_FOUND) {
            fail_msg("\"%s\" is found: %s", targets[i], err.message);
        }
        assert_string_equal(allowed, "");
    }
}

static void scopes_by_name(void **state)
{
    (void)state;
    char text[64];
    const vt_route some = {.scope = VT_SCOPE_READ | VT_SCOPE_REPORT};
    const vt_route none = {.scope = 0};
    vt_route_scopes(text, sizeof text, &some, " or ");
    assert_string_equal(text, "read or report");
    vt_route_scopes(text, sizeof text, &none, " or ");
    assert_string_equal(text, "");
}

static int decode(void *context, vt_error *err)
{
    char allowed[64];
    return find(context, "GET", "/v1/items/a%2Fb?n=1&x=2", allowed, err);
}

static int create(void *context, vt_error *err)
{
    vt_call *call = NULL;
    (void)context;
    int status = vt_call_create(&call, err);
    vt_call_free(call);
    return status;
}

static void memory_runs_out(void **state)
{
    fixture *f = *state;
    assert_true(fault_allocations(create, NULL) >= 2);
    vt_call_free(f->call); /* an arena that has a block asks for none */
    vt_error err = VT_ERROR_INIT;
    check_ok(vt_call_create(&f->call, &err));
    (void)fault_allocations(decode, f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_route_is_found_by_its_address, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_not_there, set_up, tear_down),
        cmocka_unit_test_setup_teardown(memory_runs_out, set_up, tear_down),
        cmocka_unit_test(scopes_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
