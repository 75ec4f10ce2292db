/*
 * JPEG by libjpeg-turbo's own interface rather than TurboJPEG's: it tells one warning from another, so that a damaged
 * photo is refused and one with stray bytes between its parts is not, and it holds its memory under a cap. Markers are
 * walked before decoding: that counts the scans (each is a pass over the whole photo, and a small file can have
 * thousands), finds the EXIF block and sees whether the file ends where it should.
 */
#include <setjmp.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <jpeglib.h>

#include <jerror.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "encode/image_formats.h"

enum {
    MARKER_TEM = 0x01,
    MARKER_RST0 = 0xD0,
    MARKER_SOI = 0xD8,
    MARKER_EOI = 0xD9,
    MARKER_SOS = 0xDA,
    MARKER_APP1 = 0xE1
};
enum { ROWS = 16, MARGIN = 4 };

typedef struct survey {
    int scans;
    bool ended; /* the end marker is there */
    int orientation;
} survey;

/* The file's markers, found as libjpeg finds them. */
static survey scan_markers(const uint8_t *bytes, size_t size)
{
    survey s = {.orientation = 1};
    bool exif = false;
    size_t at = 2;
    while (at < size && s.scans <= VT_IMAGE_SCANS_MAX) {
        const uint8_t *mark = memchr(bytes + at, 0xFF, size - at);
        at = mark == NULL ? size : (size_t)(mark - bytes) + 1;
        while (at < size && bytes[at] == 0xFF) {
            at++;
        }
        if (at >= size) {
            break;
        }
        int marker = bytes[at++];
        if (marker == MARKER_EOI) {
            s.ended = true;
            break;
        }
        if (marker <= MARKER_TEM || (marker >= MARKER_RST0 && marker <= MARKER_SOI)) {
            continue; /* a byte of data, or a marker that stands alone */
        }
        size_t length = size - at < 2 ? 0 : (size_t)bytes[at] << 8 | bytes[at + 1];
        if (length < 2 || length > size - at) {
            break;
        }
        if (marker == MARKER_APP1 && !exif && length > 8 && memcmp(bytes + at + 2, "Exif\0", 6) == 0) {
            exif = true;
            s.orientation = vt_exif_orientation(bytes + at + 2, length - 2);
        }
        s.scans += marker == MARKER_SOS;
        at += length;
    }
    return s;
}

typedef struct job {
    struct jpeg_decompress_struct lib;
    struct jpeg_error_mgr errors;
    jmp_buf back; /* to where decode() gives up */
    vt_image image;
    uint8_t *inks; /* (ROWS, width, 4) of a photo in CMYK */
    vt_error *err;
    int status;
} job;

typedef struct span {
    JDIMENSION first, n;
} span;

/* The part of the photo that is decoded. */
typedef struct window {
    span across, down;
} window;

static int status_of(int code)
{
    switch (code) {
    case JERR_OUT_OF_MEMORY:
        return VT_ERR_NO_MEMORY;
    case JERR_IMAGE_TOO_BIG:
    case JERR_NO_BACKING_STORE: /* it wants more than max_memory_to_use */
    case JERR_WIDTH_OVERFLOW:
        return VT_ERR_LIMIT;
    case JERR_BAD_PRECISION:
    case JERR_CCIR601_NOTIMPL:
    case JERR_COMPONENT_COUNT:
    case JERR_CONVERSION_NOTIMPL:
    case JERR_FRACT_SAMPLE_NOTIMPL:
    case JERR_NOT_COMPILED:
    case JERR_SOF_UNSUPPORTED:
        return VT_ERR_UNSUPPORTED;
    default:
        return VT_ERR_CORRUPT;
    }
}

static _Noreturn void give_up(j_common_ptr lib)
{
    job *j = lib->client_data;
    char words[JMSG_LENGTH_MAX];
    lib->err->format_message(lib, words);
    int status = status_of(lib->err->msg_code);
    const char *what = status == VT_ERR_CORRUPT       ? "the JPEG is damaged"
                       : status == VT_ERR_UNSUPPORTED ? "this kind of JPEG cannot be read, save it anew as a usual one"
                       : status == VT_ERR_LIMIT       ? "the JPEG is too large, make it smaller"
                                                      : "not enough memory for the JPEG";
    j->status = vt_fail(j->err, (vt_code)status, "%s: %s", what, words);
    longjmp(j->back, 1);
}

/* Warnings that mean lost or wrong pixels end the decoding; others are of no consequence. */
static void hear(j_common_ptr lib, int level)
{
    int code = lib->err->msg_code;
    if (level < 0 && code != JWRN_EXTRANEOUS_DATA && code != JWRN_ADOBE_XFORM && code != JWRN_JFIF_MAJOR &&
        code != JWRN_BOGUS_PROGRESSION && code != JWRN_BOGUS_ICC && code != JWRN_TOO_MUCH_DATA) {
        give_up(lib);
    }
}

/* Quarters and halves are what libjpeg-turbo has fast code for. */
static void choose_scale(struct jpeg_decompress_struct *lib, const vt_image_recipe *recipe)
{
    int least_side = recipe == NULL ? 0 : recipe->resize;
    unsigned side = lib->image_width < lib->image_height ? lib->image_width : lib->image_height;
    lib->scale_num = 1;
    lib->scale_denom = 1;
    while (least_side > 0 && lib->scale_denom < 8 && side / (lib->scale_denom * 2) >= (unsigned)least_side) {
        lib->scale_denom *= 2;
    }
}

/* Memory of the decoded photo, and with it that of its coefficients where all must be kept. */
static int admit(job *j)
{
    struct jpeg_decompress_struct *lib = &j->lib;
    uint64_t output = (uint64_t)lib->output_width * lib->output_height * 3, bytes = output;
    for (int c = 0; c < lib->num_components && jpeg_has_multiple_scans(lib); c++) {
        const jpeg_component_info *part = &lib->comp_info[c];
        bytes += (uint64_t)part->width_in_blocks * part->height_in_blocks * sizeof(JBLOCK);
    }
    int status = vt_image_admit("JPEG", lib->image_width, lib->image_height, bytes, j->err);
    if (status == VT_OK) {
        lib->mem->max_memory_to_use = (long)(VT_DECODED_IMAGE_BYTES_MAX - output);
    }
    return status;
}

/* Inks as Adobe's programs store them, inverted: 255 is no ink. */
static void lay_inks(uint8_t *rgb, const uint8_t *inks, size_t pixels)
{
    for (size_t i = 0; i < pixels; i++, rgb += 3, inks += 4) {
        for (int c = 0; c < 3; c++) {
            rgb[c] = (uint8_t)((inks[c] * inks[3] + 127) / 255);
        }
    }
}

/* Pixels of a side of `in` that a crop's filter reads, those of the other side being `other`. */
static span middle_of(JDIMENSION in, JDIMENSION other, const vt_image_recipe *recipe)
{
    uint64_t shorter = in < other ? in : other, resize = (uint64_t)recipe->resize;
    uint64_t kept = (shorter * (uint64_t)recipe->size + resize - 1) / resize;
    uint64_t reach = shorter / resize + 2, margin = reach + MARGIN; /* of the filter, and of interpolated colours */
    uint64_t n = kept + 2 * margin;
    return n >= in ? (span){0, in} : (span){(in - (JDIMENSION)n) / 2, (JDIMENSION)n};
}

/* What is to be read; columns are widened to whole blocks. */
static void choose_window(window *w, job *j, const vt_image_recipe *recipe)
{
    struct jpeg_decompress_struct *lib = &j->lib;
    *w = (window){{0, lib->output_width}, {0, lib->output_height}};
    if (recipe != NULL && recipe->fit == VT_IMAGE_CROP && j->inks == NULL) {
        w->across = middle_of(lib->output_width, lib->output_height, recipe);
        w->down = middle_of(lib->output_height, lib->output_width, recipe);
    }
    if (w->across.n < lib->output_width) {
        jpeg_crop_scanline(lib, &w->across.first, &w->across.n);
    }
}

/* Data behind the last row that is needed are unpacked all the same, as they may be damaged: the last row is read. */
static void read_rest(job *j)
{
    struct jpeg_decompress_struct *lib = &j->lib;
    JDIMENSION left = lib->output_height - lib->output_scanline;
    if (left > 1) {
        jpeg_skip_scanlines(lib, left - 1);
    }
    if (left > 0) {
        JSAMPROW row = j->image.rgb + (size_t)(lib->output_height - 1) * (size_t)j->image.width * 3;
        jpeg_read_scanlines(lib, &row, 1);
    }
}

static void read_rows(job *j, const window *w)
{
    struct jpeg_decompress_struct *lib = &j->lib;
    size_t width = (size_t)j->image.width, stride = width * (size_t)lib->output_components;
    JDIMENSION end = w->down.first + w->down.n;
    if (w->down.first > 0) {
        jpeg_skip_scanlines(lib, w->down.first);
    }
    while (lib->output_scanline < end) {
        uint8_t *at = j->image.rgb + ((size_t)lib->output_scanline * width + w->across.first) * 3;
        JSAMPROW rows[ROWS];
        JDIMENSION left = end - lib->output_scanline, n = left < ROWS ? left : ROWS;
        for (size_t r = 0; r < n; r++) {
            rows[r] = (j->inks == NULL ? at : j->inks) + r * stride;
        }
        n = jpeg_read_scanlines(lib, rows, n);
        if (j->inks != NULL) {
            lay_inks(at, j->inks, n * width);
        }
    }
    read_rest(j);
}

/* Errors of libjpeg come back through the second return of setjmp; what was allocated hangs on the job. */
static int decode(job *j, const uint8_t *bytes, size_t size, const vt_image_recipe *recipe)
{
    window w;
    struct jpeg_decompress_struct *lib = &j->lib;
    if (setjmp(j->back) != 0) {
        return j->status;
    }
    jpeg_create_decompress(lib);
    jpeg_mem_src(lib, bytes, (unsigned long)size);
    jpeg_read_header(lib, TRUE);
    lib->out_color_space = lib->num_components == 4 ? JCS_CMYK : JCS_RGB;
    lib->do_block_smoothing = FALSE;
    choose_scale(lib, recipe);
    jpeg_calc_output_dimensions(lib);
    int status = admit(j);
    if (status != VT_OK) {
        return status;
    }
    jpeg_start_decompress(lib);
    j->image.width = (int)lib->output_width;
    j->image.height = (int)lib->output_height;
    j->image.rgb = vt_alloc_zero((size_t)lib->output_width * lib->output_height, 3, j->err);
    if (j->image.rgb == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    if (lib->out_color_space == JCS_CMYK) {
        j->inks = vt_alloc((size_t)lib->output_width * ROWS, 4, j->err);
        if (j->inks == NULL) {
            return VT_ERR_NO_MEMORY;
        }
    }
    choose_window(&w, j, recipe);
    read_rows(j, &w);
    jpeg_finish_decompress(lib);
    return VT_OK;
}

int vt_jpeg_decode(vt_stored_image *out, const uint8_t *bytes, size_t size, const vt_image_recipe *recipe,
                   vt_error *err)
{
    survey s = scan_markers(bytes, size);
    if (s.scans > VT_IMAGE_SCANS_MAX) {
        return vt_fail(err, VT_ERR_LIMIT, "the JPEG has more than %d scans: save it anew", VT_IMAGE_SCANS_MAX);
    }
    if (!s.ended) {
        return vt_fail(err, VT_ERR_CORRUPT, "the JPEG ends early, after %zu bytes: its end marker is missing", size);
    }
    job j = {.err = err};
    j.lib.err = jpeg_std_error(&j.errors);
    j.lib.client_data = &j;
    j.errors.error_exit = give_up;
    j.errors.emit_message = hear;
    int status = decode(&j, bytes, size, recipe);
    jpeg_destroy_decompress(&j.lib);
    vt_free(j.inks);
    if (status != VT_OK) {
        vt_image_done(&j.image);
        return status;
    }
    *out = (vt_stored_image){j.image, s.orientation};
    return VT_OK;
}
