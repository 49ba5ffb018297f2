/* How long a print takes and what it weighs, as words of a sentence, whatever the locale. */
#ifndef LQI_PRINT_WORDS_H
#define LQI_PRINT_WORDS_H

/* "2 h 9 min", "45 min", "less than a minute"; "" for a negative or senseless time. */
void lqi_time_words(double time_s, char text[32]);

/* "1234 g", below 100 g with one decimal: "32.1 g"; "" for a negative or senseless mass. */
void lqi_mass_words(double mass_g, char text[32]);

#endif
