/* A vocabulary of any bytes: refused with a sentence, or the ids of a text stay below its number of lines. */
#include "file.h"

#include "encode/wordpiece.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    vt_error err = VT_ERROR_INIT;
    vt_wordpiece *wordpiece = NULL;
    int32_t ids[64];
    char path[80];
    fuzz_write_file(path, data, size);
    int status = vt_wordpiece_open(&wordpiece, path, size % 2 == 0, &err);
    unlink(path);
    if (status != VT_OK) {
        fuzz_require(status == VT_ERR_FORMAT && err.message[0] != '\0' && wordpiece == NULL);
        return 0;
    }
    int32_t lines = 1;
    for (size_t i = 0; i < size; i++) {
        lines += data[i] == '\n';
    }
    size_t n = vt_wordpiece_encode(wordpiece, (vt_str){(const char *)data, size}, ids, 64);
    fuzz_require(n >= 2 && n <= 64);
    for (size_t i = 0; i < n; i++) {
        fuzz_require(ids[i] >= 0 && ids[i] < lines);
    }
    fuzz_require(vt_wordpiece_pad(wordpiece) < lines);
    vt_wordpiece_close(wordpiece);
    return 0;
}
