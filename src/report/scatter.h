/* A scatter plot of points in groups as one SVG file that needs nothing else. Legend: N points. */
#ifndef VT_REPORT_SCATTER_H
#define VT_REPORT_SCATTER_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "vitrine/str.h"

enum {
    VT_SCATTER_COLOURS = 14,      /* groups with a mark of their own, the largest ones; the others share grey */
    VT_SCATTER_PHOTO_SIDE = 38,   /* pixels of a photo */
    VT_SCATTER_TITLES_MAX = 20000 /* points up to which each says its name when pointed at */
};

typedef struct vt_scatter_point {
    float x, y;
    int32_t group; /* -1: none */
    vt_str id;
    vt_str title; /* may be not given */
} vt_scatter_point;

/** What is drawn. Texts are borrowed and may hold anything: what XML does not allow is replaced. */
typedef struct vt_scatter {
    const char *title;
    const char *note;   /* below the title; may be NULL */
    const char *x_axis; /* NULL: the axes mean nothing, and have no ticks */
    const char *y_axis;
    const char *groups_name; /* over the legend */
    const vt_scatter_point *points;
    size_t n;
    const vt_str *groups; /* names */
    size_t n_groups;
    /**
     * Puts a small JPEG of the point into `jpeg`, or nothing where it has none. May be NULL. Photos stand where there
     * is room for them, a few hundred at most; the function is asked for those only.
     */
    int (*photo)(void *context, size_t point, vt_buf *jpeg, vt_error *err);
    void *photo_context;
} vt_scatter;

/** Appends the SVG. Deterministic: same points, same bytes. */
int vt_scatter_draw(vt_buf *out, const vt_scatter *scatter, vt_error *err);

#endif
