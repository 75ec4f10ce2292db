/*
 * PNG by libpng, every allocation of which comes through base/alloc. All chunks that do not make the picture (texts,
 * colour profiles: they may unpack to gigabytes) are passed over unread. Rows are expanded to RGB or RGBA in 8 bits.
 */
#include <setjmp.h>
#include <stdbool.h>
#include <string.h>

#include <png.h>

#include "base/alloc.h"
#include "encode/image_formats.h"

enum { SIGNATURE_BYTES = 8, CHUNK_BYTES = 12 }; /* of a chunk: length, type, checksum */
enum { TAIL_BYTES = 8 << 10 };                  /* that may follow the last row's data: checksums and some slack */

typedef struct survey {
    bool ended; /* the last chunk is there */
    int orientation;
} survey;

static survey scan_chunks(const uint8_t *bytes, size_t size)
{
    survey s = {.orientation = 1};
    size_t at = SIGNATURE_BYTES;
    while (!s.ended && size - at >= CHUNK_BYTES) {
        size_t length = png_get_uint_32(bytes + at);
        if (length > size - at - CHUNK_BYTES) {
            break;
        }
        if (memcmp(bytes + at + 4, "eXIf", 4) == 0) {
            s.orientation = vt_exif_orientation(bytes + at + 8, length);
        }
        s.ended = memcmp(bytes + at + 4, "IEND", 4) == 0;
        at += CHUNK_BYTES + length;
    }
    return s;
}

typedef struct job {
    png_structp lib;
    png_infop info;
    jmp_buf back; /* to where decode() gives up */
    const uint8_t *bytes;
    size_t size, at;
    size_t end; /* reading past it is an error */
    bool last;  /* the last row is asked for */
    vt_image image;
    vt_error *err;
    int status;
} job;

static png_voidp take_memory(png_structp lib, png_alloc_size_t size)
{
    job *j = png_get_mem_ptr(lib);
    void *memory = vt_alloc(size, 1, j->err);
    if (memory == NULL) {
        j->status = VT_ERR_NO_MEMORY;
    }
    return memory;
}

static void give_memory(png_structp lib, png_voidp memory)
{
    (void)lib;
    vt_free(memory);
}

static void give_up(png_structp lib, png_const_charp words)
{
    job *j = png_get_error_ptr(lib);
    if (j->status == VT_OK) {
        j->status = vt_fail(j->err, VT_ERR_CORRUPT, "the PNG is damaged: %s", words);
    }
    longjmp(j->back, 1);
}

static void hear(png_structp lib, png_const_charp words)
{
    (void)lib;
    (void)words;
}

static void read_bytes(png_structp lib, png_bytep to, size_t n)
{
    job *j = png_get_io_ptr(lib);
    if (n > j->end - j->at) {
        png_error(lib, j->end == j->size ? "it ends early" : "it unpacks to more than its header says");
    }
    memcpy(to, j->bytes + j->at, n);
    j->at += n;
}

/* libpng would go on unpacking to the end of the data, gigabytes maybe: once the last row is there it gets no more. */
static void expect_end(job *j)
{
    j->end = j->size - j->at > TAIL_BYTES ? j->at + TAIL_BYTES : j->size;
}

static void see_row(png_structp lib, png_row_infop info, png_bytep row)
{
    job *j = png_get_user_transform_ptr(lib);
    (void)info;
    (void)row;
    if (j->last) {
        expect_end(j);
    }
}

static int read_rows(job *j, int passes, bool alpha)
{
    size_t width = png_get_image_width(j->lib, j->info), height = png_get_image_height(j->lib, j->info);
    size_t stride = png_get_rowbytes(j->lib, j->info);
    j->image = (vt_image){(int)width, (int)height, vt_alloc(stride * height, 1, j->err)};
    if (j->image.rgb == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (int pass = 0; pass < passes; pass++) {
        for (size_t y = 0; y < height; y++) {
            j->last = pass == passes - 1 && y == height - 1;
            if (j->last && passes > 1 && height % 2 == 1) {
                expect_end(j); /* the last pass has odd rows only: this one was there before */
            }
            png_read_row(j->lib, j->image.rgb + y * stride, NULL);
        }
    }
    if (alpha) {
        vt_image_flatten(j->image.rgb, width * height);
    }
    return j->status; /* not VT_OK when libpng went on without memory it had asked for */
}

/* Errors of libpng come back through the second return of setjmp; what was allocated hangs on the job. */
static int decode(job *j)
{
    if (setjmp(j->back) != 0) {
        return j->status;
    }
    j->lib = png_create_read_struct_2(PNG_LIBPNG_VER_STRING, j, give_up, hear, j, take_memory, give_memory);
    j->info = j->lib == NULL ? NULL : png_create_info_struct(j->lib);
    if (j->info == NULL) {
        return j->status != VT_OK ? j->status : vt_fail(j->err, VT_ERR_NO_MEMORY, "not enough memory for the PNG");
    }
    png_set_keep_unknown_chunks(j->lib, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
    png_set_user_limits(j->lib, PNG_UINT_31_MAX, PNG_UINT_31_MAX); /* vt_image_admit() says it better */
    png_set_read_fn(j->lib, j, read_bytes);
    png_read_info(j->lib, j->info);
    bool alpha = (png_get_color_type(j->lib, j->info) & PNG_COLOR_MASK_ALPHA) != 0 ||
                 png_get_valid(j->lib, j->info, PNG_INFO_tRNS) != 0;
    uint32_t width = png_get_image_width(j->lib, j->info), height = png_get_image_height(j->lib, j->info);
    uint64_t bytes = (uint64_t)height * width * (alpha ? 4 : 3);
    int status = vt_image_admit("PNG", width, height, bytes, j->err);
    if (status != VT_OK) {
        return status;
    }
    png_set_expand(j->lib);
    png_set_scale_16(j->lib);
    png_set_gray_to_rgb(j->lib);
    png_set_read_user_transform_fn(j->lib, see_row);
    png_set_user_transform_info(j->lib, j, 0, 0);
    int passes = png_set_interlace_handling(j->lib);
    png_read_update_info(j->lib, j->info);
    return read_rows(j, passes, alpha);
}

int vt_png_decode(vt_stored_image *out, const uint8_t *bytes, size_t size, const vt_image_recipe *recipe, vt_error *err)
{
    (void)recipe; /* unpacking a PNG at a smaller scale takes as long */
    survey s = scan_chunks(bytes, size);
    job j = {.bytes = bytes, .size = size, .end = size, .err = err};
    int status = decode(&j);
    if (status == VT_OK && !s.ended) {
        status = vt_fail(err, VT_ERR_CORRUPT, "the PNG ends early, after %zu bytes: its end is missing", size);
    }
    png_destroy_read_struct(&j.lib, &j.info, NULL);
    if (status != VT_OK) {
        vt_image_done(&j.image);
        return status;
    }
    *out = (vt_stored_image){j.image, s.orientation};
    return VT_OK;
}
