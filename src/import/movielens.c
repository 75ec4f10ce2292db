/*
 * The files of ml-100k (u.data, u.item, u.user), ml-1m (ratings.dat, movies.dat, users.dat), ml-latest and ml-25m
 * (ratings.csv, movies.csv) and RecBole's atomic files, told apart by name. Of a folder the files that are known are
 * read, items and users before ratings; a file named on its own must be known.
 */
#include "import/movielens.h"

#include <stdio.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/number.h"
#include "import/cells.h"
#include "import/recognise.h"
#include "import/text.h"
#include "import/words.h"

size_t vt_movielens_cut(vt_str *fields, size_t cap, vt_str line, const char *mark)
{
    size_t n = 0;
    size_t mark_len = strlen(mark);
    for (;;) {
        const char *end = line.len < mark_len ? NULL : memmem(line.ptr, line.len, mark, mark_len);
        size_t len = end == NULL ? line.len : (size_t)(end - line.ptr);
        if (n < cap) {
            fields[n] = (vt_str){line.ptr, len};
        }
        n++;
        if (end == NULL) {
            return n;
        }
        line.ptr += len + mark_len;
        line.len -= len + mark_len;
    }
}

static vt_str given(vt_str text)
{
    vt_str trimmed = vt_trim(text);
    return vt_word_nothing(trimmed) ? (vt_str){NULL, 0} : trimmed;
}

int vt_movielens_rating(vt_movielens *ml, vt_str user, vt_str item, vt_str rating, vt_str time, vt_error *err)
{
    const vt_time_form form = {.zone = ml->source->forms.time.zone};
    vt_sink *sink = ml->source->sink;
    vt_event event;
    vt_event_init(&event);
    event.user = given(user);
    event.item = given(item);
    event.kind = VT_EVENT_RATING;
    vt_mark said = VT_MARK_NONE;
    if (!vt_number_read(&event.value, &said, vt_trim(rating), VT_MARK_NONE)) { /* "4,5" too */
        return vt_sink_reject_value(sink, vt_trim(rating), err);
    }
    time = vt_trim(time);
    if (time.len > 0 && vt_time_text(&event.time, time, &form) != VT_TIME_READ) {
        return vt_sink_reject(sink, err, "time is no time",
                              "\"timestamp\" is \"%.*s\"; seconds since 1970 are expected", VT_SHOWN(time));
    }
    return vt_sink_event(sink, &event, err);
}

/* The year in "Toy Story (1995)", 0 when there is none. */
static int64_t year_of(vt_str title)
{
    int64_t year = 0;
    vt_str text = vt_trim(title);
    if (text.len < 6 || text.ptr[text.len - 1] != ')' || text.ptr[text.len - 6] != '(' ||
        !vt_parse_int(&year, (vt_str){text.ptr + text.len - 5, 4})) {
        return 0;
    }
    return year;
}

/* A movie: its genres are attributes and the first of them the category. */
static int put_movie(vt_movielens *ml, vt_str id, vt_str title, const vt_str *genres, size_t n, vt_error *err)
{
    vt_json_writer writer;
    vt_item item;
    vt_item_init(&item);
    vt_buf_clear(&ml->title);
    vt_buf_clear(&ml->attributes);
    int status = vt_buf_add(&ml->title, title.ptr, title.len, err);
    if (status != VT_OK) {
        return status;
    }
    vt_json_writer_init(&writer, &ml->attributes, false);
    vt_json_object(&writer, NULL);
    vt_json_array(&writer, "genres");
    for (size_t i = 0; i < n; i++) {
        vt_json_text(&writer, NULL, genres[i]);
    }
    vt_json_array_end(&writer);
    if (year_of(title) > 0) {
        vt_json_int(&writer, "year", year_of(title));
    }
    vt_json_object_end(&writer);
    status = vt_json_writer_done(&writer, err);
    if (status != VT_OK) {
        return status;
    }
    item.id = given(id);
    vt_str name = vt_trim((vt_str){ml->title.data, ml->title.len}); /* "None" may be one */
    item.title = name.len > 0 ? name : item.title;
    item.category = n > 0 ? genres[0] : item.category;
    item.attributes = (vt_str){ml->attributes.data, ml->attributes.len};
    return vt_sink_item(ml->source->sink, &item, err);
}

static int put_movie_genres(vt_movielens *ml, vt_str id, vt_str title, vt_str genres, vt_error *err)
{
    enum { GENRES = 32 };
    vt_str names[GENRES];
    genres = vt_trim(genres);
    bool none = genres.len == 0 || vt_text_same(genres, "(no genres listed)");
    size_t n = none ? 0 : vt_movielens_cut(names, GENRES, genres, "|");
    return put_movie(ml, id, title, names, n < GENRES ? n : GENRES, err);
}

static int put_user(vt_movielens *ml, vt_str id, const char *band, vt_str gender, vt_str occupation, vt_str zip,
                    vt_error *err)
{
    vt_json_writer writer;
    vt_user user;
    vt_user_init(&user);
    vt_buf_clear(&ml->attributes);
    vt_json_writer_init(&writer, &ml->attributes, false);
    vt_json_object(&writer, NULL);
    vt_json_text(&writer, "gender", gender);
    vt_json_text(&writer, "occupation", occupation);
    vt_json_text(&writer, "zip_code", zip);
    vt_json_object_end(&writer);
    int status = vt_json_writer_done(&writer, err);
    if (status != VT_OK) {
        return status;
    }
    user.id = given(id);
    user.age_band = vt_str_of(band);
    user.attributes = (vt_str){ml->attributes.data, ml->attributes.len};
    return vt_sink_user(ml->source->sink, &user, err);
}

/* One line cut into its fields. */
typedef int (*put_fields)(vt_movielens *ml, const vt_str *fields, vt_error *err);

/* A file of lines with `want` fields between marks. */
static int read_lines(vt_movielens *ml, const char *path, const char *mark, size_t want, put_fields put, vt_error *err)
{
    enum { FIELDS = 32 };
    vt_str fields[FIELDS];
    vt_stream *stream = NULL;
    int status = vt_source_open(ml->source, &stream, path, err);
    while (status == VT_OK) {
        vt_str line;
        status = vt_source_line(ml->source, stream, &line, err);
        if (status != VT_OK || line.ptr == NULL) {
            break;
        }
        size_t n = vt_movielens_cut(fields, FIELDS, line, mark);
        status = n == want ? put(ml, fields, err)
                           : vt_sink_reject(ml->source->sink, err, "wrong number of fields",
                                            "%zu fields; %zu with \"%s\" between them are expected", n, want,
                                            mark[0] == '\t' ? "TAB" : mark);
    }
    vt_source_close(ml->source, stream);
    return status;
}

static int put_rating_fields(vt_movielens *ml, const vt_str *fields, vt_error *err)
{
    return vt_movielens_rating(ml, fields[0], fields[1], fields[2], fields[3], err);
}

/* ---- ml-100k ----------------------------------------------------------------------------------------------------- */

static int read_u_data(vt_movielens *ml, const char *path, vt_error *err)
{
    return read_lines(ml, path, "\t", 4, put_rating_fields, err);
}

/* id | title | date | video date | address | 19 flags of genres */
static int put_u_item(vt_movielens *ml, const vt_str *fields, vt_error *err)
{
    static const char *const names[] = {"unknown",   "Action",   "Adventure",   "Animation", "Children's",
                                        "Comedy",    "Crime",    "Documentary", "Drama",     "Fantasy",
                                        "Film-Noir", "Horror",   "Musical",     "Mystery",   "Romance",
                                        "Sci-Fi",    "Thriller", "War",         "Western"};
    vt_str genres[19];
    size_t n = 0;
    for (size_t i = 0; i < 19; i++) {
        if (vt_str_equal(fields[5 + i], vt_str_of("1"))) {
            genres[n++] = vt_str_of(names[i]);
        }
    }
    return put_movie(ml, fields[0], fields[1], genres, n, err);
}

static int read_u_item(vt_movielens *ml, const char *path, vt_error *err)
{
    return read_lines(ml, path, "|", 24, put_u_item, err);
}

static int put_u_user(vt_movielens *ml, const vt_str *fields, vt_error *err)
{
    return put_user(ml, fields[0], vt_text_age_band(fields[1]), fields[2], fields[3], fields[4], err);
}

static int read_u_user(vt_movielens *ml, const char *path, vt_error *err)
{
    return read_lines(ml, path, "|", 5, put_u_user, err);
}

/* ---- ml-1m ------------------------------------------------------------------------------------------------------- */

static int read_ratings_dat(vt_movielens *ml, const char *path, vt_error *err)
{
    return read_lines(ml, path, "::", 4, put_rating_fields, err);
}

static int put_movies_dat(vt_movielens *ml, const vt_str *fields, vt_error *err)
{
    return put_movie_genres(ml, fields[0], fields[1], fields[2], err);
}

static int read_movies_dat(vt_movielens *ml, const char *path, vt_error *err)
{
    return read_lines(ml, path, "::", 3, put_movies_dat, err);
}

/* Ages and occupations are codes here, explained in the data set's README. */
static int put_users_dat(vt_movielens *ml, const vt_str *fields, vt_error *err)
{
    static const struct {
        const char *code;
        const char *band;
    } ages[] = {{"1", "0-17"},   {"18", "18-24"}, {"25", "25-34"}, {"35", "35-44"},
                {"45", "45-49"}, {"50", "50-55"}, {"56", "56+"}};
    static const char *const jobs[] = {
        "other",     "educator",  "artist",        "clerical",     "college student", "customer service", "doctor",
        "executive", "farmer",    "homemaker",     "K-12 student", "lawyer",          "programmer",       "retired",
        "sales",     "scientist", "self-employed", "technician",   "tradesman",       "unemployed",       "writer"};
    const char *band = NULL;
    int64_t job = -1;
    for (size_t i = 0; i < sizeof ages / sizeof ages[0]; i++) {
        band = vt_str_equal(fields[2], vt_str_of(ages[i].code)) ? ages[i].band : band;
    }
    bool known = vt_parse_int(&job, fields[3]) && job >= 0 && job < (int64_t)(sizeof jobs / sizeof jobs[0]);
    return put_user(ml, fields[0], band, fields[1], known ? vt_str_of(jobs[job]) : fields[3], fields[4], err);
}

static int read_users_dat(vt_movielens *ml, const char *path, vt_error *err)
{
    return read_lines(ml, path, "::", 5, put_users_dat, err);
}

/* ---- ml-latest, ml-25m ------------------------------------------------------------------------------------------- */

/* A CSV whose header must begin with the `want` names. */
static int read_csv(vt_movielens *ml, const char *path, const char *const *names, size_t want, put_fields put,
                    vt_error *err)
{
    vt_stream *stream = NULL;
    vt_csv *csv = NULL;
    const vt_str *fields = NULL;
    size_t n = 0;
    int status = vt_source_open(ml->source, &stream, path, err);
    if (status == VT_OK) {
        status = vt_csv_create(&csv, stream, '\0', err);
    }
    if (status == VT_OK) {
        status = vt_csv_row(csv, &fields, &n, err);
    }
    for (size_t i = 0; status == VT_OK && i < want; i++) {
        if (i >= n || !vt_text_same(fields[i], names[i])) {
            status = vt_fail(err, VT_ERR_FORMAT, "%s has no column \"%s\" in place %zu; is it a MovieLens file?", path,
                             names[i], i + 1);
        }
    }
    while (status == VT_OK) {
        status = vt_source_csv_row(ml->source, csv, &fields, &n, err);
        if (status != VT_OK || n == 0) {
            break;
        }
        status = n == want ? put(ml, fields, err)
                           : vt_sink_reject(ml->source->sink, err, "wrong number of fields",
                                            "%zu fields; %zu are expected", n, want);
    }
    vt_csv_free(csv);
    vt_source_close(ml->source, stream);
    return status;
}

static int read_ratings_csv(vt_movielens *ml, const char *path, vt_error *err)
{
    static const char *const names[] = {"userId", "movieId", "rating", "timestamp"};
    return read_csv(ml, path, names, 4, put_rating_fields, err);
}

static int read_movies_csv(vt_movielens *ml, const char *path, vt_error *err)
{
    static const char *const names[] = {"movieId", "title", "genres"};
    return read_csv(ml, path, names, 3, put_movies_dat, err);
}

/* ---- which file is which ----------------------------------------------------------------------------------------- */

/* Names end so; items and users stand first, so that they are there when ratings come. */
static const struct {
    const char *name;
    bool whole; /* the name is all of the file's name */
    vt_movielens_read read;
} files[] = {
    {"u.item", true, read_u_item},           {"u.user", true, read_u_user},
    {"movies.dat", true, read_movies_dat},   {"users.dat", true, read_users_dat},
    {"movies.csv", true, read_movies_csv},   {".item", false, vt_recbole_item},
    {".user", false, vt_recbole_user},       {"u.data", true, read_u_data},
    {"ratings.dat", true, read_ratings_dat}, {"ratings.csv", true, read_ratings_csv},
    {".inter", false, vt_recbole_inter},
};

enum { FILES = sizeof files / sizeof files[0] };

/* The row of the table that the file is of, FILES when of none. */
static size_t find_file(const char *path)
{
    const char *slash = strrchr(path, '/');
    vt_str name = vt_str_of(slash == NULL ? path : slash + 1);
    static const char *const packed[] = {".gz", ".zst"};
    for (size_t i = 0; i < 2; i++) {
        size_t len = strlen(packed[i]);
        if (name.len > len && memcmp(name.ptr + name.len - len, packed[i], len) == 0) {
            name.len -= len;
        }
    }
    for (size_t i = 0; i < FILES; i++) {
        size_t len = strlen(files[i].name);
        if (name.len >= len && (!files[i].whole || name.len == len) &&
            memcmp(name.ptr + name.len - len, files[i].name, len) == 0) {
            return i;
        }
    }
    return FILES;
}

bool vt_movielens_tell(const char *path)
{
    return find_file(path) != FILES;
}

/* What is to be read, in the order of the table. */
typedef struct plan {
    const char *folder; /* being listed */
    vt_arena *arena;
    struct planned {
        const char *path;
        size_t file;
        struct planned *next;
    } * first, **last;
    int status;
    vt_error *err;
} plan;

static int add_path(plan *p, const char *path)
{
    size_t file = find_file(path);
    if (file == FILES) {
        return VT_OK;
    }
    struct planned *entry = vt_arena_alloc(p->arena, 1, sizeof *entry, p->err);
    vt_str copy = entry == NULL ? (vt_str){NULL, 0} : vt_arena_str(p->arena, vt_str_of(path), p->err);
    if (copy.ptr == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    *entry = (struct planned){copy.ptr, file, NULL};
    *p->last = entry;
    p->last = &entry->next;
    return VT_OK;
}

static int add_entry(void *context, const char *name)
{
    plan *p = context;
    char path[4096];
    p->status = vt_path_join(path, sizeof path, p->folder, name, p->err);
    if (p->status == VT_OK && vt_file_exists(path)) {
        p->status = add_path(p, path);
    }
    return p->status;
}

static int make_plan(plan *p, const vt_import_options *options, vt_error *err)
{
    int status = VT_OK;
    for (size_t i = 0; status == VT_OK && i < options->n_paths; i++) {
        const char *path = options->paths[i];
        if (!vt_dir_exists(path)) {
            if (find_file(path) == FILES) {
                return vt_fail(
                    err, VT_ERR_FORMAT,
                    "%s is no file of MovieLens; u.data, u.item, u.user, ratings.dat, movies.dat, users.dat, "
                    "ratings.csv, movies.csv, *.inter, *.item and *.user are read",
                    path);
            }
            status = add_path(p, path);
            continue;
        }
        struct planned **before = p->last;
        p->folder = path;
        status = vt_dir_list(path, add_entry, p, err);
        status = status == VT_OK ? p->status : status;
        if (status == VT_OK && before == p->last) {
            status =
                vt_fail(err, VT_ERR_NOT_FOUND,
                        "%s holds no file of MovieLens; u.data, ratings.dat, ratings.csv or *.inter is expected", path);
        }
    }
    return status;
}

int vt_source_movielens(vt_source *source, vt_error *err)
{
    vt_movielens ml = {.source = source};
    plan p = {.err = err};
    p.last = &p.first;
    vt_buf_init(&ml.title, VT_LINE_BYTES_MAX * 2);
    vt_buf_init(&ml.attributes, VT_LINE_BYTES_MAX * 2);
    vt_sink_rules(source->sink)->time_name = "timestamp";
    int status = vt_arena_create(&p.arena, 0, err);
    if (status == VT_OK) {
        status = make_plan(&p, source->options, err);
    }
    for (size_t file = 0; file < FILES; file++) {
        for (const struct planned *entry = p.first; status == VT_OK && entry != NULL; entry = entry->next) {
            if (entry->file == file) {
                status = files[file].read(&ml, entry->path, err);
            }
        }
    }
    vt_arena_free(p.arena);
    vt_buf_done(&ml.title);
    vt_buf_done(&ml.attributes);
    return status;
}
