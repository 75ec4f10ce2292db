/* The dashboard's files where it is built without Node: none. */
#include "report/bundle.h"

const vt_bundle_file vt_bundle_files[] = {{.name = NULL}};
const size_t vt_bundle_n_files = 0;
