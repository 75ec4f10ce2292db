/* Fits and evaluates model by model; one that fails does not take the others with it. */
#include "evaluation_setup.h"

#include <inttypes.h>
#include <string.h>

#include "base/alloc.h"
#include "vitrine/tuning.h"

/* Says what of a file of lists was left out. */
static void note_lists(vt_cli *cli, const char *path, const vt_lists_counts *counts)
{
    const struct {
        int64_t n;
        const char *what;
    } notes[] = {
        {counts->strangers, "lines of users that the shop does not know were passed over"},
        {counts->missing, "evaluated users have no line, and count as empty lists"},
        {counts->padding, "\"-1\" in place of items were dropped"},
        {counts->repeated, "items that stood in their list already were dropped"},
        {counts->seen, "items of the users' histories were dropped"},
        {counts->foreign, "items that are no candidates were dropped"},
    };
    for (size_t i = 0; i < sizeof notes / sizeof *notes; i++) {
        if (notes[i].n > 0) {
            char number[32];
            vt_format_count(number, notes[i].n);
            vt_display_note(cli->display, "%s: %s %s", path, number, notes[i].what);
        }
    }
}

/* ---- evaluation -------------------------------------------------------------------------------------------------- */

/* A file, of a model or of lists. */
static int evaluate_file(vt_evaluation *out, vt_cli *cli, const vt_evaluation_run *run, const vt_evaluated *entry,
                         vt_error *err)
{
    vt_split *labels = NULL;
    int status = vt_evaluation_split(&labels, run, err);
    if (status == VT_OK && entry->lists) {
        vt_lists_counts counts;
        status = vt_evaluate_lists(out, &counts, entry->name, run->snapshot, labels, &run->protocol, err);
        if (status == VT_OK) {
            note_lists(cli, entry->name, &counts);
        }
    } else if (status == VT_OK) {
        status = vt_evaluate_fitted(out, entry->model, run->snapshot, labels, &run->protocol, err);
        if (status == VT_OK) {
            status = vt_evaluation_add_ratings(out, entry->model, run->snapshot, labels, &run->protocol, err);
        }
    }
    vt_split_free(labels);
    return status;
}

/* Fits a kind of model, once or once a fold. */
static int evaluate_kind(vt_evaluation *out, const vt_evaluation_run *run, const vt_evaluated *entry, vt_error *err)
{
    const vt_fit_options options = vt_evaluation_fit(run, entry);
    if (run->trials > 0) {
        vt_tuning tuning;
        vt_tuning_init(&tuning);
        tuning.kind = entry->name;
        tuning.fit = options;
        tuning.trials = run->trials;
        tuning.spec = run->spec;
        tuning.protocol = run->protocol;
        return vt_evaluate_tuned_folds(out, run->snapshot, &tuning, err);
    }
    if (vt_split_folds(&run->spec) > 0) {
        return vt_evaluate_folds(out, entry->name, &options, run->snapshot, &run->spec, run->protocol.seed,
                                 run->protocol.part == VT_PART_VALID, &run->protocol, err);
    }
    vt_split *labels = NULL;
    int status = vt_evaluation_split(&labels, run, err);
    if (status == VT_OK) {
        status = vt_evaluate_model(out, entry->name, &options, run->snapshot, labels, &run->protocol, err);
    }
    vt_split_free(labels);
    return status;
}

static int compare_slices(vt_report_row *row, const vt_evaluation *baseline, const vt_protocol *protocol, vt_error *err)
{
    size_t n = row->result.n_slices;
    row->slices = n == 0 ? NULL : vt_alloc_zero(n, sizeof *row->slices, err);
    int status = n > 0 && row->slices == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    for (size_t s = 0; s < n && status == VT_OK; s++) {
        status = vt_slice_compare(&row->slices[s], &row->result.slices[s], &baseline->slices[s], protocol, err);
    }
    return status;
}

static int compare_rows(vt_evaluation_run *run, const vt_report_row *baseline, vt_error *err)
{
    int status = VT_OK;
    for (size_t i = 0; i < run->report.n_rows && status == VT_OK && baseline != NULL; i++) {
        vt_report_row *row = &run->rows[i];
        if (row == baseline) {
            continue;
        }
        row->compared = true;
        status = vt_evaluation_compare(&row->comparison, &row->result, &baseline->result, &run->protocol, err);
        if (status == VT_OK) {
            status = compare_slices(row, &baseline->result, &run->protocol, err);
        }
    }
    return status;
}

/* "ease: why; slim: why". */
static int say_failures(const vt_evaluation_run *run, vt_error *err)
{
    const vt_report *report = &run->report;
    char text[sizeof err->message];
    size_t used = 0;
    if (run->models.n == 1) {
        return vt_fail(err, report->failures[0].error.code, "%s", report->failures[0].error.message);
    }
    for (size_t i = 0; i < report->n_failures && used < sizeof text; i++) {
        int n = snprintf(text + used, sizeof text - used, "%s%s: %s", i == 0 ? "" : "; ", report->failures[i].name,
                         report->failures[i].error.message);
        used += n > 0 ? (size_t)n : 0;
    }
    return vt_fail(err, report->failures[0].error.code, "%s", text);
}

/* One that fails does not take the others with it, unless the person or memory ended it. */
static int evaluate_models(vt_evaluation_run *run, vt_cli *cli, vt_error *err)
{
    vt_report *report = &run->report;
    const vt_report_row *baseline = NULL;
    bool goes_on = true;
    for (size_t i = 0; i < run->models.n && goes_on; i++) {
        const vt_evaluated *entry = &run->models.entry[i];
        vt_report_row *row = &run->rows[report->n_rows];
        vt_report_failure *failure = &run->failures[report->n_failures];
        *failure = (vt_report_failure){entry->name, VT_ERROR_INIT};
        int status = vt_evaluated_is_fitted(entry) ? evaluate_kind(&row->result, run, entry, &failure->error)
                                                   : evaluate_file(&row->result, cli, run, entry, &failure->error);
        if (status == VT_OK) {
            row->name = entry->name;
            row->settings = run->trials > 0 ? "tuned in each fold" : entry->shown;
            baseline = entry == run->models.baseline ? row : baseline;
            report->n_rows++;
        } else {
            vt_evaluation_done(&row->result);
            row->result = (vt_evaluation){0};
            report->n_failures++;
            goes_on = status != VT_ERR_CANCELLED && status != VT_ERR_NO_MEMORY;
        }
    }
    report->baseline = baseline == NULL ? NULL : baseline->name;
    int status = compare_rows(run, baseline, err);
    return status == VT_OK && report->n_failures > 0 ? say_failures(run, err) : status;
}

/* ---- the run ----------------------------------------------------------------------------------------------------- */

void vt_evaluation_run_done(vt_evaluation_run *run)
{
    for (size_t i = 0; i < run->report.n_rows; i++) {
        vt_evaluation_done(&run->rows[i].result);
        vt_free(run->rows[i].slices);
    }
    vt_free(run->rows);
    vt_free(run->failures);
    vt_evaluated_done(&run->models);
    vt_shop_lister_close(run->lister);
    vt_rules_done(&run->rules);
    vt_cli_vectors_done(&run->vectors);
    vt_user_links_free(run->links);
    vt_snapshot_free(run->snapshot);
    vt_shop_close(run->shop);
}

static int create_report(vt_evaluation_run *run, vt_error *err)
{
    size_t n = run->models.n;
    run->rows = vt_alloc_zero(n, sizeof *run->rows, err);
    run->failures = run->rows == NULL ? NULL : vt_alloc_zero(n, sizeof *run->failures, err);
    run->report = (vt_report){
        .rows = run->rows, .failures = run->failures, .snapshot = run->snapshot->hash, .seed = run->protocol.seed};
    return run->failures == NULL ? VT_ERR_NO_MEMORY : VT_OK;
}

int vt_evaluation_run_all(vt_evaluation_run *run, vt_cli *cli, const vt_args *args, vt_error *err)
{
    int status = vt_evaluation_set_up(run, cli, args, err);
    if (status == VT_OK) {
        status = create_report(run, err);
    }
    return status == VT_OK ? evaluate_models(run, cli, err) : status;
}

int vt_evaluation_run_finish(vt_evaluation_run *run, vt_cli *cli, int status,
                             int (*finish)(void *context, vt_cli *cli, vt_report *report, vt_error *err), void *context,
                             vt_error *err)
{
    vt_error why = VT_ERROR_INIT;
    vt_display_end(cli->display);
    if (run->report.n_rows == 0) {
        return status;
    }
    int finished = finish(context, cli, &run->report, &why);
    cli->result_stands = status != VT_OK && finished == VT_OK;
    return status == VT_OK && finished != VT_OK ? vt_fail(err, why.code, "%s", why.message) : status;
}
