/* The interface described: the same rows as OpenAPI, as a page and as Markdown. */
#ifndef VT_SERVE_DOCS_H
#define VT_SERVE_DOCS_H

#include "vitrine/server.h"

/** The page at /docs: one HTML text without scripts. */
int vt_docs_page(vt_text *out, vt_error *err);

#endif
