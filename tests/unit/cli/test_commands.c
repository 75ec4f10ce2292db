/*
 * Commands over a tiny shop with every allocation failing in turn: out of memory is said as such, nothing leaks, and
 * the command works once memory is there. What commands print is tested in tests/cli.
 */
#include "check.h"
#include "fault.h"
#include "scratch.h"

#include "cli/cli.h"
#include "store/store.h"

static char shop_path[PATH_MAX];

/* Three users, five items, four ratings of each user. */
static int fill(vt_store *store, vt_error *err)
{
    static const char *const users[] = {"ann", "bob", "cid"};
    static const char *const items[] = {"A", "B", "C", "D", "E"};
    int64_t import_id = 0;
    vt_put done;
    int status = vt_store_begin(store, "test", "by hand", &import_id, err);
    for (int i = 0; i < 12 && status == VT_OK; i++) {
        vt_event event;
        vt_event_init(&event);
        event.user = vt_str_of(users[i / 4]);
        event.item = vt_str_of(items[i % 5]);
        event.time = 1600000000 + i * 1000;
        event.kind = VT_EVENT_RATING;
        event.value = 1 + i % 5;
        status = vt_store_put_event(store, &event, &done, err);
    }
    return status == VT_OK ? vt_store_commit(store, 0, err) : status;
}

static double no_clock(void)
{
    return 0;
}

static bool never(void)
{
    return false;
}

/* Runs a command line as main does, without printing; the length of the result goes to `context`. */
static int run_line(void *context, vt_error *err)
{
    const char *line = *(const char **)context;
    char words[256];
    const char *argv[16] = {"vitrine"};
    int argc = 1;
    snprintf(words, sizeof words, "%s", line);
    for (char *at = words; *at != '\0' && argc < 16;) {
        argv[argc++] = at;
        at += strcspn(at, " ");
        if (*at == ' ') {
            *at++ = '\0';
        }
    }
    vt_args args;
    int status = vt_args_parse(&args, argc, argv, vt_commands, vt_n_commands, err);
    if (status != VT_OK) {
        return status;
    }
    vt_cli cli = {.shop = shop_path, .json = vt_args_given(&args, "json"), .quiet = true, .threads = 1, .width = 100};
    vt_display_options display = {stderr, false, true, false, 80, no_clock, never};
    vt_buf_init(&cli.out, 1 << 20);
    status = vt_display_create(&cli.display, &display, err);
    if (status == VT_OK) {
        cli.progress = vt_display_progress(cli.display);
        status = args.command->run(&cli, &args, err);
    }
    if (status == VT_OK && cli.out.len == 0) {
        fail_msg("%s prints nothing", line);
    }
    vt_display_free(cli.display);
    vt_buf_done(&cli.out);
    vt_args_done(&args);
    return status;
}

static void no_memory(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "shop info",
        "shop info --json",
        "dataset",
        "dataset --json --min-user 1",
        "train popularity",
        "train itemknn --json --split leave-last-out",
        "model list",
        "model list --json",
        "model info itemknn",
        "evaluate popularity itemknn --param itemknn.k=2 --split leave-last-out --resamples 10",
        "evaluate itemknn --json --resamples 0",
        "recommend ann -n 2 --model popularity",
        "recommend ann --json --keep-seen --price 0:9",
        "similar A --model itemknn",
        "doctor",
        "doctor --json",
        "man",
    };
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        const char *line = lines[i];
        assert_true(fault_allocations(run_line, &line) > 3);
    }
}

int main(void)
{
    vt_error err = VT_ERROR_INIT;
    vt_shop *shop = NULL;
    scratch folder;
    scratch_init(&folder);
    snprintf(shop_path, sizeof shop_path, "%s", scratch_path(&folder, "shop"));
    if (vt_shop_open(&shop, shop_path, VT_SHOP_CREATE, &err) != VT_OK || fill(vt_shop_store(shop), &err) != VT_OK) {
        fprintf(stderr, "%s\n", err.message);
        return 1;
    }
    vt_shop_close(shop);
    const struct CMUnitTest tests[] = {cmocka_unit_test(no_memory)};
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    scratch_done(&folder);
    return failed;
}
