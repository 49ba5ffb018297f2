#include "picture/letters.h"

#include <stddef.h>
#include <string.h>

const uint8_t lqi_ink[3] = {70, 76, 84};

/* A row in each byte, the leftmost dot in bit 4. */
typedef struct letter {
    char name;
    uint8_t row[LQI_LETTER_HEIGHT];
} letter;

static const letter letters[] = {
    {'0', {14, 17, 17, 17, 17, 17, 14}}, {'1', {4, 12, 4, 4, 4, 4, 14}},   {'2', {14, 17, 1, 6, 8, 16, 31}},
    {'3', {14, 17, 1, 6, 1, 17, 14}},    {'4', {2, 6, 10, 18, 31, 2, 2}},  {'5', {31, 16, 30, 1, 1, 17, 14}},
    {'6', {6, 8, 16, 30, 17, 17, 14}},   {'7', {31, 1, 2, 4, 8, 8, 8}},    {'8', {14, 17, 17, 14, 17, 17, 14}},
    {'9', {14, 17, 17, 15, 1, 2, 12}},   {'.', {0, 0, 0, 0, 0, 12, 12}},   {'m', {0, 0, 26, 21, 21, 21, 21}},
    {'k', {16, 16, 18, 20, 24, 20, 18}}, {'u', {0, 0, 17, 17, 17, 19, 13}}};

uint32_t lqi_dot_size(uint32_t picture_height) { return picture_height < 400 ? 1 : picture_height / 400 + 1; }

void lqi_fill(const lqi_sheet *sheet, uint32_t left, uint32_t top, uint32_t width, uint32_t height,
              const uint8_t color[3])
{
    const uint8_t pixel[4] = {color[0], color[1], color[2], 255};
    for (uint32_t y = top; y < top + height && y < sheet->height; y++)
        for (uint32_t x = left; x < left + width && x < sheet->width; x++)
            memcpy(sheet->rgba + ((size_t)y * sheet->width + x) * 4, pixel, sizeof pixel);
}

void lqi_write(const lqi_sheet *sheet, const char *text, uint32_t left, uint32_t top, uint32_t dot)
{
    for (; *text; text++, left += LQI_LETTER_WIDTH * dot)
        for (size_t i = 0; i < sizeof letters / sizeof letters[0]; i++) {
            if (letters[i].name != *text) continue;
            for (uint32_t y = 0; y < LQI_LETTER_HEIGHT; y++)
                for (uint32_t x = 0; x < 5; x++)
                    if (letters[i].row[y] >> (4 - x) & 1)
                        lqi_fill(sheet, left + x * dot, top + y * dot, dot, dot, lqi_ink);
        }
}
