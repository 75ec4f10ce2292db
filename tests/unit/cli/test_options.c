/* The parser of the command line, over a small table of its own. */
#include "check.h"
#include "fault.h"

#include "cli/options.h"

static int run_nothing(struct vt_cli *cli, const struct vt_args *args, vt_error *err)
{
    (void)cli;
    (void)args;
    (void)err;
    return VT_OK;
}

static const vt_option cook_options[] = {
    {.name = "number", .letter = 'n', .type = VT_OPTION_INT, .value = "N", .fallback = "10", .min = 1, .max = 50},
    {.name = "at", .type = VT_OPTION_INTS, .value = "K,...", .fallback = "5,10", .min = 1, .max = 1000},
    {.name = "mode", .type = VT_OPTION_CHOICE, .value = "M", .fallback = "slow", .choices = "fast|slow|steady"},
    {.name = "spice", .type = VT_OPTION_TEXT, .value = "NAME", .repeated = true},
    {.name = "salt"},
    {.name = NULL},
};

static const vt_command cook = {
    .name = "cook",
    .operands = (const vt_operand[]){{.name = "DISH", .help = "what"},
                                     {.name = "GUEST", .optional = true, .repeated = true, .help = "who"},
                                     {.name = NULL}},
    .options = (const vt_option *const[]){cook_options, NULL},
    .run = run_nothing,
};
static const vt_command pot_list = {.name = "pot list", .run = run_nothing};
static const vt_command pot_wash = {.name = "pot wash", .run = run_nothing};
static const vt_command *const commands[] = {&cook, &pot_list, &pot_wash};

#define WORDS_MAX 32

/* Parses the words of `line`, which are parted by single blanks; the words live in a static buffer. */
static int parse(vt_args *args, const char *line, vt_error *err)
{
    static char words[512];
    const char *argv[WORDS_MAX] = {"vitrine"};
    int argc = 1;
    assert_true(strlen(line) < sizeof words);
    memcpy(words, line, strlen(line) + 1);
    char *at = words;
    while (*at != '\0' && argc < WORDS_MAX) {
        argv[argc++] = at;
        at += strcspn(at, " ");
        if (*at == ' ') {
            *at++ = '\0';
        }
    }
    memset(args, 0, sizeof *args);
    return vt_args_parse(args, argc, argv, commands, sizeof commands / sizeof commands[0], err);
}

static void values_and_defaults(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_args args;
    int32_t at[8];
    check_ok(parse(&args, "cook soup", &err));
    assert_ptr_equal(args.command, &cook);
    assert_string_equal(vt_args_operand(&args, 0), "soup");
    assert_null(vt_args_operand(&args, 1));
    assert_int_equal(vt_args_int(&args, "number"), 10);
    assert_int_equal(vt_args_ints(&args, "at", at, 8), 2);
    assert_int_equal(at[1], 10);
    assert_int_equal(vt_args_choice(&args, "mode"), 1);
    assert_false(vt_args_given(&args, "salt"));
    assert_null(vt_args_text(&args, "spice"));
    assert_null(vt_args_text(&args, "shop"));
    vt_args_done(&args);
}

/* Every way to write the same thing. */
static void spellings(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "--shop s cook --number 7 --salt --mode=fast soup ann bob --at 1,2,3",
        "cook soup -n 7 ann --shop=s --salt bob --mode fast --at=1,2,3",
        "cook -n7 --salt --mode fast --at 1,2,3 --shop s -- soup ann bob",
        "cook -n=7 --salt --number 7 --mode slow --mode fast --at 1,2,3 --shop s soup ann bob",
    };
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        vt_error err = VT_ERROR_INIT;
        vt_args args;
        int32_t at[8];
        check_ok(parse(&args, lines[i], &err));
        assert_int_equal(vt_args_int(&args, "number"), 7);
        assert_true(vt_args_given(&args, "salt"));
        assert_int_equal(vt_args_choice(&args, "mode"), 0);
        assert_string_equal(vt_args_text(&args, "shop"), "s");
        assert_int_equal(vt_args_ints(&args, "at", at, 8), 3);
        assert_int_equal(at[0] * 100 + at[1] * 10 + at[2], 123);
        assert_int_equal(args.n_operands, 3);
        assert_string_equal(args.operands[2], "bob");
        vt_args_done(&args);
    }
}

static void repeated(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_args args;
    check_ok(parse(&args, "cook soup --spice dill --spice=a=b --spice -5", &err));
    assert_int_equal(vt_args_count(&args, "spice"), 3);
    assert_string_equal(vt_args_at(&args, "spice", 0), "dill");
    assert_string_equal(vt_args_at(&args, "spice", 1), "a=b");
    assert_string_equal(vt_args_at(&args, "spice", 2), "-5");
    assert_null(vt_args_at(&args, "spice", 3));
    vt_args_done(&args);
    /* Behind "--" nothing is an option; a lone "-" never is. */
    check_ok(parse(&args, "cook - -- --salt -n", &err));
    assert_int_equal(args.n_operands, 3);
    assert_string_equal(args.operands[1], "--salt");
    assert_false(vt_args_given(&args, "salt"));
    vt_args_done(&args);
}

static void two_words(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_args args;
    check_ok(parse(&args, "pot --shop s wash", &err));
    assert_ptr_equal(args.command, &pot_wash);
    assert_null(args.group);
    vt_args_done(&args);
    check_ok(parse(&args, "pot", &err));
    assert_null(args.command);
    assert_string_equal(args.group, "pot");
    vt_args_done(&args);
    check_ok(parse(&args, "", &err));
    assert_null(args.command);
    assert_null(args.group);
    vt_args_done(&args);
}

/* What is wrong, what is allowed, and what was probably meant. */
static void refusals(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        const char *says[2];
    } cases[] = {
        {"cok soup", {"no command \"cok\"", "did you mean \"cook\""}},
        {"pot lsit", {"no command \"pot lsit\"", "did you mean \"pot list\""}},
        {"frobnicate", {"no command \"frobnicate\"", "vitrine help"}},
        {"cook", {"cook needs DISH (what)", "vitrine help cook"}},
        {"pot wash it", {"does not take \"it\"", "vitrine help pot wash"}},
        {"cook soup --nubmer 3", {"no option --nubmer", "did you mean --number"}},
        {"cook soup --nubmer=3", {"no option --nubmer;", "did you mean --number"}},
        {"cook soup --n 3", {"no option --n", "vitrine help cook"}},
        {"cook soup -x", {"no option -x", "goes behind --"}},
        {"--salt cook soup", {"--salt stands after its command", "vitrine cook --salt"}},
        {"cook soup -n", {"-n needs a value", "-n N"}},
        {"cook soup --spice --salt", {"--spice needs a value", "NAME"}},
        {"cook soup --spice=", {"--spice is empty", "NAME"}},
        {"cook soup --salt=yes", {"--salt takes no value", "yes"}},
        {"cook soup -n 0", {"-n is \"0\"", "a whole number from 1 to 50"}},
        {"cook soup --number 51", {"--number is \"51\"", "1 to 50"}},
        {"cook soup --number five", {"--number is \"five\"", "1 to 50"}},
        {"cook soup --number 99999999999999999999", {"--number is", "1 to 50"}},
        {"cook soup --at 0", {"--at is \"0\"", "from 1 to 1000"}},
        {"cook soup --at 5,5", {"--at is \"5,5\"", "ascending"}},
        {"cook soup --at 5,", {"--at is \"5,\"", "ascending"}},
        {"cook soup --at 1,2,3,4,5,6,7,8,9", {"--at is", "up to 8"}},
        {"cook soup --mode fsat", {"--mode is \"fsat\"", "did you mean \"fast\"? Possible are: fast, slow, steady"}},
        {"cook soup --mode fas", {"--mode is \"fas\"", "Possible are: fast, slow, steady"}},
        {"cook soup --threads 257", {"--threads is \"257\"", "0 to 256"}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        vt_error err = VT_ERROR_INIT;
        vt_args args;
        assert_int_equal(parse(&args, cases[i].line, &err), VT_ERR_USAGE);
        assert_null(args.values);
        for (size_t s = 0; s < 2; s++) {
            if (strstr(err.message, cases[i].says[s]) == NULL) {
                fail_msg("\"%s\" gives \"%s\", which does not say \"%s\"", cases[i].line, err.message,
                         cases[i].says[s]);
            }
        }
    }
}

/* Help is given whatever else is wrong, but for an unknown command. */
static void help_wins(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_args args;
    static const char *const lines[] = {"cook --help", "--help cook", "cook --bogus -n 0 --help", "cook -h a b c"};
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        check_ok(parse(&args, lines[i], &err));
        assert_true(args.help);
        assert_ptr_equal(args.command, &cook);
        vt_args_done(&args);
    }
    assert_int_equal(parse(&args, "cok --help", &err), VT_ERR_USAGE);
    check_ok(parse(&args, "cook soup -- --help", &err));
    assert_false(args.help);
    vt_args_done(&args);
}

static int parse_once(void *context, vt_error *err)
{
    (void)context;
    vt_args args;
    int status = parse(&args, "cook soup -n 3 --spice dill", err);
    vt_args_done(&args);
    return status;
}

static void no_memory(void **state)
{
    (void)state;
    assert_int_equal(fault_allocations(parse_once, NULL), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_and_defaults), cmocka_unit_test(spellings), cmocka_unit_test(repeated),
        cmocka_unit_test(two_words),           cmocka_unit_test(refusals),  cmocka_unit_test(help_wins),
        cmocka_unit_test(no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
