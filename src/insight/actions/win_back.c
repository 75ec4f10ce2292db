/* Customers who ordered often and have been silent for long. */
#include <stdio.h>

#include "insight/actions/actions.h"
#include "insight/segments.h"

#define BACK .10 /* of customers who are written to and order again: assumed, with 5 to 15 % as interval */
#define BACK_LOW .05
#define BACK_HIGH .15

int vt_actions_find_win_back(vt_actions *a, vt_error *err)
{
    vt_segments segments = {0};
    int status = vt_segments_find(&segments, a->scope, err);
    double revenue = 0, orders = 0;
    int64_t n = 0;
    for (int32_t u = 0; status == VT_OK && u < a->scope->view->n_users; u++) {
        if (segments.of_user[u] == (int8_t)VT_SEGMENT_AT_RISK) {
            n++;
            revenue += vt_sums_revenue(&segments.sums[u]);
            orders += (double)segments.sums[u].orders;
        }
    }
    vt_segments_done(&segments);
    if (status == VT_OK && n > 0 && orders > 0 && revenue > 0) {
        vt_action *row = vt_actions_add(a, VT_ACTION_WIN_BACK, -1, err);
        status = row == NULL ? VT_ERR_NO_MEMORY : VT_OK;
        if (row != NULL) {
            double once = (double)n * revenue / orders;
            snprintf(row->what, sizeof row->what, "Write to %lld customers who used to buy often", (long long)n);
            snprintf(
                row->reason, sizeof row->reason,
                "They had %.1f orders each and are among the two fifths who have been silent longest. Assumed: 5 to "
                "15 %% order once more. The list: insight churn, or --segment at-risk.",
                orders / (double)n);
            row->money = BACK * once;
            row->low = BACK_LOW * once;
            row->high = BACK_HIGH * once;
            row->evidence = (double)n;
        }
    }
    return status;
}
