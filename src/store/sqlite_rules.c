/* Rules of merchandisers as rows. They are part of what a shop shows, so a change is a revision and moves the mark. */
#include "base/clock.h"
#include "store/sqlite.h"

/* How many rules there are, and whether the one of this id is among them. */
static int count(vt_sqlite *s, vt_str id, int64_t *all, bool *there, vt_error *err)
{
    sqlite3_stmt *statement = NULL;
    int status = vt_sqlite_prepare(s, VT_SQL_RULE_COUNT, &statement, err);
    if (status != VT_OK) {
        return status;
    }
    vt_bind_str(statement, 1, id);
    int code = sqlite3_step(statement);
    if (code == SQLITE_ROW) {
        *all = sqlite3_column_int64(statement, 0);
        *there = sqlite3_column_int64(statement, 1) > 0;
    } else {
        status = vt_sqlite_fail(s, code, "count the rules", err);
    }
    sqlite3_reset(statement);
    return status;
}

static int write_rule(vt_sqlite *s, const vt_shop_rule *rule, vt_error *err)
{
    sqlite3_stmt *statement = NULL;
    int status = vt_sqlite_prepare(s, VT_SQL_RULE_PUT, &statement, err);
    if (status != VT_OK) {
        return status;
    }
    vt_bind_str(statement, 1, rule->id);
    vt_bind_int(statement, 2, rule->action);
    vt_bind_int(statement, 3, rule->what);
    vt_bind_str(statement, 4, rule->name);
    vt_bind_real(statement, 5, rule->factor);
    vt_bind_real(statement, 6, rule->addition);
    vt_bind_int(statement, 7, rule->position);
    vt_bind_int(statement, 8, rule->from);
    vt_bind_int(statement, 9, rule->until);
    vt_bind_str(statement, 10, rule->segment);
    vt_bind_str(statement, 11, rule->page);
    vt_bind_str(statement, 12, rule->note);
    vt_bind_int(statement, 13, vt_now());
    return vt_sqlite_run(s, statement, "keep a rule", err);
}

int vt_sqlite_put_rule(vt_store *store, const vt_shop_rule *rule, vt_put *done, vt_error *err)
{
    vt_sqlite *s = (vt_sqlite *)store;
    int64_t all = 0;
    bool there = false;
    int status = count(s, rule->id, &all, &there, err);
    if (status == VT_OK && !there && all >= VT_SHOP_RULES_MAX) {
        return vt_fail(err, VT_ERR_LIMIT, "a shop has at most %d rules; remove one that is over", VT_SHOP_RULES_MAX);
    }
    status = status != VT_OK ? status : write_rule(s, rule, err);
    if (status != VT_OK) {
        return status;
    }
    bool any = sqlite3_changes(s->db) > 0;
    s->changed = s->changed || any;
    s->told = s->told || any;
    *done = !there ? VT_PUT_ADDED : any ? VT_PUT_CHANGED : VT_PUT_SAME;
    return VT_OK;
}

static int no_rule(vt_str id, vt_error *err)
{
    return vt_fail(err, VT_ERR_NOT_FOUND, "there is no rule \"%.*s\"; \"vitrine rule list\" shows them",
                   id.len > 60 ? 60 : (int)id.len, id.ptr);
}

int vt_sqlite_remove_rule(vt_store *store, vt_str id, vt_error *err)
{
    vt_sqlite *s = (vt_sqlite *)store;
    sqlite3_stmt *statement = NULL;
    int status = vt_sqlite_prepare(s, VT_SQL_RULE_REMOVE, &statement, err);
    if (status == VT_OK) {
        vt_bind_str(statement, 1, id);
        status = vt_sqlite_run(s, statement, "remove a rule", err);
    }
    if (status != VT_OK) {
        return status;
    }
    if (sqlite3_changes(s->db) == 0) {
        return no_rule(id, err);
    }
    s->changed = s->told = true;
    return VT_OK;
}

typedef struct rule_pass {
    vt_shop_rule_each each;
    void *context;
    size_t n;
} rule_pass;

static int rule_row(void *context, sqlite3_stmt *statement, vt_error *err)
{
    rule_pass *pass = context;
    const vt_shop_rule rule = {
        .id = vt_column_str(statement, 0),
        .action = sqlite3_column_int(statement, 1),
        .what = sqlite3_column_int(statement, 2),
        .name = vt_column_str(statement, 3),
        .factor = vt_column_real(statement, 4),
        .addition = vt_column_real(statement, 5),
        .position = vt_column_int(statement, 6),
        .from = vt_column_int(statement, 7),
        .until = vt_column_int(statement, 8),
        .segment = vt_column_str(statement, 9),
        .page = vt_column_str(statement, 10),
        .note = vt_column_str(statement, 11),
        .made_at = sqlite3_column_int64(statement, 12),
        .changed_at = sqlite3_column_int64(statement, 13),
    };
    vt_error why = VT_ERROR_INIT;
    if (vt_shop_rule_check(&rule, &why) != VT_OK) {
        return vt_fail(err, VT_ERR_CORRUPT, "a rule of the shop cannot be: %s", why.message);
    }
    pass->n++;
    return pass->each(pass->context, &rule);
}

int vt_sqlite_each_rule(vt_store *store, vt_str id, vt_shop_rule_each each, void *context, vt_error *err)
{
    vt_sqlite *s = (vt_sqlite *)store;
    rule_pass pass = {each, context, 0};
    sqlite3_stmt *statement = NULL;
    int status = vt_sqlite_open_pass(s, id.ptr == NULL ? VT_SQL_EACH_RULE : VT_SQL_RULE, &statement, err);
    if (status == VT_OK) {
        vt_bind_str(statement, 1, id);
        status = vt_sqlite_pass(s, statement, rule_row, &pass, err);
    }
    return status == VT_OK && id.ptr != NULL && pass.n == 0 ? no_rule(id, err) : status;
}
