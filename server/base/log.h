/* One JSON object a line on standard error. Never keys, secrets, addresses or bodies. */
#ifndef SV_LOG_H
#define SV_LOG_H

#include <jansson.h>

typedef enum sv_level { SV_LOG_INFO, SV_LOG_WARN, SV_LOG_ERROR } sv_level;

/* fields: an object whose members are added, taken over; NULL: none. */
void sv_log(sv_level level, const char *message, json_t *fields);
void sv_log_name(const char *program); /* "quoted", "quotectl"; set once at the start */

#endif
