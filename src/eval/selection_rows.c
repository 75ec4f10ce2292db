/* The table is data, not code: a kind or preset that is worth a try is one row. */
#include "eval/selection_rows.h"

#include "base/alloc.h"

/* Where few events a user end, and items for a matrix of them. */
enum { MANY_EVENTS = 20, SMALL_CATALOGUE = 20000 };

static const vt_selection_row rows[] = {
    {"popularity", NULL, NULL, 0},
    {"popularity", "recent", NULL, VT_DATA_TIMED},
    {"popularity", "trend", NULL, VT_DATA_TIMED},
    {"popularity", NULL, "half_life=7", VT_DATA_TIMED},
    {"itemknn", NULL, NULL, 0},
    {"itemknn", "reviews", NULL, VT_DATA_TIMED | VT_DATA_FEW},
    {"itemknn", "ratings", NULL, VT_DATA_TIMED | VT_DATA_MANY},
    {"itemknn", "sequences", NULL, VT_DATA_UNTIMED},
    {"content", "reviews", NULL, VT_DATA_TEXT | VT_DATA_FEW},
    {"ease", NULL, NULL, VT_DATA_SMALL},
    {"ease", "reviews", NULL, VT_DATA_SMALL | VT_DATA_FEW | VT_DATA_TEXT},
    {"ease", "ratings", NULL, VT_DATA_SMALL | VT_DATA_MANY},
    {"slim", "reviews", NULL, VT_DATA_LARGE | VT_DATA_FEW},
    {"slim", "ratings", NULL, VT_DATA_LARGE | VT_DATA_MANY},
    {"ials", "reviews", NULL, VT_DATA_FEW},
    {"ials", "ratings", NULL, VT_DATA_MANY},
    {"hybrid", NULL, NULL, VT_DATA_SMALL | VT_DATA_TIMED},
    {"hybrid", NULL, "statistics=no", VT_DATA_SMALL},
    {"ranker", NULL, NULL, VT_DATA_TIMED},
    {"fusion", "reviews", NULL, VT_DATA_TIMED | VT_DATA_FEW},
    {"fusion", "shop", NULL, VT_DATA_TIMED | VT_DATA_SIGNALS | VT_DATA_SMALL},
    {"fusion", "large", NULL, VT_DATA_TIMED | VT_DATA_LARGE},
    {"fusion", "ratings", NULL, VT_DATA_TIMED | VT_DATA_MANY},
    {"fusion", "sequences", NULL, VT_DATA_UNTIMED},
};

const vt_selection_row *vt_selection_rows(size_t *n)
{
    *n = sizeof rows / sizeof *rows;
    return rows;
}

int vt_selection_shape(unsigned *out, const vt_snapshot *snapshot, const vt_split *split, const vt_fit_options *fit,
                       vt_error *err)
{
    int64_t events = 0, users = 0, items = 0;
    bool signals = false;
    uint8_t *sold = vt_alloc_zero((size_t)snapshot->n_items, 1, err);
    if (sold == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (int32_t u = 0; u < snapshot->n_users; u++) {
        int64_t before = events;
        for (int64_t e = snapshot->user_ptr[u]; e < snapshot->user_ptr[u + 1]; e++) {
            bool fitted = split->label[e] == VT_PART_TRAIN;
            events += fitted;
            items += fitted && !sold[snapshot->item[e]];
            sold[snapshot->item[e]] |= fitted;
            signals = signals || split->signal[e] == VT_PART_TRAIN;
        }
        users += events > before;
    }
    vt_free(sold);
    *out = (snapshot->time_min != VT_NONE ? VT_DATA_TIMED : VT_DATA_UNTIMED) |
           (events < MANY_EVENTS * users ? VT_DATA_FEW : VT_DATA_MANY) | (fit->text != NULL ? VT_DATA_TEXT : 0) |
           (signals ? VT_DATA_SIGNALS : 0) | (items <= SMALL_CATALOGUE ? VT_DATA_SMALL : VT_DATA_LARGE);
    return VT_OK;
}
