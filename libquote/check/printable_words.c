/* Objections in words. Numbers are written from integers, so that no locale can touch them. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "check/printable.h"

enum { NUMBER_SIZE = 32 };

/* "0.42", "3.5", "120": no more digits than tell the two numbers of a sentence apart. */
static void number_words(double value, char text[NUMBER_SIZE])
{
    if (!(fabs(value) < 1e12)) {
        snprintf(text, NUMBER_SIZE, "unknown");
        return;
    }
    long long hundredths = llround(value * 100);
    long long whole = hundredths / 100, rest = hundredths % 100;
    if (value >= 100)
        snprintf(text, NUMBER_SIZE, "%lld", llround(value));
    else if (rest % 10)
        snprintf(text, NUMBER_SIZE, "%lld.%02lld", whole, rest);
    else if (rest)
        snprintf(text, NUMBER_SIZE, "%lld.%lld", whole, rest / 10);
    else
        snprintf(text, NUMBER_SIZE, "%lld", whole);
}

static void volume_words(double mm3, char text[NUMBER_SIZE])
{
    char number[NUMBER_SIZE];
    bool large = mm3 >= 1000;
    number_words(large ? mm3 / 1000 : mm3, number);
    snprintf(text, NUMBER_SIZE, "%.24s %s", number, large ? "cm3" : "mm3");
}

/* With %1 for the value, %2 for the threshold, %V for the value as a volume. Nothing names the material: sentences
 * about materials that demand the same are equal. */
typedef struct sentence {
    const char *code, *words;
} sentence;

static const sentence sentences[] = {
    {"wall_too_thin", "A wall of %1 mm is too thin to be made; %2 mm are needed."},
    {"wall_thin", "A wall of %1 mm is thinner than %2 mm; it may break or come out incomplete."},
    {"pin_too_thin", "A pin of %1 mm is thinner than %2 mm; it may break off."},
    {"detail_too_small", "Raised or cut details are %1 mm wide; below %2 mm they may not show."},
    {"clearance_too_small", "Bodies are only %1 mm apart; below %2 mm they may fuse."},
    {"slit_may_fuse", "A slit is only %1 mm wide; below %2 mm it may close."},
    {"hole_too_small", "A hole is %1 mm wide; below %2 mm it may close."},
    {"hole_too_deep", "A hole is %1 times as deep as wide; beyond %2 times it is hard to keep clear."},
    {"escape_hole_too_small", "A hollow opens by only %1 mm; to be emptied it needs %2 mm."},
    {"enclosed_void", "The part has %V of hollow space without a way out; what is in it stays there."},
    {"resin_cup", "A hollow of %V opens in one direction only; resin may stay in it or pull at the part."},
    {"trapped_support", "Support of %V stands where no tool reaches; it may have to stay."},
    {"wall_too_thick", "The part is %1 mm thick in one place; above %2 mm it may warp or is made hollow."},
    {"bridge_too_long", "A surface spans %1 mm without support; above %2 mm it may sag."},
    {"overhang_needs_support", "Overhanging surfaces need %V of support; the price holds it."},
    {"bed_contact_small", "Little of the part stands on the plate as it lies; it may come loose."},
    {"unstable_on_bed", "The part tips over at %1 degrees as it lies; it may fall over."},
    {"aspect_ratio_high", "The part is %1 times as long as wide; above %2 times it may warp."},
    {"flat_panel_warp_risk", "A large flat side is thin for its size; it may warp."},
    {"part_too_small", "The sides of the part sum to %1 mm; %2 mm are needed."},
};

static const char does_not_stand[] =
    "As it lies the part does not stand by itself; it needs support or another side down.";

static size_t put(char *text, size_t size, const char *words)
{
    size_t room = LQI_OBJECTION_WORDS - 1 - size, length = strlen(words);
    if (length > room) length = room;
    memcpy(text + size, words, length);
    return size + length;
}

void lqi_objection_words(const lqi_objection *objection, char text[LQI_OBJECTION_WORDS])
{
    char value[NUMBER_SIZE], threshold[NUMBER_SIZE], volume[NUMBER_SIZE];
    const char *words = objection->code;
    size_t size = 0;
    number_words(objection->value, value);
    number_words(objection->threshold, threshold);
    volume_words(objection->value, volume);
    for (size_t i = 0; i < sizeof sentences / sizeof *sentences; i++)
        if (strcmp(sentences[i].code, objection->code) == 0) words = sentences[i].words;
    if (strcmp(objection->code, "unstable_on_bed") == 0 && objection->value < 0) words = does_not_stand;
    for (; *words; words++) {
        char one[2] = {*words, 0};
        if (*words != '%') {
            size = put(text, size, one);
            continue;
        }
        words++;
        size = put(text, size, *words == '1' ? value : *words == '2' ? threshold : volume);
    }
    text[size] = 0;
}
