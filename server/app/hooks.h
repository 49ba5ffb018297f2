/* The process that delivers webhooks. */
#ifndef SV_HOOKS_H
#define SV_HOOKS_H

#include "base/config.h"
#include "http/shared.h"

/* Until it is told to stop; returns the exit code of the process. */
int sv_hooks_run(const sv_config *config, sv_shared *shared, int socket, int log_socket);

#endif
