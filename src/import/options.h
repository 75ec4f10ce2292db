/* The options of an import, checked and as what a source works with. */
#ifndef VT_IMPORT_OPTIONS_H
#define VT_IMPORT_OPTIONS_H

#include "import/source.h"

/** VT_ERR_USAGE when an option is given that the kind does not take, with its name. */
int vt_import_options_taken(const vt_import_options *options, const vt_source_kind *kind, vt_error *err);

/**
 * Sets encoding and forms of the source from the options, all but the time zone; VT_ERR_USAGE for values they cannot
 * have.
 */
int vt_import_options_forms(const vt_import_options *options, vt_source *source, vt_error *err);

#endif
