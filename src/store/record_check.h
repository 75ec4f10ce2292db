/*
 * What a record must be to be stored, the same for every database and for everything that a record can come from. The
 * store checks each record; an import asks before it hands one over, so that it can say which row was refused and why.
 */
#ifndef VT_STORE_RECORD_CHECK_H
#define VT_STORE_RECORD_CHECK_H

#include "base/json.h"
#include "store/store.h"

/** What a source knows of its events beyond the limits that hold for all. */
typedef struct vt_record_rules {
    double value_min; /* the scale of its ratings; default -1e6 to 1e6 */
    double value_max;
    int64_t now; /* refuse times before 1990 and more than a day past this one; VT_NONE (default): take all */
    const char *value_name; /* what the source calls the fields, for messages: "overall"; default "value" and "time" */
    const char *time_name;
} vt_record_rules;

void vt_record_rules_init(vt_record_rules *rules);

/**
 * VT_ERR_FORMAT or VT_ERR_LIMIT when the record is refused: `*reason` (NULL allowed) is then a short static text, the
 * same for all records of its kind, else NULL. The rules may be NULL; without `json` the attributes are not read as
 * JSON.
 */
int vt_event_check(const char **reason, const vt_event *event, const vt_record_rules *rules, vt_error *err);
int vt_item_check(const char **reason, const vt_item *item, vt_json_reader *json, vt_error *err);
int vt_user_check(const char **reason, const vt_user *user, vt_json_reader *json, vt_error *err);
int vt_link_check(const char **reason, const vt_link *link, vt_error *err);

/** A computed row: VT_ERR_USAGE when its subject is none that the kind can have, else as above. */
int vt_result_check(const vt_result_kind *kind, const vt_result *row, vt_error *err);

/** The texts and times of a rule; what else there is to it, vt_shop_rule_check() looks at. */
int vt_rule_texts_check(const vt_shop_rule *rule, vt_error *err);

/** What is said of an order's lines: the order is given, the state is one, the amount within bounds. */
int vt_order_check(vt_str order, vt_line_state state, int64_t refunded, vt_error *err);

/** Refuses a value that is missing or no number: `"overall" is "five"; a number from 1 to 5 is expected`. */
int vt_value_refuse(const char **reason, const vt_record_rules *rules, vt_str given, vt_error *err);

/** "1:10" into two numbers, both 0 where the text is none such. */
void vt_rating_scale_read(double *low, double *high, const char *text);

/** Three capital letters. */
bool vt_currency_valid(vt_str currency);

#endif
