/*
 * Token ids of any bytes: between [CLS] and [SEP], all of the vocabulary, and the ids of a shorter length are the first
 * of a longer one. The first byte chooses lower case.
 */
#include "file.h"

#include <string.h>

#include "encode/wordpiece.h"

static const char vocabulary[] =
    "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\n##a\nb\n##b\ntea\n##s\n[\n]\n#\nA\n##A\ne\n##e\n"
    "\xC3\xA9\n##\xC3\xA9\n\xE8\x8C\xB6\n\xE1\x84\x92\n##\xE1\x85\xA1\n##\xE1\x86\xAB\n";
enum { TOKENS = 24, MOST = 1 << 16 };

/* Opened once for both cases, and kept until the process ends. */
static vt_wordpiece *opened(bool lower_case)
{
    static vt_wordpiece *both[2];
    if (both[lower_case] == NULL) {
        vt_error err = VT_ERROR_INIT;
        char path[80];
        fuzz_write_file(path, vocabulary, sizeof vocabulary - 1);
        fuzz_require(vt_wordpiece_open(&both[lower_case], path, lower_case, &err) == VT_OK);
        unlink(path);
    }
    return both[lower_case];
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0 || size > MOST - 2) {
        return 0;
    }
    static int32_t ids[MOST], fewer[MOST];
    const vt_wordpiece *wordpiece = opened(data[0] % 2 == 0);
    vt_str text = {(const char *)data + 1, size - 1};
    size_t n = vt_wordpiece_encode(wordpiece, text, ids, MOST);
    fuzz_require(n >= 2 && n <= 2 + 3 * text.len && ids[0] == 2 && ids[n - 1] == 3);
    for (size_t i = 0; i < n; i++) {
        fuzz_require(ids[i] >= 0 && ids[i] < TOKENS);
    }
    size_t most = 2 + data[0] / 2;
    size_t few = vt_wordpiece_encode(wordpiece, text, fewer, most);
    fuzz_require(few == (n < most ? n : most) && fewer[few - 1] == 3);
    fuzz_require(memcmp(ids, fewer, (few - 1) * sizeof *ids) == 0);
    return 0;
}
