/* What a sample knows of the surface that is seen there: a direction and a paint, in one word. */
#ifndef LQI_LOOK_H
#define LQI_LOOK_H

#include <stdint.h>

/* Bits 0 to 15: the direction, lqi_pack_normal; from bit 16: the paint, 0: the part's own colour. */
static inline uint32_t lqi_look(uint16_t normal, uint8_t paint) { return (uint32_t)paint << 16 | normal; }
static inline uint16_t lqi_look_normal(uint32_t look) { return (uint16_t)look; }
static inline uint8_t lqi_look_paint(uint32_t look) { return (uint8_t)(look >> 16); }

/* A direction in two bytes (Cigolle and others, "A Survey of Efficient Representations for Independent Unit Vectors",
 * 2014: octahedral), good to half a degree or so; only directions towards the eye, z >= 0: one that points away is
 * turned. The vector may have any length; one that has none points to the eye. */
uint16_t lqi_pack_normal(const double towards[3]);
void lqi_unpack_normal(uint16_t packed, float unit[3]);

#endif
