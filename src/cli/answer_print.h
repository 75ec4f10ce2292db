/* What recommend, similar and search have in common at the command line: the request and the list of items. */
#ifndef VT_CLI_ANSWER_PRINT_H
#define VT_CLI_ANSWER_PRINT_H

#include "cli.h"
#include "table.h"
#include "vitrine/search.h"

extern const vt_option vt_options_filter[]; /* -n --category --brand --price --keep-unavailable */

extern const vt_option vt_options_model[]; /* --model */

/* The model that --model names, or the newest of the shop, which a note names; `name` gets its name, "" where none is
 * found. */
int vt_cli_open_model(vt_model **out, char *name, size_t size, vt_cli *cli, vt_shop *shop, const vt_args *args,
                      vt_error *err);

/* The request that those options make; prices are in the shop's currency. */
int vt_cli_read_request(vt_request *request, vt_shop *shop, const vt_args *args, vt_error *err);

/* The members "candidates", "currency" and "items" of an open JSON object. */
void vt_cli_json_answer(vt_json_writer *writer, const vt_answer *answer);

/* The same up to the opened array of items, and what every row begins with, for those who say more in each. */
void vt_cli_json_answer_head(vt_json_writer *writer, const vt_answer *answer);
void vt_cli_json_row(vt_json_writer *writer, const vt_recommendation *row, const char *currency);

/* A table of the items. */
int vt_cli_print_answer(vt_cli *cli, const vt_answer *answer, vt_error *err);

/* Says when there are fewer items than were asked for. */
void vt_cli_note_short(vt_cli *cli, const vt_answer *answer, int32_t n);

/* Searches and prints what was found, and on stderr what was missing. */
int vt_cli_search(vt_cli *cli, vt_shop *shop, const vt_search_query *query, vt_error *err);

#endif
