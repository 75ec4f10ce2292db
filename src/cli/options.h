/*
 * Options of the program as rows. The parser, --help, the man page and the completions all read these rows, so none of
 * them can know an option that another does not.
 */
#ifndef VT_CLI_OPTIONS_H
#define VT_CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "vitrine/error.h"

typedef enum vt_option_type {
    VT_OPTION_FLAG,   /* given or not */
    VT_OPTION_TEXT,   /* any text */
    VT_OPTION_INT,    /* a whole number in [min, max] */
    VT_OPTION_REAL,   /* a number in [min, max] */
    VT_OPTION_INTS,   /* ascending whole numbers in [min, max], joined by commas */
    VT_OPTION_CHOICE, /* one of `choices` */
} vt_option_type;

/* What a shell may offer for a value or an operand. */
typedef enum vt_words {
    VT_WORDS_NONE,
    VT_WORDS_FILES,
    VT_WORDS_FOLDERS,
    VT_WORDS_COMMANDS,
    VT_WORDS_IMPORT_KINDS,
    VT_WORDS_IMPORT_LIKES,
    VT_WORDS_EVENT_KINDS,
    VT_WORDS_MODEL_KINDS,
    VT_WORDS_SPLITS,
    VT_WORDS_SHELLS,
} vt_words;

/* One option. Tables of them end with a row whose name is NULL. */
typedef struct vt_option {
    const char *name; /* without "--" */
    char letter;      /* 'n' for -n; 0: none */
    vt_option_type type;
    bool repeated;        /* may be given several times; otherwise the last one counts */
    const char *value;    /* what stands for the value in help: "N", "DIR"; NULL for a flag */
    const char *fallback; /* the default as one would type it; NULL: none */
    double min, max;      /* numbers */
    const char *choices;  /* "train|catalogue" */
    vt_words words;
    const char *help; /* a phrase; default and range are appended to it */
} vt_option;

/* One operand of a command. */
typedef struct vt_operand {
    const char *name; /* "MODEL"; NULL ends the table */
    bool optional;
    bool repeated; /* the last one only */
    vt_words words;
    const char *help;
} vt_operand;

struct vt_cli;
struct vt_args;

/* One command. `vitrine shop list` is the command "shop list". */
typedef struct vt_command {
    const char *name;
    const char *summary;                          /* a phrase */
    const char *details;                          /* paragraphs parted by an empty line; may be NULL */
    const vt_operand *operands;                   /* may be NULL */
    const vt_option *const *options;              /* NULL-terminated list of tables; may be NULL */
    const char *examples;                         /* lines */
    int (*more_help)(vt_buf *out, vt_error *err); /* appended to the help; may be NULL */
    int (*run)(struct vt_cli *cli, const struct vt_args *args, vt_error *err);
} vt_command;

/* One given value. */
typedef struct vt_option_value {
    const vt_option *option;
    const char *text; /* borrowed from argv */
} vt_option_value;

/* A parsed command line. Init with vt_args_parse(), done with vt_args_done(). Texts are borrowed from argv. */
typedef struct vt_args {
    const vt_command *command; /* NULL when none was named */
    const char *group;         /* "shop" when only the first word of a command was given; else NULL */
    bool help;                 /* --help or -h was given: nothing else was required */
    bool version;
    vt_option_value *values;
    size_t n_values;
    const char **operands;
    size_t n_operands;
} vt_args;

/* Options that stand before or after every command. */
extern const vt_option vt_global_options[];

/*
 * Parses the `argc - 1` words after the program's name against `commands` (`n_commands` rows). VT_ERR_USAGE says what
 * is wrong, what is allowed, and the nearest name to an unknown one. With --help among the words nothing is an error
 * but an unknown command. On failure `*out` is untouched.
 */
int vt_args_parse(vt_args *out, int argc, const char *const *argv, const vt_command *const *commands, size_t n_commands,
                  vt_error *err);
void vt_args_done(vt_args *args);

/* True when the option was given. Asking for an option that the command does not have is a bug and aborts. */
bool vt_args_given(const vt_args *args, const char *name);

/* The last value given, else the default, else NULL. */
const char *vt_args_text(const vt_args *args, const char *name);

/* The same as a number; an option without default must have been given. */
int64_t vt_args_int(const vt_args *args, const char *name);

/* The same of a VT_OPTION_REAL. */
double vt_args_real(const vt_args *args, const char *name);

/* The same as numbers into `out` (at most `max`); returns how many. */
size_t vt_args_ints(const vt_args *args, const char *name, int32_t *out, size_t max);

/* Index into `choices`. */
int vt_args_choice(const vt_args *args, const char *name);

/* How often a repeated option was given, and the value given as number `index`. */
size_t vt_args_count(const vt_args *args, const char *name);
const char *vt_args_at(const vt_args *args, const char *name, size_t index);

/* Operand number `index`, NULL when it was not given. */
const char *vt_args_operand(const vt_args *args, size_t index);

/* The option of that name (or letter) that `command` (may be NULL) or the global table has, else NULL. */
const vt_option *vt_option_find(const vt_command *command, const char *name, size_t len);

/* Choice number `index` of "a|b|c": pointer and length; false past the last. */
bool vt_choice_at(const char *choices, size_t index, const char **text, size_t *len);

/* The index of `text` among the choices, -1 when it is none. */
int vt_choice_find(const char *choices, const char *text);

#define VT_INTS_MAX 8

#endif
