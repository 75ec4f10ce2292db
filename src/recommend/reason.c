/*
 * "Because you bought X 3 days ago; its looks count 41 %, its description 33 %." The parts of a score are gathered into
 * a few themes that a person knows. A theme's percentage is its share of what the themes above 0 add up to.
 */
#include "recommend/reason.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/format.h"

enum {
    TITLE_BYTES = 72, /* longer titles are cut */
    SHOWN = 3,        /* themes named at most */
    SENTENCE_BYTES = 4096
};

#define LEAST_SHARE 0.1    /* of a theme beside the first one */
#define LEAST_OF_FIRST 0.5 /* of a second event, against the first one */

typedef enum theme {
    THEME_WORDS,
    THEME_LOOKS,
    THEME_ATTRIBUTES,
    THEME_BUYERS,
    THEME_TOGETHER,
    THEME_LIKENESS,
    THEME_INTEREST,
    THEME_SALES,
    THEME_SEASON,
    THEME_EVERYBODY,
    THEMES
} theme;

static const struct {
    const char *text;
    bool many; /* "count", not "counts" */
} themes[THEMES] = {
    [THEME_WORDS] = {"its description", false},
    [THEME_LOOKS] = {"its looks", true},
    [THEME_ATTRIBUTES] = {"its brand and category", true},
    [THEME_BUYERS] = {"who buys it", false},
    [THEME_TOGETHER] = {"what is bought together", false},
    [THEME_LIKENESS] = {"its likeness to what you had", false},
    [THEME_INTEREST] = {"your interest in it", false},
    [THEME_SALES] = {"how it sells", false},
    [THEME_SEASON] = {"the season", false},
    [THEME_EVERYBODY] = {"how many want it", false},
};

/* Groups of events that relations may be with. */
static const char *const groups[] = {"viewed_", "carted_", "disliked_"};

/* Parts by the beginning of their names, behind that of a group, and members of a hybrid or a ranker. */
static const struct {
    const char *begin;
    theme theme;
} rows[] = {
    {"text", THEME_WORDS},          {"words", THEME_WORDS},           {"image", THEME_LOOKS},
    {"looks", THEME_LOOKS},         {"attributes", THEME_ATTRIBUTES}, {"brand", THEME_ATTRIBUTES},
    {"category", THEME_ATTRIBUTES}, {"same_brand", THEME_ATTRIBUTES}, {"same_category", THEME_ATTRIBUTES},
    {"id", THEME_BUYERS},           {"together", THEME_TOGETHER},     {"itemknn", THEME_TOGETHER},
    {"ease", THEME_TOGETHER},       {"slim", THEME_TOGETHER},         {"content", THEME_LIKENESS},
    {"item", THEME_INTEREST},       {"popularity", THEME_EVERYBODY},  {"viewed", THEME_INTEREST},
    {"carted", THEME_INTEREST},     {"refused", THEME_INTEREST},      {"taste", THEME_EVERYBODY},
};

static theme theme_of(const vt_score_part *part)
{
    if (part->kind == VT_REASON_SALES || strcmp(part->name, "sales") == 0) {
        return THEME_SALES;
    }
    if (part->kind == VT_REASON_SEASON) {
        return THEME_SEASON;
    }
    const char *name = part->name;
    for (size_t g = 0; g < sizeof groups / sizeof *groups; g++) {
        name += strncmp(name, groups[g], strlen(groups[g])) == 0 ? strlen(groups[g]) : 0;
    }
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (strncmp(name, rows[i].begin, strlen(rows[i].begin)) == 0) {
            return rows[i].theme;
        }
    }
    return THEME_BUYERS; /* other models of who buys what */
}

/*
 * ---- events -------------------------------------------------------------------------------------------------------
 */

void vt_format_ago(char out[32], int64_t now, int64_t time)
{
    static const char *const months[] = {"January", "February", "March",     "April",   "May",      "June",
                                         "July",    "August",   "September", "October", "November", "December"};
    out[0] = '\0';
    if (time == VT_NONE || now == VT_NONE || time > now) {
        return;
    }
    int64_t days = now / 86400 - time / 86400;
    char date[16];
    vt_format_date(date, time);
    if (days <= 1) {
        snprintf(out, 32, "%s", days == 0 ? "today" : "yesterday");
    } else if (days < 14) {
        snprintf(out, 32, "%" PRId64 " days ago", days);
    } else if (days < 60) {
        snprintf(out, 32, "%" PRId64 " weeks ago", days / 7);
    } else {
        int month = (date[5] - '0') * 10 + date[6] - '0';
        snprintf(out, 32, "in %s %.4s", months[month - 1], date);
    }
}

/* What a person did, around the title. */
static const struct {
    const char *before, *after;
} deeds[VT_EVENT_KINDS] = {
    [VT_EVENT_VIEW] = {"looked at", ""},   [VT_EVENT_CART] = {"put", " into the cart"},
    [VT_EVENT_PURCHASE] = {"bought", ""},  [VT_EVENT_RETURN] = {"returned", ""},
    [VT_EVENT_RATING] = {"rated", ""},     [VT_EVENT_LIKE] = {"liked", ""},
    [VT_EVENT_DISLIKE] = {"disliked", ""}, [VT_EVENT_IMPRESSION] = {"saw", ""},
    [VT_EVENT_CLICK] = {"clicked on", ""},
};

/* The item of a view by its title, else its id. */
static void take_title(char title[TITLE_BYTES], const vt_view *view, int32_t item)
{
    vt_str text = vt_view_item_title(view, item);
    vt_format_name(title, TITLE_BYTES, text.len > 0 ? text : vt_view_item_id(view, item));
}

static int write_event(vt_buf *out, const vt_context *c, size_t event, bool verb, bool when, vt_error *err)
{
    const vt_history *h = &c->history;
    char title[TITLE_BYTES], ago[32] = "";
    int kind = h->kind[event] < VT_EVENT_KINDS ? h->kind[event] : VT_EVENT_PURCHASE;
    take_title(title, c->view, h->shown[event]);
    if (when) {
        vt_format_ago(ago, c->now, h->time[event]);
    }
    return vt_buf_printf(out, err, "%s%s\"%s\"%s%s%s", verb ? deeds[kind].before : "", verb ? " " : "", title,
                         deeds[kind].after, ago[0] == '\0' ? "" : " ", ago);
}

/* The event with the largest weight above `least`, of another item than `besides` (-1: any); -1 without. */
static int64_t strongest(const vt_history *h, const double *weight, double least, int64_t besides)
{
    int64_t best = -1;
    for (size_t e = 0; e < h->n_all; e++) {
        bool other = besides < 0 || h->item[e] != h->item[besides];
        if (other && weight[e] > least) {
            least = weight[e];
            best = (int64_t)e;
        }
    }
    return best;
}

static int write_events(vt_buf *out, const vt_context *c, const double *weight, vt_error *err)
{
    const vt_history *h = &c->history;
    int64_t first = weight == NULL ? -1 : strongest(h, weight, 0.0, -1);
    if (first < 0) {
        return vt_buf_add_text(
            out, h->n_all == 0 ? "Nothing is known of you yet" : "Nothing that you did speaks for it", err);
    }
    int64_t second = isinf(weight[first]) ? -1 : strongest(h, weight, LEAST_OF_FIRST * weight[first], first);
    char one[32], two[32] = "";
    vt_format_ago(one, c->now, h->time[first]);
    if (second >= 0) {
        vt_format_ago(two, c->now, h->time[second]);
    }
    bool same_deed = second >= 0 && h->kind[first] == h->kind[second] && deeds[h->kind[first]].after[0] == '\0';
    bool same_time = same_deed && strcmp(one, two) == 0;
    int status = vt_buf_add_text(out, "Because you ", err);
    status = status == VT_OK ? write_event(out, c, (size_t)first, true, !same_time, err) : status;
    if (second >= 0 && status == VT_OK) {
        status = vt_buf_add_text(out, " and ", err);
        status = status == VT_OK ? write_event(out, c, (size_t)second, !same_deed, true, err) : status;
    }
    return status;
}

/*
 * ---- themes -------------------------------------------------------------------------------------------------------
 */

static int write_themes(vt_buf *out, const vt_explanation *parts, vt_error *err)
{
    double value[THEMES] = {0.0}, sum = 0.0;
    int known = 0, status = VT_OK;
    for (size_t p = 0; p < parts->n_parts; p++) {
        value[theme_of(&parts->parts[p])] += parts->parts[p].value;
    }
    for (int t = 0; t < THEMES; t++) {
        sum += value[t] > 0.0 ? value[t] : 0.0;
        known += value[t] > 0.0 || value[t] < 0.0;
    }
    for (int shown = 0; known > 1 && shown < SHOWN && status == VT_OK; shown++) {
        int best = 0;
        for (int t = 1; t < THEMES; t++) {
            best = value[t] > value[best] ? t : best;
        }
        if (!(value[best] > (shown == 0 ? 0.0 : LEAST_SHARE * sum))) {
            break;
        }
        const char *counts = shown > 0 ? "" : themes[best].many ? "count " : "counts ";
        status = vt_buf_printf(out, err, "%s %s %s%.0f %%", shown == 0 ? ";" : ",", themes[best].text, counts,
                               100.0 * value[best] / sum);
        value[best] = 0.0;
    }
    return status;
}

int vt_reason_write(vt_buf *out, const vt_context *c, const vt_explanation *parts, const double *weight, vt_error *err)
{
    int status = write_events(out, c, weight, err);
    status = status == VT_OK ? write_themes(out, parts, err) : status;
    return status == VT_OK ? vt_buf_add_text(out, ".", err) : status;
}

/*
 * ---- reasons of a list --------------------------------------------------------------------------------------------
 */

/* A row that popularity put there. */
static int write_popular(vt_buf *out, const vt_history *h, int64_t count, vt_error *err)
{
    const char *yours = h->n_all == 0 ? "Nothing is known of you yet" : "Nothing that you did leads to it";
    return vt_buf_printf(out, err, "%s; %" PRId64 " %s on it.", yours, count,
                         count == 1 ? "event of all users is" : "events of all users are");
}

/* One row; `weight` (N) is scratch. */
static int write_row(vt_buf *out, const vt_context *c, const vt_recommendation *row, const vt_explanation *parts,
                     int32_t item, double *weight, vt_error *err)
{
    const vt_history *h = &c->history;
    vt_buf_clear(out);
    if (strcmp(row->source, "popularity") == 0) {
        return write_popular(out, h, vt_view_item_count(c->view, item), err);
    }
    if (strcmp(row->source, "likeness") == 0) {
        return vt_buf_add_text(out, "It is new, and like something that you had.", err);
    }
    for (size_t e = 0; e < h->n_all; e++) {
        weight[e] = vt_explanation_of_event(parts, e);
    }
    return vt_reason_write(out, c, parts, weight, err);
}

/* Whether the model itself put a row there, and can say why. */
static bool is_scored(const vt_context *c, const vt_recommendation *row)
{
    return strcmp(row->source, c->bound->info.kind->name) == 0 && strcmp(row->source, "popularity") != 0;
}

/* Parts of the rows that the model put there; `item` and `made` (n) are scratch. */
static int take_parts(vt_answer *answer, const vt_context *c, int32_t *item, vt_explanation *made, vt_error *err)
{
    size_t n = 0;
    for (size_t i = 0; i < answer->n; i++) {
        if (is_scored(c, &answer->items[i])) {
            item[n++] = vt_numbers_model(c->serving->numbers, c->placed[i].item);
        }
    }
    if (n == 0) {
        return VT_OK;
    }
    vt_user_state state = vt_context_state(c);
    int status = vt_model_explain(made, c->bound->model, &state, item, n, err);
    n = 0;
    for (size_t i = 0; status == VT_OK && i < answer->n; i++) {
        if (is_scored(c, &answer->items[i])) {
            answer->explanations[i] = made[n++];
        }
    }
    return status;
}

int vt_reasons_add(vt_answer *answer, const vt_context *c, vt_error *err)
{
    vt_buf text;
    vt_arena *arena = c->scratch->arena;
    int32_t *item = vt_arena_alloc(arena, answer->n, sizeof *item, err);
    vt_explanation *made = vt_arena_alloc(arena, answer->n, sizeof *made, err);
    double *weight = vt_arena_alloc(arena, c->history.n_all, sizeof *weight, err);
    vt_explanation *kept = vt_arena_alloc(answer->storage, answer->n, sizeof *answer->explanations, err);
    if (item == NULL || made == NULL || weight == NULL || kept == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    memset(kept, 0, answer->n * sizeof *kept);
    answer->explanations = kept;
    vt_buf_init(&text, SENTENCE_BYTES);
    int status = take_parts(answer, c, item, made, err);
    for (size_t i = 0; i < answer->n && status == VT_OK; i++) {
        vt_recommendation *row = &answer->items[i];
        status = write_row(&text, c, row, &answer->explanations[i], c->placed[i].item, weight, err);
        if (status == VT_OK) {
            row->reason = vt_arena_str(answer->storage, (vt_str){text.data, text.len}, err).ptr;
            status = row->reason == NULL ? VT_ERR_NO_MEMORY : VT_OK;
        }
    }
    vt_buf_done(&text);
    return status;
}
