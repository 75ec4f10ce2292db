/*
 * Small files like those that real shops bring, and what must become of each: tests/data/import/cases.txt has a block a
 * case, "> import KIND [--option=value] FILE...", then rejected rows, notes and what the shop holds. "> again" imports
 * into the same shop, "> shop NAME VALUE" sets a setting before. With $VITRINE_CASES_WRITE the file is written anew.
 */
#include "importing.h"

#include "base/file.h"

enum { WORDS = 16 };

typedef struct running {
    importing t;
    bool open;
    bool fresh; /* a setting was made, and nothing imported yet */
    vt_buf out;
    size_t done; /* blocks */
} running;

static void put(running *r, const char *format, ...) VT_PRINTF(2, 3);

static void put(running *r, const char *format, ...)
{
    char text[4096];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    vt_error err = VT_ERROR_INIT;
    check_ok(vt_buf_add_text(&r->out, text, &err));
}

/* A message without the folder of its file. */
static const char *bare(const char *message)
{
    const char *folder = strstr(message, "/cases/");
    return folder == NULL ? message : folder + 7;
}

static void open_shop(running *r)
{
    importing_init(&r->t);
    setenv("VITRINE_NOW", "1790000000", 1); /* 2026-09-21 */
    r->open = true;
}

static void set_option(running *r, char *word)
{
    vt_error err = VT_ERROR_INIT;
    char *equals = strchr(word, '=');
    if (equals != NULL) {
        *equals = '\0';
    }
    check_ok(vt_import_options_set(&r->t.options, word + 2, equals == NULL ? "true" : equals + 1, &err));
}

static void tell(running *r, int status)
{
    const vt_import_report *report = &r->t.report;
    if (status != VT_OK) {
        put(r, "failed: %s\n", bare(r->t.err.message));
        return;
    }
    put(r, "%lld rows, %lld rejected: %s\n", (long long)report->rows, (long long)report->rejected, report->note);
    for (size_t i = 0; i < r->t.n_rejects && i < IMPORTING_REJECTS; i++) {
        put(r, "! %s\n", bare(r->t.rejects[i].message));
    }
    for (int i = 0; i < VT_IMPORT_NOTES && report->notes[i][0] != '\0'; i++) {
        put(r, "* %s\n", bare(report->notes[i]));
    }
    for (int i = 0; i < VT_IMPORT_SAMPLES && report->samples[i][0] != '\0'; i++) {
        put(r, "= %s\n", report->samples[i]);
    }
    if (report->coverage.in_catalogue < report->coverage.items && report->coverage.present[0] != '\0') {
        put(r, "* %lld of %lld items in the catalogue, not %s, %s is\n", (long long)report->coverage.in_catalogue,
            (long long)report->coverage.items, report->coverage.missing, report->coverage.present);
    }
}

/* One "> import ..." line. */
static void import(running *r, char *command)
{
    static char paths[WORDS][PATH_MAX];
    const char *given[WORDS + 1] = {NULL};
    size_t n = 0;
    char *rest = NULL;
    char *kind = strtok_r(command, " ", &rest);
    for (char *word = strtok_r(NULL, " ", &rest); word != NULL && n < WORDS; word = strtok_r(NULL, " ", &rest)) {
        if (strncmp(word, "--", 2) == 0) {
            set_option(r, word);
            continue;
        }
        snprintf(paths[n], PATH_MAX, "%s/%s", importing_data("cases"), word);
        given[n] = paths[n];
        n++;
    }
    tell(r, importing_status(&r->t, kind, given));
}

/* What the shop holds at the end of a case. */
static void end_case(running *r)
{
    if (r->open) {
        put(r, "%s", importing_text(&r->t, "items"));
        put(r, "%s", importing_text(&r->t, "events"));
        put(r, "\n");
        importing_done(&r->t);
        r->open = false;
    }
}

static void run(running *r, const char *line)
{
    char command[512];
    vt_error err = VT_ERROR_INIT;
    bool again = strncmp(line, "> again ", 8) == 0;
    bool shop = strncmp(line, "> shop ", 7) == 0;
    snprintf(command, sizeof command, "%s", line + (again || shop ? (shop ? 7 : 8) : 9));
    if (!again && !r->fresh) {
        end_case(r);
        open_shop(r);
        r->done++;
    }
    r->fresh = shop;
    put(r, "%s\n", line);
    if (shop) {
        char *value = strchr(command, ' ');
        assert_non_null(value);
        *value = '\0';
        check_ok(vt_shop_set(r->t.shop, command, value + 1, &err));
        return;
    }
    import(r, command);
}

/* Runs the commands of the file; what must come of them stands between. */
static void run_all(running *r, char *text)
{
    char *rest = NULL;
    for (char *line = strtok_r(text, "\n", &rest); line != NULL; line = strtok_r(NULL, "\n", &rest)) {
        if (line[0] == '#') {
            end_case(r);
            put(r, "%s\n", line);
        } else if (line[0] == '>') {
            run(r, line);
        }
    }
    end_case(r);
}

static void check_same(const char *want, const char *got)
{
    size_t at = 0;
    size_t line = 0;
    while (want[at] != '\0' && want[at] == got[at]) {
        at++;
    }
    if (want[at] == got[at]) {
        return;
    }
    while (at > 0 && want[at - 1] != '\n') {
        at--;
    }
    size_t block = at;
    while (block > 0 && !(want[block] == '>' && want[block - 1] == '\n')) {
        block--;
    }
    for (size_t i = 0; i < at; i++) {
        line += want[i] == '\n';
    }
    fail_msg("cases.txt:%zu, %.*s\nexpected: %.*s\nbut got:  %.*s", line + 1, (int)strcspn(want + block, "\n"),
             want + block, (int)strcspn(want + at, "\n"), want + at, (int)strcspn(got + at, "\n"), got + at);
}

static void every_case_becomes_what_it_should(void **state)
{
    (void)state;
    running r = {.open = false};
    vt_error err = VT_ERROR_INIT;
    vt_mapping mapping = {0};
    vt_buf_init(&r.out, 1 << 20);
    check_ok(vt_file_map(&mapping, importing_data("cases.txt"), &err));
    char *want = strndup((const char *)mapping.data, mapping.size);
    char *text = strdup(want);
    assert_true(want != NULL && text != NULL);
    run_all(&r, text);
    assert_true(r.done > 40);
    const char *path = getenv("VITRINE_CASES_WRITE");
    if (path != NULL) {
        check_ok(vt_file_put(path, r.out.data, r.out.len, false, &err));
    } else {
        check_same(want, r.out.data);
    }
    free(want);
    free(text);
    vt_file_unmap(&mapping);
    vt_buf_done(&r.out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_case_becomes_what_it_should),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
