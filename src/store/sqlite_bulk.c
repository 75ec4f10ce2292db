/*
 * Large imports. An entry of the index of a user's events has its place anywhere in it, so that a large import writes
 * every page of it again and again. An import that brings many events therefore lays the index down and makes it anew
 * at its commit, sorted, in the same transaction: readers never miss it, and a rollback brings back the old one. The
 * index of keys stays: it is what finds a second put of the same event.
 */
#include "store/sqlite.h"

enum { MANY = 50000 /* events: making the index of fewer takes no longer than keeping it */ };

int vt_sqlite_put_off_index(vt_sqlite *s, vt_error *err)
{
    int64_t fresh = s->mark.event - s->before.event;
    if (s->index_put_off || s->import_id == 0 || fresh < MANY || fresh < s->before.event / 2) {
        return VT_OK;
    }
    int status = vt_sqlite_script(s, "DROP INDEX events_user", "lay an index down", err);
    s->index_put_off = status == VT_OK;
    return status;
}

int vt_sqlite_make_index(vt_sqlite *s, vt_error *err)
{
    if (!s->index_put_off) {
        return VT_OK;
    }
    int status = vt_sqlite_script(s, "CREATE INDEX events_user ON events(user, time)", "make an index", err);
    s->index_put_off = status != VT_OK;
    return status;
}
