/* Answers as JSON. The order of members is part of what programs read by eye, so it stays. */
#include "recommend/answer_json.h"

#include "base/json_values.h"
#include "base/text.h"
#include "vitrine/rule_preview.h"

void vt_json_optional(vt_json_writer *w, const char *key, const char *text)
{
    vt_json_text(w, key, text == NULL || text[0] == '\0' ? (vt_str){NULL, 0} : vt_str_of(text));
}

int vt_json_hand_over(vt_text *out, vt_json_writer *w, vt_buf *text, vt_error *err)
{
    vt_json_object_end(w);
    int status = vt_json_writer_done(w, err);
    if (status == VT_OK) {
        status = vt_buf_add(text, "\n", 1, err);
    }
    return vt_text_finish(out, text, status, err);
}

void vt_json_parts(vt_json_writer *w, const vt_explanation *e)
{
    vt_json_array(w, "parts");
    for (size_t p = 0; p < e->n_parts; p++) {
        const vt_score_part *part = &e->parts[p];
        vt_json_object(w, NULL);
        vt_json_text(w, "name", vt_str_of(part->name));
        vt_json_text(w, "kind", vt_str_of(vt_reason_kind_name((int)part->kind)));
        vt_json_number(w, "value", part->value);
        vt_json_number(w, "share", part->share);
        if (part->by_event != NULL) {
            vt_json_array(w, "by_event");
            for (size_t h = 0; h < e->n_events; h++) {
                vt_json_number(w, NULL, part->by_event[h]);
            }
            vt_json_array_end(w);
        }
        vt_json_object_end(w);
    }
    vt_json_array_end(w);
}

/* What rules did to a row, apart from its score. */
static void put_rules(vt_json_writer *w, const vt_recommendation *r)
{
    vt_json_array(w, "rules");
    for (size_t i = 0; i < r->n_rules; i++) {
        vt_json_text(w, NULL, vt_str_of(r->rules[i]));
    }
    vt_json_array_end(w);
    vt_json_number(w, "change", r->change);
    if (r->rank > 0) {
        vt_json_int(w, "rank_by_score", r->rank);
    } else {
        vt_json_null(w, "rank_by_score");
    }
}

static void put_row(vt_json_writer *w, const vt_recommendation *r, const char *currency)
{
    vt_json_text(w, "item", vt_str_of(r->item));
    vt_json_text(w, "title", vt_str_of(r->title));
    vt_json_text(w, "category", vt_str_of(r->category));
    vt_json_text(w, "brand", vt_str_of(r->brand));
    vt_json_money(w, "price", r->price, currency);
    vt_json_number(w, "score", r->score);
    vt_json_text(w, "source", vt_str_of(r->source));
}

/* The members up to the opened array of items. */
static void put_head(vt_json_writer *w, const vt_answer *answer)
{
    vt_json_int(w, "candidates", answer->candidates);
    vt_json_optional(w, "currency", answer->currency);
    vt_json_array(w, "items");
}

static void put_answer(vt_json_writer *w, const vt_answer *answer)
{
    put_head(w, answer);
    for (size_t i = 0; i < answer->n; i++) {
        const vt_recommendation *r = &answer->items[i];
        vt_json_object(w, NULL);
        put_row(w, r, answer->currency);
        if (r->reason != NULL) {
            vt_json_text(w, "reason", vt_str_of(r->reason));
            vt_json_parts(w, &answer->explanations[i]);
        }
        if (answer->rules[0] != '\0') {
            put_rules(w, r);
        }
        vt_json_object_end(w);
    }
    vt_json_array_end(w);
}

int vt_answer_json(vt_text *out, const vt_answer *answer, const vt_request *request, const char *model, bool pretty,
                   vt_error *err)
{
    vt_json_writer w;
    vt_buf text;
    vt_buf_init(&text, VT_ANSWER_BYTES_MAX);
    vt_json_writer_init(&w, &text, pretty);
    vt_json_object(&w, NULL);
    vt_json_text(&w, request->item != NULL ? "item" : "user",
                 vt_str_of(request->item != NULL ? request->item : request->user));
    vt_json_optional(&w, "model", model);
    if (request->id != NULL) {
        vt_json_text(&w, "request", vt_str_of(request->id));
    }
    if (request->item == NULL) {
        vt_json_int(&w, "history", answer->history);
        vt_json_text(&w, "rules", vt_str_of(answer->rules));
    }
    vt_json_optional(&w, "degraded", answer->degraded);
    put_answer(&w, answer);
    return vt_json_hand_over(out, &w, &text, err);
}

int vt_found_json(vt_text *out, const vt_found *found, const vt_search_query *query, bool pretty, vt_error *err)
{
    const char *item = query->request.item, *words = query->text;
    const char *key = item != NULL ? "item" : words != NULL ? "text" : "photo";
    vt_json_writer w;
    vt_buf text;
    vt_buf_init(&text, VT_ANSWER_BYTES_MAX);
    vt_json_writer_init(&w, &text, pretty);
    vt_json_object(&w, NULL);
    vt_json_text(&w, key, vt_str_of(item != NULL ? item : words != NULL ? words : query->photo));
    vt_json_optional(&w, "degraded", found->degraded);
    put_answer(&w, &found->answer);
    return vt_json_hand_over(out, &w, &text, err);
}

static void put_preview_list(vt_json_writer *w, const char *key, const vt_answer *answer)
{
    vt_json_object(w, key);
    vt_json_text(w, "rules", vt_str_of(answer->rules));
    vt_json_optional(w, "degraded", answer->degraded);
    put_answer(w, answer);
    vt_json_object_end(w);
}

int vt_rule_preview_json(vt_text *out, const vt_rule_preview *preview, const vt_request *request, bool pretty,
                         vt_error *err)
{
    vt_json_writer w;
    vt_buf text;
    vt_buf_init(&text, VT_ANSWER_BYTES_MAX);
    vt_json_writer_init(&w, &text, pretty);
    vt_json_object(&w, NULL);
    vt_json_text(&w, "user", vt_str_of(request->user));
    vt_json_optional(&w, "idle", preview->idle);
    vt_json_array(&w, "moves");
    for (size_t i = 0; i < preview->n_moves; i++) {
        const vt_rule_move *move = &preview->moves[i];
        vt_json_object(&w, NULL);
        vt_json_text(&w, "item", vt_str_of(move->item));
        vt_json_count(&w, "before", move->before == 0 ? VT_NONE : move->before);
        vt_json_count(&w, "after", move->after == 0 ? VT_NONE : move->after);
        vt_json_object_end(&w);
    }
    vt_json_array_end(&w);
    put_preview_list(&w, "before", &preview->before);
    put_preview_list(&w, "after", &preview->after);
    return vt_json_hand_over(out, &w, &text, err);
}

int vt_complements_json(vt_text *out, const vt_complements *complements, const vt_request *request, bool pretty,
                        vt_error *err)
{
    const vt_answer *answer = &complements->answer;
    vt_json_writer w;
    vt_buf text;
    vt_buf_init(&text, VT_ANSWER_BYTES_MAX);
    vt_json_writer_init(&w, &text, pretty);
    vt_json_object(&w, NULL);
    if (request->item != NULL) {
        vt_json_text(&w, "item", vt_str_of(request->item));
    }
    if (request->id != NULL) {
        vt_json_text(&w, "request", vt_str_of(request->id));
    }
    vt_json_int(&w, "orders", complements->orders);
    if (request->item != NULL) {
        vt_json_int(&w, "orders_with_item", complements->with_item);
    }
    vt_json_optional(&w, "degraded", answer->degraded);
    put_head(&w, answer);
    for (size_t i = 0; i < answer->n; i++) {
        const vt_evidence *e = &complements->evidence[i];
        vt_json_object(&w, NULL);
        put_row(&w, &answer->items[i], answer->currency);
        vt_json_int(&w, "orders", e->orders);
        vt_json_int(&w, "together", e->together);
        vt_json_number(&w, "expected", e->expected);
        vt_json_number(&w, "lift", e->lift);
        vt_json_number(&w, "substitutes", e->substitutes);
        vt_json_object_end(&w);
    }
    vt_json_array_end(&w);
    return vt_json_hand_over(out, &w, &text, err);
}
