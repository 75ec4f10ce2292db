/* Every cause has a status, every problem its members, and without memory there is still an answer. */
#include "serve_fixture.h"

#include "base/alloc.h"
#include "base/json_values.h"

static yyjson_val *read_reply(const vt_call *call)
{
    vt_error err = VT_ERROR_INIT;
    yyjson_val *root = NULL;
    check_ok(vt_json_read(call->json, (vt_str){call->reply.body.data, call->reply.body.len}, &root, &err));
    return root;
}

static bool has(yyjson_val *root, const char *name, const char *value)
{
    return vt_str_equal(vt_json_str(root, name), vt_str_of(value));
}

static void every_cause_has_a_status(void **state)
{
    fixture *f = *state;
    size_t n = 0;
    const vt_code_info *codes = vt_codes(&n);
    assert_true(n > 8);
    for (size_t i = 0; i < n; i++) {
        int status = vt_problem_status(codes[i].code);
        if (codes[i].code == VT_OK) {
            continue;
        }
        assert_true(status >= 400 && status < 600);
        assert_string_not_equal(vt_problem_title(status), "Error");
        vt_error err = VT_ERROR_INIT;
        vt_fail(&err, codes[i].code, "why \"%d\" \\ \n", (int)i);
        snprintf(f->call->id, sizeof f->call->id, "id-%zu", i);
        vt_problem_of(f->call, &err);
        assert_int_equal(f->call->reply.status, status);
        assert_string_equal(f->call->reply.type, "application/problem+json");
        yyjson_val *root = read_reply(f->call);
        assert_int_equal(yyjson_get_int(yyjson_obj_get(root, "status")), status);
        assert_true(has(root, "type", "about:blank") && has(root, "title", vt_problem_title(status)));
        assert_true(has(root, "code", vt_code_name((int)codes[i].code)) && has(root, "detail", err.message));
        assert_true(has(root, "request", f->call->id));
        assert_true((header_of(f->call, "Retry-After") != NULL) == (status == 503));
    }
    assert_string_equal(vt_problem_title(418), "Error");
}

/* A second problem takes the place of the first and of what was made before, headers too. */
static void one_reply_a_call(void **state)
{
    fixture *f = *state;
    vt_reply_header_add(f->call, "ETag", "\"1\"");
    vt_problem_reply(f->call, 401, "unauthorized", "first");
    assert_null(header_of(f->call, "ETag"));
    assert_string_equal(header_of(f->call, "WWW-Authenticate"), "Bearer");
    vt_problem_reply(f->call, 404, "not-found", "second");
    assert_null(header_of(f->call, "WWW-Authenticate"));
    assert_true(has(read_reply(f->call), "detail", "second"));
}

static void without_memory(void **state)
{
    fixture *f = *state;
    int bare = 0;
    for (int n = 0; n < 20; n++) {
        vt_alloc_fail_after(n);
        vt_problem_reply(f->call, 404, "not-found", "nothing is here");
        vt_alloc_fail_after(-1);
        bool made = f->call->reply.body.data != NULL;
        vt_str text = made ? (vt_str){f->call->reply.body.data, f->call->reply.body.len} : f->call->reply.fixed_body;
        yyjson_val *root = NULL;
        vt_error err = VT_ERROR_INIT;
        check_ok(vt_json_read(f->call->json, text, &root, &err));
        assert_int_equal(f->call->reply.status, made ? 404 : 503);
        assert_int_equal(yyjson_get_int(yyjson_obj_get(root, "status")), f->call->reply.status);
        assert_string_equal(f->call->reply.type, "application/problem+json");
        bare += !made;
    }
    assert_true(bare >= 1 && bare < 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_cause_has_a_status, set_up, tear_down),
        cmocka_unit_test_setup_teardown(one_reply_a_call, set_up, tear_down),
        cmocka_unit_test_setup_teardown(without_memory, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
