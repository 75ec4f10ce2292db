/* Files that nobody named a kind for: what is recognised is imported so, in each of the named mappings too. */
#include "importing.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[64];
    size_t n = 0;
    vt_import_options options;
    vt_import_guess guess = {.kind = NULL};
    vt_error err = VT_ERROR_INIT;
    const vt_import_like *likes = vt_import_likes(&n);
    int fd = fuzz_file(path, data, size);
    if (vt_import_recognise(&guess, path, &err) == VT_OK) {
        fuzz_require(guess.kind != NULL && guess.why[0] != '\0');
    } else {
        fuzz_require(err.code != VT_OK && err.message[0] != '\0');
    }
    vt_import_options_init(&options);
    options.kind = "csv";
    options.like = likes[size == 0 ? 0 : data[size - 1] % n].name;
    fuzz_import(&options, path);
    close(fd);
    return 0;
}
