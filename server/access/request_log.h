/* One line of the request log: put together by the worker, handed to the process that writes (app/log_writer.c), so
 * that no request waits for a disk. */
#ifndef SV_REQUEST_LOG_H
#define SV_REQUEST_LOG_H

#include "access/call.h"

#define SV_REQUEST_LOG_SIZE 262144 /* the longest message */

/* While the request is still there. What is secret or tells who somebody is, is masked. NULL: nobody's request. The
 * caller owns it. */
json_t *sv_request_log_make(const sv_call *call, size_t answer_size);
/* line: taken over, may be NULL. */
void sv_request_log_send(const sv_call *call, json_t *line, int64_t took_us);

/* One message: into the database, in the transaction that is open. */
sv_result sv_request_log_write(sv_store *store, const char *message, size_t size);

#endif
