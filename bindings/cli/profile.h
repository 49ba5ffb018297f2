/* A slicer's profile from the files and settings of the command line. */
#ifndef CLI_PROFILE_H
#define CLI_PROFILE_H

#include "session.h"

/* Reads files over each other, then lays the settings of --set over them. Returns an exit code; failures were told.
 * *profile is NULL then. Settings that are not understood are told to people, unless they asked for quiet. */
int cli_profile_load(cli_session *session, const char *const *paths, size_t count, lq_profile **profile);

#endif
