#include "api/opened.h"

#include "base/context.h"
#include "base/fail.h"
#include "base/memory.h"
#include "container/gzip.h"

#define HEAD_SIZE ((size_t)128 << 10)

static lqi_sniffed sniff(const lqi_view *bytes)
{
    return lqi_sniff(bytes->data, bytes->size < HEAD_SIZE ? bytes->size : HEAD_SIZE, bytes->size);
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
    bool unreadable = front.kind == LQI_KIND_UNKNOWN || front.kind == LQI_KIND_FOREIGN;
    if (unreadable && lqi_zip_has_end(opened->bytes.data, opened->bytes.size)) sniffed.kind = LQI_KIND_ZIP;
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
