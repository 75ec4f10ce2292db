/* What the completion scripts of all shells are made of. */
#ifndef VT_CLI_COMPLETION_WORDS_H
#define VT_CLI_COMPLETION_WORDS_H

#include "cli.h"

/* A text inside single quotes of any of the three shells: quotes, backslashes (fish) and colons (zsh) are left out. */
int vt_complete_phrase(vt_buf *out, const char *text, vt_error *err);

/* The words of an option's choices or of a kind of words, joined by blanks. */
int vt_complete_words(vt_buf *out, const char *choices, vt_words words, vt_error *err);

/* Calls `each` for every option of `command`, the global ones last. */
int vt_complete_options(vt_buf *out, const vt_command *command,
                        int (*each)(vt_buf *out, const vt_command *command, const vt_option *option, vt_error *err),
                        vt_error *err);

/* "--shop|--threads|-n": every option that takes a value, parted by `bar`. */
int vt_complete_value_options(vt_buf *out, const char *bar, vt_error *err);

/* First words of two-word commands, each once. */
int vt_complete_groups(vt_buf *out, const char *bar, vt_error *err);

/* The words that may follow `group` ("": first words), joined by blanks. */
int vt_complete_next_words(vt_buf *out, const char *group, size_t len, vt_error *err);

/* The script for fish. */
int vt_complete_fish(vt_buf *out, vt_error *err);

#endif
