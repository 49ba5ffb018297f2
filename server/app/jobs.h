/* A process that does what outlives its request: it claims jobs and runs them one after the other. */
#ifndef SV_APP_JOBS_H
#define SV_APP_JOBS_H

#include "access/call.h"

/* Until SIGTERM; 0: it ended well. */
int sv_jobs_run(const sv_config *config, sv_shared *shared, int socket, int log_socket);

#endif
