/* The published data sets for tests: where they lie, and snapshots of files of (user, item, rating, time). */
#ifndef VT_TEST_REAL_DATA_H
#define VT_TEST_REAL_DATA_H

#include "snapshots.h"

#include "base/csv.h"
#include "base/file.h"
#include "base/number.h"

/** The path of a shared data file, or NULL with a message. */
static inline const char *data_file(char path[512], const char *name)
{
    const char *shared = getenv("VITRINE_SHARED");
    const char *source = getenv("VITRINE_SOURCE");
    if (shared != NULL) {
        snprintf(path, 512, "%s/data/%s", shared, name);
    } else {
        snprintf(path, 512, "%s/../shared/data/%s", source == NULL ? "." : source, name);
    }
    if (!vt_file_exists(path)) {
        print_message("skipped: no %s (set VITRINE_SHARED)\n", path);
        return NULL;
    }
    return path;
}

static inline int64_t whole(vt_str text)
{
    int64_t number = 0;
    assert_true(vt_parse_int(&number, text));
    return number;
}

/** Reads rows of user, item, rating, time; `divide` takes times to seconds. */
static inline void feed_file(vt_builder *builder, const char *path, int64_t divide)
{
    vt_error err = VT_ERROR_INIT;
    vt_stream *stream = NULL;
    vt_csv *csv = NULL;
    vt_map *users = NULL;
    vt_map *items = NULL;
    check_ok(vt_map_create(&users, 0, &err));
    check_ok(vt_map_create(&items, 0, &err));
    check_ok(vt_stream_open(&stream, path, &err));
    check_ok(vt_csv_create(&csv, stream, 0, &err));
    const vt_str *field = NULL;
    size_t n = 0;
    check_ok(vt_csv_row(csv, &field, &n, &err));
    for (int64_t id = 1;; id++) {
        check_ok(vt_csv_row(csv, &field, &n, &err));
        if (n == 0) {
            break;
        }
        assert_in_range(n, 4, 5);
        vt_event_row event = {.id = id,
                              .time = whole(field[3]) / divide,
                              .quantity = VT_NONE,
                              .value = (double)whole(field[2]),
                              .kind = VT_EVENT_RATING};
        if (!vt_map_get(users, field[0], &event.user)) {
            vt_user user;
            vt_user_init(&user);
            user.id = field[0];
            event.user = (int64_t)vt_map_count(users);
            check_ok(vt_map_set(users, field[0], event.user, &err));
            check_ok(vt_builder_add_user(builder, VT_NONE, &user, &err));
        }
        if (!vt_map_get(items, field[1], &event.item)) {
            vt_item item;
            vt_item_init(&item);
            item.id = field[1];
            event.item = (int64_t)vt_map_count(items);
            check_ok(vt_map_set(items, field[1], event.item, &err));
            check_ok(vt_builder_add_item(builder, VT_NONE, &item, &err));
        }
        check_ok(vt_builder_add_event(builder, &event, &err));
    }
    vt_csv_free(csv);
    vt_stream_close(stream);
    vt_map_free(users);
    vt_map_free(items);
}

/** The snapshot of such a file; the caller frees it. `positive` NULL: the default rule. */
static inline vt_snapshot *take_real(const char *path, int64_t divide, int32_t min_user, int32_t min_item,
                                     const char *positive)
{
    vt_error err = VT_ERROR_INIT;
    vt_snapshot_options options;
    vt_snapshot_options_init(&options);
    options.min_user = min_user;
    options.min_item = min_item;
    options.positive = positive == NULL ? options.positive : positive;
    vt_builder *builder = NULL;
    vt_snapshot *s = NULL;
    check_ok(vt_builder_create(&builder, &options, &err));
    feed_file(builder, path, divide);
    check_ok(vt_builder_finish(&s, builder, NULL, &err));
    vt_builder_free(builder);
    return s;
}

#endif
