/* In words, for the rows of an answer, what rules did to them. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "recommend/context.h"

enum { DAY = 86400, FIXED = 4 }; /* dislikes, diversity, explore, replenish: one line each at most */

/* Adds a line to a row, which is long enough. */
static int add(vt_answer *answer, size_t at, const char **lines, const char *text, vt_error *err)
{
    vt_str kept = vt_arena_str(answer->storage, vt_str_of(text), err);
    if (kept.ptr == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    lines[answer->items[at].n_rules++] = kept.ptr;
    return VT_OK;
}

/* The settings, and the ids of the merchandisers' rules that act. */
static void name_all(vt_answer *answer, const vt_context *c)
{
    char *text = answer->rules;
    size_t size = sizeof answer->rules;
    bool first = true;
    vt_rules_text(text, size, c->rules);
    for (size_t r = 0; r < c->pipeline.n_acting; r++) {
        const char *id = c->pipeline.acting[r]->id;
        if (id != NULL) {
            size_t used = first && strcmp(text, "none") == 0 ? 0 : strlen(text);
            snprintf(text + used, size - used, "%s%s", !first ? "+" : used > 0 ? ",rules=" : "rules=", id);
            first = false;
        }
    }
}

/* The boosts that lifted or lowered a row, or the pin that put it there. */
static int name_acting(vt_answer *answer, size_t at, const char **lines, const vt_context *c, vt_error *err)
{
    const vt_placed *placed = &c->placed[at];
    bool pinned = (placed->changed & VT_CHANGED_PIN) != 0;
    size_t n = pinned ? c->pipeline.n_pins : (placed->changed & VT_CHANGED_BOOST) != 0 ? c->pipeline.n_acting : 0;
    int status = VT_OK;
    for (size_t r = 0; r < n && status == VT_OK; r++) {
        const vt_fitted_rule *rule = pinned ? c->pipeline.pins[r] : c->pipeline.acting[r];
        bool moves = pinned || rule->action == VT_RULE_BOOST || rule->action == VT_RULE_BURY;
        if (moves && vt_fitted_fits(rule, c->view, placed->item)) {
            status = add(answer, at, lines, rule->line, err);
            if (pinned) {
                break; /* the first pin of an item counts */
            }
        }
    }
    return status;
}

/* The disliked item that the row is most alike to. */
static int name_dislike(vt_answer *answer, size_t at, const char **lines, const vt_context *c, vt_error *err)
{
    char line[660];
    int32_t nearest = c->disliked[0];
    float highest = -1;
    for (size_t d = 0; d < c->n_disliked; d++) {
        float like = vt_like(&c->pipeline.likeness, c->placed[at].item, c->disliked[d]);
        nearest = like > highest ? c->disliked[d] : nearest;
        highest = like > highest ? like : highest;
    }
    snprintf(line, sizeof line, "fewer like %.*s", VT_STR_ARGS(vt_view_item_id(c->view, nearest)));
    return add(answer, at, lines, line, err);
}

static bool was_seen(const vt_context *c, int32_t item)
{
    const vt_item_mark *mark = vt_history_mark(&c->history, item);
    return mark != NULL && mark->seen;
}

static int name_row(vt_answer *answer, size_t at, const char **lines, const vt_context *c, vt_error *err)
{
    const vt_placed *placed = &c->placed[at];
    int status = name_acting(answer, at, lines, c, err);
    if (status == VT_OK && (placed->changed & VT_CHANGED_FEWER) != 0) {
        status = name_dislike(answer, at, lines, c, err);
    }
    if (status == VT_OK && c->interval != NULL && was_seen(c, placed->item)) {
        char line[64];
        snprintf(line, sizeof line, "due again after %" PRId64 " days", (c->interval[placed->item] + DAY / 2) / DAY);
        status = add(answer, at, lines, line, err);
    }
    if (status == VT_OK && (placed->changed & VT_CHANGED_EXPLORE) != 0) {
        status = add(answer, at, lines, "explore", err);
    }
    if (status == VT_OK && (placed->changed & VT_CHANGED_DIVERSITY) != 0) {
        const vt_rules *r = c->rules;
        status = add(answer, at, lines,
                     r->diversity == 0     ? "calibration"
                     : r->calibration == 0 ? "diversity"
                                           : "diversity and calibration",
                     err);
    }
    return status;
}

int vt_context_name_rules(vt_answer *answer, const vt_context *c, vt_error *err)
{
    size_t capacity = c->pipeline.n_acting + FIXED;
    const char **lines = vt_arena_alloc(answer->storage, c->n_placed * capacity + 1, sizeof *lines, err);
    if (lines == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    int status = VT_OK;
    name_all(answer, c);
    for (size_t i = 0; status == VT_OK && i < c->n_placed; i++) {
        answer->items[i].rules = lines + i * capacity;
        status = name_row(answer, i, lines + i * capacity, c, err);
    }
    return status;
}
