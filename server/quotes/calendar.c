#include "quotes/calendar.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/json.h"

#define DAY_MS INT64_C(86400000)
#define DAYS_MAX 36500 /* a century: what takes longer has no date that means anything */

/* The process has no other use for a local time; a zone that the system does not know is UTC. */
static struct tm house_time(const json_t *book, int64_t now_ms)
{
    const char *zone = sv_json_text(book, "timezone"), *set = getenv("TZ");
    struct tm parts = {0};
    time_t seconds = (time_t)(now_ms / 1000);
    if (!set || strcmp(set, *zone ? zone : "UTC") != 0) {
        setenv("TZ", *zone ? zone : "UTC", 1);
        tzset();
    }
    localtime_r(&seconds, &parts);
    return parts;
}

/* Days since 1970 of a date in the Gregorian calendar (H. Hinnant, "chrono-compatible low-level date algorithms"). */
static int64_t days_of(int year, int month, int day)
{
    int64_t y = year - (month <= 2);
    int64_t era = (y >= 0 ? y : y - 399) / 400, of_era = y - era * 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static bool is_business_day(const json_t *book, int64_t day)
{
    json_t *holiday;
    size_t index;
    char date[SV_DATE_SIZE];
    int64_t weekday = (day % 7 + 11) % 7; /* 0: Sunday; the first of 1970 was a Thursday */
    if (weekday == 0 || weekday == 6) return false;
    sv_date_print(day * DAY_MS, date);
    json_array_foreach(json_object_get(book, "holidays"), index,
                       holiday) if (strcmp(json_string_value(holiday), date) == 0) return false;
    return true;
}

static void print_after(const json_t *book, int64_t day, int64_t days, char date[SV_DATE_SIZE])
{
    for (int64_t left = days < DAYS_MAX ? days : DAYS_MAX; left > 0;) left -= is_business_day(book, ++day);
    sv_date_print(day * DAY_MS, date);
}

void sv_house_date(const json_t *book, int64_t now_ms, char date[SV_DATE_SIZE])
{
    struct tm t = house_time(book, now_ms);
    sv_date_print(days_of(t.tm_year + 1900, t.tm_mon + 1, t.tm_mday) * DAY_MS, date);
}

void sv_ship_date(const json_t *book, int64_t now_ms, int64_t days, char date[SV_DATE_SIZE])
{
    struct tm t = house_time(book, now_ms);
    int hour = 24, minute = 0;
    int64_t day = days_of(t.tm_year + 1900, t.tm_mon + 1, t.tm_mday);
    if (sscanf(sv_json_text(book, "cutoff"), "%d:%d", &hour, &minute) != 2) hour = 24, minute = 0;
    if (t.tm_hour * 60 + t.tm_min >= hour * 60 + minute) day++;
    print_after(book, day, days, date);
}

void sv_later_date(const json_t *book, const char *from, int64_t days, char date[SV_DATE_SIZE])
{
    int year = 1970, month = 1, day = 1;
    if (sscanf(from, "%4d-%2d-%2d", &year, &month, &day) != 3) year = 1970, month = day = 1;
    print_after(book, days_of(year, month, day), days, date);
}
