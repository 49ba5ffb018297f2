#include "api/opened.h"

#include <string.h>

#include "base/context.h"
#include "base/fail.h"
#include "base/memory.h"
#include "container/gzip.h"

#define HEAD_SIZE ((size_t)128 << 10)
#define TAIL_SIZE ((size_t)22 + 65535) /* the end record of an archive and the longest comment */

static lqi_sniffed sniff(const lqi_view *bytes)
{
    return lqi_sniff(bytes->data, bytes->size < HEAD_SIZE ? bytes->size : HEAD_SIZE, bytes->size);
}

/* Something stands in front of an archive, a program that unpacks it: the end of the file says what it is. */
static bool ends_like_archive(const lqi_view *bytes)
{
    size_t from = bytes->size > TAIL_SIZE ? bytes->size - TAIL_SIZE : 0;
    for (size_t at = bytes->size; at >= from + 22;) {
        const uint8_t *found = memrchr(bytes->data + from, 'P', at - from - 21);
        if (!found) return false;
        if (memcmp(found, "PK\5\6", 4) == 0) return true;
        at = (size_t)(found - bytes->data) + 21;
    }
    return false;
}

static lq_status open_archive(lq_context *context, int depth, int lenient, lqi_opened *opened)
{
    lq_source_memory(opened->bytes.data, opened->bytes.size, NULL, &opened->source);
    LQI_TRY(lqi_zip_open(context, &opened->source, &opened->zip));
    if (lqi_threemf_detect(opened->zip)) return lqi_threemf_open(context, opened->zip, lenient, &opened->threemf);
    if (depth > 0)
        return lqi_fail(context, LQI_ZIP_NESTED, 0, "This is an archive inside an archive; unpack it first.");
    return LQ_OK;
}

lq_status lqi_opened_open(lq_context *context, const lq_source *source, int depth, int lenient, lqi_opened *opened)
{
    *opened = (lqi_opened){0};
    lq_status status;
    LQI_TRY_GOTO(lqi_source_view(context, source, &opened->bytes));
    lqi_sniffed sniffed = sniff(&opened->bytes);
    if (sniffed.kind == LQI_KIND_GZIP) {
        uint8_t *data;
        size_t size;
        LQI_TRY_GOTO(lqi_gunzip(context, opened->bytes.data, opened->bytes.size, &data, &size));
        lqi_view_free(context, &opened->bytes);
        opened->bytes = (lqi_view){data, size, data};
        opened->gzipped = true;
        sniffed = sniff(&opened->bytes);
    }
    const lqi_sniffed front = sniffed;
    bool is_stub = sniffed.kind == LQI_KIND_UNKNOWN || sniffed.kind == LQI_KIND_FOREIGN;
    if (is_stub && ends_like_archive(&opened->bytes)) sniffed.kind = LQI_KIND_ZIP;
    opened->kind = sniffed.kind;
    if (sniffed.kind == LQI_KIND_ZIP) {
        status = open_archive(context, depth, lenient, opened);
        if (front.kind == LQI_KIND_FOREIGN && (status == LQ_ERR_INPUT || status == LQ_ERR_UNSUPPORTED)) {
            lqi_begin(context); /* it is what it looks like, whatever its last bytes are */
            status = lqi_sniff_fail(context, front);
        }
    } else if (sniffed.kind == LQI_KIND_STL_BINARY || sniffed.kind == LQI_KIND_STL_ASCII)
        status = LQ_OK;
    else if (sniffed.kind == LQI_KIND_GZIP) {
        status = lqi_fail(context, LQI_UNSUPPORTED_COMPRESSION, 0, "The file is compressed twice with gzip.");
        lqi_fail_detected(context, "gzip");
    } else
        status = lqi_sniff_fail(context, sniffed);
done:
    if (status != LQ_OK) lqi_opened_close(context, opened);
    return status;
}

void lqi_opened_close(lq_context *context, lqi_opened *opened)
{
    if (opened->threemf) lqi_threemf_close(opened->threemf);
    if (opened->zip) lqi_zip_close(opened->zip);
    lqi_view_free(context, &opened->bytes);
    lqi_free(context, opened->unzipped);
    *opened = (lqi_opened){0};
}

lq_format lqi_opened_format(const lqi_opened *opened)
{
    if (opened->threemf) return LQ_FORMAT_3MF;
    if (opened->zip) return LQ_FORMAT_ZIP;
    return opened->kind == LQI_KIND_STL_BINARY ? LQ_FORMAT_STL_BINARY : LQ_FORMAT_STL_ASCII;
}
