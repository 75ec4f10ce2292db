/* What recommend, similar and search have in common at the command line: the request and the list of items. */
#ifndef VT_CLI_ANSWER_PRINT_H
#define VT_CLI_ANSWER_PRINT_H

#include "cli.h"
#include "table.h"
#include "vitrine/choice.h"
#include "vitrine/search.h"

extern const vt_option vt_options_filter[]; /* -n --category --brand --price --keep-unavailable */

extern const vt_option vt_options_model[]; /* --model */

/* Puts JSON that a call made, which ended with `status`, into `cli->out`; frees it. */
int vt_cli_print_json(vt_cli *cli, vt_text *json, int status, vt_error *err);

/* The request that those options make; prices are in the shop's currency. */
int vt_cli_read_request(vt_request *request, vt_live *live, const vt_args *args, vt_error *err);

/* A table of the items. */
int vt_cli_print_answer(vt_cli *cli, const vt_answer *answer, vt_error *err);

/* Says when there are fewer items than were asked for. */
void vt_cli_note_short(vt_cli *cli, const vt_answer *answer, int32_t n);

/* Searches and prints what was found, and on stderr what was missing. */
int vt_cli_search(vt_cli *cli, vt_recommender *recommender, const vt_search_query *query, vt_error *err);

#endif
