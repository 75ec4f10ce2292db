/* vitrine encode: vectors of texts and photos, for what is new in the shop. */
#include <string.h>

#include "common.h"
#include "duplicates.h"
#include "vitrine/encoder.h"
#include "vitrine/sentiment.h"

#define REFUSED_SHOWN 10

/* Vectors that are as good as the same. */
#define DUPLICATE_COSINE 0.98

/* Photos that cannot be used: the first ones to stderr, all of them into the JSON. */
typedef struct refused {
    vt_cli *cli;
    vt_json_writer writer;
    int64_t count;
} refused;

static void on_refused(void *context, const char *item, const char *photo, const char *reason)
{
    refused *to = context;
    if (to->cli->json) {
        vt_json_object(&to->writer, NULL);
        vt_json_text(&to->writer, "item", vt_str_of(item));
        vt_json_text(&to->writer, "photo", vt_str_of(photo));
        vt_json_text(&to->writer, "reason", vt_str_of(reason));
        vt_json_object_end(&to->writer);
    } else if (to->count < REFUSED_SHOWN) {
        vt_display_warn(to->cli->display, "%s (item %s): %s", photo, item, reason);
    }
    to->count++;
}

static void put_json(vt_json_writer *w, const char *key, const vt_encode_counts *counts)
{
    vt_json_object(w, key);
    vt_json_text(w, "encoder", vt_str_of(counts->encoder));
    vt_json_int(w, "items", counts->items);
    vt_json_int(w, "encoded", counts->encoded);
    vt_json_int(w, "kept", counts->kept);
    vt_json_int(w, "without", counts->without);
    vt_json_int(w, "refused", counts->refused);
    vt_json_int(w, "addresses", counts->addresses);
    vt_json_number(w, "seconds", counts->seconds);
    vt_json_object_end(w);
}

static void put_counts(vt_table *table, const char *name, const vt_encode_counts *counts)
{
    char text[32];
    vt_table_text(table, name);
    vt_table_text(table, counts->encoder[0] == '\0' ? "-" : counts->encoder);
    vt_table_count(table, counts->encoded);
    vt_table_count(table, counts->kept);
    vt_table_count(table, counts->without);
    vt_table_count(table, counts->refused);
    vt_format_duration(text, counts->seconds);
    vt_table_text(table, text);
}

static int print_table(vt_cli *cli, const vt_encode_options *options, const vt_encode_report *report, vt_error *err)
{
    static const char *const titles[] = {"of", "encoder", "encoded", "kept", "items without", "refused", "time"};
    vt_table *table = NULL;
    int status = vt_table_create(&table, err);
    if (status != VT_OK) {
        return status;
    }
    for (size_t i = 0; i < sizeof titles / sizeof titles[0]; i++) {
        vt_table_column(table, titles[i], i < 2 ? VT_LEFT : VT_RIGHT, 0);
    }
    if (!options->skip_text) {
        put_counts(table, "texts", &report->text);
    }
    if (!options->skip_image) {
        put_counts(table, "photos", &report->image);
    }
    status = vt_table_print(&cli->out, table, (size_t)cli->width, err);
    vt_table_free(table);
    return status;
}

static int print_json(vt_cli *cli, vt_json_writer *w, const vt_encode_options *options, const vt_encode_report *report,
                      vt_error *err)
{
    vt_json_array_end(w);
    if (!options->skip_text) {
        put_json(w, "text", &report->text);
    }
    if (!options->skip_image) {
        put_json(w, "image", &report->image);
    }
    return vt_cli_json_end(w, cli, err);
}

/* What a person should know beside the table. */
static void print_notes(vt_cli *cli, const vt_encode_report *report, const refused *list)
{
    if (list->count > REFUSED_SHOWN) {
        vt_display_note(cli->display, "%lld more photos cannot be used; --json lists them all",
                        (long long)(list->count - REFUSED_SHOWN));
    }
    if (report->image.addresses > 0) {
        vt_display_note(cli->display,
                        "%lld photos are addresses and were left out; \"vitrine images fetch\" brings them",
                        (long long)report->image.addresses);
    }
}

/* Compares the vectors that are there; nothing is encoded. */
static int run_duplicates(vt_cli *cli, const vt_args *args, vt_error *err)
{
    vt_shop *shop = NULL;
    int only = vt_args_given(args, "only") ? vt_args_choice(args, "only") : -1;
    int status = vt_cli_open_shop(&shop, cli, VT_SHOP_READ, err);
    if (status == VT_OK) {
        status = vt_cli_duplicates(cli, shop, only != 1, only != 0, DUPLICATE_COSINE, err);
    }
    vt_shop_close(shop);
    return status;
}

/* ---- reviews ----------------------------------------------------------------------------------------------------- */

static int reviews_json(vt_cli *cli, const vt_sentiment_report *r, vt_error *err)
{
    vt_json_writer w;
    vt_cli_json_begin(&w, cli);
    vt_json_text(&w, "encoder", vt_str_of(r->encoder));
    vt_json_int(&w, "reviews", r->reviews);
    vt_json_int(&w, "positive", r->positive);
    vt_json_int(&w, "negative", r->negative);
    vt_json_int(&w, "unrated", r->unrated);
    vt_json_int(&w, "learned", r->learned);
    vt_json_int(&w, "read", r->read);
    vt_json_int(&w, "held_out", r->held_out);
    vt_json_number(&w, "auc", r->auc);
    vt_json_number(&w, "auc_low", r->auc_low);
    vt_json_number(&w, "auc_high", r->auc_high);
    vt_json_number(&w, "share_read", r->share_read);
    vt_json_number(&w, "share_stars", r->share_stars);
    vt_json_int(&w, "phrases", r->phrases);
    vt_json_int(&w, "items", r->items);
    vt_json_number(&w, "seconds", r->seconds);
    return vt_cli_json_end(&w, cli, err);
}

static int reviews_table(vt_cli *cli, const vt_sentiment_report *r, vt_error *err)
{
    static const char *const titles[] = {"reviews", "for", "against", "without stars", "read", "phrases", "time"};
    const int64_t counts[] = {r->reviews, r->positive, r->negative, r->unrated, r->read, r->phrases};
    vt_table *table = NULL;
    char text[32];
    int status = vt_table_create(&table, err);
    if (status != VT_OK) {
        return status;
    }
    for (size_t i = 0; i < sizeof titles / sizeof titles[0]; i++) {
        vt_table_column(table, titles[i], VT_RIGHT, 0);
    }
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        vt_table_count(table, counts[i]);
    }
    vt_format_duration(text, r->seconds);
    vt_table_text(table, text);
    status = vt_table_print(&cli->out, table, (size_t)cli->width, err);
    vt_table_free(table);
    return status;
}

/* What a person should know beside the table. */
static void reviews_notes(vt_cli *cli, const vt_sentiment_report *r)
{
    if (r->learned == 0) {
        vt_display_note(cli->display,
                        "nothing was learned: at least 10 reviews with 4 or 5 stars and 10 with 1 or 2 are needed to "
                        "read those without");
    } else if (r->held_out > 0) {
        vt_display_note(
            cli->display,
            "on the newest %lld of %lld reviews, which a first fit did not see, one for scores above one "
            "against in %.1f %% of pairs (%.1f to %.1f); %.1f %% are read as for, %.1f %% are by their stars",
            (long long)r->held_out, (long long)r->learned, 100 * r->auc, 100 * r->auc_low, 100 * r->auc_high,
            100 * r->share_read, 100 * r->share_stars);
    } else {
        vt_display_note(cli->display, "too few of the newest reviews are against to say how well they are read");
    }
}

/* Reads reviews into rows that "insight sentiment" shows; nothing of items is encoded. */
static int run_sentiment(vt_cli *cli, const vt_args *args, vt_error *err)
{
    vt_shop *shop = NULL;
    vt_sentiment_options options;
    vt_sentiment_report report;
    static const char *const of_items[] = {"image", "only", "reviews", "duplicates"};
    for (size_t i = 0; i < sizeof of_items / sizeof of_items[0]; i++) {
        if (vt_args_given(args, of_items[i])) {
            return vt_fail(err, VT_ERR_USAGE, "--%s is about items; --sentiment reads reviews alone", of_items[i]);
        }
    }
    vt_sentiment_options_init(&options);
    options.text = vt_args_text(args, "text");
    options.threads = cli->threads;
    options.progress = &cli->progress;
    int status = vt_cli_open_shop(&shop, cli, VT_SHOP_READ, err);
    if (status == VT_OK) {
        vt_display_stage(cli->display, "reading reviews");
        status = vt_sentiment_record(&report, shop, &options, err);
    }
    vt_display_end(cli->display);
    if (status == VT_OK) {
        status = cli->json ? reviews_json(cli, &report, err) : reviews_table(cli, &report, err);
    }
    if (status == VT_OK && !cli->json) {
        reviews_notes(cli, &report);
    }
    vt_shop_close(shop);
    return status;
}

/* ---- the command ------------------------------------------------------------------------------------------------- */

static int run_encode(vt_cli *cli, const vt_args *args, vt_error *err)
{
    if (vt_args_given(args, "sentiment")) {
        return run_sentiment(cli, args, err);
    }
    if (vt_args_given(args, "duplicates")) {
        return run_duplicates(cli, args, err);
    }
    vt_shop *shop = NULL;
    vt_encode_options options;
    vt_encode_report report;
    refused list = {.cli = cli};
    vt_encode_options_init(&options);
    options.text = vt_args_text(args, "text");
    options.image = vt_args_text(args, "image");
    options.skip_text = vt_args_given(args, "only") && vt_args_choice(args, "only") == 1;
    options.skip_image = vt_args_given(args, "only") && vt_args_choice(args, "only") == 0;
    options.reviews = (int)vt_args_int(args, "reviews");
    options.threads = cli->threads;
    options.progress = &cli->progress;
    options.refused = on_refused;
    options.context = &list;
    int status = vt_cli_open_shop(&shop, cli, VT_SHOP_READ, err);
    if (status == VT_OK) {
        vt_display_stage(cli->display, "reading items");
        if (cli->json) {
            vt_cli_json_begin(&list.writer, cli);
            vt_json_array(&list.writer, "refused");
        }
        status = vt_encode_shop(&report, shop, &options, err);
    }
    vt_display_end(cli->display);
    if (status == VT_OK) {
        status = cli->json ? print_json(cli, &list.writer, &options, &report, err)
                           : print_table(cli, &options, &report, err);
    }
    if (status == VT_OK) {
        print_notes(cli, &report, &list);
    }
    vt_json_writer_abort(&list.writer);
    vt_shop_close(shop);
    return status;
}

static const vt_option encode_options[] = {
    {.name = "text",
     .type = VT_OPTION_TEXT,
     .value = "ENCODER",
     .help = "encoder of texts, a name or a folder (default: the one used last in this shop, else minilm)"},
    {.name = "image",
     .type = VT_OPTION_TEXT,
     .value = "ENCODER",
     .help = "encoder of photos (default: the one used last in this shop, else efficientnet-lite0)"},
    {.name = "only",
     .type = VT_OPTION_CHOICE,
     .value = "KIND",
     .choices = "text|image",
     .help = "leave the other kind as it is"},
    {.name = "reviews",
     .type = VT_OPTION_INT,
     .value = "N",
     .fallback = "0",
     .max = VT_REVIEWS_MAX,
     .help = "let the titles of an item's N newest reviews belong to its text"},
    {.name = "duplicates",
     .help = "encode nothing; list items whose texts, or whose photos, have vectors with a cosine of 0.98 or more"},
    {.name = "sentiment",
     .help = "encode no items; read reviews: which lean for and against, which phrases say why, for \"insight "
             "sentiment\""},
    {.name = NULL},
};

const vt_command vt_command_encode = {
    .name = "encode",
    .summary = "make vectors of new or changed texts and photos",
    .details =
        "Search, similar items by words or looks, and models that know new items need a vector for each text and "
        "photo. "
        "They are kept in the shop's folder by what they were made from, so that nothing is encoded twice; a run that "
        "is "
        "stopped goes on where it was. Photos that cannot be used are listed, and the rest goes on.\n\n"
        "Networks run through OpenVINO, which script/setup installs. \"vitrine encoder list\" shows the encoders.",
    .options = (const vt_option *const[]){encode_options, NULL},
    .examples = "vitrine --shop s encode\n"
                "vitrine --shop s encode --only text --text my-bert\n"
                "vitrine --shop s encode --sentiment",
    .run = run_encode,
};
