/* Options and steps that several commands share. */
#ifndef VT_CLI_COMMON_H
#define VT_CLI_COMMON_H

#include "cli.h"
#include "table.h"
#include "vitrine/encoder.h"
#include "vitrine/model.h"
#include "vitrine/recommend.h"

/* Tables of option rows. */
extern const vt_option vt_options_data[]; /* --positive --min-user --min-item */
extern const vt_option vt_options_seed[]; /* --seed */

/* Opens the shop that the person named; the message of a missing one says how to make it. */
int vt_cli_open_shop(vt_shop **out, vt_cli *cli, vt_shop_mode mode, vt_error *err);

/* The snapshot that --positive, --min-user and --min-item ask for. The caller frees it. */
int vt_cli_snapshot(vt_snapshot **out, vt_cli *cli, vt_shop *shop, const vt_args *args, vt_error *err);

/* The vectors of a shop's items, for kinds of models that read them; what was never encoded is NULL. */
typedef struct vt_cli_vectors {
    vt_item_vectors *text, *image;
} vt_cli_vectors;

int vt_cli_vectors_open(vt_cli_vectors *out, const vt_cli *cli, vt_error *err);
void vt_cli_vectors_done(vt_cli_vectors *vectors);

/* --seed. */
uint64_t vt_cli_seed(const vt_args *args);

/* "90s", "60m", "2h" or "none" of --budget into seconds; 0 for none. */
int vt_cli_budget(double *seconds, const char *text, vt_error *err);

/* The kind of model, or VT_ERR_USAGE with the nearest one. */
int vt_cli_model_kind(const vt_model_kind **out, const char *name, vt_error *err);

/* The kinds of models with their parameters, ranges and presets. */
int vt_help_models(vt_buf *out, vt_error *err);

/* Sets up a JSON object for `cli->out`; written by vt_cli_json_end(), freed by that or by vt_json_writer_abort(). */
void vt_cli_json_begin(vt_json_writer *writer, vt_cli *cli);
int vt_cli_json_end(vt_json_writer *writer, vt_cli *cli, vt_error *err);

/* How a fit in epochs went: "34", "34 (best 24: NDCG@10 0.0512)" with the metric of its validation. */
void vt_cli_format_epochs(char *out, size_t size, const vt_fit_report *report, const char *validation);

/* Two columns without titles: names and right-aligned values. */
int vt_pairs_create(vt_table **out, vt_error *err);
void vt_pairs_text(vt_table *table, const char *name, const char *text);
void vt_pairs_count(vt_table *table, const char *name, int64_t number);

#endif
