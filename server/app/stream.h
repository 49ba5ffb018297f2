/* The process that answers who waits for events: long polls and streams. */
#ifndef SV_STREAM_H
#define SV_STREAM_H

#include "base/config.h"
#include "http/shared.h"

/* Until it is told to stop; returns the exit code of the process. socket: of streams; log_socket: to the log writer. */
int sv_stream_run(const sv_config *config, sv_shared *shared, int socket, int log_socket);

#endif
