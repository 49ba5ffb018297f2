/* The bytes of a request: JSON into memory, files into a temporary file, both with their digest. */
#ifndef SV_BODY_H
#define SV_BODY_H

#include "access/call.h"

/* Is the content type one that the route takes? 415 otherwise. */
bool sv_body_type(sv_call *call);

/* Reads what there is, checks lengths and Content-Digest, parses JSON (but does not look at what it says). */
bool sv_body_take(sv_call *call);

#endif
