/* In words, for the rows of an answer, what rules did to them. */
#include <inttypes.h>
#include <stdio.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "recommend/answer.h"

enum { DAY = 86400, FIXED = 4 }; /* dislikes, diversity, explore, replenish: one line each at most */

/* Adds a line to a row, which has room for it. */
static int add(vt_answer *answer, size_t at, const char **lines, const char *text, vt_error *err)
{
    vt_str kept = vt_arena_str(answer->storage, vt_str_of(text), err);
    if (kept.ptr == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    lines[answer->items[at].n_rules++] = kept.ptr;
    return VT_OK;
}

static int name_boosts(vt_answer *answer, const char **lines, size_t room, const vt_asking *a, vt_error *err)
{
    uint8_t *fits = vt_alloc((size_t)a->info.n_items, sizeof *fits, err);
    int status = fits == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    for (size_t b = 0; status == VT_OK && b < a->rules->n_boosts; b++) {
        const vt_boost *boost = &a->rules->boosts[b];
        bool buries = boost->factor < 1 || boost->addition < 0;
        char text[640];
        char line[660];
        vt_boost_text(text, sizeof text, boost);
        snprintf(line, sizeof line, "%s %s", buries ? "bury" : "boost", text);
        status = vt_pipeline_boosts(fits, &a->pipeline, b, err);
        for (size_t i = 0; status == VT_OK && i < a->n_placed; i++) {
            if ((a->placed[i].touched & VT_TOUCHED_BOOST) != 0 && fits[a->placed[i].item]) {
                status = add(answer, i, lines + i * room, line, err);
            }
        }
    }
    vt_free(fits);
    return status;
}

/* The disliked item that the row is most alike to. */
static int name_dislike(vt_answer *answer, size_t at, const char **lines, const vt_asking *a, vt_error *err)
{
    char line[660];
    int32_t nearest = a->disliked[0];
    float highest = -1;
    for (size_t d = 0; d < a->n_disliked; d++) {
        float like = vt_like(&a->pipeline.likeness, a->placed[at].item, a->disliked[d]);
        nearest = like > highest ? a->disliked[d] : nearest;
        highest = like > highest ? like : highest;
    }
    snprintf(line, sizeof line, "fewer like %.*s", VT_STR_ARGS(vt_ids_get(&a->info.items, nearest)));
    return add(answer, at, lines, line, err);
}

static int name_row(vt_answer *answer, size_t at, const char **lines, const vt_asking *a, vt_error *err)
{
    const vt_placed *placed = &a->placed[at];
    int status = VT_OK;
    if ((placed->touched & VT_TOUCHED_FEWER) != 0) {
        status = name_dislike(answer, at, lines, a, err);
    }
    if (status == VT_OK && a->interval != NULL && a->seen[placed->item]) {
        char line[64];
        snprintf(line, sizeof line, "due again after %" PRId64 " days", (a->interval[placed->item] + DAY / 2) / DAY);
        status = add(answer, at, lines, line, err);
    }
    if (status == VT_OK && (placed->touched & VT_TOUCHED_EXPLORE) != 0) {
        status = add(answer, at, lines, "explore", err);
    }
    if (status == VT_OK && (placed->touched & VT_TOUCHED_DIVERSITY) != 0) {
        const vt_rules *r = a->rules;
        status = add(answer, at, lines,
                     r->diversity == 0     ? "calibration"
                     : r->calibration == 0 ? "diversity"
                                           : "diversity and calibration",
                     err);
    }
    return status;
}

int vt_asking_name_rules(vt_answer *answer, const vt_asking *a, vt_error *err)
{
    size_t room = a->rules->n_boosts + FIXED;
    const char **lines = vt_arena_alloc(answer->storage, a->n_placed * room + 1, sizeof *lines, err);
    if (lines == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    int status = name_boosts(answer, lines, room, a, err);
    for (size_t i = 0; status == VT_OK && i < a->n_placed; i++) {
        answer->items[i].rules = lines + i * room;
        status = name_row(answer, i, lines + i * room, a, err);
    }
    return status;
}
