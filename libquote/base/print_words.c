#include "base/print_words.h"

#include <math.h>
#include <stdio.h>

void lqi_time_words(double time_s, char text[32])
{
    text[0] = 0;
    if (!(time_s >= 0 && time_s < 1e12)) return;
    long long minutes = llround(time_s / 60);
    if (minutes >= 60)
        snprintf(text, 32, "%lld h %02lld", minutes / 60, minutes % 60);
    else if (minutes)
        snprintf(text, 32, "%lld min", minutes);
    else
        snprintf(text, 32, "less than a minute");
}

void lqi_mass_words(double mass_g, char text[32])
{
    text[0] = 0;
    if (!(mass_g >= 0 && mass_g < 1e12)) return;
    long long tenths = llround(mass_g * 10);
    if (tenths < 1000)
        snprintf(text, 32, "%lld.%lld g", tenths / 10, tenths % 10);
    else
        snprintf(text, 32, "%lld g", llround(mass_g));
}
