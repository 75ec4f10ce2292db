/*
 * Snapshot files: the input as it is, and with its size and checksum put right, so that the checks behind the
 * checksum are reached. What opens is used in whatever way it is indexed.
 */
#include "fuzz.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "dataset/layout.h"
#include "vitrine/split.h"
#include "vitrine/statistics.h"

enum { SIZE_MAX_TRIED = 1 << 20 };

static size_t sum_texts(const vt_ids *ids)
{
    size_t bytes = 0;
    for (int32_t i = 0; i < ids->n; i++) {
        vt_str text = vt_ids_get(ids, i);
        for (size_t at = 0; at < text.len; at++) {
            bytes += (unsigned char)text.ptr[at];
        }
        fuzz_require(vt_ids_find(ids, text) == i);
    }
    return bytes;
}

static void check_attributes(const vt_ids *names, const int64_t *ptr, const int32_t *attribute, int32_t rows)
{
    for (int64_t a = 0; a < ptr[rows]; a++) {
        fuzz_require(attribute[a] >= 0 && attribute[a] < names->n);
    }
}

/* By time, through the texts of order and session. */
static void check_events(const vt_snapshot *s)
{
    for (int64_t i = 0; i < s->n_all; i++) {
        uint32_t e = s->by_time[i];
        fuzz_require(e < s->n_all && s->item[e] >= 0 && s->item[e] < s->n_items && s->state[e] < VT_LINE_STATES);
        fuzz_require(i == 0 || s->time[s->by_time[i - 1]] <= s->time[e]);
        fuzz_require(s->order[e] < 0 || vt_ids_find(&s->orders, vt_ids_get(&s->orders, s->order[e])) == s->order[e]);
        fuzz_require(s->session[e] < s->sessions.n && s->session[e] >= -1);
        fuzz_require(s->placement[e] < s->placements.n && s->model[e] < s->models.n);
        fuzz_require(s->request[e] < 0 ||
                     vt_ids_find(&s->requests, vt_ids_get(&s->requests, s->request[e])) == s->request[e]);
    }
}

static void check_timeline(const vt_snapshot *s)
{
    for (int64_t l = 0; l < s->n_lines; l++) {
        fuzz_require(s->line_at[l] < s->n_all && s->line_user[l] >= -1 && s->line_user[l] < s->n_users);
        fuzz_require(s->line_item[l] >= 0 && s->line_item[l] < s->n_items && s->line_order[l] < s->orders.n);
        fuzz_require(s->line_session[l] < s->sessions.n && (l == 0 || s->line_time[l - 1] <= s->line_time[l]));
    }
    for (int64_t v = 0; v < s->n_visits; v++) {
        fuzz_require(s->visit_at[v] < s->n_all && s->visit_user[v] >= -1 && s->visit_user[v] < s->n_users);
        fuzz_require(s->visit_item[v] >= 0 && s->visit_item[v] < s->n_items && s->visit_session[v] < s->sessions.n);
        fuzz_require(v == 0 || s->visit_time[v - 1] <= s->visit_time[v]);
    }
}

static void use(const vt_snapshot *s)
{
    static const char *const splits[] = {"time:0.6,0.2,0.2", "leave-one-out",  "ratio:0.5", "kfold:3",
                                         "cold-items:0.5",   "cold-users:0.5", "given"};
    vt_statistics statistics;
    vt_interactions *all = NULL;
    size_t bytes = sum_texts(&s->users) + sum_texts(&s->items) + sum_texts(&s->categories) + sum_texts(&s->brands);
    bytes += sum_texts(&s->item_attributes) + sum_texts(&s->user_attributes);
    bytes += sum_texts(&s->orders) + sum_texts(&s->sessions);
    for (int32_t i = 0; i < s->n_items; i++) {
        bytes += vt_ids_get(&s->titles, i).len;
    }
    fuzz_require(bytes <= (size_t)256 * SIZE_MAX_TRIED);
    check_attributes(&s->item_attributes, s->item_attribute_ptr, s->item_attribute, s->n_items);
    check_attributes(&s->user_attributes, s->user_attribute_ptr, s->user_attribute, s->n_users);
    check_events(s);
    check_timeline(s);
    fuzz_require(vt_statistics_compute(&statistics, s, NULL) == VT_OK);
    fuzz_require(vt_interactions_create(&all, s, NULL, 0, NULL) == VT_OK);
    fuzz_require(all->n == statistics.interactions);
    vt_interactions_free(all);
    for (size_t i = 0; i < sizeof splits / sizeof splits[0]; i++) {
        vt_split_spec spec;
        vt_split *split = NULL;
        fuzz_require(vt_split_parse(&spec, splits[i], NULL) == VT_OK);
        int status = vt_split_create(&split, s, &spec, 1, 0, true, NULL);
        fuzz_require(status == VT_OK || status == VT_ERR_UNSUPPORTED);
        vt_split_free(split);
    }
}

static void try_open(const uint8_t *data, size_t size)
{
    char path[64];
    vt_error err = VT_ERROR_INIT;
    vt_snapshot *s = NULL;
    int fd = memfd_create("snapshot", MFD_CLOEXEC);
    fuzz_require(fd >= 0 && (size == 0 || write(fd, data, size) == (ssize_t)size));
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    int status = vt_snapshot_open(&s, path, &err);
    close(fd);
    if (status == VT_OK) {
        use(s);
        vt_snapshot_free(s);
    } else {
        fuzz_require(status == VT_ERR_CORRUPT || status == VT_ERR_VERSION || status == VT_ERR_UNSUPPORTED);
        fuzz_require(strstr(err.message, path) != NULL);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > SIZE_MAX_TRIED) {
        return 0;
    }
    try_open(data, size);
    if (size >= sizeof(vt_snapshot_header)) {
        uint8_t *sealed = malloc(size);
        vt_snapshot_header header;
        fuzz_require(sealed != NULL);
        memcpy(sealed, data, size);
        memcpy(&header, sealed, sizeof header);
        memcpy(header.magic, VT_SNAPSHOT_MAGIC, sizeof header.magic);
        header.endian = VT_SNAPSHOT_ENDIAN;
        header.size = size;
        memcpy(sealed, &header, sizeof header);
        vt_layout_hash(sealed + offsetof(vt_snapshot_header, hash), sealed, size);
        try_open(sealed, size);
        free(sealed);
    }
    return 0;
}
