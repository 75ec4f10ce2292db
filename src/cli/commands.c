/* The table of commands, in the order in which a person meets them. */
#include "cli.h"

const vt_command *const vt_commands[] = {
    &vt_command_shop_list,      &vt_command_shop_info,
    &vt_command_shop_set,       &vt_command_shop_delete,
    &vt_command_generate,       &vt_command_import,
    &vt_command_images_fetch,   &vt_command_dataset,
    &vt_command_encode,         &vt_command_encoder_list,
    &vt_command_encoder_info,   &vt_command_encoder_add,
    &vt_command_encoder_remove, &vt_command_train,
    &vt_command_model_list,     &vt_command_model_info,
    &vt_command_model_weights,  &vt_command_evaluate,
    &vt_command_compare,        &vt_command_tune,
    &vt_command_recommend,      &vt_command_explain,
    &vt_command_similar,        &vt_command_complements,
    &vt_command_search,         &vt_command_insight_overview,
    &vt_command_project,        &vt_command_doctor,
    &vt_command_help,           &vt_command_man,
    &vt_command_completions,
};

const size_t vt_n_commands = sizeof vt_commands / sizeof vt_commands[0];
