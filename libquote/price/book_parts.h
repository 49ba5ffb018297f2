/* The sections of a price book, one reader each. All keep their first mistake in the lqi_reader. */
#ifndef LQI_BOOK_PARTS_H
#define LQI_BOOK_PARTS_H

#include "price/book_reader.h"

/* Where terms stand: which of them must be there, which may. */
typedef enum lqi_level { LQI_LEVEL_BOOK, LQI_LEVEL_PROCESS, LQI_LEVEL_MATERIAL } lqi_level;

/* Overwrites those of *terms that the object holds. kind does not matter at LQI_LEVEL_BOOK. */
void lqi_read_terms(lqi_members *members, lqi_level level, lqi_process_kind kind, lqi_terms *terms);

void lqi_read_tiers(lqi_members *members, const char *key, lqi_need need, lqi_tiers *tiers);

void lqi_read_processes(lqi_members *members, lq_book *book);
void lqi_read_materials(lqi_members *members, lq_book *book);

void lqi_read_shipping(lqi_members *members, lq_book *book);
void lqi_read_tax(lqi_members *members, lq_book *book);

/* The days are for whoever has a calendar: they are checked here and not kept. */
void lqi_check_holidays(lqi_members *members);

#endif
