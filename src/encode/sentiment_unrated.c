/* Reviews without stars, read by the head in chunks and summed by item and day. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/map.h"
#include "base/zone.h"
#include "encode/sentiment_run.h"

enum { BUFFER_CAP = 1 << 24 };

/* What was read on one day of one item; the key of the map is "day item". */
typedef struct day_count {
    int64_t n, positive;
} day_count;

typedef struct unrated {
    vt_sentiment_run *s;
    vt_zone *zone;
    vt_map *days; /* place in `count` */
    day_count *count;
    size_t capacity;
    vt_buf text, all, keys;
    size_t n; /* of the chunk */
    size_t end[VT_SENTIMENT_CHUNK], key_end[VT_SENTIMENT_CHUNK];
    float *vectors;
    vt_error *err;
} unrated;

static int add_read(unrated *u, vt_str key, bool positive, vt_error *err)
{
    int64_t at = 0;
    if (!vt_map_get(u->days, key, &at)) {
        at = (int64_t)vt_map_count(u->days);
        int status = vt_alloc_next(&u->count, &u->capacity, (size_t)at, sizeof *u->count, err);
        status = status == VT_OK ? vt_map_set(u->days, key, at, err) : status;
        if (status != VT_OK) {
            return status;
        }
        u->count[at] = (day_count){0, 0};
    }
    u->count[at].n++;
    u->count[at].positive += positive;
    u->s->report.read++;
    return VT_OK;
}

static int read_chunk(unrated *u, vt_error *err)
{
    vt_sentiment_run *s = u->s;
    vt_str texts[VT_SENTIMENT_CHUNK];
    vt_sentiment_telling told = {s->options->progress, (size_t)s->report.read, (size_t)s->report.unrated};
    for (size_t i = 0; i < u->n; i++) {
        size_t begin = i == 0 ? 0 : u->end[i - 1];
        texts[i] = (vt_str){u->all.data + begin, u->end[i] - begin};
    }
    int status =
        u->n == 0 ? VT_OK : vt_encoder_texts_told(s->encoder, texts, u->n, u->vectors, vt_sentiment_tell, &told, err);
    for (size_t i = 0; i < u->n && status == VT_OK; i++) {
        size_t begin = i == 0 ? 0 : u->key_end[i - 1];
        bool positive = vt_sentiment_score(&s->head, u->vectors + i * s->d) >= s->head.threshold;
        status = add_read(u, (vt_str){u->keys.data + begin, u->key_end[i] - begin}, positive, err);
    }
    u->n = 0;
    vt_buf_clear(&u->all);
    vt_buf_clear(&u->keys);
    return status;
}

static int on_event(void *context, const vt_event *event)
{
    unrated *u = context;
    if ((event->title.len == 0 && event->body.len == 0) || vt_stance_of(event) != VT_UNRATED) {
        return VT_OK;
    }
    int status = vt_opinion_text(&u->text, event, u->err);
    if (status != VT_OK || u->text.len == 0) {
        return status;
    }
    long long day = event->time == VT_NONE ? -1 : (long long)vt_zone_day(u->zone, event->time);
    status = vt_buf_add(&u->all, u->text.data, u->text.len, u->err);
    if (status == VT_OK) {
        status = vt_buf_printf(&u->keys, u->err, "%lld %.*s", day, VT_STR_ARGS(event->item));
    }
    if (status == VT_OK) {
        u->end[u->n] = u->all.len;
        u->key_end[u->n++] = u->keys.len;
        status = u->n == VT_SENTIMENT_CHUNK ? read_chunk(u, u->err) : VT_OK;
    }
    return status;
}

/* A row for each item and day. */
static int add_days(unrated *u, vt_error *err)
{
    int status = VT_OK;
    for (size_t i = 0; i < vt_map_count(u->days) && status == VT_OK; i++) {
        vt_str key;
        int64_t at = 0;
        char *item = NULL;
        vt_map_entry(u->days, i, &key, &at);
        vt_result row = {.rank = strtoll(key.ptr, &item, 10), .low = NAN, .high = NAN, .count = u->count[at].n};
        row.value = (double)u->count[at].positive / (double)u->count[at].n;
        row.subject = (vt_str){item + 1, key.len - (size_t)(item + 1 - key.ptr)};
        status = vt_sentiment_rows_add(&u->s->rows, VT_SET_SENTIMENT, &row, err);
    }
    return status;
}

int vt_sentiment_read_unrated(vt_sentiment_run *s, vt_error *err)
{
    char zone[64];
    if (s->head.w == NULL || s->report.unrated == 0) {
        return VT_OK;
    }
    unrated *u = vt_alloc_zero(1, sizeof *u, err);
    if (u == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    u->s = s;
    u->err = err;
    vt_buf_init(&u->text, BUFFER_CAP);
    vt_buf_init(&u->all, BUFFER_CAP);
    vt_buf_init(&u->keys, BUFFER_CAP);
    u->vectors = vt_alloc_aligned(VT_SENTIMENT_CHUNK * s->d, sizeof *u->vectors, err);
    int status = u->vectors == NULL ? VT_ERR_NO_MEMORY : vt_map_create(&u->days, 0, err);
    status = status == VT_OK ? vt_store_get(s->store, "time_zone", zone, sizeof zone, err) : status;
    status = status == VT_OK ? vt_zone_open(&u->zone, zone[0] == '\0' ? "UTC" : zone, err) : status;
    status = status == VT_OK ? vt_store_each_full_event(s->store, on_event, u, err) : status;
    status = status == VT_OK ? read_chunk(u, err) : status;
    status = status == VT_OK ? add_days(u, err) : status;
    vt_zone_close(u->zone);
    vt_map_free(u->days);
    vt_free(u->count);
    vt_free(u->vectors);
    vt_buf_done(&u->text);
    vt_buf_done(&u->all);
    vt_buf_done(&u->keys);
    vt_free(u);
    return status;
}
