#include "output.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "exit_code.h"
#include "failure.h"

static int fail_output(cli_session *session, const cli_output *output, int number)
{
    const char *code = number == ENOENT ? "not_found" : number == EACCES || number == EROFS ? "permission" : "io";
    cli_buffer message = {0};
    cli_buffer_format(&message, "It could not be written: %s.", strerror(number));
    cli_failure failure = {CLI_EXIT_SYSTEM, code, cli_buffer_get(&message), output->path, NULL, 0};
    int exit_code = cli_fail(session, &failure);
    cli_buffer_free(&message);
    return exit_code;
}

int cli_output_open(cli_session *session, const char *path, cli_output *output)
{
    *output = (cli_output){.path = path, .file = -1};
    cli_buffer name = {0};
    cli_buffer_format(&name, "%s.XXXXXX", path);
    output->name = name.data;
    output->file = mkstemp(output->name);
    if (output->file >= 0) return CLI_EXIT_DONE;
    int number = errno;
    free(output->name);
    output->name = NULL;
    return fail_output(session, output, number);
}

static int write_all(void *user, const void *bytes, size_t size)
{
    cli_output *output = user;
    const char *next = bytes;
    while (size) {
        ssize_t written = write(output->file, next, size);
        if (written < 0 && errno == EINTR && !cli_session_interrupted()) continue;
        if (written < 0) {
            output->error = errno;
            return 1;
        }
        next += written;
        size -= (size_t)written;
    }
    return 0;
}

lq_sink cli_output_sink(cli_output *output)
{
    return (lq_sink){.struct_size = sizeof(lq_sink), .user = output, .write = write_all};
}

/* As any program would have made it. */
static mode_t usual_mode(void)
{
    mode_t mask = umask(0);
    umask(mask);
    return 0666 & ~mask;
}

int cli_output_keep(cli_session *session, cli_output *output)
{
    bool good = fchmod(output->file, usual_mode()) == 0;
    good = close(output->file) == 0 && good;
    output->file = -1;
    good = good && rename(output->name, output->path) == 0;
    if (!good) return fail_output(session, output, errno);
    free(output->name);
    output->name = NULL;
    return CLI_EXIT_DONE;
}

void cli_output_close(cli_output *output)
{
    if (output->file >= 0) close(output->file);
    if (output->name) unlink(output->name);
    free(output->name);
    *output = (cli_output){.file = -1};
}
