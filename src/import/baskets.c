/*
 * Lines of "item,item,...", as market basket analysis has them: each line an order of a customer whom nobody knows,
 * without a time. The order is named by its line, so that importing the same file again adds nothing.
 */
#include <stdio.h>

#include "base/number.h"
#include "import/source.h"
#include "import/words.h"

static int put_basket(vt_source *source, vt_str name, const vt_str *items, size_t n, vt_error *err)
{
    int status = VT_OK;
    size_t put = 0;
    for (size_t i = 0; status == VT_OK && i < n; i++) {
        vt_event event;
        vt_event_init(&event);
        event.item = vt_trim(items[i]);
        event.session = name;
        event.kind = source->options->event_kind_given ? source->options->event_kind : VT_EVENT_PURCHASE;
        event.order_id = event.kind == VT_EVENT_PURCHASE ? name : event.order_id;
        if (!vt_word_nothing(event.item)) {
            status = vt_sink_event(source->sink, &event, err);
            put++;
        }
    }
    return status == VT_OK && put == 0 ? vt_sink_reject(source->sink, err, "no items", "a basket without items")
                                       : status;
}

static int read_file(vt_source *source, const char *path, vt_error *err)
{
    vt_stream *stream = NULL;
    vt_csv *csv = NULL;
    const vt_str *items = NULL;
    size_t n = 0;
    char name[64];
    int status = vt_source_open(source, &stream, path, err);
    if (status == VT_OK) {
        status = vt_source_table(source, &csv, stream, err);
    }
    while (status == VT_OK) {
        status = vt_source_csv_row(source, csv, &items, &n, err);
        if (status != VT_OK || n == 0) {
            break;
        }
        snprintf(name, sizeof name, "basket-%lld", (long long)vt_csv_line(csv));
        status = put_basket(source, vt_str_of(name), items, n, err);
    }
    vt_csv_free(csv);
    vt_source_close(source, stream);
    return status;
}

int vt_source_baskets(vt_source *source, vt_error *err)
{
    int status = VT_OK;
    for (size_t i = 0; status == VT_OK && i < source->options->n_paths; i++) {
        status = read_file(source, source->options->paths[i], err);
    }
    return status;
}
