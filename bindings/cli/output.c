#include "output.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "exit_code.h"
#include "failure.h"

static int fail(cli_session *session, const char *path, int number)
{
    const char *code = number == ENOENT ? "not_found" : number == EACCES || number == EPERM ? "permission" : "io";
    bool full = number == ENOSPC || number == EDQUOT;
    const char *message = full ? "There is no space left where the file should be written." : strerror(number);
    cli_failure failure = {CLI_EXIT_SYSTEM, code, message, path, NULL, 0};
    return cli_fail(session, &failure);
}

/* Rights of the file that is replaced, or those that any new file gets. */
static mode_t find_rights(const struct stat *old)
{
    if (old) return old->st_mode & 07777;
    mode_t mask = umask(0);
    umask(mask);
    return 0666 & ~mask;
}

int cli_output_open(cli_session *session, const char *path, cli_output *output)
{
    struct stat old;
    bool exists = stat(path, &old) == 0;
    *output = (cli_output){.path = path};
    if (exists && !S_ISREG(old.st_mode)) {
        output->file = fopen(path, "we");
        return output->file ? CLI_EXIT_DONE : fail(session, path, errno);
    }
    output->target = exists ? realpath(path, NULL) : cli_copy(path);
    if (!output->target) return fail(session, path, errno);
    cli_buffer name = {0};
    const char *slash = strrchr(output->target, '/');
    int folder = slash ? (int)(slash + 1 - output->target) : 0;
    cli_buffer_format(&name, "%.*s.quote.XXXXXX", folder, output->target); /* a name may be as long as names may be */
    output->temporary = name.data;
    int number = mkstemp(output->temporary);
    bool made = number >= 0;
    if (made && fchmod(number, find_rights(exists ? &old : NULL)) == 0) output->file = fdopen(number, "w");
    if (output->file) return CLI_EXIT_DONE;
    int reason = errno;
    if (made) {
        close(number);
        unlink(output->temporary);
    }
    free(output->temporary);
    free(output->target);
    return fail(session, path, reason);
}

/* Why an earlier write failed, found out by one more: what is there will not be kept. */
static int find_reason(FILE *file)
{
    clearerr(file);
    errno = 0;
    if (fputc(' ', file) == EOF || fflush(file) != 0) return errno ? errno : EIO;
    return EIO;
}

int cli_output_close(cli_session *session, cli_output *output, bool keep, int exit_code)
{
    int reason = 0;
    errno = 0;
    if (fflush(output->file) != 0 || ferror(output->file)) reason = errno ? errno : find_reason(output->file);
    if (!reason && keep && output->target && fsync(fileno(output->file)) != 0) reason = errno;
    if (fclose(output->file) != 0 && !reason) reason = errno;
    if (output->target) {
        if (!reason && keep && rename(output->temporary, output->target) != 0) reason = errno;
        if (reason || !keep) unlink(output->temporary);
    }
    free(output->temporary);
    free(output->target);
    return keep && reason ? fail(session, output->path, reason) : exit_code;
}
