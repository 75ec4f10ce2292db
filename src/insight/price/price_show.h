/* Cells and notes that answers about prices of a file and of a shop share. */
#ifndef VT_INSIGHT_PRICE_PRICE_SHOW_H
#define VT_INSIGHT_PRICE_PRICE_SHOW_H

#include "insight/document.h"
#include "insight/price/elasticity.h"

/** A cell with what makes an elasticity doubtful, as "few prices; few sales", from bits of vt_price_warning. */
void vt_price_show_warning(vt_document *document, unsigned warnings);

/** Notes of how many of `n` products are doubtful, and why. */
void vt_price_show_doubts(vt_document *document, const vt_elasticity *product, size_t n);

#endif
