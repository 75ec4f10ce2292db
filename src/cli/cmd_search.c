/* vitrine search: items by words, or by a photo. */
#include <inttypes.h>

#include "answer_print.h"
#include "base/limits.h"
#include "common.h"
#include "engine.h"

/*
 * Words that a large import left for later are taken in before the first search. Where that cannot be (somebody else
 * writes, or nobody may), the search goes on without them and says so.
 */
static int take_words_in(vt_cli *cli, vt_error *err)
{
    vt_shop *shop = NULL;
    vt_error why = VT_ERROR_INIT;
    int64_t waiting = 0;
    int status = vt_cli_open_shop(&shop, cli, VT_SHOP_READ, err);
    if (status == VT_OK) {
        status = vt_search_waiting(shop, &waiting, err);
    }
    vt_shop_close(shop);
    if (status != VT_OK || waiting == 0) {
        return status;
    }
    shop = NULL;
    vt_display_stage(cli->display, "indexing words");
    status = vt_shop_open(&shop, cli->shop, VT_SHOP_WRITE, &why);
    if (status == VT_OK) {
        status = vt_search_prepare(shop, &why);
    }
    vt_shop_close(shop);
    if (status == VT_ERR_BUSY || status == VT_ERR_IO || status == VT_ERR_NO_SPACE) {
        vt_display_note(cli->display, "the words of %" PRId64 " items are not searched: %s", waiting, why.message);
        return VT_OK;
    }
    return status == VT_OK ? VT_OK : vt_fail(err, why.code, "%s", why.message);
}

/* The operands as one text. */
static int join_words(vt_buf *out, const vt_args *args, vt_error *err)
{
    int status = VT_OK;
    for (size_t i = 0; status == VT_OK && i < args->n_operands; i++) {
        status = vt_buf_printf(out, err, "%s%s", i == 0 ? "" : " ", args->operands[i]);
    }
    return status;
}

static int run_search(vt_cli *cli, const vt_args *args, vt_error *err)
{
    vt_cli_engine engine = {0};
    vt_search_query query;
    vt_buf text;
    vt_buf_init(&text, VT_TEXT_BYTES_MAX);
    vt_search_query_init(&query);
    query.photo = vt_args_text(args, "image");
    int status = VT_OK;
    if ((args->n_operands > 0) == (query.photo != NULL)) {
        status = vt_fail(err, VT_ERR_USAGE, "words to search for or --image FILE are expected, one of them");
    }
    if (status == VT_OK && query.photo == NULL) {
        status = join_words(&text, args, err);
        query.text = text.data;
    }
    if (status == VT_OK && query.photo == NULL) {
        status = take_words_in(cli, err);
    }
    if (status == VT_OK) {
        status = vt_cli_open_live(&engine.live, cli, err);
    }
    if (status == VT_OK) {
        status = vt_cli_read_request(&query.request, engine.live, args, err);
    }
    if (status == VT_OK) {
        status = vt_cli_open_recommender(&engine, cli, args, VT_CLI_NO_MODEL, err);
    }
    if (status == VT_OK) {
        status = vt_cli_search(cli, engine.recommender, &query, err);
    }
    vt_cli_engine_done(&engine);
    vt_buf_done(&text);
    return status;
}

static const vt_option image_option[] = {
    {.name = "image",
     .type = VT_OPTION_TEXT,
     .value = "FILE",
     .words = VT_WORDS_FILES,
     .help = "search for what this photo shows (JPEG, PNG or WebP)"},
    {.name = NULL},
};

const vt_command vt_command_search = {
    .name = "search",
    .summary = "search items by words or by a photo",
    .details =
        "Words find items that have them in title, brand, category or description, and items that say the like, "
        "by the vectors that \"vitrine encode\" has made; without vectors words alone answer. A photo finds items "
        "that look alike.",
    .operands =
        (const vt_operand[]){
            {.name = "WORD", .optional = true, .repeated = true, .help = "words, as a customer would type them"},
            {.name = NULL},
        },
    .options = (const vt_option *const[]){image_option, vt_options_filter, NULL},
    .examples = "vitrine --shop s search \"warm jacket for running in the rain\" --price :80\n"
                "vitrine --shop s search --image photo.jpg -n 5",
    .run = run_search,
};
