/* The dashboard's page with its script, style and data inside, under a policy that lets nothing else in. */
#ifndef VT_REPORT_SINGLE_PAGE_H
#define VT_REPORT_SINGLE_PAGE_H

#include "base/buf.h"

/** Appends gzip of `text` in base64. The same bytes for the same text. */
int vt_pack_base64(vt_buf *out, vt_str text, vt_error *err);

/**
 * Appends the page. `answers`: from vt_pack_base64(); `photos`: JSON that holds no "<". VT_ERR_UNSUPPORTED where the
 * library was built without the dashboard.
 */
int vt_single_page(vt_buf *out, vt_str answers, vt_str photos, vt_error *err);

#endif
