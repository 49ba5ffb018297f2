/* Writing and rectangles in a finished picture. */
#ifndef LQI_LETTERS_H
#define LQI_LETTERS_H

#include <stdint.h>

typedef struct lqi_sheet {
    uint8_t *rgba; /* 4 bytes per pixel, rows from the top */
    uint32_t width, height;
} lqi_sheet;

/* Letters are 5 x 7 dots, one dot apart. */
#define LQI_LETTER_WIDTH 6
#define LQI_LETTER_HEIGHT 7

extern const uint8_t lqi_ink[3];

/* Pixels per dot that read well in a picture of this height. */
uint32_t lqi_dot_size(uint32_t picture_height);

/* What lies outside the sheet is left out. */
void lqi_fill(const lqi_sheet *sheet, uint32_t left, uint32_t top, uint32_t width, uint32_t height,
              const uint8_t color[3]);

/* Digits, points, blanks and the letters of "km", "mm", "um"; others are left blank. */
void lqi_write(const lqi_sheet *sheet, const char *text, uint32_t left, uint32_t top, uint32_t dot);

#endif
