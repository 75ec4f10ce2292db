/*
 * Churn from histories, foretold at one moment and evaluated at a later one: customers of CDNOW (1997 to 1998), "lost"
 * when no order follows within 90 days. Skips without ../shared/data; made customers are tested either way.
 */
#include "check.h"
#include "real_data.h"

#include <math.h>

#include "base/clock.h"
#include "base/rng.h"
#include "insight/churn/behaviour.h"
#include "insight/churn/churn.h"

#define DAY 86400
#define HORIZON 90.0

/* Histories: events of customer c are event[ptr[c]] up to event[ptr[c + 1]], in order of time. */
typedef struct histories {
    vt_customer_event *event;
    size_t *ptr;
    size_t n_events, n_customers;
} histories;

/* Rows of customers who had ordered by each of two moments: features, what came, and when it was. */
typedef struct rows {
    double *x;
    uint8_t *outcome, *test;
    int64_t *time;
    size_t n, n_later;
} rows;

static void add_rows(rows *r, const histories *h, int64_t now, bool later)
{
    int32_t scratch[4096];
    for (size_t c = 0; c < h->n_customers; c++) {
        const vt_customer_event *events = h->event + h->ptr[c];
        size_t n = h->ptr[c + 1] - h->ptr[c];
        if (n == 0 || n > 4096 || events[0].time >= now) {
            continue;
        }
        vt_behaviour_of(r->x + r->n * VT_BEHAVIOUR_FEATURES, events, n, now, scratch);
        r->outcome[r->n] = vt_behaviour_lost(events, n, now, HORIZON);
        r->test[r->n] = later;
        r->time[r->n++] = now;
        r->n_later += later;
    }
}

static vt_churn_summary foretell(const histories *h, int64_t first, int64_t later, vt_churn_model_kind kind)
{
    vt_error err = VT_ERROR_INIT;
    size_t room = 2 * h->n_customers;
    rows r = {.x = malloc(room * VT_BEHAVIOUR_FEATURES * sizeof(double)),
              .outcome = malloc(room),
              .test = malloc(room),
              .time = malloc(room * sizeof(int64_t))};
    assert_true(later - first >= (int64_t)(HORIZON * DAY)); /* what came of the first rows was known by then */
    add_rows(&r, h, first, false);
    add_rows(&r, h, later, true);
    vt_features features = {r.x, vt_behaviour_names, NULL, r.n, VT_BEHAVIOUR_FEATURES};
    vt_churn_options options;
    vt_churn *churn = NULL;
    vt_churn_summary s;
    vt_churn_options_init(&options);
    options.kind = kind;
    check_ok(vt_churn_fit(&churn, &s, &features, r.outcome, r.test, &options, &err));
    assert_true(s.evaluated && s.tested == r.n_later);
    print_message(
        "%s: %zu customers, %zu of %zu later ones lost: AUC %.4f (%.4f to %.4f), Brier %.4f (%.4f), calibration "
        "error %.4f, lift %.3f\n",
        s.kind == VT_CHURN_TREES ? "trees" : "logistic", s.fitted, s.quality.lost, s.tested, s.quality.auc,
        s.quality.auc_low, s.quality.auc_high, s.quality.brier, s.quality.brier_of_rate, s.quality.calibration_error,
        s.quality.lift);
    vt_churn_free(churn);
    free(r.x);
    free(r.outcome);
    free(r.test);
    free(r.time);
    return s;
}

/* Customers who order at a rate of their own until they leave for good. */
static void made_customers(void **state)
{
    (void)state;
    enum { CUSTOMERS = 1500, EACH = 400 };
    histories h = {malloc(CUSTOMERS * EACH * sizeof(vt_customer_event)), calloc(CUSTOMERS + 1, sizeof(size_t)), 0,
                   CUSTOMERS};
    vt_rng rng = vt_rng_at(8, "histories", 0, 0);
    for (size_t c = 0; c < CUSTOMERS; c++) {
        double day = 100.0 * vt_rng_unit(&rng), gap = 5.0 + 60.0 * vt_rng_unit(&rng);
        for (size_t n = 0; n < EACH && day < 700.0; n++) {
            h.event[h.n_events++] = (vt_customer_event){.time = (int64_t)(day * DAY),
                                                        .kind = VT_CUSTOMER_PURCHASE,
                                                        .order = -1,
                                                        .item = (int32_t)n,
                                                        .amount = 20.0};
            day += -gap * log(1.0 - vt_rng_unit(&rng));
            if (vt_rng_unit(&rng) < 0.06) {
                break;
            }
        }
        h.ptr[c + 1] = h.n_events;
    }
    vt_churn_summary s = foretell(&h, 300 * (int64_t)DAY, 500 * (int64_t)DAY, VT_CHURN_LOGISTIC);
    assert_true(s.quality.auc > 0.9 && s.quality.brier < 0.6 * s.quality.brier_of_rate);
    free(h.event);
    free(h.ptr);
}

static bool read_cdnow(histories *h)
{
    char path[512], line[128];
    if (data_file(path, "cdnow/CDNOW_master.txt") == NULL) {
        return false;
    }
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    enum { EVENTS = 80000, CUSTOMERS = 30000 };
    *h = (histories){malloc(EVENTS * sizeof(vt_customer_event)), calloc(CUSTOMERS + 1, sizeof(size_t)), 0, 0};
    long before = 0;
    while (fgets(line, sizeof line, file) != NULL && h->n_events < EVENTS) {
        char *end = NULL;
        long customer = strtol(line, &end, 10), date = strtol(end, &end, 10);
        strtol(end, &end, 10);
        double amount = strtod(end, &end);
        if (customer == 0) {
            continue; /* the header */
        }
        if (customer != before) {
            h->n_customers++;
            before = customer;
        }
        int64_t day = vt_days_from_civil(date / 10000, (int)(date / 100 % 100), (int)(date % 100));
        h->event[h->n_events++] = (vt_customer_event){day * DAY, VT_CUSTOMER_PURCHASE, -1, -1, amount, 0.0};
        h->ptr[h->n_customers] = h->n_events;
    }
    fclose(file);
    return true;
}

static void customers_of_cdnow(void **state)
{
    (void)state;
    histories h = {0};
    vt_error err = VT_ERROR_INIT;
    if (!read_cdnow(&h)) {
        skip();
    }
    assert_int_equal(h.n_customers, 23570);
    int64_t first = vt_days_from_civil(1997, 8, 1) * DAY, later = vt_days_from_civil(1998, 1, 1) * DAY;
    vt_churn_summary s = foretell(&h, first, later, VT_CHURN_LOGISTIC);
    assert_true(s.quality.auc > 0.75 && s.quality.brier < s.quality.brier_of_rate);
    if (vt_trees_available(&err) == VT_OK) {
        s = foretell(&h, first, later, VT_CHURN_TREES);
        assert_true(s.quality.auc > 0.75 && s.quality.brier < s.quality.brier_of_rate);
    }
    free(h.event);
    free(h.ptr);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(made_customers),
        cmocka_unit_test(customers_of_cdnow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
