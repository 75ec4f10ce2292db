/*
 * Texts that have no vector yet, by chunks: read again from the store, cleaned, encoded, added. A text that changed
 * since it was hashed goes under what it is now.
 */
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "encode/clean.h"
#include "encode/run.h"

enum { CHUNK = 1024, CHUNK_BYTES = 8 << 20, BYTES_CAP = 32 << 20 };

static const char stage[] = "encoding texts";

typedef struct chunk {
    vt_encode_run *run;
    vt_buf text; /* all texts, end to end */
    size_t end[CHUNK];
    vt_str texts[CHUNK];
    vt_content_key keys[CHUNK];
    size_t n;
    size_t before; /* texts of earlier chunks */
    float *vectors;
    vt_error *err;
} chunk;

static int on_item(void *context, int64_t row, const vt_item *item)
{
    chunk *c = context;
    (void)row;
    return vt_item_text(&c->text, item, c->run->reviews, c->err);
}

/* Reads the texts of the next contents; `*taken` contents were looked at. */
static int read_chunk(chunk *c, size_t *taken, vt_error *err)
{
    const vt_encode_run *run = c->run;
    vt_store *store = vt_shop_store(run->shop);
    vt_buf_clear(&c->text);
    c->n = 0;
    *taken = 0;
    int status = vt_store_read_begin(store, err);
    if (status != VT_OK) {
        return status;
    }
    while (status == VT_OK && c->n < CHUNK && c->text.len < CHUNK_BYTES && c->before + *taken < run->n_todo) {
        const vt_content *content = &run->gathered->contents[run->todo[c->before + *taken]];
        size_t begin = c->text.len;
        vt_error why = VT_ERROR_INIT;
        c->err = &why;
        status = vt_store_item(store, vt_text_list_at(&run->gathered->ids, content->item), on_item, c, &why);
        if (status == VT_ERR_NOT_FOUND) {
            status = VT_OK; /* gone since it was gathered */
        } else if (status != VT_OK) {
            vt_fail(err, (vt_code)status, "%s", why.message);
        } else if (c->text.len > begin) {
            vt_content_key_make(&c->keys[c->n], c->text.data + begin, c->text.len - begin);
            c->end[c->n++] = c->text.len;
        }
        (*taken)++;
    }
    vt_store_read_end(store);
    for (size_t i = 0; i < c->n; i++) {
        size_t begin = i == 0 ? 0 : c->end[i - 1];
        c->texts[i] = (vt_str){c->text.data + begin, c->end[i] - begin};
    }
    return status;
}

static int on_texts(void *context, size_t done, vt_error *err)
{
    const chunk *c = context;
    return vt_encode_run_report(c->run, stage, "texts", c->before + done, c->run->n_todo, err);
}

int vt_encode_texts(vt_encode_run *run, vt_error *err)
{
    size_t d = (size_t)run->info->dimensions;
    chunk *c = vt_alloc_zero(1, sizeof *c, err);
    if (c == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    c->run = run;
    vt_buf_init(&c->text, BYTES_CAP);
    c->vectors = vt_alloc(CHUNK * d, sizeof *c->vectors, err);
    int status = c->vectors == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    while (status == VT_OK && c->before < run->n_todo) {
        size_t taken = 0;
        status = vt_encode_run_report(run, stage, "texts", c->before, run->n_todo, err);
        if (status == VT_OK) {
            status = read_chunk(c, &taken, err);
        }
        if (status == VT_OK) {
            status = vt_encoder_texts_told(run->encoder, c->texts, c->n, c->vectors, on_texts, c, err);
        }
        for (size_t i = 0; status == VT_OK && i < c->n; i++) {
            status = vt_encode_run_add(run, &c->keys[i], c->vectors + i * d, NULL, err);
        }
        if (status == VT_OK) {
            status = vt_encode_run_keep(run, err);
        }
        c->before += taken;
    }
    vt_free(c->vectors);
    vt_buf_done(&c->text);
    vt_free(c);
    return status;
}
