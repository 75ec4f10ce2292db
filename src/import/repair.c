/* The common case is a text that needs nothing: it is looked at once and not copied. */
#include "import/repair.h"

#include <string.h>

#include "base/buf.h"
#include "base/limits.h"
#include "base/number.h"
#include "import/text.h"

static int repair(vt_arena *arena, vt_str *text, vt_error *err)
{
    if (vt_utf8_valid(*text)) {
        return VT_OK;
    }
    vt_buf buf;
    vt_buf_init(&buf, VT_LINE_BYTES_MAX * 4);
    int status = vt_text_repair(&buf, *text, err);
    if (status == VT_OK) {
        vt_str good = vt_arena_str(arena, (vt_str){buf.data, buf.len}, err);
        status = good.ptr == NULL ? VT_ERR_NO_MEMORY : VT_OK;
        *text = status == VT_OK ? good : *text;
    }
    vt_buf_done(&buf);
    return status;
}

static int repair_all(vt_arena *arena, vt_str *const *texts, size_t n, vt_error *err)
{
    int status = VT_OK;
    for (size_t i = 0; status == VT_OK && i < n; i++) {
        status = repair(arena, texts[i], err);
    }
    return status;
}

int vt_repair_event(vt_arena *arena, vt_event *event, vt_error *err)
{
    vt_str *const texts[] = {&event->title, &event->body};
    return repair_all(arena, texts, sizeof texts / sizeof texts[0], err);
}

/* Copies the list when one of its texts needs repair. An address with a NUL stays, for the check to refuse it. */
static int repair_images(vt_arena *arena, vt_item *item, vt_error *err)
{
    vt_str *copies = NULL;
    int status = VT_OK;
    for (size_t i = 0; i < item->n_images && status == VT_OK; i++) {
        vt_str address = item->images[i];
        if (vt_utf8_valid(address) || memchr(address.ptr, '\0', address.len) != NULL) {
            continue;
        }
        if (copies == NULL) {
            copies = vt_arena_alloc(arena, item->n_images, sizeof *copies, err);
            if (copies == NULL) {
                return VT_ERR_NO_MEMORY;
            }
            memcpy(copies, item->images, item->n_images * sizeof *copies);
            item->images = copies;
        }
        status = repair(arena, &copies[i], err);
    }
    return status;
}

int vt_repair_item(vt_arena *arena, vt_item *item, vt_error *err)
{
    vt_str *const texts[] = {&item->title, &item->description, &item->brand, &item->category, &item->attributes};
    int status = repair_all(arena, texts, sizeof texts / sizeof texts[0], err);
    return status == VT_OK ? repair_images(arena, item, err) : status;
}

int vt_repair_user(vt_arena *arena, vt_user *user, vt_error *err)
{
    vt_str *const texts[] = {&user->age_band, &user->segment, &user->region, &user->tier, &user->attributes};
    return repair_all(arena, texts, sizeof texts / sizeof texts[0], err);
}
