/* Names that the library knows, for completions and suggestions. */
#include <string.h>

#include "cli.h"
#include "vitrine/importer.h"
#include "vitrine/model.h"

static const char *const splits[] = {"leave-one-out",  "leave-last-out",    "time:0.8,0.1,0.1",
                                     "ratio:0.75",     "ratio-global:0.75", "kfold:5",
                                     "cold-items:0.1", "cold-users:0.1",    "given"};
static const char *const shells[] = {"bash", "zsh", "fish"};

const char *vt_words_at(vt_words words, size_t index)
{
    size_t n = 0;
    switch (words) {
    case VT_WORDS_IMPORT_KINDS: {
        const vt_import_kind *kinds = vt_import_kinds(&n);
        return index < n ? kinds[index].name : NULL;
    }
    case VT_WORDS_IMPORT_LIKES: {
        const vt_import_like *likes = vt_import_likes(&n);
        return index < n ? likes[index].name : NULL;
    }
    case VT_WORDS_MODEL_KINDS: {
        const vt_model_kind *const *kinds = vt_model_kinds(&n);
        return index < n ? kinds[index]->name : NULL;
    }
    case VT_WORDS_EVENT_KINDS:
        return index < VT_EVENT_KINDS ? vt_event_kind_name((int)index) : NULL;
    case VT_WORDS_SPLITS:
        return index < sizeof splits / sizeof splits[0] ? splits[index] : NULL;
    case VT_WORDS_SHELLS:
        return index < sizeof shells / sizeof shells[0] ? shells[index] : NULL;
    case VT_WORDS_COMMANDS:
        return index < vt_n_commands ? vt_commands[index]->name : NULL;
    case VT_WORDS_NONE:
    case VT_WORDS_FILES:
    case VT_WORDS_FOLDERS:
        break;
    }
    return NULL;
}
