/* A process that answers requests, one after the other. */
#ifndef SV_WORKER_H
#define SV_WORKER_H

#include "access/call.h"

/* Until it is told to stop, or has answered enough; returns the exit code of the process. socket: listens;
 * log_socket: to the log writer. */
int sv_worker_run(const sv_config *config, sv_shared *shared, int socket, int log_socket);

/* What every process of the service needs: its name as an owner, the database, a context of the engine. false: it was
 * logged. */
bool sv_app_open(sv_app *app);
void sv_app_close(sv_app *app);

#endif
