/*
 * Trainings that go wrong. The program that trains is a script here, which dies, prints what nobody understands, leaves
 * half a model or comes to the end of the disk: the model that answered goes on, and the job says why.
 */
#include "tea_shop.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/json.h"
#include "base/json_values.h"
#include "serve/trainer.h"
#include "vitrine/choice.h"

/* $2 is the shop. The file beside the script says what is to be done. */
static const char script[] = "#!/bin/sh\n"
                             "models=$2/models\n"
                             "case $(cat \"$0.mode\") in\n"
                             "dies) kill -9 $$ ;;\n"
                             "fails) echo 'first line' >&2; echo 'vitrine: the disk is full' >&2; exit 5 ;;\n"
                             "silent) exit 4 ;;\n"
                             "babbles) echo 'no JSON' ;;\n"
                             "half) echo '{\"accepted\": ' ;;\n"
                             "refuses) echo '{\"accepted\": false}' ;;\n"
                             "full) ulimit -f 1; cat \"$models/itemknn.safetensors\" \"$models/itemknn.safetensors\""
                             " > \"$models/cut.safetensors\"; echo '{\"accepted\": true}' ;;\n"
                             "lies) head -c 300 \"$models/itemknn.safetensors\" > \"$models/lie.safetensors\";"
                             " echo '{\"accepted\": true}' ;;\n"
                             "waits) exec sleep 100 ;;\n"
                             "trains) cp \"$models/itemknn.safetensors\" \"$models/new.safetensors\";"
                             " echo '{\"accepted\": true}' ;;\n"
                             "esac\n";

typedef struct fixture {
    tea_shop tea;
    char shop[PATH_MAX], program[PATH_MAX];
    vt_served_shop *served;
    vt_trainer *trainer;
    vt_json_reader *json;
    vt_buf text; /* of the last job */
} fixture;

static void broke(void *context)
{
    (void)context;
    fail_msg("the disk failed");
}

static void write_file(const char *path, const char *text, mode_t mode)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0 && fclose(file) == 0);
    assert_int_equal(chmod(path, mode), 0);
}

static void begin(fixture *f)
{
    vt_error err = VT_ERROR_INIT;
    const vt_served_shop_options served = {.on_break = broke};
    vt_trainer_options options = {.program = f->program};
    check_ok(vt_retrain_plan_parse(&options.plan, "off", &err));
    check_ok(vt_served_shop_open(&f->served, f->shop, &served, &err));
    check_ok(vt_trainer_open(&f->trainer, f->served, &options, &err));
}

static void end(fixture *f)
{
    vt_trainer_close(f->trainer);
    vt_served_shop_close(f->served);
}

static int set_up(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    vt_error err = VT_ERROR_INIT;
    vt_model *model = NULL;
    vt_fit_options options;
    tea_shop_init(&f->tea, NULL);
    snprintf(f->shop, sizeof f->shop, "%s", vt_shop_path(f->tea.shop));
    snprintf(f->program, sizeof f->program, "%s", scratch_path(&f->tea.files, "trains"));
    vt_fit_options_init(&options);
    options.threads = 1;
    check_ok(vt_model_fit(&model, "itemknn", f->tea.train, &options, &err));
    check_ok(vt_model_save_in(f->shop, "itemknn", model, NULL, NULL, &err));
    vt_model_free(model);
    vt_shop_close(f->tea.shop); /* the served shop writes to it now */
    f->tea.shop = NULL;
    write_file(f->program, script, 0700);
    check_ok(vt_json_reader_create(&f->json, &err));
    vt_buf_init(&f->text, 1 << 16);
    begin(f);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    end(f);
    vt_buf_done(&f->text);
    vt_json_reader_free(f->json);
    tea_shop_done(&f->tea);
    free(f);
    return 0;
}

/* What is known of the last job; valid until the next call. */
static yyjson_val *job_of(fixture *f)
{
    vt_json_writer w;
    vt_error err = VT_ERROR_INIT;
    yyjson_val *root = NULL;
    vt_buf_clear(&f->text);
    vt_json_writer_init(&w, &f->text, false);
    vt_json_object(&w, NULL);
    check_ok(vt_trainer_write_job(&w, f->trainer, 0, &err));
    vt_json_object_end(&w);
    check_ok(vt_json_writer_done(&w, &err));
    check_ok(vt_json_read(f->json, (vt_str){f->text.data, f->text.len}, &root, &err));
    return root;
}

static bool is_in(fixture *f, const char *state)
{
    return vt_str_equal(vt_json_str(job_of(f), "state"), vt_str_of(state));
}

static void start(fixture *f, const char *mode)
{
    static const vt_training_order order = {NULL, NULL, NULL, 0};
    char path[PATH_MAX + 8];
    int64_t number = 0;
    vt_error err = VT_ERROR_INIT;
    snprintf(path, sizeof path, "%s.mode", f->program);
    write_file(path, mode, 0600);
    check_ok(vt_trainer_start(&number, f->trainer, &order, &err));
}

static void run_to_end(fixture *f, const char *mode)
{
    start(f, mode);
    for (int i = 0; is_in(f, "waiting") || is_in(f, "running"); i++) {
        assert_true(i < 6000);
        usleep(10000);
    }
}

static void expect_answers(fixture *f, const char *name)
{
    vt_engine *engine = vt_served_shop_engine(f->served);
    vt_answer answer;
    vt_request request;
    vt_error err = VT_ERROR_INIT;
    vt_request_init(&request);
    request.user = "ann";
    assert_string_equal(engine->chosen.name, name);
    check_ok(vt_recommend(&answer, engine->recommender, &request, &err));
    assert_true(answer.n > 0 && answer.degraded[0] == '\0');
    vt_answer_done(&answer);
    vt_engine_release(engine);
}

static void what_goes_wrong_is_said(void **state)
{
    fixture *f = *state;
    static const struct {
        const char *mode, *state, *why;
    } cases[] = {
        {"dies", "failed", "the training ended with code -1"},
        {"fails", "failed", "the disk is full"},
        {"silent", "failed", "the training ended with code 4"},
        {"babbles", "failed", "what the training printed cannot be read"},
        {"half", "failed", "what the training printed cannot be read"},
        {"nothing", "failed", "what the training printed cannot be read"},
        {"refuses", "refused", NULL},
        {"full", "accepted", NULL},
        {"lies", "accepted", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        vt_trainer_state counted;
        run_to_end(f, cases[i].mode);
        vt_str why = vt_json_str(job_of(f), "why");
        if (!is_in(f, cases[i].state) ||
            (cases[i].why != NULL && (why.ptr == NULL || strstr(why.ptr, cases[i].why) == NULL))) {
            fail_msg("%s: %s", cases[i].mode, f->text.data);
        }
        vt_trainer_describe(&counted, f->trainer);
        assert_int_equal(counted.trainings, i + 1);
        assert_int_equal(counted.last_failed, strcmp(cases[i].state, "failed") == 0);
        expect_answers(f, "itemknn");
    }
    /* Begun anew, what was left behind is the newest: the last good one answers, and that is said. */
    end(f);
    begin(f);
    expect_answers(f, "itemknn");
    vt_engine *engine = vt_served_shop_engine(f->served);
    assert_true(engine->chosen.fallback && strstr(engine->chosen.why.message, "the model itemknn answers") != NULL);
    vt_engine_release(engine);
    run_to_end(f, "trains");
    assert_true(is_in(f, "accepted"));
    expect_answers(f, "new");
    engine = vt_served_shop_engine(f->served);
    assert_true(!engine->chosen.fallback && engine->chosen.why.code == VT_OK);
    vt_engine_release(engine);
}

static void one_at_a_time_and_none_that_a_stop_waits_for(void **state)
{
    fixture *f = *state;
    static const vt_training_order order = {NULL, NULL, NULL, 0};
    int64_t number = 0;
    vt_error err = VT_ERROR_INIT;
    start(f, "waits");
    for (int i = 0; !is_in(f, "running"); i++) {
        assert_true(i < 6000);
        usleep(10000);
    }
    assert_int_equal(vt_trainer_start(&number, f->trainer, &order, &err), VT_ERR_EXISTS);
    end(f); /* the script would sleep for a hundred seconds, longer than the test may take */
    begin(f);
    expect_answers(f, "itemknn");
}

static void plans(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool good;
        vt_retrain_plan plan;
    } cases[] = {
        {NULL, true, {false, 0, 0}},
        {"off", true, {true, 0, 0}},
        {"every=90m", true, {false, 5400, 0}},
        {"every=2d", true, {false, 172800, 0}},
        {"events=50000", true, {false, 0, 50000}},
        {"", false, {false, 0, 0}},
        {"every=", false, {false, 0, 0}},
        {"every=6", false, {false, 0, 0}},
        {"every=-6h", false, {false, 0, 0}},
        {"events=0", false, {false, 0, 0}},
        {"events=1.5", false, {false, 0, 0}},
        {"sometimes", false, {false, 0, 0}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        vt_retrain_plan plan = {false, 0, 0};
        vt_error err = VT_ERROR_INIT;
        int status = vt_retrain_plan_parse(&plan, cases[i].text, &err);
        if (status != (cases[i].good ? VT_OK : VT_ERR_USAGE) ||
            (cases[i].good && (plan.off != cases[i].plan.off || plan.every != cases[i].plan.every ||
                               plan.events != cases[i].plan.events))) {
            fail_msg("%s: %d, %s", cases[i].text, status, err.message);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_goes_wrong_is_said, set_up, tear_down),
        cmocka_unit_test_setup_teardown(one_at_a_time_and_none_that_a_stop_waits_for, set_up, tear_down),
        cmocka_unit_test(plans),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
