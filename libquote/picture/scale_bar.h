/* A bar of a round length, with its name, in the lower left corner of a picture. */
#ifndef LQI_SCALE_BAR_H
#define LQI_SCALE_BAR_H

#include <stdint.h>

/* How much room the bar takes at the bottom of a picture of this height, in pixels. */
uint32_t lqi_scale_bar_height(uint32_t picture_height);

/* Draws it, where a round length of at least a few pixels fits. */
void lqi_scale_bar_draw(uint8_t *rgba, uint32_t width, uint32_t height, double pixels_per_mm);

#endif
