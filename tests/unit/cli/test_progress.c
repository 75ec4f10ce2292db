/* The display against a clock set by hand, writing into a file that is read back. */
#include "check.h"

#include "cli/progress.h"

static double now;
static bool stop;

static double clock_by_hand(void)
{
    return now;
}

static bool stop_by_hand(void)
{
    return stop;
}

/* A display that writes into a file of its own. */
typedef struct screen {
    FILE *file;
    vt_display *display;
    vt_progress progress;
    char text[4096];
} screen;

static void screen_open(screen *s, bool terminal, bool quiet, bool colour, int width)
{
    vt_error err = VT_ERROR_INIT;
    now = 100;
    stop = false;
    s->file = tmpfile();
    assert_non_null(s->file);
    vt_display_options options = {s->file, terminal, quiet, colour, width, clock_by_hand, stop_by_hand};
    check_ok(vt_display_create(&s->display, &options, &err));
    s->progress = vt_display_progress(s->display);
}

/* All that was written so far. */
static const char *screen_text(screen *s)
{
    fflush(s->file);
    rewind(s->file);
    size_t n = fread(s->text, 1, sizeof s->text - 1, s->file);
    s->text[n] = '\0';
    fseek(s->file, 0, SEEK_END);
    return s->text;
}

static void screen_close(screen *s)
{
    vt_display_free(s->display);
    fclose(s->file);
}

static int tell(screen *s, const char *stage, double done, double total, const char *detail)
{
    vt_progress_state state = {stage, "rows", done, total, detail};
    return vt_progress_report(&s->progress, &state, NULL);
}

/* Elsewhere than on a terminal: a line a stage, nothing more. */
static void lines(void **state)
{
    (void)state;
    screen s;
    screen_open(&s, false, false, false, 80);
    vt_display_stage(s.display, "opening the shop");
    for (int i = 0; i < 100; i++) {
        now += 0.05;
        assert_int_equal(tell(&s, "reading a.json", i, 100, NULL), VT_OK);
    }
    assert_int_equal(tell(&s, "storing", 1, 0, NULL), VT_OK);
    assert_string_equal(screen_text(&s), "opening the shop\nreading a.json\nstoring\n");
    screen_close(&s);
}

static void quiet(void **state)
{
    (void)state;
    screen s;
    screen_open(&s, true, true, false, 80);
    vt_display_stage(s.display, "opening the shop");
    tell(&s, "reading", 1, 2, NULL);
    vt_display_note(s.display, "a note");
    assert_string_equal(screen_text(&s), "");
    vt_display_warn(s.display, "a warning");
    assert_string_equal(screen_text(&s), "a warning\n");
    screen_close(&s);
}

/* On a terminal: at once, then at most ten times a second, with rate and time left. */
static void bar(void **state)
{
    (void)state;
    screen s;
    screen_open(&s, true, false, false, 100);
    vt_display_stage(s.display, "reading a.json");
    assert_string_equal(screen_text(&s), "\rreading a.json\033[K");
    now += 0.05;
    tell(&s, "reading a.json", 100, 1000, NULL);
    assert_string_equal(screen_text(&s), "\rreading a.json\033[K"); /* too soon */
    now += 1.95;
    tell(&s, "reading a.json", 500, 1000, "loss 0.5");
    const char *last = strrchr(screen_text(&s), '\r');
    assert_string_equal(last,
                        "\rreading a.json [============            ]  50 %  250 rows/s  0:02 left  loss 0.5\033[K");
    vt_display_note(s.display, "half\033way");
    last = strrchr(screen_text(&s), '\r');
    assert_string_equal(last, "\r\033[Khalf way\n");
    screen_close(&s);
}

/* A line longer than the terminal would leave remains behind. */
static void narrow(void **state)
{
    (void)state;
    screen s;
    screen_open(&s, true, false, true, 80);
    char stage[300];
    memset(stage, 'x', sizeof stage - 1);
    stage[sizeof stage - 1] = '\0';
    vt_display_stage(s.display, stage);
    const char *text = screen_text(&s);
    assert_true(strncmp(text, "\r\033[36m", 6) == 0);
    assert_int_equal(strspn(text + 6, "x"), 79);
    screen_close(&s);
}

static void cancelled(void **state)
{
    (void)state;
    screen s;
    screen_open(&s, false, false, false, 80);
    assert_int_equal(tell(&s, "reading", 1, 2, NULL), VT_OK);
    stop = true;
    assert_int_equal(tell(&s, "reading", 2, 2, NULL), VT_ERR_CANCELLED);
    screen_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines),  cmocka_unit_test(quiet),     cmocka_unit_test(bar),
        cmocka_unit_test(narrow), cmocka_unit_test(cancelled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
