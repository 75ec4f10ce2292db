/*
 * The plot is laid out for one look: the largest groups in seven colours that people of all kinds of colour vision tell
 * apart (Okabe and Ito 2008, with a darker yellow), as dots and then as diamonds; what is left in grey, underneath.
 * Small groups lie on top of large ones. Both axes have the same scale, since distances are what a map shows.
 */
#include "report/scatter.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include <utf8proc.h>

#include "base/alloc.h"

enum { COLOURS = 7, NAME_POINTS = 24 };

static const double WIDTH = 1200, HEIGHT = 800, LEFT = 74, RIGHT = 920, TOP = 76, BOTTOM = 738, MARGIN = 26;
static const char *const colours[COLOURS] = {"#0072B2", "#E69F00", "#009E73", "#CC79A7",
                                             "#56B4E9", "#D55E00", "#8A7A00"};
static const char grey[] = "#8C8C8C";

/* A group with its size and its place among the groups. */
typedef struct rank {
    int32_t group;
    size_t count;
} rank;

typedef struct drawing {
    const vt_scatter *scatter;
    vt_buf *out;
    int *mark;            /* (groups) colour and shape, -1: grey */
    rank *ranks;          /* (groups) largest first */
    size_t shown;         /* ranks with a mark of their own */
    size_t rest;          /* points in other groups */
    size_t none;          /* points without a group */
    bool *photo;          /* (N) drawn as a photo */
    double scale, x0, y0; /* pixel = x0 + scale x, y0 - scale y */
    double radius;
    vt_error *err;
} drawing;

static double pixel_x(const drawing *d, size_t point)
{
    return d->x0 + d->scale * (double)d->scatter->points[point].x;
}

static double pixel_y(const drawing *d, size_t point)
{
    return d->y0 - d->scale * (double)d->scatter->points[point].y;
}

/* Text as XML, at most `points` characters of it (0: all); what may not stand in XML becomes U+FFFD. */
static int add_xml(vt_buf *out, vt_str text, size_t points, vt_error *err)
{
    int status = VT_OK;
    for (size_t at = 0, count = 0; status == VT_OK && at < text.len; count++) {
        utf8proc_int32_t point = 0;
        utf8proc_ssize_t len =
            utf8proc_iterate((const utf8proc_uint8_t *)text.ptr + at, (utf8proc_ssize_t)(text.len - at), &point);
        bool allowed = len > 0 && (point >= 0x20 || point == '\t' || point == '\n' || point == '\r') && point != 0x7F &&
                       point != 0xFFFE && point != 0xFFFF;
        const char *escape = !allowed       ? "\xEF\xBF\xBD"
                             : point == '<' ? "&lt;"
                             : point == '>' ? "&gt;"
                             : point == '&' ? "&amp;"
                             : point == '"' ? "&quot;"
                                            : NULL;
        size_t step = len > 0 ? (size_t)len : 1;
        if (points > 0 && count == points) {
            return vt_buf_add_text(out, "\xE2\x80\xA6", err);
        }
        status = escape != NULL ? vt_buf_add_text(out, escape, err) : vt_buf_add(out, text.ptr + at, step, err);
        at += step;
    }
    return status;
}

/* ---- layout ------------------------------------------------------------------------------------------------------ */

static int by_count(const void *a, const void *b)
{
    const rank *x = a;
    const rank *y = b;
    if (x->count != y->count) {
        return x->count > y->count ? -1 : 1;
    }
    return (x->group > y->group) - (x->group < y->group);
}

static void rank_groups(drawing *d)
{
    const vt_scatter *s = d->scatter;
    for (size_t g = 0; g < s->n_groups; g++) {
        d->ranks[g] = (rank){(int32_t)g, 0};
        d->mark[g] = -1;
    }
    for (size_t i = 0; i < s->n; i++) {
        if (s->points[i].group >= 0) {
            d->ranks[s->points[i].group].count++;
        } else {
            d->none++;
        }
    }
    qsort(d->ranks, s->n_groups, sizeof *d->ranks, by_count);
    for (size_t r = 0; r < s->n_groups && d->ranks[r].count > 0; r++) {
        if (r < VT_SCATTER_COLOURS) {
            d->mark[d->ranks[r].group] = (int)r;
            d->shown++;
        } else {
            d->rest += d->ranks[r].count;
        }
    }
}

static void fit(drawing *d)
{
    const vt_scatter *s = d->scatter;
    double low_x = 0.0, high_x = 0.0, low_y = 0.0, high_y = 0.0;
    for (size_t i = 0; i < s->n; i++) {
        double x = (double)s->points[i].x, y = (double)s->points[i].y;
        low_x = i == 0 ? x : fmin(low_x, x);
        high_x = i == 0 ? x : fmax(high_x, x);
        low_y = i == 0 ? y : fmin(low_y, y);
        high_y = i == 0 ? y : fmax(high_y, y);
    }
    double wide = RIGHT - LEFT - 2.0 * MARGIN, high = BOTTOM - TOP - 2.0 * MARGIN;
    d->scale =
        fmin(high_x > low_x ? wide / (high_x - low_x) : INFINITY, high_y > low_y ? high / (high_y - low_y) : INFINITY);
    d->scale = isinf(d->scale) ? 1.0 : d->scale;
    d->x0 = 0.5 * (LEFT + RIGHT) - d->scale * 0.5 * (low_x + high_x);
    d->y0 = 0.5 * (TOP + BOTTOM) + d->scale * 0.5 * (low_y + high_y);
    d->radius = s->n <= 500 ? 5.0 : s->n <= 3000 ? 3.5 : s->n <= VT_SCATTER_TITLES_MAX ? 2.2 : 1.3;
}

/* ---- points ------------------------------------------------------------------------------------------------------ */

static const char *colour_of(const drawing *d, size_t point)
{
    int32_t group = d->scatter->points[point].group;
    int mark = group < 0 ? -1 : d->mark[group];
    return mark < 0 ? grey : colours[mark % COLOURS];
}

static int add_title(const drawing *d, size_t point)
{
    const vt_scatter_point *p = &d->scatter->points[point];
    int status = vt_buf_add_text(d->out, "<title>", d->err);
    if (status == VT_OK) {
        status = add_xml(d->out, p->id, 0, d->err);
    }
    if (status == VT_OK && p->title.len > 0) {
        status = vt_buf_add_text(d->out, ": ", d->err);
        status = status == VT_OK ? add_xml(d->out, p->title, 200, d->err) : status;
    }
    if (status == VT_OK && p->group >= 0) {
        status = vt_buf_add_text(d->out, "\n", d->err);
        status = status == VT_OK ? add_xml(d->out, d->scatter->groups[p->group], 0, d->err) : status;
    }
    return status == VT_OK ? vt_buf_add_text(d->out, "</title>", d->err) : status;
}

/* A dot or, from the eighth mark on, a diamond; without its end. */
static int add_shape(const drawing *d, int mark, double x, double y, double radius)
{
    if (mark < COLOURS) {
        return vt_buf_printf(d->out, d->err, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\"", x, y, radius);
    }
    double side = radius * 1.3;
    return vt_buf_printf(d->out, d->err, "<path d=\"M%.1f %.1fl%.1f %.1f %.1f %.1f %.1f %.1fz\"", x - side, y, side,
                         -side, side, side, -side, side);
}

static int add_point(const drawing *d, size_t point, int mark)
{
    bool small = d->scatter->photo != NULL; /* dots between photos */
    double radius = small ? fmin(d->radius, 3.0) : d->radius;
    int status = add_shape(d, mark, pixel_x(d, point), pixel_y(d, point), radius);
    if (status != VT_OK || d->scatter->n > VT_SCATTER_TITLES_MAX) {
        return status == VT_OK ? vt_buf_add_text(d->out, "/>\n", d->err) : status;
    }
    status = vt_buf_add_text(d->out, ">", d->err);
    status = status == VT_OK ? add_title(d, point) : status;
    return status == VT_OK ? vt_buf_add_text(d->out, mark < COLOURS ? "</circle>\n" : "</path>\n", d->err) : status;
}

/* All dots of one mark. */
static int add_dots(const drawing *d, int mark)
{
    const vt_scatter *s = d->scatter;
    int status =
        vt_buf_printf(d->out, d->err, "<g fill=\"%s\" fill-opacity=\"%s\" stroke=\"#fff\" stroke-width=\".5\">\n",
                      mark < 0 ? grey : colours[mark % COLOURS], mark < 0 ? ".5" : ".85");
    for (size_t i = 0; status == VT_OK && i < s->n; i++) {
        int32_t group = s->points[i].group;
        if ((group < 0 ? -1 : d->mark[group]) == mark && !d->photo[i]) {
            status = add_point(d, i, mark);
        }
    }
    return status == VT_OK ? vt_buf_add_text(d->out, "</g>\n", d->err) : status;
}

/* ---- photos ------------------------------------------------------------------------------------------------------ */

static int add_base64(vt_buf *out, const vt_buf *bytes, vt_error *err)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    int status = vt_buf_reserve(out, (bytes->len + 2) / 3 * 4, err);
    for (size_t i = 0; status == VT_OK && i < bytes->len; i += 3) {
        const unsigned char *b = (const unsigned char *)bytes->data + i;
        size_t left = bytes->len - i;
        unsigned word = (unsigned)b[0] << 16 | (left > 1 ? (unsigned)b[1] << 8 : 0) | (left > 2 ? b[2] : 0U);
        char quad[4] = {digits[word >> 18], digits[word >> 12 & 63], left > 1 ? digits[word >> 6 & 63] : '=',
                        left > 2 ? digits[word & 63] : '='};
        status = vt_buf_add(out, quad, sizeof quad, err);
    }
    return status;
}

/* How many other points a photo at this one covers; none of them becomes a photo. */
static size_t covered(const drawing *d, size_t point)
{
    size_t n = 0;
    for (size_t i = 0; i < d->scatter->n; i++) {
        n += i != point && fabs(pixel_x(d, i) - pixel_x(d, point)) < VT_SCATTER_PHOTO_SIDE / 2.0 &&
             fabs(pixel_y(d, i) - pixel_y(d, point)) < VT_SCATTER_PHOTO_SIDE / 2.0;
    }
    return n;
}

static int add_photo(const drawing *d, size_t point, const vt_buf *jpeg)
{
    size_t more = covered(d, point);
    double side = VT_SCATTER_PHOTO_SIDE, x = pixel_x(d, point) - side / 2, y = pixel_y(d, point) - side / 2;
    int status = vt_buf_printf(d->out, d->err,
                               "<g><image x=\"%.1f\" y=\"%.1f\" width=\"%.0f\" height=\"%.0f\" "
                               "href=\"data:image/jpeg;base64,",
                               x, y, side, side);
    status = status == VT_OK ? add_base64(d->out, jpeg, d->err) : status;
    if (status == VT_OK) {
        status = vt_buf_printf(d->out, d->err,
                               "\"/><rect x=\"%.1f\" y=\"%.1f\" width=\"%.0f\" height=\"%.0f\" fill=\"none\" "
                               "stroke=\"%s\" stroke-width=\"2.5\" pointer-events=\"all\">",
                               x, y, side, side, colour_of(d, point));
    }
    status = status == VT_OK ? add_title(d, point) : status;
    if (status == VT_OK && more > 0) {
        double wide = more < 10 ? 18 : more < 100 ? 25 : 32; /* of "+9", "+99" and beyond */
        status = vt_buf_printf(d->out, d->err,
                               "</rect><rect x=\"%.1f\" y=\"%.1f\" width=\"%.0f\" height=\"13\" fill=\"#fff\"/>"
                               "<text class=\"more\" x=\"%.1f\" y=\"%.1f\">+%zu</text></g>\n",
                               x + side - 1 - wide, y + side - 14, wide, x + side - 3, y + side - 4, more);
    } else if (status == VT_OK) {
        status = vt_buf_add_text(d->out, "</rect></g>\n", d->err);
    }
    return status;
}

/* Photos where none stands yet, in the order of the points. They go to `layer`, which lies over the dots. */
static int add_photos(drawing *d, vt_buf *layer)
{
    const vt_scatter *s = d->scatter;
    const double apart = VT_SCATTER_PHOTO_SIDE + 3;
    size_t *placed = vt_alloc(s->n, sizeof *placed, d->err), n = 0;
    vt_buf jpeg, *whole = d->out;
    vt_buf_init(&jpeg, (size_t)1 << 20);
    int status = placed == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    d->out = layer;
    for (size_t i = 0; status == VT_OK && i < s->n; i++) {
        bool free = true;
        for (size_t k = 0; free && k < n; k++) {
            free = fabs(pixel_x(d, i) - pixel_x(d, placed[k])) >= apart ||
                   fabs(pixel_y(d, i) - pixel_y(d, placed[k])) >= apart;
        }
        if (!free) {
            continue;
        }
        vt_buf_clear(&jpeg);
        status = s->photo(s->photo_context, i, &jpeg, d->err);
        if (status == VT_OK && jpeg.len > 0) {
            placed[n++] = i;
            d->photo[i] = true;
            status = add_photo(d, i, &jpeg);
        }
    }
    d->out = whole;
    vt_buf_done(&jpeg);
    vt_free(placed);
    return status;
}

/* ---- around the points ------------------------------------------------------------------------------------------- */

/* 1, 2 or 5 times a power of ten: four to nine of it go into `range`. */
static double tick_step(double range)
{
    double power = pow(10.0, floor(log10(range / 4.0))), many = range / 4.0 / power;
    return power * (many >= 5.0 ? 5.0 : many >= 2.0 ? 2.0 : 1.0);
}

static int add_ticks(const drawing *d, bool across)
{
    double from = across ? (LEFT - d->x0) / d->scale : (d->y0 - BOTTOM) / d->scale;
    double to = across ? (RIGHT - d->x0) / d->scale : (d->y0 - TOP) / d->scale;
    double step = tick_step(to - from);
    int status = VT_OK;
    for (double tick = ceil(from / step); status == VT_OK && tick * step <= to; tick += 1.0) {
        double value = tick * step, at = across ? d->x0 + d->scale * value : d->y0 - d->scale * value;
        if (across) {
            status = vt_buf_printf(d->out, d->err,
                                   "<path class=\"grid\" d=\"M%.1f %.0fV%.0f\"/>"
                                   "<text class=\"tick\" x=\"%.1f\" y=\"%.0f\" text-anchor=\"middle\">%.6g</text>\n",
                                   at, TOP, BOTTOM, at, BOTTOM + 17, value);
        } else {
            status = vt_buf_printf(d->out, d->err,
                                   "<path class=\"grid\" d=\"M%.0f %.1fH%.0f\"/>"
                                   "<text class=\"tick\" x=\"%.0f\" y=\"%.1f\" text-anchor=\"end\">%.6g</text>\n",
                                   LEFT, at, RIGHT, LEFT - 7, at + 4, value);
        }
    }
    return status;
}

static int add_text(const drawing *d, const char *attributes, const char *text)
{
    int status = vt_buf_printf(d->out, d->err, "<text %s>", attributes);
    status = status == VT_OK ? add_xml(d->out, vt_str_of(text), 0, d->err) : status;
    return status == VT_OK ? vt_buf_add_text(d->out, "</text>\n", d->err) : status;
}

static int add_frame(const drawing *d)
{
    const vt_scatter *s = d->scatter;
    char place[128];
    int status =
        vt_buf_printf(d->out, d->err,
                      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %.0f %.0f\" width=\"%.0f\" "
                      "height=\"%.0f\" role=\"img\" "
                      "font-family=\"system-ui,'DejaVu Sans',Arial,sans-serif\" font-size=\"13\" fill=\"#222\">\n"
                      "<style>.grid{stroke:#e4e4e4;fill:none}.tick{fill:#595959;font-size:12px}"
                      ".more{font-size:11px;font-weight:600;text-anchor:end}"
                      "</style>\n"
                      "<rect width=\"%.0f\" height=\"%.0f\" fill=\"#fff\"/>\n",
                      WIDTH, HEIGHT, WIDTH, HEIGHT, WIDTH, HEIGHT);
    snprintf(place, sizeof place, "x=\"%.0f\" y=\"34\" font-size=\"20\" font-weight=\"600\"", LEFT);
    status = status == VT_OK ? add_text(d, place, s->title) : status;
    if (status == VT_OK && s->note != NULL) {
        snprintf(place, sizeof place, "x=\"%.0f\" y=\"57\" fill=\"#595959\"", LEFT);
        status = add_text(d, place, s->note);
    }
    if (status == VT_OK && s->x_axis != NULL) {
        status = add_ticks(d, true);
        status = status == VT_OK ? add_ticks(d, false) : status;
        snprintf(place, sizeof place, "x=\"%.0f\" y=\"%.0f\" text-anchor=\"middle\"", (LEFT + RIGHT) / 2, BOTTOM + 42);
        status = status == VT_OK ? add_text(d, place, s->x_axis) : status;
        snprintf(place, sizeof place, "transform=\"translate(20 %.0f) rotate(-90)\" text-anchor=\"middle\"",
                 (TOP + BOTTOM) / 2);
        status = status == VT_OK ? add_text(d, place, s->y_axis) : status;
    }
    return status == VT_OK ? vt_buf_printf(d->out, d->err,
                                           "<rect x=\"%.0f\" y=\"%.0f\" width=\"%.0f\" height=\"%.0f\" fill=\"none\" "
                                           "stroke=\"#c4c4c4\"/>\n",
                                           LEFT, TOP, RIGHT - LEFT, BOTTOM - TOP)
                           : status;
}

/* One line of the legend. */
static int add_entry(const drawing *d, double *y, int mark, vt_str name, size_t count)
{
    int status = vt_buf_printf(d->out, d->err, "<g fill=\"%s\">", mark < 0 ? grey : colours[mark % COLOURS]);
    status = status == VT_OK ? add_shape(d, mark, RIGHT + 30, *y - 4.5, 5.5) : status;
    status =
        status == VT_OK ? vt_buf_printf(d->out, d->err, "/></g><text x=\"%.0f\" y=\"%.0f\">", RIGHT + 44, *y) : status;
    status = status == VT_OK ? add_xml(d->out, name, NAME_POINTS, d->err) : status;
    *y += 24;
    return status == VT_OK ? vt_buf_printf(d->out, d->err, " <tspan fill=\"#595959\">%zu</tspan></text>\n", count)
                           : status;
}

static int add_legend(const drawing *d)
{
    double y = TOP + 14;
    char place[96];
    snprintf(place, sizeof place, "x=\"%.0f\" y=\"%.0f\" font-weight=\"600\"", RIGHT + 22, y);
    int status = add_text(d, place, d->scatter->groups_name);
    y += 28;
    for (size_t r = 0; status == VT_OK && r < d->shown; r++) {
        status = add_entry(d, &y, (int)r, d->scatter->groups[d->ranks[r].group], d->ranks[r].count);
    }
    if (status == VT_OK && d->rest > 0) {
        status = add_entry(d, &y, -1, vt_str_of("others"), d->rest);
    }
    if (status == VT_OK && d->none > 0) {
        status = add_entry(d, &y, -1, vt_str_of("none"), d->none);
    }
    return status;
}

int vt_scatter_draw(vt_buf *out, const vt_scatter *scatter, vt_error *err)
{
    vt_buf photos;
    drawing d = {.scatter = scatter, .out = out, .err = err};
    vt_buf_init(&photos, (size_t)64 << 20);
    d.mark = vt_alloc(scatter->n_groups, sizeof *d.mark, err);
    d.ranks = vt_alloc(scatter->n_groups, sizeof *d.ranks, err);
    d.photo = vt_alloc_zero(scatter->n, sizeof *d.photo, err);
    int status = d.mark == NULL || d.ranks == NULL || d.photo == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    if (status == VT_OK) {
        rank_groups(&d);
        fit(&d);
        status = add_frame(&d);
    }
    if (status == VT_OK && scatter->photo != NULL) {
        status = add_photos(&d, &photos);
    }
    for (int mark = -1; status == VT_OK && mark < (int)d.shown; mark++) {
        status = add_dots(&d, mark);
    }
    if (status == VT_OK && photos.len > 0) {
        status = vt_buf_add(out, photos.data, photos.len, err);
    }
    if (status == VT_OK) {
        status = add_legend(&d);
    }
    if (status == VT_OK) {
        status = vt_buf_add_text(out, "</svg>\n", err);
    }
    vt_free(d.mark);
    vt_free(d.ranks);
    vt_free(d.photo);
    vt_buf_done(&photos);
    return status;
}
