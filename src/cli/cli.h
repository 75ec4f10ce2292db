/*
 * What every command is handed: the global options, the buffer that becomes stdout, and the progress display. A command
 * writes its result into `out` and returns a status; main prints the one or the other.
 */
#ifndef VT_CLI_CLI_H
#define VT_CLI_CLI_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/format.h"
#include "base/json_values.h"
#include "options.h"
#include "progress.h"
#include "vitrine/shop.h"
#include "vitrine/text.h"

typedef struct vt_cli {
    const char *shop;    /* folder of the shop, from --shop, $VITRINE_SHOP or the default */
    bool shop_given;     /* by --shop or $VITRINE_SHOP */
    bool json;           /* --json */
    bool quiet;          /* --quiet */
    int threads;         /* 0: all processors */
    int width;           /* columns that a table may take */
    bool result_stands;  /* the result in `out` is printed although the command failed */
    vt_buf out;          /* the result, printed to stdout when the command ends */
    vt_display *display; /* progress and notes on stderr */
    vt_progress progress;
} vt_cli;

/* The commands, in the order of the help. */
extern const vt_command *const vt_commands[];
extern const size_t vt_n_commands;

extern const vt_command vt_command_shop_list;
extern const vt_command vt_command_shop_info;
extern const vt_command vt_command_shop_set;
extern const vt_command vt_command_shop_delete;
extern const vt_command vt_command_generate;
extern const vt_command vt_command_import;
extern const vt_command vt_command_images_fetch;
extern const vt_command vt_command_dataset;
extern const vt_command vt_command_train;
extern const vt_command vt_command_retrain;
extern const vt_command vt_command_model_list;
extern const vt_command vt_command_model_info;
extern const vt_command vt_command_model_activate;
extern const vt_command vt_command_model_rollback;
extern const vt_command vt_command_model_weights;
extern const vt_command vt_command_evaluate;
extern const vt_command vt_command_compare;
extern const vt_command vt_command_tune;
extern const vt_command vt_command_recommend;
extern const vt_command vt_command_similar;
extern const vt_command vt_command_complements;
extern const vt_command vt_command_explain;
extern const vt_command vt_command_search;
extern const vt_command vt_command_insight_overview;
extern const vt_command vt_command_insight_actions;
extern const vt_command vt_command_insight_trends;
extern const vt_command vt_command_insight_recommendations;
extern const vt_command vt_command_insight_elasticity;
extern const vt_command vt_command_insight_prices;
extern const vt_command vt_command_insight_churn;
extern const vt_command vt_command_insight_demand;
extern const vt_command vt_command_insight_stock;
extern const vt_command vt_command_insight_baskets;
extern const vt_command vt_command_insight_sales;
extern const vt_command vt_command_insight_customers;
extern const vt_command vt_command_insight_products;
extern const vt_command vt_command_insight_segments;
extern const vt_command vt_command_insight_sentiment;
extern const vt_command vt_command_insight_cohorts;
extern const vt_command vt_command_insight_clv;
extern const vt_command vt_command_insight_rhythm;
extern const vt_command vt_command_project;
extern const vt_command vt_command_encode;
extern const vt_command vt_command_encoder_list;
extern const vt_command vt_command_encoder_info;
extern const vt_command vt_command_encoder_add;
extern const vt_command vt_command_encoder_remove;
extern const vt_command vt_command_doctor;
extern const vt_command vt_command_serve;
extern const vt_command vt_command_report;
extern const vt_command vt_command_rest;
extern const vt_command vt_command_backup;
extern const vt_command vt_command_restore;
extern const vt_command vt_command_config_show;
extern const vt_command vt_command_key_create;
extern const vt_command vt_command_key_list;
extern const vt_command vt_command_key_revoke;
extern const vt_command vt_command_rule_add;
extern const vt_command vt_command_rule_list;
extern const vt_command vt_command_rule_remove;
extern const vt_command vt_command_help;
extern const vt_command vt_command_man;
extern const vt_command vt_command_completions;

/* ---- help.c, man.c, completions.c: pages made of the rows -------------------------------------------------------- */

/* The overview; `group` names the first word of commands to list alone, NULL all. */
int vt_help_overview(vt_buf *out, const char *group, vt_error *err);

/* What a command does, its operands, options with defaults and ranges, and an example. */
int vt_help_command(vt_buf *out, const vt_command *command, vt_error *err);

/* Appends `text` wrapped at `width` columns, later lines indented by `indent`; the first begins at `column`. */
int vt_help_wrap(vt_buf *out, const char *text, size_t column, size_t indent, size_t width, vt_error *err);

/* "--param NAME=VALUE", with the letter when there is one. */
int vt_help_option_name(vt_buf *out, const vt_option *option, vt_error *err);

/* The option's help with choices, range, default and repetition. */
int vt_help_option_text(vt_buf *out, const vt_option *option, vt_error *err);

/* "vitrine train MODEL [options]". */
int vt_help_usage(vt_buf *out, const vt_command *command, vt_error *err);

/* The whole program as a troff man page. */
int vt_man_page(vt_buf *out, vt_error *err);

/* A completion script for "bash", "zsh" or "fish". */
int vt_completions(vt_buf *out, const char *shell, vt_error *err);

/* ---- words.c: names that the library knows ----------------------------------------------------------------------- */

/* Word number `index` of a kind of words, NULL past the last; borrowed, valid until the program ends. */
const char *vt_words_at(vt_words words, size_t index);

/* ---- output.c ---------------------------------------------------------------------------------------------------- */

/* Writes `len` bytes to stdout and flushes; a full disk or a closed pipe is an error. */
int vt_output_write(const char *text, size_t len, vt_error *err);

/* Writes a file whole or not at all. */
int vt_output_save(const char *path, const vt_text *text, vt_error *err);

/* The same, and says where it is: "the report is in FILE". */
int vt_cli_save(const vt_cli *cli, const char *path, const vt_text *text, const char *what, vt_error *err);

/* Appends text with control characters replaced, so that stored texts cannot drive the terminal. */
int vt_output_clean(vt_buf *out, vt_str text, vt_error *err);

/* Reports the error of a command on stderr, and as JSON into `out`. */
int vt_output_error(vt_buf *out, bool json, const vt_error *error);

#endif
