/* --event and --history of the commands that answer somebody. */
#include "given_events.h"

#include <inttypes.h>

const vt_option vt_options_events[] = {
    {.name = "event",
     .type = VT_OPTION_TEXT,
     .repeated = true,
     .value = "ITEM[:TYPE][@TIME]",
     .help = "something that was done, which the shop need not know: JUG-1, JUG-1@2026-11-01, JUG-1:view, "
             "JUG-1:rating=4@2026-11-01; a purchase of now where nothing else is said"},
    {.name = "history",
     .type = VT_OPTION_TEXT,
     .value = "FILE",
     .words = VT_WORDS_FILES,
     .help = "such events as CSV with the columns item, time, type, value, of which item is needed"},
    {.name = NULL},
};

void vt_cli_note_ignored(const vt_cli *cli, int64_t n)
{
    if (n > 0) {
        vt_display_note(cli->display, "%" PRId64 " of the given events %s of types that the model does not count", n,
                        n == 1 ? "is" : "are");
    }
}

int vt_cli_read_events(vt_given_events *out, const vt_args *args, vt_error *err)
{
    int status = VT_OK;
    for (size_t i = 0; status == VT_OK && i < vt_args_count(args, "event"); i++) {
        status = vt_given_events_add(out, vt_args_at(args, "event", i), err);
    }
    const char *path = vt_args_text(args, "history");
    return status == VT_OK && path != NULL ? vt_given_events_read(out, path, err) : status;
}
