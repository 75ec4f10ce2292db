/*
 * The options of an import by name: one table for the command line, the server, Python and the check of what a kind
 * takes.
 */
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "base/options.h"
#include "base/zone.h"
#include "import/likes.h"
#include "import/options.h"
#include "import/words.h"

void vt_import_options_init_sized(vt_import_options *options, size_t size)
{
    const vt_import_options defaults = {.rating_min = NAN, .rating_max = NAN, .event_kind = VT_EVENT_RATING};
    vt_options_init(options, size, &defaults, sizeof defaults);
}

typedef enum option_type { OPTION_TEXT, OPTION_FLAG, OPTION_EVENT, OPTION_SCALE, OPTION_PART } option_type;

/* One option; `given` is where it stands whether it was given, of those whose value does not tell. */
typedef struct option_row {
    const char *name;
    option_type type;
    size_t offset;
    size_t given;
    unsigned takes; /* 0: every kind does */
} option_row;

#define AT(member) offsetof(vt_import_options, member)

static const option_row rows[] = {
    {"kind", OPTION_TEXT, AT(kind), 0, 0},
    {"table", OPTION_TEXT, AT(table), 0, VT_TAKES_TABLE},
    {"like", OPTION_TEXT, AT(like), 0, VT_TAKES_LIKE},
    {"map", OPTION_TEXT, AT(map), 0, VT_TAKES_MAP},
    {"currency", OPTION_TEXT, AT(currency), 0, 0},
    {"time-unit", OPTION_TEXT, AT(time_unit), 0, VT_TAKES_EVENTS},
    {"time-format", OPTION_TEXT, AT(time_format), 0, VT_TAKES_FORMS},
    {"time-zone", OPTION_TEXT, AT(time_zone), 0, VT_TAKES_ZONE},
    {"decimal-mark", OPTION_TEXT, AT(decimal_mark), 0, VT_TAKES_FORMS},
    {"encoding", OPTION_TEXT, AT(encoding), 0, VT_TAKES_TEXT},
    {"no-header", OPTION_FLAG, AT(no_header), 0, VT_TAKES_ROWS},
    {"no-quotes", OPTION_FLAG, AT(no_quotes), 0, VT_TAKES_ROWS},
    {"event-kind", OPTION_EVENT, AT(event_kind), AT(event_kind_given), VT_TAKES_KIND},
    {"event-map", OPTION_TEXT, AT(event_map), 0, VT_TAKES_EVENTS},
    {"status-map", OPTION_TEXT, AT(status_map), 0, VT_TAKES_STATUS},
    {"zero-rating", OPTION_EVENT, AT(zero_kind), AT(zero_kind_given), VT_TAKES_EVENTS},
    {"rating-scale", OPTION_SCALE, AT(rating_min), AT(rating_max), 0},
    {"as", OPTION_PART, AT(part), 0, 0},
    {"dry-run", OPTION_FLAG, AT(dry_run), 0, 0},
};

#undef AT

static int set_flag(bool *out, const char *name, const char *value, vt_error *err)
{
    bool yes = strcmp(value, "true") == 0 || strcmp(value, "1") == 0;
    if (!yes && strcmp(value, "false") != 0 && strcmp(value, "0") != 0) {
        return vt_fail(err, VT_ERR_USAGE, "%s is \"%.60s\"; true or false is expected", name, value);
    }
    *out = yes;
    return VT_OK;
}

static int set_event(vt_event_kind *out, bool *given, const char *name, const char *value, vt_error *err)
{
    int kind = vt_event_kind_find(vt_str_of(value));
    if (kind < 0) {
        return vt_fail(err, VT_ERR_USAGE,
                       "%s is \"%.60s\"; view, cart, purchase, return, rating, like, dislike, impression or click is "
                       "expected",
                       name, value);
    }
    *out = (vt_event_kind)kind;
    *given = true;
    return VT_OK;
}

static int set_scale(vt_import_options *options, const char *value, vt_error *err)
{
    const char *colon = strchr(value, ':');
    double low = 0;
    double high = 0;
    bool good = colon != NULL && vt_parse_real(&low, (vt_str){value, (size_t)(colon - value)}) &&
                vt_parse_real(&high, vt_str_of(colon + 1)) && low < high;
    if (!good) {
        return vt_fail(err, VT_ERR_USAGE,
                       "the rating scale is \"%.60s\"; the smallest and the largest rating are "
                       "expected, such as 0:10",
                       value);
    }
    options->rating_min = low;
    options->rating_max = high;
    return VT_OK;
}

static int set_part(vt_part *out, const char *value, vt_error *err)
{
    static const char *const names[] = {"none", "train", "valid", "test"};
    static const vt_part parts[] = {VT_PART_NONE, VT_PART_TRAIN, VT_PART_VALID, VT_PART_TEST};
    for (size_t i = 0; i < 4; i++) {
        if (strcmp(names[i], value) == 0) {
            *out = parts[i];
            return VT_OK;
        }
    }
    return vt_fail(err, VT_ERR_USAGE, "the part is \"%.60s\"; train, valid or test is expected", value);
}

int vt_import_options_set(vt_import_options *options, const char *name, const char *value, vt_error *err)
{
    char *base = (char *)options;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const option_row *row = &rows[i];
        if (strcmp(row->name, name) != 0) {
            continue;
        }
        void *at = base + row->offset;
        switch (row->type) {
        case OPTION_FLAG:
            return set_flag(at, name, value, err);
        case OPTION_EVENT:
            return set_event(at, (bool *)(void *)(base + row->given), name, value, err);
        case OPTION_SCALE:
            return set_scale(options, value, err);
        case OPTION_PART:
            return set_part(at, value, err);
        default:
            memcpy(at, &value, sizeof value);
            return VT_OK;
        }
    }
    return vt_fail(err, VT_ERR_USAGE, "there is no import option \"%.60s\"", name);
}

/* True when the option was given. */
static bool is_given(const vt_import_options *options, const option_row *row)
{
    const char *base = (const char *)options;
    const char *text = NULL;
    switch (row->type) {
    case OPTION_FLAG:
        return *(const bool *)(const void *)(base + row->offset);
    case OPTION_EVENT:
        return *(const bool *)(const void *)(base + row->given);
    case OPTION_TEXT:
        memcpy(&text, base + row->offset, sizeof text);
        return text != NULL;
    default:
        return false;
    }
}

int vt_import_options_taken(const vt_import_options *options, const vt_source_kind *kind, vt_error *err)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].takes != 0 && (kind->takes & rows[i].takes) == 0 && is_given(options, &rows[i])) {
            return vt_fail(err, VT_ERR_USAGE, "import %s takes no --%s", kind->info.name, rows[i].name);
        }
    }
    return VT_OK;
}

static int check_like(const char *name, vt_error *err)
{
    char all[400] = "";
    size_t n = 0;
    const vt_import_like *likes = vt_import_likes(&n);
    if (vt_like_exists(name)) {
        return VT_OK;
    }
    for (size_t i = 0; i < n && strlen(all) + 40 < sizeof all; i++) {
        strncat(all, i == 0 ? "" : ", ", sizeof all - strlen(all) - 1);
        strncat(all, likes[i].name, sizeof all - strlen(all) - 1);
    }
    return vt_fail(err, VT_ERR_USAGE, "there is no mapping \"%.60s\"; there are %s", name, all);
}

int vt_import_options_forms(const vt_import_options *options, vt_source *source, vt_error *err)
{
    const char *what = NULL;
    int status = VT_OK;
    if (options->decimal_mark != NULL) {
        bool comma = strcmp(options->decimal_mark, "comma") == 0;
        if (!comma && strcmp(options->decimal_mark, "point") != 0) {
            return vt_fail(err, VT_ERR_USAGE, "the decimal mark is \"%.60s\"; point or comma is expected",
                           options->decimal_mark);
        }
        source->forms.mark = comma ? VT_MARK_COMMA : VT_MARK_POINT;
        source->mark_given = true;
    }
    if (options->time_format != NULL && !vt_time_format_check(options->time_format, &what)) {
        return vt_fail(err, VT_ERR_USAGE,
                       "the time format is wrong at \"%.60s\"; a date such as %%d/%%m/%%Y %%H:%%M is expected", what);
    }
    source->encoding = VT_ENCODING_AUTO;
    if (options->encoding != NULL && !vt_encoding_find(&source->encoding, options->encoding)) {
        return vt_fail(err, VT_ERR_USAGE, "the encoding is \"%.60s\"; utf-8, utf-16 or windows-1252 is expected",
                       options->encoding);
    }
    if (options->event_map != NULL) {
        status = vt_word_event_map_check(options->event_map, err);
    }
    if (status == VT_OK && options->status_map != NULL) {
        status = vt_word_order_map_check(options->status_map, err);
    }
    return status == VT_OK && options->like != NULL ? check_like(options->like, err) : status;
}
