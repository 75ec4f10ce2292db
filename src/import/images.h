/* Which photo belongs to which item, for images.c: collected from folders and ZIPs, then ordered and handed over. */
#ifndef VT_IMPORT_IMAGES_H
#define VT_IMPORT_IMAGES_H

#include "import/source.h"

typedef struct vt_photos vt_photos;

int vt_photos_create(vt_photos **out, const vt_known *known, vt_error *err);
void vt_photos_free(vt_photos *photos);

/** Reads the map FILE.csv of columns file and item; from then on only the map says what belongs where. */
int vt_photos_read_map(vt_photos *photos, vt_source *source, const char *path, vt_error *err);

/**
 * The items that the photo `name` (a path with "/" between parts) belongs to are remembered for vt_photos_add():
 * false when there is none. By the map; else by the folder's name, the file's name without its suffix, the same
 * without a number behind "_" or "-", or the file names in the items' image lists.
 */
bool vt_photos_match(vt_photos *photos, vt_str name);

/** Keeps `address` as the photo matched last, for all its items. */
int vt_photos_add(vt_photos *photos, vt_str address, int64_t row, vt_error *err);

/** Hands the items with their photos over, in order of position and name. */
int vt_photos_put(vt_photos *photos, vt_source *source, vt_error *err);

#endif
