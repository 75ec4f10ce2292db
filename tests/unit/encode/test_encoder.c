/*
 * Encoders: known vectors of small networks, the same for any batch and any number of threads, and a sentence for every
 * folder that is not what its manifest says.
 */
#include "encoders.h"
#include "fault.h"

#include <math.h>

#include "base/hash.h"
#include "encode/manifest.h"

static void check_vector(const float *vector, const double *expected, size_t d)
{
    double square = 0.0;
    for (size_t k = 0; k < d; k++) {
        square += expected[k] * expected[k];
    }
    for (size_t k = 0; k < d; k++) {
        if (fabs((double)vector[k] - expected[k] / sqrt(square)) > 1e-6) {
            fail_msg("number %zu is %g, %g is expected", k, (double)vector[k], expected[k] / sqrt(square));
        }
    }
}

/* Ids: [CLS] 2, [SEP] 3, red 4, blue 5, shoe 6, ##s 7. A token's row is (1, id, 0, 0). */
static void texts_have_the_mean_of_their_tokens(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_encoder *encoder = NULL;
    scratch s;
    scratch_init(&s);
    put_encoder(&s, "tiny-text");
    if (open_encoder(&encoder, "tiny-text", 2)) {
        const vt_str texts[] = {vt_str_of("red"), vt_str_of("Blue shoes shoes"), vt_str_of("")};
        float vectors[3 * 4];
        check_ok(vt_encoder_texts(encoder, texts, 3, vectors, &err));
        check_vector(vectors, (const double[]){1, (2 + 4 + 3) / 3.0, 0, 0}, 4);
        check_vector(vectors + 4, (const double[]){1, (2 + 5 + 6 + 7 + 6 + 7 + 3) / 7.0, 0, 0}, 4);
        check_vector(vectors + 8, (const double[]){1, 2.5, 0, 0}, 4);
        const vt_encoder_info *info = vt_encoder_describe(encoder);
        assert_string_equal(info->name, "tiny-text");
        assert_int_equal(info->dimensions, 4);
        assert_int_equal(info->max_length, 16);
        assert_int_equal(strlen(info->hash), 64);
        vt_encoder_close(encoder);
        put_encoder(&s, "tiny-cls");
        assert_true(open_encoder(&encoder, "tiny-cls", 1));
        check_ok(vt_encoder_texts(encoder, texts, 3, vectors, &err));
        check_vector(vectors + 4, (const double[]){1, 2, 0, 0}, 4);
        vt_encoder_close(encoder);
    }
    scratch_done(&s);
}

/* 10,000 texts (more than a chunk), together and alone, on one thread and three. */
static void company_does_not_matter(void **state)
{
    (void)state;
    enum { N = 10000 };
    static const char *const words[] = {"red", "blue", "shoe", "shoes", "shirt", ".", "unknown"};
    vt_error err = VT_ERROR_INIT;
    vt_encoder *one = NULL, *three = NULL;
    scratch s;
    scratch_init(&s);
    put_encoder(&s, "tiny-text");
    if (open_encoder(&one, "tiny-text", 1) && open_encoder(&three, "tiny-text", 3)) {
        static char text[N][128];
        static vt_str texts[N];
        static float a[N * 4], b[N * 4];
        for (size_t i = 0; i < N; i++) {
            size_t len = 0;
            for (size_t k = 0; k < i * 7919 % 20; k++) {
                len += (size_t)snprintf(text[i] + len, sizeof text[i] - len, "%s ", words[(i + k * i) % 6]);
            }
            texts[i] = (vt_str){text[i], len};
        }
        check_ok(vt_encoder_texts(one, texts, N, a, &err));
        check_ok(vt_encoder_texts(three, texts, N, b, &err));
        assert_memory_equal(a, b, sizeof a);
        for (size_t i = 0; i < N; i += 501) {
            check_ok(vt_encoder_texts(one, &texts[i], 1, b, &err));
            for (size_t k = 0; k < 4; k++) {
                assert_true(fabsf(a[4 * i + k] - b[k]) < 1e-5F);
            }
        }
    }
    vt_encoder_close(one);
    vt_encoder_close(three);
    scratch_done(&s);
}

static void photos_have_their_vectors(void **state)
{
    (void)state;
    enum { N = 11, EACH = 3 * 64 };
    vt_error err = VT_ERROR_INIT;
    vt_encoder *encoder = NULL;
    scratch s;
    scratch_init(&s);
    put_encoder(&s, "tiny-image");
    if (open_encoder(&encoder, "tiny-image", 2)) {
        static float pixels[N * EACH], vectors[N * 3];
        for (size_t i = 0; i < N * EACH; i++) {
            size_t photo = i / EACH, colour = i % EACH / 64;
            pixels[i] = (float)(colour == 0 ? photo : colour);
        }
        check_ok(vt_encoder_images(encoder, pixels, N, vectors, &err));
        for (size_t i = 0; i < N; i++) {
            check_vector(vectors + 3 * i, (const double[]){(double)i, 1, 2}, 3);
        }
        assert_int_equal(vt_encoder_recipe(encoder)->size, 8);
        memset(pixels, 0, sizeof pixels); /* a vector of zeros has no direction */
        assert_int_equal(vt_encoder_images(encoder, pixels, 1, vectors, &err), VT_ERR_CORRUPT);
        assert_non_null(strstr(err.message, "finite"));
        vt_encoder_close(encoder);
    }
    scratch_done(&s);
}

static void not_finite_is_refused(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_encoder *encoder = NULL;
    scratch s;
    scratch_init(&s);
    put_encoder(&s, "tiny-text");
    put_encoder(&s, "tiny-nan");
    if (open_encoder(&encoder, "tiny-text", 1)) {
        vt_encoder_close(encoder);
        encoder = NULL;
        assert_int_equal(vt_encoder_open(&encoder, "tiny-nan", 1, &err), VT_ERR_CORRUPT);
        assert_non_null(strstr(err.message, "finite"));
        assert_null(encoder);
    }
    scratch_done(&s);
}

/* Replaces `from` by `to`, of any length, in the manifest of an encoder. */
static void edit(scratch *s, const char *encoder, const char *file, const char *from, const char *to)
{
    vt_error err = VT_ERROR_INIT;
    char name[128], out[16384];
    char *bytes = NULL;
    size_t size = 0;
    snprintf(name, sizeof name, "encoders/%s/%s", encoder, file);
    check_ok(vt_file_read(&bytes, &size, scratch_path(s, name), sizeof out, &err));
    char *at = strstr(bytes, from);
    assert_non_null(at);
    int n = snprintf(out, sizeof out, "%.*s%s%s", (int)(at - bytes), bytes, to, at + strlen(from));
    scratch_write(s, name, out, (size_t)n);
    vt_free(bytes);
}

/* What is wrong before OpenVINO is asked. */
static void wrong_folders_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *encoder, *file, *from, *to;
        int status;
        const char *says;
    } cases[] = {
        {"tiny-text", "vocab.txt", "red", "rad", VT_ERR_CORRUPT, "vocab.txt is not the file of the manifest"},
        {"tiny-text", "model.xml", "tiny", "tine", VT_ERR_CORRUPT, "model.xml"},
        {"tiny-text", "manifest.json", "\"format\": 1", "\"format\": 2", VT_ERR_VERSION, "newer"},
        {"tiny-text", "manifest.json", "\"format\": 1", "\"format\": []", VT_ERR_FORMAT, "format"},
        {"tiny-text", "manifest.json", "{", "[", VT_ERR_FORMAT, "manifest.json"},
        {"tiny-text", "manifest.json", "\"text\"", "\"sound\"", VT_ERR_FORMAT, "kind"},
        {"tiny-text", "manifest.json", "\"mean\"", "\"sum\"", VT_ERR_FORMAT, "pooling"},
        {"tiny-text", "manifest.json", "16", "1", VT_ERR_FORMAT, "max_length"},
        {"tiny-text", "manifest.json", "16", "100000", VT_ERR_FORMAT, "max_length"},
        {"tiny-text", "manifest.json", "\"dimensions\": 4", "\"dimensions\": -4", VT_ERR_FORMAT, "dimensions"},
        {"tiny-text", "manifest.json", "vocab.txt", "../vocab.txt", VT_ERR_FORMAT, "plain name"},
        {"tiny-text", "manifest.json", "vocab.txt", "words.txt", VT_ERR_FORMAT, "vocab.txt"},
        {"tiny-text", "manifest.json", "model.bin", "other.bin", VT_ERR_CORRUPT, "other.bin is missing"},
        {"tiny-image", "manifest.json", "\"crop\"", "\"stretch\"", VT_ERR_FORMAT, "fit"},
        {"tiny-image", "manifest.json", "255", "0", VT_ERR_FORMAT, "deviation"},
        {"tiny-image", "manifest.json", "\"size\": 8", "\"size\": 80000", VT_ERR_FORMAT, "size"},
        {"tiny-image", "manifest.json", "\"resize\": 8", "\"resize\": 7", VT_ERR_FORMAT, "resize"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        vt_error err = VT_ERROR_INIT;
        vt_encoder *encoder = NULL;
        scratch s;
        scratch_init(&s);
        put_encoder(&s, cases[i].encoder);
        edit(&s, cases[i].encoder, cases[i].file, cases[i].from, cases[i].to);
        int status = vt_encoder_open(&encoder, cases[i].encoder, 1, &err);
        if (status != cases[i].status || strstr(err.message, cases[i].says) == NULL || encoder != NULL) {
            fail_msg("case %zu: status %d, \"%s\"", i, status, err.message);
        }
        scratch_done(&s);
    }
}

/* A manifest that promises what its network does not give. */
static void wrong_promises_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *encoder, *from, *to;
    } cases[] = {
        {"tiny-text", "\"dimensions\": 4", "\"dimensions\": 5"},
        {"tiny-text", "\"mean\"", "\"none\""},
        {"tiny-image", "\"dimensions\": 3", "\"dimensions\": 2"},
        {"tiny-image", "\"size\": 8", "\"size\": 16"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        vt_error err = VT_ERROR_INIT;
        vt_encoder *encoder = NULL;
        scratch s;
        scratch_init(&s);
        put_encoder(&s, cases[i].encoder);
        if (open_encoder(&encoder, cases[i].encoder, 1)) {
            vt_encoder_close(encoder);
            encoder = NULL;
            edit(&s, cases[i].encoder, "manifest.json", cases[i].from, cases[i].to);
            if (i == 3) {
                edit(&s, cases[i].encoder, "manifest.json", "\"resize\": 8", "\"resize\": 16");
            }
            int status = vt_encoder_open(&encoder, cases[i].encoder, 1, &err);
            if (status != VT_ERR_CORRUPT || encoder != NULL) {
                fail_msg("case %zu: status %d, \"%s\"", i, status, err.message);
            }
        }
        scratch_done(&s);
    }
}

/* An ONNX whose weights are said to lie elsewhere is not handed to OpenVINO. */
static void weights_elsewhere_are_refused(void **state)
{
    (void)state;
    static const char *const places[] = {"\x12\x0b/etc/passwd", "\x12\x0a../key.bin", "\x12\x7fshort", "", NULL};
    for (size_t i = 0; i == 0 || places[i - 1] != NULL; i++) {
        vt_error err = VT_ERROR_INIT;
        vt_encoder *encoder = NULL;
        scratch s;
        scratch_init(&s);
        put_encoder(&s, "tiny-image");
        char onnx[64], hash[65], entry[128];
        unsigned char sum[32];
        int n = snprintf(onnx, sizeof onnx, "onnx \x0a\x08%s%s", places[i] == NULL ? "other" : "location",
                         places[i] == NULL ? "" : places[i]);
        scratch_write(&s, "encoders/tiny-image/a.onnx", onnx, (size_t)n);
        vt_sha256(sum, onnx, (size_t)n);
        vt_hex(hash, sum, sizeof sum);
        snprintf(entry, sizeof entry, "\"files\": {\"a.onnx\": \"%s\",", hash);
        edit(&s, "tiny-image", "manifest.json", "\"files\": {", entry);
        int status = vt_encoder_open(&encoder, "tiny-image", 1, &err);
        bool outside = status == VT_ERR_CORRUPT && strstr(err.message, "outside its folder") != NULL;
        assert_int_equal(outside, places[i] != NULL);
        vt_encoder_close(encoder);
        scratch_done(&s);
    }
}

static void what_is_missing_is_said(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_encoder *encoder = NULL;
    scratch s;
    scratch_init(&s);
    put_encoder(&s, "tiny-text");
    assert_int_equal(vt_encoder_open(&encoder, "bert", 1, &err), VT_ERR_NOT_FOUND);
    assert_non_null(strstr(err.message, "tiny-text"));
    assert_int_equal(vt_encoder_open(&encoder, "./no/such/folder", 1, &err), VT_ERR_NOT_FOUND);
    setenv("VITRINE_ENCODERS", "/nonexistent", 1);
    assert_int_equal(vt_encoder_open(&encoder, "minilm", 1, &err), VT_ERR_NOT_FOUND);
    assert_non_null(strstr(err.message, "script/setup"));
    assert_string_equal(vt_encoders_folder(), "/nonexistent");
    scratch_done(&s);
}

/* An open encoder of all-MiniLM-L6-v2 gives PyTorch's vectors (tests/golden/minilm.py). */
static void compare_with_pytorch(vt_encoder *encoder)
{
    enum { D = 384 };
    vt_error err = VT_ERROR_INIT;
    char path[PATH_MAX];
    char *golden = NULL;
    size_t size = 0;
    const char *source = getenv("VITRINE_SOURCE");
    snprintf(path, sizeof path, "%s/tests/golden/minilm.txt", source == NULL ? "." : source);
    check_ok(vt_file_read(&golden, &size, path, 1 << 20, &err));
    int n = 0;
    for (char *line = golden, *end; (end = strchr(line, '\n')) != NULL; n++) {
        const vt_str text = {line, (size_t)(end - line)};
        float vector[D];
        double dot = 0.0, square = 0.0;
        check_ok(vt_encoder_texts(encoder, &text, 1, vector, &err));
        char *at = end + 1;
        for (size_t k = 0; k < D; k++) {
            double expected = strtod(at, &at);
            dot += expected * (double)vector[k];
            square += expected * expected;
        }
        if (dot / sqrt(square) < 0.9999) {
            fail_msg("\"%.*s\": cosine %g to PyTorch's vector", VT_STR_ARGS(text), dot / sqrt(square));
        }
        line = at + 1;
    }
    assert_int_equal(n, 6);
    vt_free(golden);
}

/* The encoder of the folder `from` in the scratch folder, but in bfloat16: what `script/encoders bf16` makes of it. */
static void put_in_bf16(scratch *s, const char *from)
{
    static const char *const files[] = {"model.bin", "model.xml", "vocab.txt"};
    vt_error err = VT_ERROR_INIT;
    char target[PATH_MAX + 64], link[PATH_MAX + 64];
    snprintf(target, sizeof target, "%s/encoders/minilm", s->dir);
    check_ok(vt_dir_create(target, &err));
    for (size_t k = 0; k < sizeof files / sizeof *files; k++) {
        snprintf(target, sizeof target, "%s/%s", from, files[k]);
        snprintf(link, sizeof link, "%s/encoders/minilm/%s", s->dir, files[k]);
        assert_int_equal(symlink(target, link), 0);
    }
    snprintf(target, sizeof target, "%s/encoders", s->dir);
    assert_int_equal(setenv("VITRINE_ENCODERS", target, 1), 0);
    snprintf(target, sizeof target, "%s/manifest.json", from);
    char *manifest = NULL;
    size_t size = 0;
    check_ok(vt_file_read(&manifest, &size, target, 1 << 16, &err));
    char *precision = strstr(manifest, "fp32");
    assert_non_null(precision);
    memcpy(precision, "bf16", 4);
    scratch_write(s, "encoders/minilm/manifest.json", manifest, size);
    vt_free(manifest);
}

/* Where it was built; in bfloat16 the processor multiplies in it where it can. */
static void minilm_agrees_with_pytorch(void **state)
{
    (void)state;
    vt_encoder *encoder = NULL;
    char folder[PATH_MAX], path[PATH_MAX + 64];
    unsetenv("VITRINE_ENCODERS");
    snprintf(folder, sizeof folder, "%s/minilm", vt_encoders_folder());
    snprintf(path, sizeof path, "%s/manifest.json", folder);
    if (!vt_file_exists(path)) {
        print_message("skipped: no %s (script/setup builds it)\n", path);
        return;
    }
    if (!open_encoder(&encoder, "minilm", 2)) {
        return;
    }
    compare_with_pytorch(encoder);
    vt_encoder_close(encoder);
    scratch s;
    scratch_init(&s);
    put_in_bf16(&s, folder);
    assert_true(open_encoder(&encoder, "minilm", 2));
    compare_with_pytorch(encoder);
    vt_encoder_close(encoder);
    scratch_done(&s);
}

/* The same files in another precision are another encoder: its vectors are not mixed with those of the first. */
static void bf16_has_a_hash_of_its_own(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_manifest *manifest = NULL;
    char before[65];
    scratch s;
    scratch_init(&s);
    put_encoder(&s, "tiny-text");
    check_ok(vt_manifest_open(&manifest, "tiny-text", &err));
    assert_false(manifest->bf16);
    snprintf(before, sizeof before, "%s", manifest->hash);
    vt_manifest_close(manifest);
    edit(&s, "tiny-text", "manifest.json", "\"files\": {", "\"precision\": \"bf16\", \"files\": {");
    check_ok(vt_manifest_open(&manifest, "tiny-text", &err));
    assert_true(manifest->bf16);
    assert_string_not_equal(manifest->hash, before);
    vt_manifest_close(manifest);
    vt_encoder *encoder = NULL;
    if (open_encoder(&encoder, "tiny-text", 1)) { /* small numbers are the same in bfloat16 */
        const vt_str text = vt_str_of("red");
        float vector[4];
        check_ok(vt_encoder_texts(encoder, &text, 1, vector, &err));
        assert_true(fabs((double)(vector[1] / vector[0]) - 3.0) < 0.02);
        vt_encoder_close(encoder);
    }
    scratch_done(&s);
}

static int open_it(void *name, vt_error *err)
{
    vt_encoder *encoder = NULL;
    int status = vt_encoder_open(&encoder, name, 2, err);
    assert_true((status == VT_OK) == (encoder != NULL));
    const vt_str texts[] = {vt_str_of("red"), vt_str_of("blue")};
    float vectors[8];
    if (status == VT_OK) {
        status = vt_encoder_texts(encoder, texts, 2, vectors, err);
    }
    vt_encoder_close(encoder);
    return status;
}

static void fails_whole(void **state)
{
    (void)state;
    vt_encoder *encoder = NULL;
    scratch s;
    scratch_init(&s);
    put_encoder(&s, "tiny-text");
    if (open_encoder(&encoder, "tiny-text", 1)) {
        vt_encoder_close(encoder);
        char name[] = "tiny-text";
        assert_in_range(fault_allocations(open_it, name), 10, 500);
    }
    scratch_done(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_have_the_mean_of_their_tokens), cmocka_unit_test(company_does_not_matter),
        cmocka_unit_test(photos_have_their_vectors),           cmocka_unit_test(not_finite_is_refused),
        cmocka_unit_test(wrong_folders_are_refused),           cmocka_unit_test(wrong_promises_are_refused),
        cmocka_unit_test(weights_elsewhere_are_refused),       cmocka_unit_test(what_is_missing_is_said),
        cmocka_unit_test(minilm_agrees_with_pytorch),          cmocka_unit_test(fails_whole),
        cmocka_unit_test(bf16_has_a_hash_of_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
