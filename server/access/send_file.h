/* Answers whose bytes come from a file: in ranges, with the digest of the file as their version. */
#ifndef SV_SEND_FILE_H
#define SV_SEND_FILE_H

#include "access/call.h"

typedef struct sv_sent_file {
    int file; /* to read from; taken over */
    int64_t size;
    const char *type;   /* lives as long as the call */
    const char *sha256; /* in hex: the ETag */
    const char *name;   /* a client saves it under this name; NULL: it is shown */
} sv_sent_file;

/* 200 with all of it; 206 with the one range that was asked for, 416 where the file has no such bytes (RFC 9110). A
 * Range that is malformed, or names several, is not looked at. */
void sv_answer_file(sv_call *call, const sv_sent_file *file);

/* Puts what was answered on the wire, in pieces. false: the client went away, or the file could not be read. */
bool sv_send_file(sv_call *call);

/* "model/stl" for "stl_binary", ...: of the formats of files. */
const char *sv_type_of_format(const char *format);

#endif
