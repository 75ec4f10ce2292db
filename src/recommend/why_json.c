/* An explanation as JSON. */
#include <math.h>

#include "base/json_values.h"
#include "recommend/answer_json.h"

static void put_item(vt_json_writer *w, const char *key, const vt_why_item *item)
{
    if (item->item == NULL) {
        vt_json_null(w, key);
        return;
    }
    vt_json_object(w, key);
    vt_json_text(w, "item", vt_str_of(item->item));
    vt_json_text(w, "title", vt_str_of(item->title));
    vt_json_number(w, "score", item->score);
    vt_json_int(w, "rank", item->rank);
    vt_json_object_end(w);
}

static void put_events(vt_json_writer *w, const vt_why *why)
{
    const vt_explanation *e = &why->explanation;
    vt_json_array(w, "events");
    for (size_t i = 0; i < why->n_events; i++) {
        const vt_why_event *event = &why->events[i];
        vt_json_object(w, NULL);
        vt_json_text(w, "item", vt_str_of(event->item));
        vt_json_text(w, "title", vt_str_of(event->title));
        vt_json_text(w, "type", vt_str_of(vt_event_kind_name(event->kind)));
        vt_json_time(w, "time", event->time);
        vt_json_number(w, "value", event->value);
        vt_json_number(w, "relations", event->relations);
        vt_json_number(w, "attention", event->attention);
        vt_json_number(w, "difference", event->difference);
        vt_json_bool(w, "only_evidence", isinf(event->difference));
        vt_json_count(w, "rank_without", event->rank == 0 ? VT_NONE : event->rank);
        vt_json_object_end(w);
    }
    vt_json_array_end(w);
    vt_json_array(w, "attention"); /* one row a layer and head, the first number is that of the start */
    for (size_t row = 0; row < e->layers * e->heads; row++) {
        vt_json_array(w, NULL);
        for (size_t h = 0; h <= e->n_events; h++) {
            vt_json_number(w, NULL, (double)e->attention[row * (e->n_events + 1) + h]);
        }
        vt_json_array_end(w);
    }
    vt_json_array_end(w);
}

static void put_why(vt_json_writer *w, const vt_why *why)
{
    const vt_explanation *e = &why->explanation;
    vt_json_text(w, "item", vt_str_of(why->item));
    vt_json_text(w, "title", vt_str_of(why->title));
    vt_json_text(w, "reason", vt_str_of(why->sentence));
    vt_json_number(w, "score", why->score);
    vt_json_number(w, "rating", why->rating);
    vt_json_count(w, "rank", why->rank == 0 ? VT_NONE : why->rank);
    vt_json_count(w, "listed", why->listed == 0 ? VT_NONE : why->listed);
    vt_json_int(w, "candidates", why->candidates);
    vt_json_optional(w, "barred", why->barred);
    vt_json_parts(w, e);
    vt_json_array(w, "attributes");
    for (size_t t = 0; t < e->n_tokens; t++) {
        vt_json_object(w, NULL);
        vt_json_text(w, "name", vt_str_of(e->tokens[t].name));
        vt_json_number(w, "value", e->tokens[t].value);
        vt_json_object_end(w);
    }
    vt_json_array_end(w);
    put_events(w, why);
    put_item(w, "above", &why->above);
    vt_json_array(w, "behind");
    for (size_t g = 0; g < why->n_gaps; g++) {
        vt_json_object(w, NULL);
        vt_json_text(w, "name", vt_str_of(why->gaps[g].name));
        vt_json_text(w, "kind", vt_str_of(vt_reason_kind_name((int)why->gaps[g].kind)));
        vt_json_number(w, "here", why->gaps[g].own);
        vt_json_number(w, "there", why->gaps[g].other);
        vt_json_object_end(w);
    }
    vt_json_array_end(w);
    vt_json_count(w, "lifted_without", why->lifted_without < 0 ? VT_NONE : why->lifted_without);
    put_item(w, "lifted_with", &why->next);
    vt_json_int(w, "tried", why->tried);
}

int vt_why_json(vt_text *out, const vt_why *why, const vt_request *request, const char *model, bool pretty,
                vt_error *err)
{
    vt_json_writer w;
    vt_buf text;
    vt_buf_init(&text, VT_ANSWER_BYTES_MAX);
    vt_json_writer_init(&w, &text, pretty);
    vt_json_object(&w, NULL);
    vt_json_text(&w, "user", vt_str_of(request->user));
    vt_json_text(&w, "model", vt_str_of(model));
    put_why(&w, why);
    return vt_json_hand_over(out, &w, &text, err);
}
