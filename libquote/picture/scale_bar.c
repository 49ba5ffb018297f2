#include "picture/scale_bar.h"

#include <stddef.h>

#include "picture/letters.h"

uint32_t lqi_scale_bar_height(uint32_t picture_height)
{
    return lqi_dot_size(picture_height) * (LQI_LETTER_HEIGHT + 9);
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
    const lqi_sheet s = {rgba, width, height};
    const length *longest = NULL;
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++)
        if (lengths[i].mm * pixels_per_mm <= width / 4.0) longest = &lengths[i];
    uint32_t dot = lqi_dot_size(height), room = lqi_scale_bar_height(height);
    if (!longest || height < room || longest->mm * pixels_per_mm < 4 * dot) return;
    uint32_t across = (uint32_t)(longest->mm * pixels_per_mm + 0.5), left = 4 * dot, top = height - 5 * dot;
    lqi_fill(&s, left, top, across, dot, lqi_ink);
    lqi_fill(&s, left, top - 2 * dot, dot, 4 * dot, lqi_ink);
    lqi_fill(&s, left + across - dot, top - 2 * dot, dot, 4 * dot, lqi_ink);
    lqi_write(&s, longest->name, left, top - (LQI_LETTER_HEIGHT + 3) * dot, dot);
}
