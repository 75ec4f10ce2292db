/* Which vectors a fit reads, by kind and settings, and that a model names the encoders of these alone. */
#include "fault.h"
#include "fitting.h"

enum { NONE = 0, TEXT = VT_VECTORS_TEXT, IMAGE = VT_VECTORS_IMAGE, BOTH = TEXT | IMAGE, USERS = 12 };

typedef struct reading {
    const char *kind;
    const char *settings;
    unsigned reads;
} reading;

static const reading readings[] = {
    {"popularity", "", NONE},
    {"ials", "factors=8", NONE},
    {"content", "", TEXT},
    {"content", "by=image", IMAGE},
    {"vbpr", "", IMAGE},
    {"vbpr", "by=text", TEXT},
    {"ease", "", NONE},
    {"ease", "text=0", NONE},
    {"ease", "text=0.5", TEXT},
    {"mlp-fusion", "", BOTH},
    {"mlp-fusion", "without=text", IMAGE},
    {"mlp-fusion", "without=both", NONE},
    {"fusion", "", BOTH},
    {"fusion", "without=text", IMAGE},
    {"fusion", "without=image", TEXT},
    {"fusion", "without=attention", BOTH},
    {"hybrid", "", BOTH},
    {"hybrid", "members=itemknn+ease", NONE},
    {"hybrid", "members=ease:reviews+itemknn(k=50;shrink=3)", TEXT}, /* the preset weighs texts */
    {"hybrid", "members=ease:reviews(text=0)+itemknn", NONE},
    {"hybrid", "members=itemknn+content(by=image;sharpness=2)", IMAGE},
    {"hybrid", "members=content+content(by=image)", BOTH},
};

static void by_settings(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    for (size_t k = 0; k < sizeof readings / sizeof *readings; k++) {
        const reading *r = &readings[k];
        unsigned reads = 99;
        check_ok(vt_model_vectors(&reads, vt_model_kind_find(r->kind), r->settings, &err));
        if (reads != r->reads) {
            fail_msg("%s with \"%s\" reads %u; %u is expected", r->kind, r->settings, reads, r->reads);
        }
    }
}

static void wrong_settings(void **state)
{
    (void)state;
    static const char *const wrong[] = {"members=nothing", "members=hybrid", "members=content(by=sound)",
                                        "member=ease"};
    for (size_t k = 0; k < sizeof wrong / sizeof *wrong; k++) {
        vt_error err = VT_ERROR_INIT;
        unsigned reads = 99;
        assert_int_equal(vt_model_vectors(&reads, vt_model_kind_find("hybrid"), wrong[k], &err), VT_ERR_USAGE);
        assert_int_equal(reads, 99);
    }
}

static int read_once(void *context, vt_error *err)
{
    unsigned reads = 0;
    (void)context;
    return vt_model_vectors(&reads, vt_model_kind_find("hybrid"), "members=ease:reviews+content(by=image)", err);
}

static void memory_runs_out(void **state)
{
    (void)state;
    assert_true(fault_allocations(read_once, NULL) > 5);
}

/* A fitted model is refused beside vectors of another encoder exactly where its fit read vectors of that sort. */
static void encoders_of_what_is_read(void **state)
{
    (void)state;
    static const reading fits[] = {
        {"itemknn", "", NONE},
        {"content", "by=text", TEXT},
        {"content", "by=image", IMAGE},
        {"ease", "text=0", NONE},
        {"fusion", "epochs=1,dimensions=16,without=text", IMAGE},
        {"fusion", "epochs=1,dimensions=16", BOTH},
        {"hybrid", "members=itemknn+content(by=image)", IMAGE},
    };
    event_row rows[USERS * 4];
    vt_error err = VT_ERROR_INIT;
    for (size_t e = 0; e < USERS * 4; e++) {
        static char user[USERS][8], item[USERS][8];
        size_t u = e / 4, i = (u + e % 4 * 3) % USERS;
        snprintf(user[u], sizeof user[u], "u%02zu", u);
        snprintf(item[i], sizeof item[i], "i%02zu", i);
        rows[e] = (event_row){user[u], item[i], 86400 * (int64_t)(e + 1), 4.0, 0, VT_PART_NONE};
    }
    data d = data_of(rows, USERS * 4);
    vt_item_vectors own = d.vectors, other = d.vectors;
    own.hash = "aa11";
    other.hash = "bb22";
    for (size_t k = 0; k < sizeof fits / sizeof *fits; k++) {
        const char *settings = fits[k].settings;
        vt_fit_options options;
        vt_model *model = NULL;
        unsigned reads = 99;
        vt_fit_options_init(&options);
        options.settings = &settings;
        options.n_settings = 1;
        options.threads = 1;
        options.text = options.image = &own;
        check_ok(vt_model_vectors(&reads, vt_model_kind_find(fits[k].kind), settings, &err));
        assert_int_equal(reads, fits[k].reads);
        check_ok(vt_model_fit(&model, fits[k].kind, d.train, &options, &err));
        check_ok(vt_model_check_vectors(model, &own, &own, &err));
        int text = vt_model_check_vectors(model, &other, NULL, &err);
        int image = vt_model_check_vectors(model, NULL, &other, &err);
        assert_int_equal(text, (reads & TEXT) != 0 ? VT_ERR_UNSUPPORTED : VT_OK);
        assert_int_equal(image, (reads & IMAGE) != 0 ? VT_ERR_UNSUPPORTED : VT_OK);
        vt_model_free(model);
    }
    data_done(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_settings),
        cmocka_unit_test(wrong_settings),
        cmocka_unit_test(memory_runs_out),
        cmocka_unit_test(encoders_of_what_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
