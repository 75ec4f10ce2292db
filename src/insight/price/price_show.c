/* Words that answers about prices share. */
#include "insight/price/price_show.h"

#include <stdio.h>

#include "insight/price/panel.h"

void vt_price_show_warning(vt_document *d, unsigned warnings)
{
    static const struct {
        unsigned warning;
        const char *words;
    } rows[] = {
        {VT_PRICE_FEW_PRICES, "few prices"},
        {VT_PRICE_HARDLY_MOVED, "price hardly moved"},
        {VT_PRICE_PROMOTIONS_ONLY, "moved in promotions only"},
        {VT_PRICE_FEW_SALES, "few sales"},
    };
    char text[128] = "";
    size_t len = 0;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if ((warnings & rows[i].warning) != 0) {
            len += (size_t)snprintf(text + len, sizeof text - len, "%s%s", len > 0 ? "; " : "", rows[i].words);
        }
    }
    vt_document_text(d, vt_str_of(text));
}
