/*
 * Encoders for tests: small ones made by tests/data/make_encoders.py, in a folder of the test's own. Tests that need
 * OpenVINO ask for it first.
 */
#ifndef VT_TEST_ENCODERS_H
#define VT_TEST_ENCODERS_H

#include "scratch.h"

#include "base/alloc.h"
#include "base/file.h"
#include "encode/encoder.h"

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define VT_UNDER_TSAN
#endif
#endif

typedef struct copying {
    const char *from;
    const char *to;
} copying;

static inline int copy_encoder_file(void *context, const char *name)
{
    vt_error err = VT_ERROR_INIT;
    const copying *c = context;
    char path[PATH_MAX];
    char *bytes = NULL;
    size_t size = 0;
    snprintf(path, sizeof path, "%s/%s", c->from, name);
    check_ok(vt_file_read(&bytes, &size, path, 1 << 20, &err));
    snprintf(path, sizeof path, "%s/%s", c->to, name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    fclose(file);
    vt_free(bytes);
    return 0;
}

/** Puts the small encoder into the folder `encoders` of the scratch folder, and has the program look there. */
static inline void put_encoder(scratch *s, const char *name)
{
    vt_error err = VT_ERROR_INIT;
    char from[PATH_MAX], to[PATH_MAX];
    const char *source = getenv("VITRINE_SOURCE");
    snprintf(to, sizeof to, "%s/encoders", s->dir);
    assert_int_equal(setenv("VITRINE_ENCODERS", to, 1), 0);
    snprintf(from, sizeof from, "%s/tests/data/encoders/%s", source == NULL ? "." : source, name);
    snprintf(to, sizeof to, "%s/encoders/%s", s->dir, name);
    check_ok(vt_dir_create(to, &err));
    copying c = {from, to};
    check_ok(vt_dir_list(from, copy_encoder_file, &c, &err));
}

/** Opens an encoder; false with a message when OpenVINO is not to be had, which skips the test. */
static inline bool open_encoder(vt_encoder **out, const char *name, int threads)
{
#ifdef VT_UNDER_TSAN
    (void)out;
    (void)name;
    (void)threads;
    print_message("skipped: OpenVINO's own threads are not seen by ThreadSanitizer\n");
    return false;
#else
    vt_error err = VT_ERROR_INIT;
    int status = vt_encoder_open(out, name, threads, &err);
    if (status == VT_ERR_UNSUPPORTED) {
        print_message("skipped: %s\n", err.message);
        return false;
    }
    check_ok(status);
    return true;
#endif
}

#endif
