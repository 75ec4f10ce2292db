/* Answers of insight for a person. */
#ifndef VT_CLI_INSIGHT_PRINT_H
#define VT_CLI_INSIGHT_PRINT_H

#include "cli.h"
#include "vitrine/insight.h"

/*
 * Prints the sentences, the figures beside what they are compared with, and the first `rows` rows of each table; of one
 * table alone where `show` names it ("figures" for the figures).
 */
int vt_insight_print(vt_cli *cli, const vt_insight *insight, const char *show, size_t rows, vt_error *err);

#endif
