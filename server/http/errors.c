#include "http/errors.h"

#define X(code, status) {#code, status},
static const struct {
    const char *code;
    int status;
} errors[] = {SV_ERRORS(X)};
#undef X

const char *sv_error_code(sv_error error) { return errors[error].code; }
int sv_error_status(sv_error error) { return errors[error].status; }
