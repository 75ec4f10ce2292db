/*
 * Models that take part in another model, as text and fitted: "ease:reviews+content(by=image;sharpness=2)". Private to
 * model. Legend: M members, S states, I items.
 */
#ifndef VT_MODEL_MEMBERS_H
#define VT_MODEL_MEMBERS_H

#include "model/model.h"

enum { VT_MEMBERS_MAX = 16 };

/** Starts zeroed. */
typedef struct vt_members {
    char *text; /* as they were chosen */
    vt_model *model[VT_MEMBERS_MAX];
    size_t n; /* M */
} vt_members;

void vt_members_done(vt_members *members);

/**
 * The members that `asked` names for the model `owner`; "auto" stands for `automatic`. A preset whose settings need
 * times says so where data have none: "a:p(window=0)". The caller frees `*out`. VT_ERR_USAGE says what is wrong.
 */
int vt_members_take(char **out, const char *owner, const char *asked, const char *automatic, const vt_fit *fit,
                    vt_error *err);

/** What is done with each member. `preset` is NULL without one; settings have commas. */
typedef int (*vt_member_each)(void *context, size_t index, const char *kind, const char *preset, const char *settings,
                              vt_error *err);

/** Splits "a(x=1;y=2)+b:preset" and calls for every member. VT_ERR_USAGE says what is wrong, for the model `owner`. */
int vt_members_each(const char *text, const char *owner, vt_member_each each, void *context, vt_error *err);

/** How many a text names. */
size_t vt_members_count(const char *text);

/** What of their settings, and of what they need, a fit refuses. */
int vt_members_check(const char *text, const char *owner, const vt_fit *fit, vt_error *err);

/** Fits those of members->text on `train`, in place of those there are. */
int vt_members_fit(vt_members *members, const char *owner, const vt_fit *fit, const vt_interactions *train,
                   vt_error *err);

/** Scores of all for `n` states into (M, `stride`, I), rows 0 to n - 1 of each. */
int vt_members_score(float *scores, const vt_members *members, size_t n_items, size_t stride,
                     const vt_user_state *states, size_t n, vt_error *err);

/**
 * What is alike to `item` into `scores` (I): the sum of 1 / (60 + rank) over the members that can tell (Cormack 2009).
 * -INFINITY where none of them says a thing.
 */
int vt_members_similar(float *scores, const vt_members *members, size_t n_items, int32_t item, vt_error *err);

/** The name of a member, "ease", or "content 2" where there are several of a kind, into `name`. */
void vt_members_name(char *name, size_t size, const vt_members *members, size_t at);

/** As "<owner>.members" and "member<k>." with what the members save. */
int vt_members_save(const vt_members *members, const char *owner, vt_tensor_list *list, vt_error *err);

/** The same read; what is made before a failure is the caller's to free. */
int vt_members_load(vt_members *members, const char *owner, const vt_safetensors *file, int32_t n_users,
                    int32_t n_items, vt_error *err);

#endif
