/*
 * Settings of a command that can stand in four places: a flag beats the environment, the environment beats the shop's
 * config.toml, and that beats the default. The rows of the command's options name all four: --private-key is
 * $VITRINE_SERVE_PRIVATE_KEY and `private_key` under [serve].
 */
#ifndef VT_CLI_SETTINGS_H
#define VT_CLI_SETTINGS_H

#include <limits.h>

#include "cli.h"

enum { VT_SETTINGS_MAX = 32 };

typedef enum vt_origin { VT_ORIGIN_DEFAULT, VT_ORIGIN_FILE, VT_ORIGIN_ENVIRONMENT, VT_ORIGIN_FLAG } vt_origin;

typedef struct vt_setting {
    const vt_option *option;
    char name[48];     /* "private_key" */
    char variable[64]; /* "VITRINE_SERVE_PRIVATE_KEY" */
    char *text;        /* owned; NULL: no value. Of a flag: "true" or "false" */
    vt_origin origin;
    int line; /* of the file */
} vt_setting;

typedef struct vt_settings {
    vt_setting values[VT_SETTINGS_MAX]; /* in the order of the options */
    size_t n;
    char file[PATH_MAX]; /* the config.toml that was looked for */
    bool file_found;
    vt_args args; /* the words with what the environment and the file add, for vt_args_text() and the like; valid until
                     vt_settings_done() */
} vt_settings;

/* The options of serve, which are its settings (cmd_serve.c). */
extern const vt_option vt_options_serve[];

/*
 * Finds the value of each setting of serve. VT_ERR_USAGE says where a value stands that cannot be, or an unknown name;
 * VT_ERR_FORMAT: the file is no TOML that is read here. On failure there is nothing to be done with `out`.
 */
int vt_settings_read(vt_settings *out, vt_cli *cli, const vt_args *args, vt_error *err);
void vt_settings_done(vt_settings *settings);

/* Where a value comes from, for a person: "flag --listen", "s/config.toml:3". */
void vt_setting_origin(char *out, size_t size, const vt_settings *settings, const vt_setting *setting);

#endif
