/** Import: from files of many kinds into a shop, each row once, bad rows counted and named. */
#ifndef VITRINE_IMPORTER_H
#define VITRINE_IMPORTER_H

#include "vitrine/progress.h"
#include "vitrine/shop.h"

#ifdef __cplusplus
extern "C" {
#endif

#define VT_IMPORT_REASONS 32 /**< different reasons that are counted apart */

/** A rejected row. */
typedef struct vt_import_reject {
    const char *file;
    int64_t line;        /**< first line of the row, from 1 */
    const char *reason;  /**< short, the same for all rows of its kind: "rating out of range" */
    const char *message; /**< the whole sentence: reviews.jsonl:812: "overall" is "five"; ... (row skipped) */
} vt_import_reject;

/** Rows of one table. */
typedef struct vt_import_counts {
    int64_t added;
    int64_t changed;
    int64_t same; /**< already stored */
} vt_import_counts;

/**
 * What an import did. Users and items that came into being because an event names them count as added. Of a dry run,
 * which does not look into the shop, all good rows count as added.
 */
typedef struct vt_import_report {
    int64_t import_id; /**< for undo; 0 for a dry run or when nothing changed */
    int64_t rows;      /**< read */
    int64_t rejected;
    int64_t bytes; /**< of input, as on disk */
    vt_import_counts events;
    vt_import_counts items;
    vt_import_counts users;
    vt_import_counts links;
    struct {
        char reason[96];
        int64_t count;
    } reasons[VT_IMPORT_REASONS]; /**< most frequent first, ended by count 0 */
    char note[256];               /**< what was recognised: "Amazon reviews, 2018 edition"; "" when nothing */
} vt_import_report;

/** What to import and how. Init with vt_import_options_init(). */
typedef struct vt_import_options {
    size_t size;              /**< set by vt_import_options_init() */
    const char *kind;         /**< a name of vt_import_kinds() */
    const char *const *paths; /**< files or folders, at least one */
    size_t n_paths;
    const char *table; /**< csv: "events", "items", "users", "item-links" (or "links") or "user-links" */
    const char *map;   /**< csv: "field=column,..."; images: path of a CSV "file,item"; NULL: columns named as fields */
    const char *currency;     /**< of prices without one; NULL: the shop's, else "USD" */
    const char *time_unit;    /**< csv: "s", "ms" or NULL (told from the size of the number); text dates need none */
    vt_event_kind event_kind; /**< csv: kind of rows without a kind column; default rating when a value is mapped */
    bool event_kind_given;
    vt_part part;      /**< VT_PART_NONE, or the part of a published split that the rows belong to */
    bool dry_run;      /**< read and check everything, store nothing */
    double rating_min; /**< smallest accepted rating, default per kind */
    double rating_max;
    const vt_progress *progress;
    void (*on_reject)(void *context, const vt_import_reject *reject); /**< called for each rejected row; may be NULL */
    void *reject_context;
} vt_import_options;

/** One kind of source, for help and completions. */
typedef struct vt_import_kind {
    const char *name;
    const char *summary; /**< a phrase */
    const char *paths;   /**< what the paths are: "REVIEWS.json[.gz] [META.json[.gz]]" */
} vt_import_kind;

/** The kinds of source, `*count` rows. Static storage. */
VT_API const vt_import_kind *vt_import_kinds(size_t *count);

/** Defaults: nothing given, ratings 1 to 5 unless the kind says otherwise. */
VT_SIZED_INIT(vt_import_options)

/**
 * Imports in one transaction: a file that cannot be read to its end leaves the shop as it was. The shop must be open
 * for writing (for a dry run, reading is enough). Importing the same rows again changes nothing.
 */
VT_API int vt_import(vt_shop *shop, const vt_import_options *options, vt_import_report *report, vt_error *err);

/**
 * Takes back import `import_id`: rows it added are removed, rows it changed get their former values, what later imports
 * wrote stays. VT_ERR_NOT_FOUND when there is no such import or it was undone.
 */
VT_API int vt_import_undo(vt_shop *shop, int64_t import_id, vt_import_report *report, vt_error *err);

#ifdef __cplusplus
}
#endif

#endif
