/* `encode` within other commands; it encodes nothing twice, so it costs a pass over the catalogue. */
#include "fresh_vectors.h"

#include <inttypes.h>

#include "vitrine/encoder.h"

int vt_cli_vectors_refresh(vt_cli *cli, vt_shop *shop, unsigned vectors, vt_error *err)
{
    vt_encode_options options;
    vt_encode_report report;
    vt_error why = VT_ERROR_INIT;
    if (vectors == 0) {
        return VT_OK;
    }
    vt_encode_options_init(&options);
    options.skip_text = (vectors & VT_VECTORS_TEXT) == 0;
    options.skip_image = (vectors & VT_VECTORS_IMAGE) == 0;
    options.threads = cli->threads;
    options.progress = &cli->progress;
    int status = vt_encode_shop(&report, shop, &options, &why);
    vt_display_end(cli->display);
    if (status == VT_ERR_CANCELLED || status == VT_ERR_NO_MEMORY) {
        return vt_fail(err, why.code, "%s", why.message);
    }
    if (status != VT_OK) {
        vt_display_note(cli->display, "vectors of what is new were not made: %s", why.message);
        return VT_OK;
    }
    int64_t texts = report.text.encoded;
    int64_t photos = report.image.encoded;
    if (texts > 0 || photos > 0) {
        vt_display_note(cli->display,
                        "encoded %" PRId64 " texts and %" PRId64
                        " photos first: models asked for need their vectors, which were missing or of older content",
                        texts, photos);
    }
    return VT_OK;
}
