/* What an insight command can be told: groups of options, and how they become a question. */
#ifndef VT_CLI_INSIGHT_OPTIONS_H
#define VT_CLI_INSIGHT_OPTIONS_H

#include "cli.h"
#include "vitrine/insight.h"

/* Groups, each ended by an option without a name. */
extern const vt_option vt_insight_scope_options[];       /* period, comparison and filters of a question about a shop */
extern const vt_option vt_insight_shown_options[];       /* what of an answer is shown, and as what */
extern const vt_option vt_insight_table_option[];        /* --table FILE */
extern const vt_option vt_insight_transactions_option[]; /* --transactions FILE */
extern const vt_option vt_insight_seed_option[];         /* --seed */
extern const vt_option vt_insight_elasticity_options[];  /* columns of a table of prices */
extern const vt_option vt_insight_goods_options[];       /* period and filters of goods alone */
extern const vt_option vt_insight_churn_options[];       /* the column that says who was lost */
extern const vt_option vt_insight_baskets_options[];     /* thresholds of rules */
extern const vt_option vt_insight_clv_options[];         /* days and units of customer values */
extern const vt_option vt_insight_item_option[];         /* --item */
extern const vt_option vt_insight_rhythm_options[];      /* days and units of customer values */
extern const vt_option vt_insight_service_option[];      /* --service */
extern const vt_option vt_insight_demand_options[];      /* series, season and horizon of forecasts */
extern const vt_option vt_insight_lead_option[];         /* --lead-days */

/* The query that the arguments of a command make. Texts are borrowed from them. */
int vt_insight_options_read(vt_insight_options *out, const vt_cli *cli, const vt_args *args, vt_error *err);

/* The option by which a command is given a plain file, NULL where it is about shops alone. */
const char *vt_insight_file_option(const vt_args *args);

#endif
