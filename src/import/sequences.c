/*
 * Lines of "user item item ...", as the sequential benchmarks have them: purchases without a time, in order. Lines of
 * one user may follow one another, so files of "user item" pairs are read too; the k-th event of a user with the same
 * item has occurrence k, so that repeats are kept and importing again adds nothing.
 */
#include "base/limits.h"
#include "base/map.h"
#include "import/source.h"

/* What is known of the user at hand and of all before. */
typedef struct sequence_state {
    vt_map *users;  /* seen */
    vt_map *counts; /* item of this user -> times so far */
    char user[VT_ID_BYTES_MAX + 1];
    size_t user_len;
    bool any;
} sequence_state;

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static vt_str next_word(vt_str *rest)
{
    while (rest->len > 0 && is_blank(*rest->ptr)) {
        rest->ptr++;
        rest->len--;
    }
    vt_str word = {rest->ptr, 0};
    while (rest->len > 0 && !is_blank(*rest->ptr)) {
        rest->ptr++;
        rest->len--;
        word.len++;
    }
    return word;
}

/* Makes `user` the user at hand; false through `*go_on` when the user's lines do not stand together. */
static int turn_to(vt_source *source, sequence_state *state, vt_str user, bool *go_on, vt_error *err)
{
    *go_on = true;
    if (state->any && vt_str_equal(user, (vt_str){state->user, state->user_len})) {
        return VT_OK;
    }
    int64_t seen = 0;
    if (vt_map_get(state->users, user, &seen)) {
        *go_on = false;
        return vt_sink_reject(source->sink, err, "lines of a user are apart",
                              "the user %.*s came before; all lines of a user must stand together", VT_STR_ARGS(user));
    }
    if (user.len > VT_ID_BYTES_MAX) {
        *go_on = false;
        return vt_sink_reject(source->sink, err, "id too long", "the user id has %zu bytes; at most %zu are kept",
                              user.len, (size_t)VT_ID_BYTES_MAX);
    }
    memcpy(state->user, user.ptr, user.len);
    state->user_len = user.len;
    state->any = true;
    vt_map_clear(state->counts);
    return vt_map_set(state->users, user, 1, err);
}

static int read_line(vt_source *source, sequence_state *state, vt_str line, vt_error *err)
{
    vt_str rest = line;
    vt_str user = next_word(&rest);
    vt_str item = next_word(&rest);
    if (item.len == 0) {
        return vt_sink_reject(source->sink, err, "no items",
                              "a user without items; \"user item item ...\" is expected");
    }
    bool go_on = false;
    int status = turn_to(source, state, user, &go_on, err);
    while (status == VT_OK && go_on && item.len > 0) {
        int64_t count = 0;
        vt_map_get(state->counts, item, &count);
        if (item.len <= VT_ID_BYTES_MAX) {
            status = vt_map_set(state->counts, item, count + 1, err);
        }
        if (status == VT_OK) {
            vt_event event;
            vt_event_init(&event);
            event.kind = source->options->event_kind_given ? source->options->event_kind : VT_EVENT_PURCHASE;
            event.user = user;
            event.item = item;
            event.occurrence = (int32_t)count;
            status = vt_sink_event(source->sink, &event, err);
        }
        item = next_word(&rest);
    }
    return status;
}

static int read_file(vt_source *source, sequence_state *state, const char *path, vt_error *err)
{
    vt_stream *stream = NULL;
    int status = vt_source_open(source, &stream, path, err);
    while (status == VT_OK) {
        vt_str line;
        status = vt_source_line(source, stream, &line, err);
        if (status != VT_OK || line.ptr == NULL) {
            break;
        }
        status = read_line(source, state, line, err);
    }
    vt_source_close(source, stream);
    return status;
}

int vt_source_sequences(vt_source *source, vt_error *err)
{
    sequence_state state = {0};
    int status = vt_map_create(&state.users, 0, err);
    if (status == VT_OK) {
        status = vt_map_create(&state.counts, 0, err);
    }
    for (size_t i = 0; status == VT_OK && i < source->options->n_paths; i++) {
        status = read_file(source, &state, source->options->paths[i], err);
    }
    vt_map_free(state.users);
    vt_map_free(state.counts);
    return status;
}
