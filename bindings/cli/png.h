/* PNG files, by libpng. */
#ifndef CLI_PNG_H
#define CLI_PNG_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* Rows from the top, 4 bytes per pixel: red, green, blue, alpha. A picture without transparent pixels is written
 * without alpha. false: the file took not all of it, or memory is short. */
bool cli_png_write(FILE *file, const uint8_t *rgba, uint32_t width, uint32_t height);

#endif
