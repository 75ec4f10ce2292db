/* Stars follow taste and quality with noise; the sentences are drawn from the tables by the number of stars. */
#include "synth/reviews.h"

#include <math.h>

int synth_stars(const synth_truth *truth, const synth_item *item, double match, vt_rng *rng)
{
    double stars = truth->stars_base + truth->stars_match * match + truth->stars_quality * item->quality +
                   truth->stars_noise * vt_rng_normal(rng);
    /* Now and then something goes wrong that neither taste nor quality explains. */
    if (vt_rng_unit(rng) < truth->mishap_share) {
        stars -= 1.5 + 2.5 * vt_rng_unit(rng);
    }
    return stars < 1.5 ? 1 : stars >= 4.5 ? 5 : (int)floor(stars + 0.5);
}

/* A sentence of a table with "%s" in it once. */
static int sentence(vt_buf *out, const char *format, const char *word, vt_error *err)
{
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    int status = out->len == 0 ? VT_OK : vt_buf_add(out, " ", 1, err);
    return status != VT_OK ? status : vt_buf_printf(out, err, format, word);
#pragma GCC diagnostic pop
}

int synth_review(vt_buf *title, vt_buf *body, const synth_item *item, int stars, vt_rng *rng, vt_error *err)
{
    const synth_sub *sub = &synth_subs[item->sub];
    int class = stars <= 2 ? 0 : stars == 3 ? 1 : 2;
    int s = stars - 1;
    int status = vt_buf_add_text(title, synth_review_titles[s][vt_rng_below(rng, 4)], err);
    if (status == VT_OK) {
        status = sentence(body, synth_review_openings[s][vt_rng_below(rng, 4)], sub->noun[item->noun], err);
    }
    uint64_t aspects = vt_rng_below(rng, 7); /* a bit for each aspect that is spoken of */
    bool book = item->sub / 5 == 1;
    if (status == VT_OK && (aspects & 1U) != 0 && !book) {
        status = sentence(body, synth_review_material[class][vt_rng_below(rng, 3)], sub->material[item->material], err);
    }
    if (status == VT_OK && (aspects & 2U) != 0) {
        status = sentence(body, synth_review_use[class][vt_rng_below(rng, 3)], sub->use[item->use], err);
    }
    if (status == VT_OK && (aspects & 4U) != 0) {
        status = sentence(body, synth_review_style[class][vt_rng_below(rng, 3)],
                          synth_styles[item->style].adjective[item->adjective], err);
    }
    if (status == VT_OK && vt_rng_below(rng, 2) == 0) {
        status = sentence(body, "%s", synth_review_closings[s][vt_rng_below(rng, 4)], err);
    }
    return status;
}
