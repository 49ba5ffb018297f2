/* What the shell is told. */
#ifndef CLI_EXIT_CODE_H
#define CLI_EXIT_CODE_H

enum {
    CLI_EXIT_DONE = 0,      /* defects and unprintable materials are results, not failures */
    CLI_EXIT_FILE = 1,      /* this file cannot be read or quoted; of several: at least one */
    CLI_EXIT_USAGE = 2,     /* wrong usage */
    CLI_EXIT_SELECTION = 3, /* something must be chosen; the candidates are listed */
    CLI_EXIT_SYSTEM = 4,    /* the system refused: input, output, memory */
    CLI_EXIT_INTERNAL = 5,  /* our mistake */
    CLI_EXIT_INTERRUPTED = 130
};

#endif
