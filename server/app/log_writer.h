/* The process that writes what the others tell it: the request log, and when a key was last used. It also takes away
 * what is older than it is kept. */
#ifndef SV_LOG_WRITER_H
#define SV_LOG_WRITER_H

#include "base/config.h"

/* Until the last sender has closed its end; returns the exit code of the process. socket: SOCK_SEQPACKET. */
int sv_log_writer_run(const sv_config *config, int socket);

#endif
