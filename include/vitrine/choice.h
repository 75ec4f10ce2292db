/** The model files of a shop, and which of them answers. `shop` is the shop's folder. */
#ifndef VITRINE_CHOICE_H
#define VITRINE_CHOICE_H

#include "vitrine/recommender.h"
#include "vitrine/shop.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A model file. Borrowed for the call. */
typedef struct vt_model_file {
    const char *name; /**< of the file without folder and suffix */
    const char *path;
    int64_t written; /**< UTC seconds; VT_NONE: it cannot be read */
    int64_t bytes;
} vt_model_file;

/** The name of a model file: its path without folder and suffix. */
VT_API void vt_model_name(char *out, size_t size, const char *path);

/** What is known of the model file at `path`; `name` is filled, and both are borrowed. VT_ERR_IO: it cannot be read. */
VT_API int vt_model_file_describe(vt_model_file *out, char *name, size_t size, const char *path, vt_error *err);

/** VT_OK to go on; anything else ends it, and is what the call then gives. */
typedef int (*vt_model_file_each)(void *context, const vt_model_file *file);

/** Calls `each` for every model file of a shop, by name. None: no error. */
VT_API int vt_model_files(const char *shop, vt_model_file_each each, void *context, vt_error *err);

/** Where a shop keeps the model of that name, whether it is there or not. */
VT_API int vt_model_path(char *out, size_t size, const char *shop, const char *name, vt_error *err);

/**
 * Saves a fitted model in the shop under `name`, in place of the one of that name: the file that vt_model_path() says,
 * atomically, and for kinds with VT_MODEL_WEIGHTS the rows of vt_weights_record() for reports. `train` as there; NULL:
 * without attention. That the rows cannot be written, since another process writes to the shop or it may only be read,
 * is no failure: `unrecorded` (may be NULL) then says why, else nothing. It answers from then on, since no model is the
 * active one any more and this is the newest. VT_ERR_USAGE for a name that is empty, begins with a dot or has a slash;
 * VT_ERR_NOT_FOUND where there is no shop.
 */
VT_API int vt_model_save_in(const char *shop, const char *name, const vt_model *model, const vt_interactions *train,
                            vt_error *unrecorded, vt_error *err);

/**
 * The path of the model that is meant: a name in the shop, the path of a file, or (NULL) the one that answers: the
 * active one, else the newest of the shop. VT_ERR_NOT_FOUND says what to do.
 */
VT_API int vt_model_find(char *out, size_t size, const char *shop, const char *name, vt_error *err);

/** Names of models of a shop. */
typedef struct vt_active_model {
    char name[256];     /**< that answers, whether its file is there or not; "": the newest */
    char previous[256]; /**< that answered before; "": none is known */
} vt_active_model;

/** What is kept of which model answers (models/active). Nothing kept: both are "", and no error. */
VT_API int vt_model_active(vt_active_model *out, const char *shop, vt_error *err);

/**
 * Lets the model of that name answer, until another is activated or saved by vt_model_save_in(); the one that answered
 * before is kept as the previous one. VT_ERR_NOT_FOUND: the shop has none of that name; errors of vt_model_load().
 */
VT_API int vt_model_activate(const char *shop, const char *name, vt_error *err);

/** Activates the previous model, whose name goes to `name`; a second call goes forth again. VT_ERR_NOT_FOUND: none. */
VT_API int vt_model_rollback(char *name, size_t size, const char *shop, vt_error *err);

/** Which model answers. */
typedef struct vt_chosen_model {
    char name[256]; /**< where none can be used, of the one that should answer; "" when the shop has none */
    bool named;     /**< somebody named it, else it is the active one or the newest of the shop */
    bool active;    /**< it is the active one */
    vt_error why;   /**< why the one that should answer cannot be used; VT_OK otherwise */
    bool fallback;  /**< that one cannot be used, and `name` is of an older one that answers in its place */
} vt_chosen_model;

/**
 * A recommender over `live` by the model called `name`, or with NULL by the one of vt_model_find(), if it can be read
 * and was fitted on vectors of the encoders that the shop has. One that somebody names and that cannot be used is an
 * error. When nobody named one it is none: the model that answered before it takes its place, else the newest that can
 * be used, else the recommender answers without a model; `chosen->why` says why. As
 * vt_recommender_open() for the rest; `options->without_model` does not count.
 */
VT_API int vt_recommender_choose(vt_recommender **out, vt_chosen_model *chosen, vt_live *live, const char *name,
                                 const vt_recommender_options *options, vt_error *err);

#ifdef __cplusplus
}
#endif

#endif
