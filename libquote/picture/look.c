#include "picture/look.h"

#include <math.h>

uint16_t lqi_pack_normal(const double towards[3])
{
    double sum = fabs(towards[0]) + fabs(towards[1]) + fabs(towards[2]);
    double scale = sum > 0 && sum < INFINITY ? (towards[2] < 0 ? -127.5 : 127.5) / sum : 0;
    int a = (int)(towards[0] * scale + 128), b = (int)(towards[1] * scale + 128);
    return (uint16_t)(a << 8 | b);
}

void lqi_unpack_normal(uint16_t packed, float unit[3])
{
    float u = (float)(packed >> 8) / 127.5f - 1, v = (float)(packed & 0xFF) / 127.5f - 1;
    float rest = 1 - fabsf(u) - fabsf(v), w = rest > 0 ? rest : 0, length = sqrtf(u * u + v * v + w * w);
    unit[0] = u / length;
    unit[1] = v / length;
    unit[2] = w / length;
}
