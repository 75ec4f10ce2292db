/* The rows of the real program: each makes sense, and every page made of them survives running out of memory. */
#include "check.h"
#include "fault.h"

#include "cli/cli.h"

/* Calls `each` for every option of every command, the global ones with each. */
static void each_option(void (*each)(const vt_command *command, const vt_option *option))
{
    for (size_t i = 0; i < vt_n_commands; i++) {
        for (const vt_option *const *t = vt_commands[i]->options; t != NULL && *t != NULL; t++) {
            for (const vt_option *o = *t; o->name != NULL; o++) {
                each(vt_commands[i], o);
            }
        }
        for (const vt_option *o = vt_global_options; o->name != NULL; o++) {
            each(vt_commands[i], o);
        }
    }
}

/* A name or a letter leads to this very row, so that none hides another. */
static void check_unique(const vt_command *command, const vt_option *option)
{
    if (vt_option_find(command, option->name, strlen(option->name)) != option ||
        (option->letter != '\0' && vt_option_find(command, &option->letter, 1) != option)) {
        fail_msg("%s: --%s hides another option", command->name, option->name);
    }
}

static void check_row(const vt_command *command, const vt_option *option)
{
    if (option->help == NULL || option->help[0] == '\0' ||
        (option->value == NULL) != (option->type == VT_OPTION_FLAG)) {
        fail_msg("%s: --%s has no help or no value", command->name, option->name);
    }
    if (option->help[strlen(option->help) - 1] == '.') {
        fail_msg("%s: the help of --%s is a phrase, not a sentence", command->name, option->name);
    }
    bool number = option->type == VT_OPTION_INT || option->type == VT_OPTION_INTS;
    if (number && option->min >= option->max) {
        fail_msg("%s: --%s has an empty range", command->name, option->name);
    }
    if ((option->type == VT_OPTION_CHOICE) != (option->choices != NULL)) {
        fail_msg("%s: --%s is a choice without choices, or has choices without being one", command->name, option->name);
    }
}

/* Each default is one that the parser would take. */
static void check_default(const vt_command *command, const vt_option *option)
{
    if (option->fallback == NULL) {
        return;
    }
    char word[256];
    snprintf(word, sizeof word, "--%s=%s", option->name, option->fallback);
    const vt_command *const commands[] = {command};
    char first[64];
    snprintf(first, sizeof first, "%.*s", (int)strcspn(command->name, " "), command->name);
    const char *second = strchr(command->name, ' ');
    int argc = 0;
    const char *words[8];
    words[argc++] = "vitrine";
    words[argc++] = first;
    if (second != NULL) {
        words[argc++] = second + 1;
    }
    words[argc++] = word;
    for (const vt_operand *o = command->operands; o != NULL && o->name != NULL; o++) {
        words[argc++] = "x";
    }
    vt_error err = VT_ERROR_INIT;
    vt_args args;
    check_ok(vt_args_parse(&args, argc, words, commands, 1, &err));
    assert_string_equal(vt_args_text(&args, option->name), option->fallback);
    vt_args_done(&args);
}

static void options_make_sense(void **state)
{
    (void)state;
    each_option(check_unique);
    each_option(check_row);
    each_option(check_default);
}

static void commands_make_sense(void **state)
{
    (void)state;
    assert_true(vt_n_commands > 10);
    for (size_t i = 0; i < vt_n_commands; i++) {
        const vt_command *c = vt_commands[i];
        assert_non_null(c->run);
        assert_non_null(c->summary);
        assert_non_null(c->examples);
        for (size_t j = 0; j < i; j++) {
            assert_string_not_equal(c->name, vt_commands[j]->name);
        }
        for (const vt_operand *o = c->operands; o != NULL && o->name != NULL; o++) {
            assert_true(!o->repeated || o[1].name == NULL);
            assert_true(!o->optional || o[1].name == NULL || o[1].optional);
            assert_non_null(o->help);
        }
    }
}

/* Lines of help fit a terminal of 80 columns, but for examples. */
static void help_fits(void **state)
{
    (void)state;
    for (size_t i = 0; i < vt_n_commands; i++) {
        vt_error err = VT_ERROR_INIT;
        vt_buf out;
        vt_buf_init(&out, 1 << 20);
        check_ok(vt_help_command(&out, vt_commands[i], &err));
        char *examples = strstr(out.data, "\nexample");
        if (examples != NULL) {
            *examples = '\0';
        }
        for (const char *line = out.data; line != NULL && *line != '\0';) {
            size_t len = strcspn(line, "\n");
            if (len > 79) {
                fail_msg("%s: \"%.*s\" has %zu columns", vt_commands[i]->name, (int)len, line, len);
            }
            line += len + (line[len] == '\n' ? 1 : 0);
        }
        vt_buf_done(&out);
    }
}

static int all_pages(void *context, vt_error *err)
{
    (void)context;
    static const char *const shells[] = {"bash", "zsh", "fish"};
    vt_buf out;
    vt_buf_init(&out, 1 << 22);
    int status = vt_help_overview(&out, NULL, err);
    for (size_t i = 0; i < vt_n_commands && status == VT_OK; i++) {
        status = vt_help_command(&out, vt_commands[i], err);
    }
    if (status == VT_OK) {
        status = vt_man_page(&out, err);
    }
    for (size_t i = 0; i < 3 && status == VT_OK; i++) {
        status = vt_completions(&out, shells[i], err);
    }
    vt_buf_done(&out);
    return status;
}

static void no_memory(void **state)
{
    (void)state;
    assert_true(fault_allocations(all_pages, NULL) > 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options_make_sense),
        cmocka_unit_test(commands_make_sense),
        cmocka_unit_test(help_fits),
        cmocka_unit_test(no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
