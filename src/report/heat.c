/* Colours and texts of pictures with numbers in cells. */
#include "report/heat.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "report/report.h"

void vt_heat_colour(char out[8], double value, double most, bool share)
{
    static const int ends[3][3] = {{0xb2, 0x18, 0x2b}, {0x21, 0x66, 0xac}, {0x1b, 0x78, 0x37}};
    const int *end = share ? ends[2] : value < 0.0 ? ends[1] : ends[0];
    double strength = isinf(value) ? 1.0 : most > 0.0 && !isnan(value) ? fabs(value) / most : 0.0;
    int rgb[3];
    for (int k = 0; k < 3; k++) {
        rgb[k] = 255 + (int)lrint(strength * 0.85 * (end[k] - 255));
    }
    snprintf(out, 8, "#%02x%02x%02x", (unsigned)rgb[0] & 0xffU, (unsigned)rgb[1] & 0xffU, (unsigned)rgb[2] & 0xffU);
}

int vt_heat_put(vt_buf *out, const vt_heat_cell *c, const char *colour, const char *text, vt_error *err)
{
    return vt_buf_printf(out, err,
                         "<rect x=\"%.0f\" y=\"%.0f\" width=\"%.0f\" height=\"%.0f\" fill=\"%s\" stroke=\"#fff\"/>"
                         "<text x=\"%.0f\" y=\"%.0f\" text-anchor=\"middle\">%s</text>\n",
                         c->x, c->y, c->width, c->height, colour, c->x + c->width / 2.0, c->y + c->height / 2.0 + 4.0,
                         text);
}

int vt_heat_open(vt_buf *out, size_t width, size_t height, vt_error *err)
{
    return vt_buf_printf(out, err,
                         "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %zu %zu\" width=\"%zu\" "
                         "height=\"%zu\" font-family=\"sans-serif\" font-size=\"11\" role=\"img\">\n"
                         "<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n",
                         width, height, width, height);
}

int vt_heat_text(vt_buf *out, const char *text, size_t most, vt_error *err)
{
    size_t len = strlen(text);
    bool cut = len > most;
    for (len = cut ? most : len; cut && len > 0 && ((unsigned char)text[len] & 0xC0U) == 0x80U;) {
        len--;
    }
    int status = vt_report_escape(out, (vt_str){text, len}, err);
    return status == VT_OK && cut ? vt_buf_add_text(out, "\xE2\x80\xA6", err) : status;
}
