#include "base/moment.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static int64_t clock_of(clockid_t id, int64_t per_second)
{
    struct timespec at;
    clock_gettime(id, &at);
    return at.tv_sec * per_second + at.tv_nsec / (1000000000 / per_second);
}

int64_t sv_now_ms(void) { return clock_of(CLOCK_REALTIME, 1000); }
int64_t sv_monotonic_us(void) { return clock_of(CLOCK_MONOTONIC, 1000000); }

static struct tm parts_of(int64_t ms)
{
    struct tm parts = {0};
    time_t seconds = (time_t)(ms / 1000 - (ms % 1000 < 0));
    gmtime_r(&seconds, &parts);
    return parts;
}

void sv_moment_print(int64_t ms, char text[SV_MOMENT_SIZE])
{
    struct tm t = parts_of(ms);
    size_t size = strftime(text, SV_MOMENT_SIZE, "%Y-%m-%dT%H:%M:%S", &t);
    int rest = (int)((ms % 1000 + 1000) % 1000);
    const char tail[] = {'.', (char)('0' + rest / 100), (char)('0' + rest / 10 % 10), (char)('0' + rest % 10), 'Z', 0};
    if (size && size + sizeof tail <= SV_MOMENT_SIZE)
        memcpy(text + size, tail, sizeof tail);
    else
        text[0] = 0;
}

void sv_date_print(int64_t ms, char text[SV_DATE_SIZE])
{
    struct tm t = parts_of(ms);
    if (!strftime(text, SV_DATE_SIZE, "%Y-%m-%d", &t)) text[0] = 0;
}

static bool digits(const char **at, int count, int *value)
{
    *value = 0;
    for (int i = 0; i < count; i++, (*at)++) {
        if (**at < '0' || **at > '9') return false;
        *value = *value * 10 + (**at - '0');
    }
    return true;
}

static bool sign(const char **at, char wanted) { return *(*at)++ == wanted; }

bool sv_moment_read(const char *at, int64_t *ms)
{
    struct tm t = {0};
    int year, month, day, hour, minute, second, thousandths = 0;
    if (!digits(&at, 4, &year) || !sign(&at, '-') || !digits(&at, 2, &month) || !sign(&at, '-') ||
        !digits(&at, 2, &day))
        return false;
    if (*at != 'T' && *at != 't') return false;
    at++;
    if (!digits(&at, 2, &hour) || !sign(&at, ':') || !digits(&at, 2, &minute) || !sign(&at, ':') ||
        !digits(&at, 2, &second))
        return false;
    if (*at == '.') {
        at++;
        if (*at < '0' || *at > '9') return false;
        for (int place = 100; *at >= '0' && *at <= '9'; at++, place /= 10) thousandths += place * (*at - '0');
    }
    int offset = 0, hours, minutes;
    if (*at == 'Z' || *at == 'z') {
        at++;
    } else {
        int way = *at == '+' ? 1 : *at == '-' ? -1 : 0;
        at++;
        if (!way || !digits(&at, 2, &hours) || !sign(&at, ':') || !digits(&at, 2, &minutes)) return false;
        offset = way * (hours * 60 + minutes);
    }
    if (*at || month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 60) return false;
    t.tm_year = year - 1900, t.tm_mon = month - 1, t.tm_mday = day;
    t.tm_hour = hour, t.tm_min = minute, t.tm_sec = second;
    int64_t seconds = timegm(&t);
    if (t.tm_mday != day || t.tm_mon != month - 1) return false; /* the 31st of a month that has 30 */
    *ms = (seconds - offset * 60) * 1000 + thousandths;
    return true;
}
