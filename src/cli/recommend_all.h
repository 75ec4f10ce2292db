/* vitrine recommend --all, and the rules that it shares with the list of one user. */
#ifndef VT_CLI_RECOMMEND_ALL_H
#define VT_CLI_RECOMMEND_ALL_H

#include "cli.h"
#include "vitrine/recommend.h"

/* Rules and --fewer-like into the request; `ids` (NULL at first) is freed by the caller. */
int vt_cli_request_rules(vt_request *request, vt_rules *rules, const char ***ids, vt_cli *cli, const vt_args *args,
                         vt_error *err);

/* Lists of all customers, kept in the shop for insight. */
int vt_cli_recommend_all(vt_cli *cli, const vt_args *args, vt_error *err);

#endif
