/* Names of entries as UTF-8. The flag that promises UTF-8 is not asked: writers set it wrongly both ways, and UTF-8 is
 * known when it is seen; anything else is code page 437, as archivers have it. */
#include <libdeflate.h>
#include <string.h>

#include "base/bytes.h"
#include "base/fail.h"
#include "base/memory.h"
#include "container/zip_inside.h"

#define UNICODE_PATH 0x7075 /* Info-ZIP: version, CRC-32 of the name it replaces, name */

/* Code page 437, the controls as the signs that are shown for them. */
static const uint16_t low_signs[32] = {0x2007, 0x263A, 0x263B, 0x2665, 0x2666, 0x2663, 0x2660, 0x2022,
                                       0x25D8, 0x25CB, 0x25D9, 0x2642, 0x2640, 0x266A, 0x266B, 0x263C,
                                       0x25BA, 0x25C4, 0x2195, 0x203C, 0x00B6, 0x00A7, 0x25AC, 0x21A8,
                                       0x2191, 0x2193, 0x2192, 0x2190, 0x221F, 0x2194, 0x25B2, 0x25BC};
static const uint16_t high_signs[129] = {
    0x2302, 0x00C7, 0x00FC, 0x00E9, 0x00E2, 0x00E4, 0x00E0, 0x00E5, 0x00E7, 0x00EA, 0x00EB, 0x00E8, 0x00EF,
    0x00EE, 0x00EC, 0x00C4, 0x00C5, 0x00C9, 0x00E6, 0x00C6, 0x00F4, 0x00F6, 0x00F2, 0x00FB, 0x00F9, 0x00FF,
    0x00D6, 0x00DC, 0x00A2, 0x00A3, 0x00A5, 0x20A7, 0x0192, 0x00E1, 0x00ED, 0x00F3, 0x00FA, 0x00F1, 0x00D1,
    0x00AA, 0x00BA, 0x00BF, 0x2310, 0x00AC, 0x00BD, 0x00BC, 0x00A1, 0x00AB, 0x00BB, 0x2591, 0x2592, 0x2593,
    0x2502, 0x2524, 0x2561, 0x2562, 0x2556, 0x2555, 0x2563, 0x2551, 0x2557, 0x255D, 0x255C, 0x255B, 0x2510,
    0x2514, 0x2534, 0x252C, 0x251C, 0x2500, 0x253C, 0x255E, 0x255F, 0x255A, 0x2554, 0x2569, 0x2566, 0x2560,
    0x2550, 0x256C, 0x2567, 0x2568, 0x2564, 0x2565, 0x2559, 0x2558, 0x2552, 0x2553, 0x256B, 0x256A, 0x2518,
    0x250C, 0x2588, 0x2584, 0x258C, 0x2590, 0x2580, 0x03B1, 0x00DF, 0x0393, 0x03C0, 0x03A3, 0x03C3, 0x00B5,
    0x03C4, 0x03A6, 0x0398, 0x03A9, 0x03B4, 0x221E, 0x03C6, 0x03B5, 0x2229, 0x2261, 0x00B1, 0x2265, 0x2264,
    0x2320, 0x2321, 0x00F7, 0x2248, 0x00B0, 0x2219, 0x00B7, 0x221A, 0x207F, 0x00B2, 0x25A0, 0x00A0};

/* UTF-8 by its pattern of bits, without controls. What is not a character is made harmless later. */
static bool looks_like_utf8(const uint8_t *name, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        uint8_t c = name[i];
        if ((c >= 0x20 && c < 0x80) || c == '\t' || c == '\n' || c == '\r') continue;
        size_t more = (c & 0xE0) == 0xC0 ? 1 : (c & 0xF0) == 0xE0 ? 2 : (c & 0xF8) == 0xF0 ? 3 : 0;
        if (!more || more >= size - i) return false;
        for (; more; more--)
            if ((name[++i] & 0xC0) != 0x80) return false;
    }
    return true;
}

static size_t put_sign(char *out, uint16_t sign)
{
    if (sign < 0x80) {
        out[0] = (char)sign;
        return 1;
    }
    if (sign < 0x800) {
        out[0] = (char)(0xC0 | sign >> 6);
        out[1] = (char)(0x80 | (sign & 0x3F));
        return 2;
    }
    out[0] = (char)(0xE0 | sign >> 12);
    out[1] = (char)(0x80 | (sign >> 6 & 0x3F));
    out[2] = (char)(0x80 | (sign & 0x3F));
    return 3;
}

static lq_status take_code_page(lqi_zip *zip, lqi_zip_entry *entry, const uint8_t *raw, size_t size)
{
    char text[3 * LQI_ZIP_NAME_SIZE_MAX];
    size_t length = 0;
    for (size_t i = 0; i < size; i++) {
        uint8_t c = raw[i];
        length += put_sign(text + length, c < 0x20 ? low_signs[c] : c >= 0x7F ? high_signs[c - 0x7F] : c);
    }
    return lqi_zip_take_name(zip, entry, text, length);
}

/* The name in the extra fields, if it is UTF-8 and stands for this one. */
static bool has_unicode_path(const uint8_t *raw, size_t size, lqi_zip_extra extra, lqi_zip_extra *path)
{
    if (!lqi_zip_find_extra(extra, UNICODE_PATH, path) || path->size <= 5 || path->data[0] != 1) return false;
    if (lqi_load_u32(path->data + 1) != libdeflate_crc32(0, raw, size)) return false;
    path->data += 5;
    path->size -= 5;
    return looks_like_utf8(path->data, path->size);
}

lq_status lqi_zip_decode_name(lqi_zip *zip, lqi_zip_entry *entry, const uint8_t *raw, size_t size, lqi_zip_extra extra)
{
    lqi_zip_extra path;
    if (has_unicode_path(raw, size, extra, &path))
        return lqi_zip_take_name(zip, entry, (const char *)path.data, path.size);
    if (!looks_like_utf8(raw, size)) return take_code_page(zip, entry, raw, size);
    return lqi_zip_take_name(zip, entry, (const char *)raw, size);
}
