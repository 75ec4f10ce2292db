/* One allocation in the arena a record: the struct, and its texts behind it. */
#include "import/batch.h"

#include "base/alloc.h"

_Static_assert(offsetof(vt_batch_event, event) == 0, "texts are found by their offset in vt_event");

static const size_t event_texts[] = {
    offsetof(vt_event, id),      offsetof(vt_event, user),      offsetof(vt_event, session),
    offsetof(vt_event, item),    offsetof(vt_event, order_id),  offsetof(vt_event, title),
    offsetof(vt_event, body),    offsetof(vt_event, placement), offsetof(vt_event, model),
    offsetof(vt_event, request), offsetof(vt_event, currency),  offsetof(vt_event, line),
};

static const size_t item_texts[] = {
    offsetof(vt_item, id),       offsetof(vt_item, title),    offsetof(vt_item, description),
    offsetof(vt_item, brand),    offsetof(vt_item, category), offsetof(vt_item, attributes),
    offsetof(vt_item, currency),
};

static const size_t user_texts[] = {
    offsetof(vt_user, id),     offsetof(vt_user, age_band), offsetof(vt_user, segment),
    offsetof(vt_user, region), offsetof(vt_user, tier),     offsetof(vt_user, attributes),
};

static const size_t link_texts[] = {offsetof(vt_link, from), offsetof(vt_link, to), offsetof(vt_link, kind)};

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

int vt_batch_create(vt_batch **out, vt_error *err)
{
    vt_batch *batch = vt_alloc(1, sizeof *batch, err);
    if (batch == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    batch->arena = NULL;
    batch->n = 0;
    batch->bytes = 0;
    int status = vt_arena_create(&batch->arena, VT_BATCH_BLOCK, err);
    if (status != VT_OK) {
        vt_free(batch);
        return status;
    }
    *out = batch;
    return VT_OK;
}

void vt_batch_free(vt_batch *batch)
{
    if (batch != NULL) {
        vt_arena_free(batch->arena);
        vt_free(batch);
    }
}

void vt_batch_reset(vt_batch *batch)
{
    vt_arena_reset(batch->arena);
    batch->n = 0;
    batch->bytes = 0;
}

bool vt_batch_full(const vt_batch *batch)
{
    return batch->n == VT_BATCH_RECORDS || batch->bytes >= VT_BATCH_BYTES;
}

/* A text into `*place`, which moves behind it; "not given" stays. */
static void copy_text(vt_str *text, char **place)
{
    if (text->ptr != NULL) {
        memcpy(*place, text->ptr, text->len);
        (*place)[text->len] = '\0';
        text->ptr = *place;
        *place += text->len + 1;
    }
}

static void *copy_record(vt_batch *batch, const void *record, size_t size, const size_t *texts, size_t n, vt_error *err)
{
    size_t total = size;
    for (size_t i = 0; i < n; i++) {
        const vt_str *text = (const void *)((const char *)record + texts[i]);
        total += text->ptr == NULL ? 0 : text->len + 1;
    }
    char *copy = vt_arena_alloc(batch->arena, total, 1, err);
    if (copy == NULL) {
        return NULL;
    }
    memcpy(copy, record, size);
    char *place = copy + size;
    for (size_t i = 0; i < n; i++) {
        copy_text((void *)(copy + texts[i]), &place);
    }
    batch->bytes += total;
    return copy;
}

vt_batch_event *vt_batch_copy_event(vt_batch *batch, const vt_batch_event *event, vt_error *err)
{
    return copy_record(batch, event, sizeof *event, event_texts, COUNT(event_texts), err);
}

vt_item *vt_batch_copy_item(vt_batch *batch, const vt_item *item, vt_error *err)
{
    vt_item *copy = copy_record(batch, item, sizeof *item, item_texts, COUNT(item_texts), err);
    if (copy == NULL || item->n_images == 0) {
        return copy;
    }
    size_t total = item->n_images * sizeof(vt_str);
    for (size_t i = 0; i < item->n_images; i++) {
        total += item->images[i].len + 1;
    }
    vt_str *images = vt_arena_alloc(batch->arena, total, 1, err);
    if (images == NULL) {
        return NULL;
    }
    memcpy(images, item->images, item->n_images * sizeof(vt_str));
    char *place = (char *)(images + item->n_images);
    for (size_t i = 0; i < item->n_images; i++) {
        copy_text(&images[i], &place);
    }
    copy->images = images;
    batch->bytes += total;
    return copy;
}

vt_user *vt_batch_copy_user(vt_batch *batch, const vt_user *user, vt_error *err)
{
    return copy_record(batch, user, sizeof *user, user_texts, COUNT(user_texts), err);
}

vt_link *vt_batch_copy_link(vt_batch *batch, const vt_link *link, vt_error *err)
{
    return copy_record(batch, link, sizeof *link, link_texts, COUNT(link_texts), err);
}

vt_import_reject *vt_batch_copy_reject(vt_batch *batch, const vt_import_reject *reject, vt_error *err)
{
    size_t message = strlen(reject->message) + 1;
    vt_import_reject *copy = vt_arena_alloc(batch->arena, sizeof *copy + message, 1, err);
    if (copy != NULL) {
        *copy = *reject;
        copy->message = memcpy(copy + 1, reject->message, message);
        batch->bytes += sizeof *copy + message;
    }
    return copy;
}

void vt_batch_add(vt_batch *batch, vt_batch_type type, const char *file, int64_t line, void *record)
{
    batch->entries[batch->n++] = (vt_batch_entry){type, file, line, record};
}
