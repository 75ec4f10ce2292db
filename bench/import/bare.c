/*
 * The bare SQLite program that imports are measured against: it puts the rows of a finished store into an empty
 * database with the same tables and the same indexes, by prepared INSERTs in one transaction. Rows are read ahead in
 * batches while the clock stands still, so that nothing but inserting and committing is timed.
 *
 * Tables and indexes are taken from the store itself (sqlite_schema): the comparison stays true when they change. The
 * index of words is left out: a large import leaves it to the first search.
 *
 *     bench_bare SOURCE.db TARGET.db [indexes-last]      prints rows, seconds on the wall and of CPU as JSON
 */
#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { BATCH = 20000, COLUMNS_MAX = 64 };

typedef struct bench {
    sqlite3 *source;
    sqlite3 *target;
    sqlite3_value **batch; /* (BATCH, columns) */
    int64_t rows;
    double seconds; /* on the wall, clock running */
    double cpu;     /* of this process, likewise */
} bench;

static double now(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* The clocks run between start and halt. */
static void start(bench *b)
{
    b->seconds -= now(CLOCK_MONOTONIC);
    b->cpu -= now(CLOCK_PROCESS_CPUTIME_ID);
}

static void halt(bench *b)
{
    b->seconds += now(CLOCK_MONOTONIC);
    b->cpu += now(CLOCK_PROCESS_CPUTIME_ID);
}

static void stop(sqlite3 *db, const char *what)
{
    fprintf(stderr, "bench_bare: %s: %s\n", what, sqlite3_errmsg(db));
    exit(1);
}

static void run(bench *b, const char *sql)
{
    start(b);
    if (sqlite3_exec(b->target, sql, NULL, NULL, NULL) != SQLITE_OK) {
        stop(b->target, sql);
    }
    halt(b);
}

/* Runs the CREATE statements of one type ("table" or "index") on the target. */
static void create(bench *b, const char *type)
{
    sqlite3_stmt *list;
    const char *sql = "SELECT sql FROM sqlite_schema WHERE type = ? AND sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' "
                      "ESCAPE '\\' AND name NOT LIKE 'item\\_words%' ESCAPE '\\' ORDER BY rowid";
    if (sqlite3_prepare_v2(b->source, sql, -1, &list, NULL) != SQLITE_OK) {
        stop(b->source, sql);
    }
    sqlite3_bind_text(list, 1, type, -1, SQLITE_STATIC);
    while (sqlite3_step(list) == SQLITE_ROW) {
        run(b, (const char *)sqlite3_column_text(list, 0));
    }
    sqlite3_finalize(list);
}

/* Inserts `n` rows of the batch; the only place, with commit, where the clock runs. */
static void insert_batch(bench *b, sqlite3_stmt *insert, int columns, int n)
{
    start(b);
    for (int row = 0; row < n; row++) {
        for (int c = 0; c < columns; c++) {
            sqlite3_bind_value(insert, c + 1, b->batch[row * columns + c]);
        }
        if (sqlite3_step(insert) != SQLITE_DONE) {
            stop(b->target, "insert");
        }
        sqlite3_reset(insert);
    }
    halt(b);
    b->rows += n;
    for (int i = 0; i < n * columns; i++) {
        sqlite3_value_free(b->batch[i]);
    }
}

/* Table names cannot be bound; they come from the schema of our own store and are quoted by SQLite (%w). */
static sqlite3_stmt *prepare(sqlite3 *db, const char *format, const char *table, const char *marks)
{
    sqlite3_stmt *statement = NULL;
    char *sql = sqlite3_mprintf(format, table, marks);
    if (sql == NULL || sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK) {
        stop(db, table);
    }
    sqlite3_free(sql);
    return statement;
}

static void copy_table(bench *b, const char *table)
{
    sqlite3_stmt *rows = prepare(b->source, "SELECT * FROM \"%w\"", table, NULL);
    int columns = sqlite3_column_count(rows);
    if (columns > COLUMNS_MAX) {
        fprintf(stderr, "bench_bare: %s has more than %d columns\n", table, COLUMNS_MAX);
        exit(1);
    }
    char marks[2 * COLUMNS_MAX] = "?";
    for (int c = 1; c < columns; c++) {
        memcpy(marks + 2 * c - 1, ",?", 3);
    }
    sqlite3_stmt *insert = prepare(b->target, "INSERT INTO \"%w\" VALUES (%s)", table, marks);
    int n = 0;
    while (sqlite3_step(rows) == SQLITE_ROW) {
        for (int c = 0; c < columns; c++) {
            b->batch[n * columns + c] = sqlite3_value_dup(sqlite3_column_value(rows, c));
        }
        if (++n == BATCH) {
            insert_batch(b, insert, columns, n);
            n = 0;
        }
    }
    insert_batch(b, insert, columns, n);
    sqlite3_finalize(insert);
    sqlite3_finalize(rows);
}

int main(int argc, char **argv)
{
    bench b = {0};
    if (argc < 3 || (argc == 4 && strcmp(argv[3], "indexes-last") != 0) || argc > 4) {
        fputs("usage: bench_bare SOURCE.db TARGET.db [indexes-last]\n", stderr);
        return 2;
    }
    b.batch = malloc(sizeof(sqlite3_value *) * BATCH * COLUMNS_MAX);
    if (b.batch == NULL || sqlite3_open_v2(argv[1], &b.source, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK) {
        stop(b.source, argv[1]);
    }
    if (sqlite3_open_v2(argv[2], &b.target, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL) !=
        SQLITE_OK) {
        stop(b.target, argv[2]);
    }
    run(&b, "PRAGMA journal_mode = WAL");
    run(&b, "PRAGMA synchronous = FULL");
    run(&b, "PRAGMA cache_size = -65536");
    run(&b, "PRAGMA secure_delete = OFF");
    run(&b, "PRAGMA wal_autocheckpoint = 4000");
    run(&b, "BEGIN");
    create(&b, "table");
    if (argc == 3) {
        create(&b, "index");
    }
    sqlite3_stmt *tables =
        prepare(b.source,
                "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%%' "
                "ESCAPE '\\' AND name NOT LIKE 'item\\_words%%' ESCAPE '\\' ORDER BY rowid",
                NULL, NULL);
    while (sqlite3_step(tables) == SQLITE_ROW) {
        copy_table(&b, (const char *)sqlite3_column_text(tables, 0));
    }
    sqlite3_finalize(tables);
    if (argc == 4) {
        create(&b, "index");
    }
    run(&b, "COMMIT");
    sqlite3_close(b.target);
    sqlite3_close(b.source);
    free(b.batch);
    printf("{\"rows\": %lld, \"seconds\": %.3f, \"cpu\": %.3f}\n", (long long)b.rows, b.seconds, b.cpu);
    return 0;
}
