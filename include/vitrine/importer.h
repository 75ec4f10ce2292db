/** Import: from files of many kinds into a shop, each row once, bad rows counted and named. */
#ifndef VITRINE_IMPORTER_H
#define VITRINE_IMPORTER_H

#include "vitrine/progress.h"
#include "vitrine/shop.h"

#ifdef __cplusplus
extern "C" {
#endif

#define VT_IMPORT_REASONS 32  /**< different reasons that are counted apart */
#define VT_IMPORT_NOTES 24    /**< different notes that are kept */
#define VT_IMPORT_COLUMNS 128 /**< columns that are listed */
#define VT_IMPORT_SAMPLES 5   /**< records that a dry run shows */

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

/** A column of a file and what it was used for. */
typedef struct vt_import_column {
    char column[64];
    char field[40]; /**< "item", "attributes.color"; "" when it was not used */
} vt_import_column;

/** What can be said of the events of an import as a whole. */
typedef struct vt_import_coverage {
    int64_t events;
    int64_t no_user; /**< known by session or order only */
    int64_t no_time;
    int64_t no_price;     /**< purchases */
    int64_t items;        /**< different items that were asked for in the catalogue; the first 10,000 */
    int64_t in_catalogue; /**< of these, with a title or a price, from this import or before */
    char missing[64];     /**< an item that is not; "" when all are */
    char present[64];     /**< an item of the catalogue, in its spelling; "" when there is none */
} vt_import_coverage;

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
    } reasons[VT_IMPORT_REASONS];     /**< most frequent first, ended by count 0 */
    char note[256];                   /**< what was recognised: "Amazon reviews, 2018 edition"; "" when nothing */
    char notes[VT_IMPORT_NOTES][256]; /**< what one should know, each once with an example; ended by "" */
    vt_import_column columns[VT_IMPORT_COLUMNS]; /**< in the order of the files; ended by column "" */
    vt_import_coverage coverage;
    char samples[VT_IMPORT_SAMPLES][320]; /**< of a dry run: the first records as they would be stored */
} vt_import_report;

/**
 * A table in memory, imported as a CSV file with the same cells would be: same names of columns, checks and messages.
 * Borrowed for the call.
 */
typedef struct vt_import_rows {
    const char *name;           /**< in messages, in place of a file's: "events.csv" */
    const char *const *columns; /**< (n_columns) what a file's first line would say */
    size_t n_columns;
    int64_t n; /**< rows; messages count them from 2 on, as if the names stood on line 1 */
    /**
     * Fills the cells (n_columns) of a row: a text that is valid until the next call, an empty one for what is not
     * given. Called by one thread, which is not the caller's: for the first rows, which are looked at before, then for
     * rows 0 to n - 1 in order.
     */
    void (*cells)(void *context, int64_t row, vt_str *cells);
    void *context;
} vt_import_rows;

/** What to import and how. Init with vt_import_options_init(). */
typedef struct vt_import_options {
    size_t size;              /**< set by vt_import_options_init() */
    const char *kind;         /**< a name of vt_import_kinds() */
    const char *const *paths; /**< files or folders, at least one */
    size_t n_paths;
    const char *table; /**< csv: "events", "items", "users", "item-links" (or "links") or "user-links" */
    const char
        *map; /**< csv, shopify, woocommerce: "field=column,..."; images: path of a CSV "file,item"; NULL: by name */
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
    const char *like;         /**< csv: a name of vt_import_likes(); NULL: recognised from the columns */
    const char *encoding;     /**< of text files: "utf-8", "utf-16", "windows-1252"; NULL: told from the bytes */
    bool no_header;           /**< csv: the first line is a row; columns are "#1", "#2", ... in the map */
    bool no_quotes;           /**< csv: a quote is a character like others */
    const char *decimal_mark; /**< of csv and shop exports: "point", "comma"; NULL: told from the file */
    const char *time_format;  /**< of their times, as strptime(): "%d/%m/%Y %H:%M"; NULL: told from the column */
    const char *time_zone;    /**< IANA name, of times that name none; NULL: the shop's, else UTC */
    const char *event_map;    /**< csv: "word=kind,..." beside the words that are known; "ignore" leaves rows out */
    const char *status_map;   /**< csv, woocommerce: "word=state,...", states sold, open, cancelled, refunded */
    vt_event_kind zero_kind;  /**< csv: kind of rows whose rating is 0, which then have none */
    bool zero_kind_given;
    const vt_import_rows *rows; /**< csv: a table in memory in place of `paths`; NULL: none */
} vt_import_options;

/** One kind of source, for help and completions. */
typedef struct vt_import_kind {
    const char *name;
    const char *summary; /**< a phrase */
    const char *paths;   /**< what the paths are: "REVIEWS.json[.gz] [META.json[.gz]]" */
} vt_import_kind;

/** The kinds of source, `*count` rows. Static storage. */
VT_API const vt_import_kind *vt_import_kinds(size_t *count);

/** A named mapping: the files of a known data set or shop system that are CSV, for the option `like`. */
typedef struct vt_import_like {
    const char *name;
    const char *summary; /**< which files */
} vt_import_like;

/** The named mappings, `*count` rows. Static storage. */
VT_API const vt_import_like *vt_import_likes(size_t *count);

/** What a file was taken for by vt_import_recognise(). */
typedef struct vt_import_guess {
    const char *kind;  /**< a name of vt_import_kinds() */
    const char *table; /**< of csv, else NULL */
    const char *like;  /**< of csv, NULL: none */
    char why[160];     /**< a phrase: "its columns are those of orders of Shopify" */
} vt_import_guess;

/**
 * Looks into a file or folder and says what it is. VT_ERR_FORMAT when it is nothing that is known, with a sentence that
 * names what was found in it.
 */
VT_API int vt_import_recognise(vt_import_guess *guess, const char *path, vt_error *err);

/**
 * Sets an option by the name that the command line, the server and Python call it ("time-format"), from text; flags
 * from "true" and "false". The text must outlive the options. VT_ERR_USAGE for an unknown name or a value that it
 * cannot have.
 */
VT_API int vt_import_options_set(vt_import_options *options, const char *name, const char *value, vt_error *err);

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
