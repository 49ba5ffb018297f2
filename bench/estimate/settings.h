/* A machine from key = value files, as far as the settings of the training set go. */
#ifndef BENCH_ESTIMATE_SETTINGS_H
#define BENCH_ESTIMATE_SETTINGS_H

#include "estimate/machine.h"

/* Later files win. Exits with a message where a file cannot be read. */
void settings_read(const char *const *files, int count, lqi_machine *machine);

#endif
