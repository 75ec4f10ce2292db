/* Rules out of a shop, and settings into it. */
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "store/store.h"
#include "vitrine/rules.h"

#define SETTING "recommend." /* before the names in the store */
#define VALUE_BYTES 4096

/* The rows of a shop while they are read. */
typedef struct loading {
    vt_rules *rules;
    vt_shop_rule *row; /* (room) */
    size_t room;
    vt_error *err;
} loading;

static int copy_text(vt_str *text, vt_arena *storage, vt_error *err)
{
    if (text->ptr != NULL) {
        *text = vt_arena_str(storage, *text, err);
        return text->ptr == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    }
    return VT_OK;
}

static int on_shop_rule(void *context, const vt_shop_rule *row)
{
    loading *l = context;
    vt_rules *rules = l->rules;
    if (rules->n_shop_rules == l->room) {
        size_t room = l->room == 0 ? 16 : 2 * l->room;
        vt_shop_rule *grown = vt_arena_alloc(rules->storage, room, sizeof *grown, l->err);
        if (grown == NULL) {
            return VT_ERR_NO_MEMORY;
        }
        if (rules->n_shop_rules > 0) {
            memcpy(grown, l->row, rules->n_shop_rules * sizeof *grown);
        }
        l->row = grown;
        l->room = room;
        rules->shop_rules = grown;
    }
    vt_shop_rule *copy = &l->row[rules->n_shop_rules];
    *copy = *row;
    vt_str *const texts[] = {&copy->id, &copy->name, &copy->segment, &copy->page, &copy->note};
    int status = VT_OK;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0] && status == VT_OK; i++) {
        status = copy_text(texts[i], rules->storage, l->err);
    }
    rules->n_shop_rules += status == VT_OK;
    return status;
}

static int load_shop_rules(vt_rules *rules, vt_shop *shop, vt_error *err)
{
    loading l = {.rules = rules, .err = err};
    int status = vt_arena_create(&rules->storage, 0, err);
    return status != VT_OK ? status : vt_shop_rules_each(shop, on_shop_rule, &l, err);
}

int vt_rules_load(vt_rules *rules, vt_shop *shop, vt_error *err)
{
    char setting[64];
    char value[VALUE_BYTES];
    const char *name, *help;
    int status = VT_OK;
    vt_rules_init(rules);
    for (size_t i = 0; status == VT_OK && vt_rules_name(i, &name, &help); i++) {
        snprintf(setting, sizeof setting, SETTING "%s", name);
        status = vt_store_get(vt_shop_store(shop), setting, value, sizeof value, err);
        if (status == VT_OK && value[0] != '\0') {
            status = vt_rules_set(rules, name, value, err);
        }
    }
    status = status != VT_OK ? status : load_shop_rules(rules, shop, err);
    if (status != VT_OK) {
        vt_rules_done(rules);
        vt_rules_init(rules);
    }
    return status;
}

static bool is_name(const char *name)
{
    const char *known, *help;
    for (size_t i = 0; vt_rules_name(i, &known, &help); i++) {
        if (strcmp(known, name) == 0) {
            return true;
        }
    }
    return false;
}

int vt_rules_save(vt_shop *shop, const char *name, const char *value, vt_error *err)
{
    char setting[96];
    vt_rules scratch;
    vt_rules_init(&scratch);
    if (strlen(value) >= VALUE_BYTES) {
        return vt_fail(err, VT_ERR_LIMIT, "the value of %.60s is longer than %d bytes", name, VALUE_BYTES - 1);
    }
    bool unset = value[0] == '\0' && is_name(name);
    int status = unset ? VT_OK : vt_rules_set(&scratch, name, value, err);
    vt_rules_done(&scratch);
    snprintf(setting, sizeof setting, SETTING "%.60s", name);
    return status == VT_OK ? vt_shop_set(shop, setting, value, err) : status;
}
