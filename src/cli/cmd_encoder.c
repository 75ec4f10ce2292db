/* vitrine encoder list, info, add, remove: the encoders of this machine. */
#include <errno.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common.h"
#include "vitrine/encoder.h"

extern char **environ;

static void put_json(vt_json_writer *w, const vt_encoder_info *info)
{
    vt_json_text(w, "name", vt_str_of(info->name));
    vt_json_text(w, "kind", vt_str_of(info->kind == VT_ENCODER_TEXT ? "text" : "image"));
    vt_json_text(w, "title", vt_str_of(info->title));
    vt_json_int(w, "dimensions", info->dimensions);
    if (info->kind == VT_ENCODER_TEXT) {
        vt_json_int(w, "max_length", info->max_length);
    } else {
        vt_json_int(w, "size", info->image_size);
        vt_json_text(w, "fit", vt_str_of(info->image_crop ? "crop" : "letterbox"));
    }
    vt_json_text(w, "precision", vt_str_of(info->precision));
    vt_json_text(w, "licence", vt_str_of(info->licence));
    vt_json_text(w, "hash", vt_str_of(info->hash));
    vt_json_text(w, "folder", vt_str_of(info->folder));
}

typedef struct listing {
    vt_cli *cli;
    vt_table *table;
    vt_json_writer writer;
    size_t n;
} listing;

/* One encoder as a row; a damaged one says why. */
static int on_encoder(void *context, const vt_manifest *manifest, const vt_error *why)
{
    listing *l = context;
    if (manifest == NULL) {
        vt_display_warn(l->cli->display, "vitrine: %s", why->message);
        return VT_OK;
    }
    const vt_encoder_info *info = vt_manifest_info(manifest);
    l->n++;
    if (l->cli->json) {
        vt_json_object(&l->writer, NULL);
        put_json(&l->writer, info);
        vt_json_object_end(&l->writer);
    } else {
        vt_table_text(l->table, info->name);
        vt_table_text(l->table, info->kind == VT_ENCODER_TEXT ? "text" : "image");
        vt_table_count(l->table, info->dimensions);
        vt_table_text(l->table, info->precision);
        vt_table_text(l->table, info->licence);
        vt_table_text(l->table, info->title);
    }
    return VT_OK;
}

static int run_list(vt_cli *cli, const vt_args *args, vt_error *err)
{
    static const char *const titles[] = {"encoder", "of", "dimensions", "precision", "licence", "network"};
    listing l = {.cli = cli};
    (void)args;
    int status = vt_table_create(&l.table, err);
    if (status != VT_OK) {
        return status;
    }
    for (size_t i = 0; i < sizeof titles / sizeof titles[0]; i++) {
        vt_table_column(l.table, titles[i], i == 2 ? VT_RIGHT : VT_LEFT, 0);
    }
    if (cli->json) {
        vt_cli_json_begin(&l.writer, cli);
        vt_json_array(&l.writer, "encoders");
    }
    status = vt_encoders_each(on_encoder, &l, err);
    if (status == VT_OK && cli->json) {
        vt_json_array_end(&l.writer);
        status = vt_cli_json_end(&l.writer, cli, err);
    } else if (status == VT_OK && l.n > 0) {
        status = vt_table_print(&cli->out, l.table, (size_t)cli->width, err);
    } else if (status == VT_OK) {
        vt_display_note(cli->display, "there are no encoders in %s; script/setup builds the default ones",
                        vt_encoders_folder());
    }
    vt_json_writer_abort(&l.writer);
    vt_table_free(l.table);
    return status;
}

static int print_info(vt_cli *cli, const vt_manifest *manifest, vt_error *err)
{
    const vt_encoder_info *info = vt_manifest_info(manifest);
    if (cli->json) {
        vt_json_writer w;
        vt_cli_json_begin(&w, cli);
        put_json(&w, info);
        return vt_cli_json_end(&w, cli, err);
    }
    char text[32];
    vt_table *table = NULL;
    int status = vt_pairs_create(&table, err);
    if (status != VT_OK) {
        return status;
    }
    vt_pairs_text(table, "encoder", info->name);
    vt_pairs_text(table, "of", info->kind == VT_ENCODER_TEXT ? "text" : "image");
    vt_pairs_text(table, "network", info->title);
    vt_pairs_count(table, "dimensions", info->dimensions);
    if (info->kind == VT_ENCODER_TEXT) {
        vt_pairs_count(table, "tokens of a text", info->max_length);
    } else {
        snprintf(text, sizeof text, "%d x %d, %s", info->image_size, info->image_size,
                 info->image_crop ? "the middle" : "letterbox");
        vt_pairs_text(table, "photo", text);
    }
    vt_pairs_text(table, "precision", info->precision);
    vt_pairs_text(table, "licence", info->licence[0] == '\0' ? "unknown" : info->licence);
    vt_pairs_text(table, "hash", info->hash);
    vt_pairs_text(table, "folder", info->folder);
    status = vt_table_print(&cli->out, table, (size_t)cli->width, err);
    vt_table_free(table);
    return status;
}

static int run_info(vt_cli *cli, const vt_args *args, vt_error *err)
{
    vt_manifest *m = NULL;
    int status = vt_manifest_open(&m, vt_args_operand(args, 0), err);
    if (status == VT_OK) {
        status = vt_manifest_check(m, err);
    }
    if (status == VT_OK) {
        status = print_info(cli, m, err);
    }
    vt_manifest_close(m);
    return status;
}

/* Runs the tool that builds encoders and waits for it; its words go to stderr. */
static int build(const char *const *words, vt_error *err)
{
    pid_t pid = 0;
    int state = 0;
    posix_spawn_file_actions_t actions;
    const char *builder = words[0];
    if (access(builder, X_OK) != 0) {
        return vt_fail(err, VT_ERR_UNSUPPORTED,
                       "encoders are built by %s, which is not there; build the encoder where the sources are and copy "
                       "its folder to %s",
                       builder, vt_encoders_folder());
    }
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO); /* stdout is for our result */
    int failed = posix_spawn(&pid, builder, &actions, NULL, (char *const *)(uintptr_t)words, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (failed != 0) {
        return vt_fail_errno(err, failed, "cannot run %s", builder);
    }
    while (waitpid(pid, &state, 0) < 0) {
        if (errno != EINTR) {
            return vt_fail_errno(err, errno, "cannot wait for %s", builder);
        }
    }
    return WIFEXITED(state) && WEXITSTATUS(state) == 0
               ? VT_OK
               : vt_fail(err, VT_ERR_FORMAT, "the encoder was not made; why is said above");
}

static int run_add(vt_cli *cli, const vt_args *args, vt_error *err)
{
    const char *name = vt_args_operand(args, 0), *text = vt_args_text(args, "text"),
               *image = vt_args_text(args, "image"), *other = vt_args_text(args, "bf16");
    if ((text != NULL) + (image != NULL) + (other != NULL) != 1) {
        return vt_fail(err, VT_ERR_USAGE, "encoder add needs one of --text DIR, --image FILE and --bf16 ENCODER");
    }
    if (name[0] == '.' || name[0] == '-' || strchr(name, '/') != NULL) {
        return vt_fail(err, VT_ERR_USAGE, "\"%s\" is no name for an encoder: letters, digits, '.', '_' and '-'", name);
    }
    const char *words[12] = {vt_encoders_builder(),
                             text != NULL    ? "text"
                             : image != NULL ? "image"
                                             : "bf16",
                             text != NULL    ? text
                             : image != NULL ? image
                                             : other};
    size_t n = 3;
    if (other != NULL) {
        words[n++] = "--as";
    }
    words[n++] = name;
    if (image != NULL) {
        words[n++] = "--preprocess";
        words[n++] = vt_args_text(args, "preprocess");
        words[n++] = "--fit";
        words[n++] = vt_args_text(args, "fit");
    }
    if (vt_args_given(args, "replace")) {
        words[n++] = "--replace";
    }
    vt_encoder *encoder = NULL;
    vt_manifest *m = NULL;
    vt_display_stage(cli->display, "building the encoder");
    int status = build(words, err);
    vt_display_end(cli->display);
    if (status == VT_OK) {
        status = vt_encoder_open(&encoder, name, cli->threads, err); /* runs it once */
    }
    if (status == VT_OK) {
        status = vt_manifest_open(&m, name, err);
    }
    if (status == VT_OK) {
        status = print_info(cli, m, err);
    }
    vt_encoder_close(encoder);
    vt_manifest_close(m);
    return status;
}

static int run_remove(vt_cli *cli, const vt_args *args, vt_error *err)
{
    vt_manifest *m = NULL;
    bool left = false;
    int status = vt_manifest_open(&m, vt_args_operand(args, 0), err);
    if (status == VT_OK) {
        status = vt_manifest_remove(m, &left, err);
    }
    if (status == VT_OK && left) {
        vt_display_note(cli->display, "%s holds other files and stays", vt_manifest_info(m)->folder);
    }
    if (status == VT_OK) {
        vt_display_note(cli->display, "removed the encoder %s; vectors that it made stay in their shops",
                        vt_manifest_info(m)->name);
    }
    vt_manifest_close(m);
    return status;
}

static const vt_operand name_operand[] = {
    {.name = "ENCODER", .help = "name of an encoder, or the path of its folder"},
    {.name = NULL},
};

const vt_command vt_command_encoder_list = {
    .name = "encoder list",
    .summary = "list the encoders of this machine",
    .details = "Encoders are folders below $VITRINE_ENCODERS, else where the program was built for.",
    .examples = "vitrine encoder list",
    .run = run_list,
};

const vt_command vt_command_encoder_info = {
    .name = "encoder info",
    .summary = "show what an encoder is and check its files",
    .operands = name_operand,
    .examples = "vitrine encoder info minilm",
    .run = run_info,
};

static const vt_option add_options[] = {
    {.name = "text",
     .type = VT_OPTION_TEXT,
     .value = "DIR",
     .words = VT_WORDS_FOLDERS,
     .help = "a BERT-type network as Hugging Face has it: config.json, vocab.txt and the weights"},
    {.name = "image",
     .type = VT_OPTION_TEXT,
     .value = "FILE",
     .words = VT_WORDS_FILES,
     .help = "the weights of a torchvision ResNet (.pth), or a network as ONNX or OpenVINO IR"},
    {.name = "bf16",
     .type = VT_OPTION_TEXT,
     .value = "ENCODER",
     .help = "the network of another encoder, multiplied in bfloat16 where the processor can: faster, and nearly the "
             "same vectors"},
    {.name = "preprocess",
     .type = VT_OPTION_CHOICE,
     .value = "NAME",
     .fallback = "imagenet",
     .choices = "imagenet|clip|lite|inception|unit",
     .help = "with --image: what the network was trained to see"},
    {.name = "fit",
     .type = VT_OPTION_CHOICE,
     .value = "HOW",
     .fallback = "crop",
     .choices = "crop|letterbox",
     .help = "with --image: the middle of a photo, or all of it with white beside"},
    {.name = "replace", .type = VT_OPTION_FLAG, .help = "replace an encoder of that name"},
    {.name = NULL},
};

const vt_command vt_command_encoder_add = {
    .name = "encoder add",
    .summary = "make an encoder of a network of your own",
    .details = "The network is turned into OpenVINO's format, run once and kept in the folder of encoders. Weights are "
               "read as data: nothing in them is executed.",
    .operands =
        (const vt_operand[]){
            {.name = "NAME", .help = "what to call it"},
            {.name = NULL},
        },
    .options = (const vt_option *const[]){add_options, NULL},
    .examples = "vitrine encoder add my-bert --text bert-base-uncased\n"
                "vitrine encoder add my-resnet --image resnet50.pth --preprocess imagenet\n"
                "vitrine encoder add fast-bert --bf16 my-bert",
    .run = run_add,
};

const vt_command vt_command_encoder_remove = {
    .name = "encoder remove",
    .summary = "remove an encoder",
    .operands = name_operand,
    .examples = "vitrine encoder remove my-bert",
    .run = run_remove,
};
