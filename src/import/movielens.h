/* What the MovieLens source's files share: its own files in movielens.c, RecBole's atomic files in recbole.c. */
#ifndef VT_IMPORT_MOVIELENS_H
#define VT_IMPORT_MOVIELENS_H

#include "import/source.h"

/** Reused from row to row. */
typedef struct vt_movielens {
    vt_source *source;
    vt_buf title, attributes;
} vt_movielens;

/** How a file of the data set is read. */
typedef int (*vt_movielens_read)(vt_movielens *ml, const char *path, vt_error *err);

int vt_recbole_inter(vt_movielens *ml, const char *path, vt_error *err);
int vt_recbole_item(vt_movielens *ml, const char *path, vt_error *err);
int vt_recbole_user(vt_movielens *ml, const char *path, vt_error *err);

/** A rating from three texts; what cannot be read rejects the row. */
int vt_movielens_rating(vt_movielens *ml, vt_str user, vt_str item, vt_str rating, vt_str time, vt_error *err);

/** Cuts `line` at each `mark` of `mark_len` bytes into at most `cap` fields; returns how many there are in all. */
size_t vt_movielens_cut(vt_str *fields, size_t cap, vt_str line, const char *mark);

#endif
