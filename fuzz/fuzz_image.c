/* Photos: what decodes stays within the caps, at full and at reduced size, and becomes finite numbers. */
#include "fuzz.h"

#include <math.h>

#include "base/limits.h"
#include "encode/image.h"

enum { SIDE = 8 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    float pixels[3 * SIDE * SIDE];
    for (int use = 0; use < 3; use++) { /* whole, small, the middle */
        vt_error err = VT_ERROR_INIT;
        vt_image image = {0};
        const vt_image_recipe need = {
            .size = SIDE, .resize = SIDE + 1, .fit = use == 1 ? VT_IMAGE_LETTERBOX : VT_IMAGE_CROP};
        int status = vt_image_decode(&image, data, size, use == 0 ? NULL : &need, &err);
        if (status != VT_OK) {
            fuzz_require(status == VT_ERR_FORMAT || status == VT_ERR_CORRUPT || status == VT_ERR_LIMIT ||
                         status == VT_ERR_UNSUPPORTED);
            fuzz_require(err.message[0] != '\0' && image.rgb == NULL);
            continue;
        }
        fuzz_require(image.width > 0 && image.height > 0);
        fuzz_require((size_t)image.width * (size_t)image.height <= VT_IMAGE_PIXELS_MAX);
        for (vt_image_fit fit = VT_IMAGE_CROP; fit <= VT_IMAGE_LETTERBOX; fit++) {
            vt_image_recipe recipe = {.size = SIDE, .resize = SIDE + 1, .fit = fit, .deviation = {1, 1, 1}};
            fuzz_require(vt_image_prepare(pixels, &image, &recipe, &err) == VT_OK);
            for (size_t i = 0; i < sizeof pixels / sizeof pixels[0]; i++) {
                fuzz_require(pixels[i] >= -0.01F && pixels[i] <= 255.01F);
            }
        }
        vt_image_done(&image);
    }
    return 0;
}
