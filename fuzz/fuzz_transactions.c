/* Plain files of transactions: who bought is named, days and amounts are in range, and the summary holds together. */
#include "file.h"

#include <math.h>
#include <string.h>

#include "insight/clv/transactions.h"

static void check_summary(const vt_transactions *t)
{
    vt_error err = VT_ERROR_INIT;
    vt_clv_summary s = {0};
    vt_clv_summary_options options;
    const vt_clv_purchases purchases = vt_transactions_purchases(t);
    vt_clv_summary_options_init(&options);
    int status = vt_clv_summarise(&s, &purchases, &options, &err);
    fuzz_require(status == VT_OK || err.message[0] != '\0');
    if (status != VT_OK) {
        return;
    }
    fuzz_require(s.n > 0 && s.n <= purchases.n_customers && s.begin <= s.until && s.until <= s.end);
    for (size_t i = 0; i < s.n; i++) {
        fuzz_require(s.customer[i] >= 0 && (size_t)s.customer[i] < purchases.n_customers);
        fuzz_require(s.frequency[i] >= 0.0 && s.recency[i] >= 0.0 && s.recency[i] <= s.age[i] + 1e-9);
        fuzz_require(isfinite(s.money[i]) && (s.frequency[i] > 0.0 || s.money[i] == 0.0));
    }
    vt_clv_summary_done(&s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[80];
    vt_error err = VT_ERROR_INIT;
    vt_transactions t = {0};
    vt_transactions_options options;
    vt_transactions_options_init(&options);
    fuzz_write_file(path, data, size);
    int status = vt_transactions_read(&t, path, &options, &err);
    if (status != VT_OK) {
        fuzz_require(err.code == (vt_code)status && err.message[0] != '\0' && t.ids == NULL);
    } else {
        fuzz_require(t.n > 0 && (t.skipped > 0) == (t.reason[0] != '\0'));
        for (size_t i = 0; i < t.n; i++) {
            fuzz_require(vt_transactions_id(&t, t.customer[i]).len > 0);
            fuzz_require(t.amount == NULL || isfinite(t.amount[i]));
        }
        check_summary(&t);
        vt_transactions_done(&t);
    }
    unlink(path);
    return 0;
}
