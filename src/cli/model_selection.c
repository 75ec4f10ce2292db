/* The choice of a model as a person reads it: the best first, whatever the order of trying. */
#include "model_selection.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"

/* "fusion shop", "popularity half_life=7". */
static void name_of(char *out, size_t size, const vt_selection_trial *trial)
{
    snprintf(out, size, "%s%s%s%s%s", trial->kind, trial->preset == NULL ? "" : " ",
             trial->preset == NULL ? "" : trial->preset, trial->settings == NULL ? "" : " ",
             trial->settings == NULL ? "" : trial->settings);
}

static void told(void *context, const vt_selection_trial *trial)
{
    vt_cli *cli = context;
    char name[96];
    name_of(name, sizeof name, trial);
    if (trial->error[0] != '\0') {
        vt_display_note(cli->display, "%s was left out: %s", name, trial->error);
    } else {
        vt_display_note(cli->display, "%s%s: NDCG@10 %.4f", name, trial->share < 1 ? ", a third of its epochs" : "",
                        trial->value);
    }
}

int vt_cli_select(vt_selection_result *out, vt_cli *cli, const vt_args *args, const vt_snapshot *snapshot,
                  const vt_split_spec *spec, const vt_fit_options *fit, vt_error *err)
{
    vt_selection selection;
    vt_selection_init(&selection);
    selection.fit = *fit;
    selection.spec = *spec;
    vt_protocol_suit(&selection.protocol, spec);
    selection.told = told;
    selection.context = cli;
    int status = vt_cli_budget(&selection.budget, vt_args_text(args, "budget"), err);
    if (status == VT_OK) {
        vt_display_stage(cli->display, "choosing a model");
        status = vt_select_model(out, snapshot, &selection, err);
        vt_display_end(cli->display);
    }
    return status;
}

/* Numbers of the trials, the best first; failed ones last. */
static void order(size_t *number, const vt_selection_result *result)
{
    for (size_t i = 0; i < result->n; i++) {
        size_t at = i;
        double value = result->trial[i].value;
        for (; at > 0; at--) {
            double before = result->trial[number[at - 1]].value;
            if (isnan(value) || (!isnan(before) && before >= value)) {
                break;
            }
            number[at] = number[at - 1];
        }
        number[at] = i;
    }
}

static void add_row(vt_table *table, const vt_selection_result *result, size_t number)
{
    const vt_selection_trial *trial = &result->trial[number];
    char name[96];
    name_of(name, sizeof name, trial);
    vt_table_text(table, name);
    vt_table_printf(table, "%.4f", trial->value);
    vt_table_printf(table, "%.4f-%.4f", trial->low, trial->high);
    vt_table_printf(table, "%.1f", trial->fit_seconds);
    vt_table_text(table, number == result->best ? "chosen" : trial->share < 1 ? "a third of its epochs" : "");
}

int vt_cli_print_selection(vt_cli *cli, const vt_selection_result *result, vt_error *err)
{
    char line[sizeof result->protocol + 20];
    vt_table *table = NULL;
    size_t *number = vt_alloc(result->n, sizeof *number, err);
    int status = number == NULL ? VT_ERR_NO_MEMORY : vt_table_create(&table, err);
    if (status == VT_OK) {
        snprintf(line, sizeof line, "chosen by: %s\n\n", result->protocol);
        status = vt_buf_add_text(&cli->out, line, err);
    }
    if (status == VT_OK) {
        order(number, result);
        vt_table_column(table, "model", VT_LEFT, 0);
        vt_table_column(table, "NDCG@10", VT_RIGHT, 0);
        vt_table_column(table, "95 %", VT_RIGHT_JOINED, 0);
        vt_table_column(table, "fit s", VT_RIGHT, 0);
        vt_table_column(table, "", VT_LEFT, 0);
        for (size_t i = 0; i < result->n; i++) {
            if (result->trial[number[i]].error[0] == '\0') {
                add_row(table, result, number[i]);
            }
        }
        status = vt_table_print(&cli->out, table, (size_t)cli->width, err);
    }
    if (status == VT_OK) {
        status =
            vt_buf_add_text(&cli->out, result->out_of_time ? "(time was up before all were tried)\n\n" : "\n", err);
    }
    vt_table_free(table);
    vt_free(number);
    return status;
}

void vt_cli_selection_json(vt_json_writer *w, const vt_selection_result *result)
{
    vt_json_object(w, "selection");
    vt_json_text(w, "protocol", vt_str_of(result->protocol));
    vt_json_bool(w, "out_of_time", result->out_of_time);
    vt_json_array(w, "tried");
    for (size_t i = 0; i < result->n; i++) {
        const vt_selection_trial *trial = &result->trial[i];
        vt_json_object(w, NULL);
        vt_json_text(w, "model", vt_str_of(trial->kind));
        vt_json_text(w, "preset", vt_str_of(trial->preset == NULL ? "" : trial->preset));
        vt_json_text(w, "settings", vt_str_of(trial->settings == NULL ? "" : trial->settings));
        vt_json_number(w, "share", trial->share);
        vt_json_number(w, "ndcg@10", trial->value);
        vt_json_number(w, "low", trial->low);
        vt_json_number(w, "high", trial->high);
        vt_json_number(w, "fit_seconds", trial->fit_seconds);
        vt_json_bool(w, "chosen", i == result->best);
        if (trial->error[0] != '\0') {
            vt_json_text(w, "error", vt_str_of(trial->error));
        }
        vt_json_object_end(w);
    }
    vt_json_array_end(w);
    vt_json_object_end(w);
}

const vt_option vt_options_selection[] = {
    {.name = "budget",
     .type = VT_OPTION_TEXT,
     .value = "TIME",
     .fallback = "none",
     .help = "without MODEL: when to stop trying models, such as 90s, 60m or 2h, or none"},
    {.name = NULL},
};
