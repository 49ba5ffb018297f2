/* Pictures that programs saved with a project: found by name, told by their first bytes, never decoded. */
#include "format/threemf_details.h"

#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"

#define HEAD_SIZE \
    24 /* signature, then length, name, width and height of the first chunk: PNG, third edition, 5.2, 11.2.1 */
#define SIDE_MAX INT32_MAX /* the same, 11.2.1 */

static uint32_t load_big_endian(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void tell_head(const uint8_t *head, size_t size, lq_thumbnail *told)
{
    static const uint8_t png[8] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
    static const uint8_t first_chunk[8] = {0, 0, 0, 13, 'I', 'H', 'D', 'R'};
    told->format = LQ_PICTURE_UNKNOWN;
    if (size >= 3 && head[0] == 0xFF && head[1] == 0xD8 && head[2] == 0xFF) told->format = LQ_PICTURE_JPEG;
    if (size < sizeof png || memcmp(head, png, sizeof png) != 0) return;
    told->format = LQ_PICTURE_PNG;
    if (size < HEAD_SIZE || memcmp(head + 8, first_chunk, sizeof first_chunk) != 0) return;
    uint32_t width = load_big_endian(head + 16), height = load_big_endian(head + 20);
    if (width == 0 || height == 0 || width > SIDE_MAX || height > SIDE_MAX) return;
    told->width = width;
    told->height = height;
}

/* Damage of a picture is nobody's concern until it is asked for. */
static lq_status look_at(lqi_threemf *threemf, size_t entry, lqi_picture *picture)
{
    const lqi_zip_entry *from = lqi_zip_entry_at(threemf->zip, entry);
    uint8_t head[HEAD_SIZE];
    size_t got;
    *picture = (lqi_picture){.entry = entry, .told = {.entry = from->name, .size = from->size}};
    lq_status status = lqi_zip_peek(threemf->zip, entry, head, sizeof head, &got);
    if (status == LQ_OK)
        tell_head(head, got, &picture->told);
    else if (status == LQ_ERR_INPUT || status == LQ_ERR_UNSUPPORTED)
        lqi_begin(threemf->context);
    else
        return status;
    return LQ_OK;
}

/* The first candidate that is a picture, else the first that is there at all. */
static lq_status consider(lqi_threemf *threemf, const char *target, lqi_picture *chosen)
{
    if (!target || !*target || chosen->told.format != LQ_PICTURE_UNKNOWN) return LQ_OK;
    size_t entry = lqi_package_look(threemf, target);
    if (entry == SIZE_MAX || lqi_zip_entry_at(threemf->zip, entry)->directory) return LQ_OK;
    lqi_picture picture;
    LQI_TRY(look_at(threemf, entry, &picture));
    if (!chosen->told.entry || picture.told.format != LQ_PICTURE_UNKNOWN) *chosen = picture;
    return LQ_OK;
}

lq_status lqi_pictures_find(lqi_threemf *threemf, lqi_picture *whole, lqi_picture *of_plates)
{
    *whole = (lqi_picture){0};
    for (size_t i = 0; i < LQI_FILE_PICTURES; i++) LQI_TRY(consider(threemf, threemf->picture_targets[i], whole));
    LQI_TRY(consider(threemf, "Metadata/thumbnail.png", whole));
    for (size_t i = 0; i < threemf->plate_count; i++) {
        const lqi_threemf_plate *plate = &threemf->plates[i];
        char name[40];
        of_plates[i] = (lqi_picture){0};
        if (plate->source != LQ_PLATE_FILE) continue;
        for (size_t k = 0; plate->pictures && k < LQI_PLATE_PICTURES; k++)
            LQI_TRY(consider(threemf, plate->pictures[k], &of_plates[i]));
        snprintf(name, sizeof name, "Metadata/plate_%u.png", (unsigned)plate->number);
        LQI_TRY(consider(threemf, name, &of_plates[i]));
    }
    return LQ_OK;
}

static lq_status refuse(lqi_threemf *threemf, const lqi_picture *picture, lq_status status)
{
    lqi_fail_part(threemf->context, picture->told.entry);
    return status;
}

lq_status lqi_threemf_picture_read(lqi_threemf *threemf, const lqi_picture *picture, uint8_t **data, size_t *size)
{
    lq_context *context = threemf->context;
    *data = NULL;
    *size = 0;
    if (picture->told.size > LQ_THUMBNAIL_SIZE_MAX)
        return refuse(threemf, picture,
                      lqi_fail_over_limit(context, "thumbnail bytes", LQ_THUMBNAIL_SIZE_MAX, picture->told.size));
    LQI_TRY(lqi_zip_read(threemf->zip, picture->entry, data, size));
    lq_thumbnail told = {0};
    tell_head(*data, *size, &told);
    if (told.format != LQ_PICTURE_UNKNOWN) return LQ_OK;
    lqi_free(context, *data);
    *data = NULL;
    *size = 0;
    return refuse(threemf, picture,
                  lqi_fail(context, LQI_UNSUPPORTED_FORMAT, 0, "The preview of the file is neither PNG nor JPEG."));
}
