/*
 * Filling goes column by column, with the list of events by time at hand, so that reading jumps about in one column at
 * a time and writing goes straight on.
 */
#include "dataset/timeline.h"

#include <string.h>

#include "base/alloc.h"
#include "dataset/layout.h"

/* The columns that are copied: from the events, to lines and to visits; VT_SECTIONS where these have none. */
static const struct {
    vt_section event, line, visit;
} copied[] = {
    {VT_SECTION_EVENT_TIME, VT_SECTION_LINE_TIME, VT_SECTION_VISIT_TIME},
    {VT_SECTION_EVENT_ITEM, VT_SECTION_LINE_ITEM, VT_SECTION_VISIT_ITEM},
    {VT_SECTION_EVENT_ORDER, VT_SECTION_LINE_ORDER, VT_SECTIONS},
    {VT_SECTION_EVENT_SESSION, VT_SECTION_LINE_SESSION, VT_SECTION_VISIT_SESSION},
    {VT_SECTION_EVENT_QUANTITY, VT_SECTION_LINE_QUANTITY, VT_SECTIONS},
    {VT_SECTION_EVENT_UNIT_PRICE, VT_SECTION_LINE_UNIT_PRICE, VT_SECTIONS},
    {VT_SECTION_EVENT_DISCOUNT, VT_SECTION_LINE_DISCOUNT, VT_SECTIONS},
    {VT_SECTION_EVENT_COST, VT_SECTION_LINE_COST, VT_SECTIONS},
    {VT_SECTION_EVENT_REFUNDED, VT_SECTION_LINE_REFUNDED, VT_SECTIONS},
    {VT_SECTION_EVENT_KIND, VT_SECTION_LINE_KIND, VT_SECTION_VISIT_KIND},
    {VT_SECTION_EVENT_STATE, VT_SECTION_LINE_STATE, VT_SECTIONS},
};

/* Elements of `from` at the places `at` (n), side by side in `to`. */
static void gather(void *to, const void *from, size_t size, const uint32_t *at, uint64_t n)
{
    unsigned char *out = to;
    const unsigned char *in = from;
    for (uint64_t i = 0; i < n; i++) {
        if (size == 8) {
            memcpy(out + i * 8, in + (size_t)at[i] * 8, 8);
        } else if (size == 4) {
            memcpy(out + i * 4, in + (size_t)at[i] * 4, 4);
        } else {
            out[i] = in[at[i]];
        }
    }
}

/* Names the events of lines and of visits by time. */
static void list_events(vt_snapshot *s, uint64_t n_all)
{
    const uint32_t *by_time = vt_layout_section(s, VT_SECTION_EVENT_BY_TIME);
    const uint8_t *kind = vt_layout_section(s, VT_SECTION_EVENT_KIND);
    const int64_t *time = vt_layout_section(s, VT_SECTION_EVENT_TIME);
    uint32_t *line = vt_layout_section(s, VT_SECTION_LINE_AT);
    uint32_t *visit = vt_layout_section(s, VT_SECTION_VISIT_AT);
    for (uint64_t i = 0; i < n_all; i++) {
        uint32_t e = by_time[i];
        if (vt_timeline_is_line(kind[e], time[e])) {
            *line++ = e;
        } else if (vt_timeline_is_visit(kind[e], time[e])) {
            *visit++ = e;
        }
    }
}

/* The user of each event, and the first order of each user. */
static void fill_users(vt_snapshot *s, int32_t *user, uint64_t n_all)
{
    const int64_t *ptr = vt_layout_section(s, VT_SECTION_USER_PTR);
    const uint8_t *kind = vt_layout_section(s, VT_SECTION_EVENT_KIND);
    const uint8_t *state = vt_layout_section(s, VT_SECTION_EVENT_STATE);
    const int64_t *time = vt_layout_section(s, VT_SECTION_EVENT_TIME);
    int64_t *first = vt_layout_section(s, VT_SECTION_USER_FIRST_ORDER);
    int32_t n_users = (int32_t)vt_layout_row(s, VT_SECTION_USER_FIRST_ORDER)->count;
    for (int32_t u = 0; u < n_users; u++) {
        first[u] = VT_NONE;
        for (int64_t e = ptr[u]; e < ptr[u + 1]; e++) {
            user[e] = u;
            if (first[u] == VT_NONE && vt_timeline_is_order(kind[e], state[e], time[e])) {
                first[u] = time[e]; /* those with a time stand in its order */
            }
        }
    }
    for (uint64_t e = (uint64_t)ptr[n_users]; e < n_all; e++) {
        user[e] = -1;
    }
}

int vt_timeline_fill(vt_snapshot *s, vt_error *err)
{
    uint64_t n_all = vt_layout_row(s, VT_SECTION_EVENT_ITEM)->count;
    uint64_t n_lines = vt_layout_row(s, VT_SECTION_LINE_AT)->count;
    uint64_t n_visits = vt_layout_row(s, VT_SECTION_VISIT_AT)->count;
    int32_t *user = vt_alloc((size_t)n_all, sizeof *user, err);
    if (user == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    list_events(s, n_all);
    fill_users(s, user, n_all);
    const uint32_t *line = vt_layout_section(s, VT_SECTION_LINE_AT);
    const uint32_t *visit = vt_layout_section(s, VT_SECTION_VISIT_AT);
    gather(vt_layout_section(s, VT_SECTION_LINE_USER), user, sizeof *user, line, n_lines);
    gather(vt_layout_section(s, VT_SECTION_VISIT_USER), user, sizeof *user, visit, n_visits);
    vt_free(user);
    for (size_t c = 0; c < sizeof copied / sizeof copied[0]; c++) {
        const void *from = vt_layout_section(s, copied[c].event);
        size_t size = vt_section_table[copied[c].event].size;
        gather(vt_layout_section(s, copied[c].line), from, size, line, n_lines);
        if (copied[c].visit != VT_SECTIONS) {
            gather(vt_layout_section(s, copied[c].visit), from, size, visit, n_visits);
        }
    }
    return VT_OK;
}
