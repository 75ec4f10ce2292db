/* Words that answers about prices share. */
#include "insight/price/price_show.h"

#include <stdio.h>

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

static size_t count_warned(const vt_elasticity *product, size_t n, unsigned warning)
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++) {
        count += (product[i].history.warnings & warning) != 0;
    }
    return count;
}

void vt_price_show_doubts(vt_document *d, const vt_elasticity *product, size_t n)
{
    static const struct {
        unsigned warning;
        const char *what;
    } doubts[] = {
        {VT_PRICE_HARDLY_MOVED, "the price varied by less than 3 %; what is said of its elasticity is borrowed"},
        {VT_PRICE_PROMOTIONS_ONLY, "the price moved in promotions only; promotion and price cannot be told apart well"},
        {VT_PRICE_FEW_SALES, "fewer than ten pieces or periods with sales tell little"},
    };
    for (size_t i = 0; i < sizeof doubts / sizeof doubts[0]; i++) {
        size_t count = count_warned(product, n, doubts[i].warning);
        if (count > 0) {
            vt_document_note(d, "%zu of %zu products: %s.", count, n, doubts[i].what);
        }
    }
}
