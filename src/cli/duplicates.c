/* One table of groups for texts and one for photos; a kind without vectors is said and passed over. */
#include "duplicates.h"

#include "common.h"
#include "vitrine/search.h"

static int print_table(vt_cli *cli, const vt_item_vectors *v, const vt_duplicates *d, const char *of, vt_error *err)
{
    vt_table *table = NULL;
    int status = vt_table_create(&table, err);
    if (status != VT_OK) {
        return status;
    }
    vt_table_column(table, "group", VT_RIGHT, 0);
    vt_table_column(table, of, VT_LEFT, 60);
    vt_table_column(table, "cosine", VT_RIGHT, 0);
    for (size_t g = 0; g < d->n; g++) {
        for (size_t i = d->ptr[g]; i < d->ptr[g + 1]; i++) {
            vt_table_printf(table, "%zu", g + 1);
            vt_table_cell(table, vt_ids_get(&v->ids, d->item[i]));
            vt_table_printf(table, "%.4f", (double)d->cosine[i]);
        }
    }
    status = vt_table_print(&cli->out, table, (size_t)cli->width, err);
    vt_table_free(table);
    return status;
}

static void put_json(vt_json_writer *w, const vt_item_vectors *v, const vt_duplicates *d, const char *of)
{
    vt_json_array(w, of);
    for (size_t g = 0; g < d->n; g++) {
        vt_json_array(w, NULL);
        for (size_t i = d->ptr[g]; i < d->ptr[g + 1]; i++) {
            vt_json_object(w, NULL);
            vt_json_text(w, "item", vt_ids_get(&v->ids, d->item[i]));
            vt_json_number(w, "cosine", (double)d->cosine[i]);
            vt_json_object_end(w);
        }
        vt_json_array_end(w);
    }
    vt_json_array_end(w);
}

static int print_kind(vt_cli *cli, vt_json_writer *w, vt_shop *shop, vt_encoder_kind kind, double least, vt_error *err)
{
    vt_item_vectors *vectors = NULL;
    vt_duplicates *duplicates = NULL;
    vt_error why = VT_ERROR_INIT;
    const char *of = kind == VT_ENCODER_TEXT ? "same text" : "same photo";
    int status = vt_item_vectors_open(&vectors, vt_shop_path(shop), kind, &why);
    if (status == VT_ERR_NOT_FOUND) {
        vt_display_note(cli->display, "%s", why.message);
        return VT_OK;
    }
    if (status != VT_OK) {
        return vt_fail(err, why.code, "%s", why.message);
    }
    vt_display_stage(cli->display, "comparing items");
    status = vt_duplicates_find(&duplicates, vectors, least, cli->threads, err);
    vt_display_end(cli->display);
    if (status == VT_OK && cli->json) {
        put_json(w, vectors, duplicates, kind == VT_ENCODER_TEXT ? "text" : "image");
    } else if (status == VT_OK) {
        status = print_table(cli, vectors, duplicates, of, err);
    }
    vt_duplicates_free(duplicates);
    vt_item_vectors_free(vectors);
    return status;
}

int vt_cli_duplicates(vt_cli *cli, vt_shop *shop, bool texts, bool photos, double least, vt_error *err)
{
    vt_json_writer writer = {0};
    int status = VT_OK;
    if (cli->json) {
        vt_cli_json_begin(&writer, cli);
    }
    if (texts) {
        status = print_kind(cli, &writer, shop, VT_ENCODER_TEXT, least, err);
    }
    if (status == VT_OK && photos) {
        status = print_kind(cli, &writer, shop, VT_ENCODER_IMAGE, least, err);
    }
    if (status == VT_OK && cli->json) {
        status = vt_cli_json_end(&writer, cli, err);
    }
    vt_json_writer_abort(&writer);
    return status;
}
