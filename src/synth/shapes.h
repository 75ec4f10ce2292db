/* What products look like: a few simple forms a sub-category, in a square from -1 to 1, y downwards. */
#ifndef VT_SYNTH_SHAPES_H
#define VT_SYNTH_SHAPES_H

#include "synth/words.h"

typedef enum synth_form_kind {
    SYNTH_END,     /* after the last form */
    SYNTH_BOX,     /* centre x, y; half width a, half height b; corner radius c */
    SYNTH_ELLIPSE, /* centre x, y; radii a, b */
    SYNTH_LINE,    /* from x, y to a, b; half thickness c */
    SYNTH_RING     /* centre x, y; radius a; half thickness c; b > 0: only above the centre (an arc) */
} synth_form_kind;

typedef enum synth_paint {
    SYNTH_MAIN,
    SYNTH_SECOND,
    SYNTH_DARK,
    SYNTH_LIGHT,
    SYNTH_WHITE,
    SYNTH_BLACK,
    SYNTH_METAL,
    SYNTH_WOOD,
    SYNTH_CUT /* the white of the background: cuts a piece away */

} synth_paint;

typedef struct synth_form {
    uint8_t kind;
    uint8_t paint;
    float x, y, a, b, c;
} synth_form;

enum { SYNTH_FORMS = 12 };

extern const synth_form synth_shapes[SYNTH_SUBS][SYNTH_FORMS];

#endif
