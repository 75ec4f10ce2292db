/* What a model weighs as JSON: the program and the server tell it alike. */
#include "base/json.h"
#include "base/text.h"
#include "vitrine/weights.h"

static int put_weight(void *context, const vt_weight *weight)
{
    vt_json_writer *w = context;
    vt_json_object(w, NULL);
    vt_json_text(w, "topic", weight->topic);
    vt_json_text(w, "place", weight->place);
    vt_json_text(w, "name", weight->name);
    vt_json_number(w, "value", weight->value);
    vt_json_int(w, "n", weight->n);
    vt_json_object_end(w);
    return VT_OK;
}

int vt_weights_json(vt_text *out, vt_shop *shop, const char *name, bool pretty, vt_error *err)
{
    vt_buf text;
    vt_json_writer writer;
    vt_buf_init(&text, SIZE_MAX / 2);
    vt_json_writer_init(&writer, &text, pretty);
    vt_json_object(&writer, NULL);
    vt_json_text(&writer, "model", vt_str_of(name));
    vt_json_array(&writer, "weights");
    int status = vt_weights_each(shop, name, put_weight, &writer, err);
    if (status != VT_OK) {
        vt_json_writer_abort(&writer);
        return vt_text_finish(out, &text, status, err);
    }
    vt_json_array_end(&writer);
    vt_json_object_end(&writer);
    status = vt_json_writer_done(&writer, err);
    status = status == VT_OK ? vt_buf_add(&text, "\n", 1, err) : status;
    return vt_text_finish(out, &text, status, err);
}
