/* The error object: messages cut on a character, causes of system errors, the table of causes; the log's sink. */
#include "check.h"

#include <errno.h>

#include "base/log.h"
#include "vitrine/progress.h"
#include "vitrine/record.h"

static void messages_are_cut_on_a_character(void **state)
{
    (void)state;
    for (size_t before = 0; before < 4; before++) {
        char text[2048];
        vt_error err = VT_ERROR_INIT;
        memset(text, 'x', before);
        for (size_t i = before; i + 4 < sizeof text; i += 3) {
            memcpy(text + i, "\xe2\x82\xac", 4); /* the euro sign, three bytes */
        }
        assert_int_equal(vt_fail(&err, VT_ERR_IO, "%s", text), VT_ERR_IO);
        size_t len = strlen(err.message);
        assert_in_range(len, sizeof err.message - 3, sizeof err.message - 1);
        assert_int_equal((len - before) % 3, 0);
        assert_memory_equal(err.message, text, len);
    }
}

static void a_message_can_quote_itself(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_fail_at(&err, VT_ERR_FORMAT, 12, "the reason");
    assert_int_equal(err.position, 12);
    vt_fail(&err, VT_ERR_IO, "outside: %s", err.message);
    assert_string_equal(err.message, "outside: the reason");
    assert_int_equal(err.position, -1);
    vt_error_reset(&err);
    assert_int_equal(err.code, VT_OK);
    assert_string_equal(err.message, "");
    vt_error_reset(NULL);
    assert_int_equal(vt_fail(NULL, VT_ERR_BUSY, "nobody listens"), VT_ERR_BUSY);
}

static void system_errors_have_causes(void **state)
{
    (void)state;
    static const struct {
        int number;
        vt_code code;
    } rows[] = {
        {ENOENT, VT_ERR_NOT_FOUND}, {ENOSPC, VT_ERR_NO_SPACE}, {EDQUOT, VT_ERR_NO_SPACE}, {EFBIG, VT_ERR_NO_SPACE},
        {ENOMEM, VT_ERR_NO_MEMORY}, {EEXIST, VT_ERR_EXISTS},   {EACCES, VT_ERR_IO},       {EIO, VT_ERR_IO},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        vt_error err = VT_ERROR_INIT;
        assert_int_equal(vt_fail_errno(&err, rows[i].number, "cannot write %s", "f"), rows[i].code);
        assert_memory_equal(err.message, "cannot write f: ", 16);
        assert_non_null(strstr(err.message, strerror(rows[i].number)));
        assert_int_equal(err.code, rows[i].code);
    }
}

static void causes_have_names(void **state)
{
    (void)state;
    size_t count = 0;
    const vt_code_info *codes = vt_codes(&count);
    assert_int_equal(count, 15);
    for (size_t i = 0; i < count; i++) {
        assert_true(i == 0 || codes[i].code > codes[i - 1].code);
        assert_string_equal(vt_code_name((int)codes[i].code), codes[i].name);
        assert_true(strlen(codes[i].meaning) > 5);
    }
    assert_string_equal(vt_code_name(VT_ERR_NO_SPACE), "no-space");
    assert_string_equal(vt_code_name(77), "failed");
}

static int refuse(void *context, const vt_progress_state *now)
{
    *(double *)context = now->done;
    return 1;
}

static void progress_can_stop(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    double seen = 0;
    vt_progress progress = {.report = refuse, .context = &seen};
    vt_progress_state now = {.stage = "importing", .done = 5};
    check_ok(vt_progress_report(NULL, &now, &err));
    assert_int_equal(vt_progress_report(&progress, &now, &err), VT_ERR_CANCELLED);
    assert_string_equal(err.message, "stopped while importing");
    assert_true(seen == 5);
}

static void kinds_have_names(void **state)
{
    (void)state;
    for (int kind = 0; kind < VT_EVENT_KINDS; kind++) {
        assert_int_equal(vt_event_kind_find(vt_str_of(vt_event_kind_name(kind))), kind);
    }
    assert_int_equal(vt_event_kind_find(vt_str_of("purchase")), VT_EVENT_PURCHASE);
    assert_int_equal(vt_event_kind_find(vt_str_of("Purchase")), -1);
    assert_int_equal(vt_event_kind_find((vt_str){NULL, 0}), -1);
    assert_null(vt_event_kind_name(-1));
    assert_null(vt_event_kind_name(VT_EVENT_KINDS));
}

static void keep_line(void *context, vt_log_level level, const char *line)
{
    snprintf(context, 64, "%d %s", (int)level, line);
}

static void log_goes_to_its_sink(void **state)
{
    (void)state;
    char line[64] = "nothing";
    vt_log(VT_LOG_ERROR, "silent %d", 1);
    vt_log_set(keep_line, line);
    vt_log(VT_LOG_WARNING, "low on %s", "disk");
    vt_log_set(NULL, NULL);
    vt_log(VT_LOG_ERROR, "silent %d", 2);
    assert_string_equal(line, "2 low on disk");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(messages_are_cut_on_a_character),
        cmocka_unit_test(a_message_can_quote_itself),
        cmocka_unit_test(system_errors_have_causes),
        cmocka_unit_test(causes_have_names),
        cmocka_unit_test(progress_can_stop),
        cmocka_unit_test(kinds_have_names),
        cmocka_unit_test(log_goes_to_its_sink),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
