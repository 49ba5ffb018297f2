#include "picture/scale_bar.h"

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

/* Letters of 5 x 7 dots, a row in each byte, the leftmost dot in bit 4. */
typedef struct letter {
    char name;
    uint8_t row[7];
} letter;

static const letter letters[] = {{'0', {14, 17, 17, 17, 17, 17, 14}}, {'1', {4, 12, 4, 4, 4, 4, 14}},
                                 {'2', {14, 17, 1, 6, 8, 16, 31}},    {'5', {31, 16, 30, 1, 1, 17, 14}},
                                 {'.', {0, 0, 0, 0, 0, 12, 12}},      {'m', {0, 0, 26, 21, 21, 21, 21}},
                                 {'k', {16, 16, 18, 20, 24, 20, 18}}, {'u', {0, 0, 17, 17, 17, 19, 13}}};

#define LETTER_WIDTH 6
#define LETTER_HEIGHT 7

typedef struct sheet {
    uint8_t *rgba;
    uint32_t width, height;
} sheet;

static uint32_t dot_size(uint32_t picture_height) { return picture_height < 400 ? 1 : picture_height / 400 + 1; }

uint32_t lqi_scale_bar_height(uint32_t picture_height) { return dot_size(picture_height) * (LETTER_HEIGHT + 9); }

static void fill(const sheet *s, uint32_t left, uint32_t top, uint32_t width, uint32_t height)
{
    for (uint32_t y = top; y < top + height && y < s->height; y++)
        for (uint32_t x = left; x < left + width && x < s->width; x++)
            memcpy(s->rgba + ((size_t)y * s->width + x) * 4, (const uint8_t[4]){70, 76, 84, 255}, 4);
}

static void write(const sheet *s, const char *text, uint32_t left, uint32_t top, uint32_t dot)
{
    for (; *text; text++, left += LETTER_WIDTH * dot)
        for (size_t i = 0; i < sizeof letters / sizeof letters[0]; i++) {
            if (letters[i].name != *text) continue;
            for (uint32_t y = 0; y < LETTER_HEIGHT; y++)
                for (uint32_t x = 0; x < 5; x++)
                    if (letters[i].row[y] >> (4 - x) & 1) fill(s, left + x * dot, top + y * dot, dot, dot);
        }
}

/* 1, 2 or 5 times a power of ten of these; parts beyond them get no bar. */
typedef struct length {
    double mm;
    const char *name;
} length;

static const length lengths[] = {{1e-3, "1 um"},  {2e-3, "2 um"},  {5e-3, "5 um"},  {0.01, "10 um"}, {0.02, "20 um"},
                                 {0.05, "50 um"}, {0.1, "0.1 mm"}, {0.2, "0.2 mm"}, {0.5, "0.5 mm"}, {1, "1 mm"},
                                 {2, "2 mm"},     {5, "5 mm"},     {10, "10 mm"},   {20, "20 mm"},   {50, "50 mm"},
                                 {100, "100 mm"}, {200, "200 mm"}, {500, "500 mm"}, {1e3, "1 m"},    {2e3, "2 m"},
                                 {5e3, "5 m"},    {1e4, "10 m"},   {2e4, "20 m"},   {5e4, "50 m"},   {1e5, "100 m"},
                                 {2e5, "200 m"},  {5e5, "500 m"},  {1e6, "1 km"}};

void lqi_scale_bar_draw(uint8_t *rgba, uint32_t width, uint32_t height, double pixels_per_mm)
{
    const sheet s = {rgba, width, height};
    const length *longest = NULL;
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++)
        if (lengths[i].mm * pixels_per_mm <= width / 4.0) longest = &lengths[i];
    uint32_t dot = dot_size(height), room = lqi_scale_bar_height(height);
    if (!longest || height < room || longest->mm * pixels_per_mm < 4 * dot) return;
    uint32_t across = (uint32_t)(longest->mm * pixels_per_mm + 0.5), left = 4 * dot, top = height - 5 * dot;
    fill(&s, left, top, across, dot);
    fill(&s, left, top - 2 * dot, dot, 4 * dot);
    fill(&s, left + across - dot, top - 2 * dot, dot, 4 * dot);
    write(&s, longest->name, left, top - (LETTER_HEIGHT + 3) * dot, dot);
}
