/* Options and steps that several commands share. */
#include "common.h"

#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "base/suggest.h"

const vt_option vt_options_data[] = {
    {.name = "positive",
     .type = VT_OPTION_TEXT,
     .value = "RULE",
     .fallback = "purchase|like|rating",
     .help =
         "events that count as interactions: kinds of events joined by \"|\", rating also with a comparison such as "
         "rating>=4"},
    {.name = "min-user",
     .type = VT_OPTION_INT,
     .value = "N",
     .fallback = "0",
     .max = 1000000,
     .help = "keep users with at least N items"},
    {.name = "min-item",
     .type = VT_OPTION_INT,
     .value = "N",
     .fallback = "0",
     .max = 1000000,
     .help = "keep items with at least N users; both are repeated until nothing more falls out"},
    {.name = "snapshot",
     .type = VT_OPTION_TEXT,
     .value = "FILE",
     .words = VT_WORDS_FILES,
     .help = "the events of FILE.vsnap, as \"import --snapshot\" makes it, in place of the shop's; as they are in it"},
    {.name = NULL},
};

const vt_option vt_options_seed[] = {
    {.name = "seed",
     .type = VT_OPTION_INT,
     .value = "N",
     .fallback = "42",
     .max = 2147483647,
     .help = "seed of everything random: same seed, same result"},
    {.name = NULL},
};

int vt_cli_open_shop(vt_shop **out, vt_cli *cli, vt_shop_mode mode, vt_error *err)
{
    vt_error why = VT_ERROR_INIT;
    int status = vt_shop_open(out, cli->shop, mode, &why);
    if (status == VT_OK) {
        return VT_OK;
    }
    if (status == VT_ERR_NOT_FOUND) {
        return vt_fail(err, VT_ERR_NOT_FOUND,
                       "there is no shop in %s; name its folder with --shop DIR, or make one with \"vitrine import\"",
                       cli->shop);
    }
    return vt_fail(err, why.code, "%s", why.message);
}

int vt_cli_snapshot(vt_snapshot **out, vt_cli *cli, vt_shop *shop, const vt_args *args, vt_error *err)
{
    const char *file = vt_args_text(args, "snapshot");
    if (file != NULL) {
        vt_display_stage(cli->display, "opening the snapshot");
        return vt_snapshot_open(out, file, err);
    }
    vt_snapshot_options options;
    vt_snapshot_options_init(&options);
    options.positive = vt_args_text(args, "positive");
    options.min_user = (int32_t)vt_args_int(args, "min-user");
    options.min_item = (int32_t)vt_args_int(args, "min-item");
    options.progress = &cli->progress;
    vt_display_stage(cli->display, "taking a snapshot");
    return vt_snapshot_take(out, shop, &options, err);
}

static int open_vectors(vt_item_vectors **out, const vt_cli *cli, vt_encoder_kind kind, vt_error *err)
{
    int status = vt_item_vectors_open(out, cli->shop, kind, err);
    if (status == VT_ERR_NOT_FOUND) { /* a model that cannot do without says so itself */
        vt_error_reset(err);
        return VT_OK;
    }
    return status;
}

int vt_cli_vectors_open(vt_cli_vectors *out, const vt_cli *cli, vt_error *err)
{
    vt_cli_vectors vectors = {NULL, NULL};
    int status = open_vectors(&vectors.text, cli, VT_ENCODER_TEXT, err);
    if (status == VT_OK) {
        status = open_vectors(&vectors.image, cli, VT_ENCODER_IMAGE, err);
    }
    if (status != VT_OK) {
        vt_cli_vectors_done(&vectors);
        return status;
    }
    *out = vectors;
    return VT_OK;
}

void vt_cli_vectors_done(vt_cli_vectors *vectors)
{
    vt_item_vectors_free(vectors->text);
    vt_item_vectors_free(vectors->image);
    *vectors = (vt_cli_vectors){NULL, NULL};
}

uint64_t vt_cli_seed(const vt_args *args)
{
    return (uint64_t)vt_args_int(args, "seed");
}

int vt_cli_model_kind(const vt_model_kind **out, const char *name, vt_error *err)
{
    const vt_model_kind *found = vt_model_kind_find(name);
    if (found != NULL) {
        *out = found;
        return VT_OK;
    }
    vt_suggestion near;
    vt_suggestion_init(&near, name, strlen(name));
    char all[512] = "";
    size_t used = 0;
    size_t n = 0;
    const vt_model_kind *const *kinds = vt_model_kinds(&n);
    for (size_t i = 0; i < n; i++) {
        vt_suggestion_offer(&near, kinds[i]->name, strlen(kinds[i]->name));
        int len = snprintf(all + used, sizeof all - used, "%s%s", i == 0 ? "" : ", ", kinds[i]->name);
        used += len > 0 && (size_t)len < sizeof all - used ? (size_t)len : 0;
    }
    if (near.best != NULL) {
        return vt_fail(err, VT_ERR_USAGE, "there is no model \"%s\"; did you mean \"%.*s\"? Possible are: %s", name,
                       (int)near.best_len, near.best, all);
    }
    return vt_fail(err, VT_ERR_USAGE, "there is no model \"%s\"; possible are: %s", name, all);
}

void vt_cli_json_begin(vt_json_writer *writer, vt_cli *cli)
{
    vt_json_writer_init(writer, &cli->out, true);
    vt_json_object(writer, NULL);
}

int vt_cli_json_end(vt_json_writer *writer, vt_cli *cli, vt_error *err)
{
    vt_json_object_end(writer);
    int status = vt_json_writer_done(writer, err);
    return status == VT_OK ? vt_buf_add(&cli->out, "\n", 1, err) : status;
}

void vt_cli_format_epochs(char *out, size_t size, const vt_fit_report *report, const char *validation)
{
    if (validation == NULL) {
        snprintf(out, size, "%d", report->epochs);
    } else {
        snprintf(out, size, "%d (best %d: %s %.4f)", report->epochs, report->best, validation, report->value);
    }
}

int vt_pairs_create(vt_table **out, vt_error *err)
{
    int status = vt_table_create(out, err);
    if (status == VT_OK) {
        vt_table_column(*out, "", VT_LEFT, 0);
        vt_table_column(*out, "", VT_LEFT, 0);
    }
    return status;
}

void vt_pairs_text(vt_table *table, const char *name, const char *text)
{
    vt_table_text(table, name);
    vt_table_text(table, text);
}

void vt_pairs_count(vt_table *table, const char *name, int64_t number)
{
    vt_table_text(table, name);
    vt_table_count(table, number);
}

int vt_cli_budget(double *seconds, const char *text, vt_error *err)
{
    static const struct {
        const char *unit;
        double seconds;
    } units[] = {{"s", 1}, {"m", 60}, {"h", 3600}};
    size_t len = strlen(text);
    if (strcmp(text, "none") == 0) {
        *seconds = 0;
        return VT_OK;
    }
    for (size_t i = 0; len > 1 && i < sizeof units / sizeof *units; i++) {
        double number = 0;
        if (strcmp(text + len - 1, units[i].unit) == 0 && vt_parse_real(&number, (vt_str){text, len - 1}) &&
            number > 0 && number <= 1e6) {
            *seconds = number * units[i].seconds;
            return VT_OK;
        }
    }
    return vt_fail(err, VT_ERR_USAGE, "--budget is \"%s\"; a time such as 90s, 60m or 2h, or none, is expected", text);
}
