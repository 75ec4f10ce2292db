/* Sorted by customer and day, purchases are summed in one pass; ties keep the order of the input, so sums do too. */
#include "insight/clv/summary.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"

typedef struct bought {
    int64_t day;
    size_t place;
    double amount;
    int32_t customer;
} bought;

void vt_clv_summary_options_init(vt_clv_summary_options *options)
{
    *options = (vt_clv_summary_options){7.0, VT_NONE, VT_NONE};
}

static int by_customer_and_day(const void *a, const void *b)
{
    const bought *x = a, *y = b;
    if (x->customer != y->customer) {
        return x->customer < y->customer ? -1 : 1;
    }
    if (x->day != y->day) {
        return x->day < y->day ? -1 : 1;
    }
    return (x->place > y->place) - (x->place < y->place);
}

/* Copies what counts; the days of the first and last purchase. */
static int copy(bought *list, size_t *n, vt_clv_summary *s, const vt_clv_purchases *p, vt_error *err)
{
    *n = 0;
    for (size_t i = 0; i < p->n; i++) {
        double amount = p->amount == NULL ? 0.0 : p->amount[i];
        if (p->customer[i] < 0 || (size_t)p->customer[i] >= p->n_customers) {
            return vt_fail(err, VT_ERR_FAILED, "purchase %zu is of customer %d, of %zu", i, p->customer[i],
                           p->n_customers);
        }
        if (!isfinite(amount) || fabs(amount) > 1e15) {
            return vt_fail(err, VT_ERR_FAILED, "purchase %zu has no amount of money that can be counted", i);
        }
        if (amount < 0.0) {
            s->negative++;
            continue;
        }
        list[(*n)++] = (bought){p->day[i], i, amount, p->customer[i]};
        s->begin = *n == 1 || p->day[i] < s->begin ? p->day[i] : s->begin;
        s->end = *n == 1 || p->day[i] > s->end ? p->day[i] : s->end;
    }
    return *n > 0 ? VT_OK
                  : vt_fail(err, VT_ERR_UNSUPPORTED, "there are no purchases%s: nothing can be said about customers",
                            s->negative > 0 ? " with an amount of 0 or more" : "");
}

static int set_days(vt_clv_summary *s, const vt_clv_summary_options *o, vt_error *err)
{
    char date[16];
    int64_t last = s->end;
    s->end = o->end == VT_NONE ? last : o->end;
    s->until = o->until == VT_NONE ? s->end : o->until;
    s->unit = o->unit;
    if (!(o->unit > 0.0) || !isfinite(o->unit)) {
        return vt_fail(err, VT_ERR_USAGE, "a unit of time of %g days cannot be: give a number above 0", o->unit);
    }
    if (s->until < s->begin || s->until > s->end) {
        vt_format_date(date, s->begin * 86400);
        return vt_fail(err, VT_ERR_USAGE,
                       "the last day that counts must lie between the first purchase (%s) and the end", date);
    }
    if (s->end - s->begin >= VT_CLV_DAYS_MAX) {
        return vt_fail(err, VT_ERR_LIMIT, "purchases lie %lld days apart: some of their dates must be wrong",
                       (long long)(s->end - s->begin));
    }
    return VT_OK;
}

/* Adds the purchases of one customer (`n` of one after the other); nothing when all come after the calibration. */
static void add_customer(vt_clv_summary *s, const bought *list, size_t n)
{
    size_t k = s->n;
    int64_t day = list[0].day, last = day, seen = day - 1;
    double money = 0.0;
    if (day > s->until) {
        return;
    }
    s->customer[k] = list[0].customer;
    s->first[k] = day;
    s->frequency[k] = s->later[k] = s->later_money[k] = 0.0;
    s->again[k] = NAN;
    for (size_t i = 0; i < n && list[i].day <= s->end; i++) {
        bool fresh = list[i].day != seen, repeat = list[i].day > day;
        seen = list[i].day;
        s->repeat_days[seen - s->begin] += fresh && repeat;
        if (seen > s->until) {
            s->again[k] = s->later[k] > 0.0 ? s->again[k] : (double)(seen - s->until) / s->unit;
            s->later[k] += fresh;
            s->later_money[k] += list[i].amount;
        } else if (repeat) {
            s->frequency[k] += fresh;
            money += list[i].amount;
            last = seen;
        }
    }
    s->money[k] = s->frequency[k] > 0.0 ? money / s->frequency[k] : 0.0;
    s->recency[k] = (double)(last - day) / s->unit;
    s->age[k] = (double)(s->until - day) / s->unit;
    s->n++;
}

static int make_arrays(vt_clv_summary *s, size_t n, vt_error *err)
{
    double **columns[] = {&s->frequency, &s->recency, &s->age, &s->money, &s->later, &s->later_money, &s->again};
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
        *columns[i] = vt_alloc(n, sizeof(double), err);
        if (*columns[i] == NULL) {
            return VT_ERR_NO_MEMORY;
        }
    }
    s->customer = vt_alloc(n, sizeof *s->customer, err);
    s->first = s->customer == NULL ? NULL : vt_alloc(n, sizeof *s->first, err);
    s->repeat_days = s->first == NULL ? NULL : vt_alloc_zero((size_t)(s->end - s->begin + 1), sizeof(int64_t), err);
    return s->repeat_days == NULL ? VT_ERR_NO_MEMORY : VT_OK;
}

int vt_clv_summarise(vt_clv_summary *out, const vt_clv_purchases *purchases, const vt_clv_summary_options *options,
                     vt_error *err)
{
    vt_clv_summary s = {0};
    size_t n = 0, customers = 0;
    bought *list = vt_alloc(purchases->n, sizeof *list, err);
    int status = list == NULL ? VT_ERR_NO_MEMORY : copy(list, &n, &s, purchases, err);
    status = status != VT_OK ? status : set_days(&s, options, err);
    if (status == VT_OK) {
        qsort(list, n, sizeof *list, by_customer_and_day);
        for (size_t i = 0; i < n; i++) {
            customers += i == 0 || list[i].customer != list[i - 1].customer;
        }
        status = make_arrays(&s, customers, err);
    }
    for (size_t i = 0, next; status == VT_OK && i < n; i = next) {
        for (next = i + 1; next < n && list[next].customer == list[i].customer;) {
            next++;
        }
        add_customer(&s, list + i, next - i);
    }
    vt_free(list);
    if (status != VT_OK) {
        vt_clv_summary_done(&s);
        return status;
    }
    *out = s;
    return VT_OK;
}

void vt_clv_summary_done(vt_clv_summary *s)
{
    vt_free(s->customer);
    vt_free(s->first);
    vt_free(s->frequency);
    vt_free(s->recency);
    vt_free(s->age);
    vt_free(s->money);
    vt_free(s->later);
    vt_free(s->later_money);
    vt_free(s->again);
    vt_free(s->repeat_days);
    *s = (vt_clv_summary){0};
}
