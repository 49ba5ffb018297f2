#include "input.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "exit_code.h"
#include "failure.h"

#define PIECE_SIZE ((size_t)1 << 18)
#define STREAM_BYTES_DEFAULT ((uint64_t)2 << 30) /* as lq_limits.input_bytes */

static int fail_stream(cli_session *session, const char *path, int number)
{
    cli_failure failure = {CLI_EXIT_SYSTEM, "io", strerror(number), path, NULL, 0};
    if (number == EINTR) failure = (cli_failure){CLI_EXIT_INTERRUPTED, "cancelled", "Interrupted.", path, NULL, 0};
    if (number == ENOMEM)
        failure = (cli_failure){CLI_EXIT_SYSTEM, "out_of_memory", "There is not enough memory.", path, NULL, 0};
    return cli_fail(session, &failure);
}

#define WAIT_MS 200 /* how often Ctrl-C is looked for: another thread may have taken the signal */

/* False after Ctrl-C. */
static bool wait_for_bytes(int file)
{
    struct pollfd stream = {.fd = file, .events = POLLIN};
    while (!cli_session_interrupted())
        if (poll(&stream, 1, WAIT_MS) != 0) return !cli_session_interrupted();
    return false;
}

/* Reads at most one byte more than the limit allows: the library then says so in its own words. */
static int read_stream(cli_session *session, const char *path, int file, cli_input *input)
{
    uint64_t limit = session->options->limits.input_bytes;
    if (!limit) limit = STREAM_BYTES_DEFAULT;
    char *block = NULL;
    size_t size = 0, capacity = 0;
    int number = 0;
    while (size <= limit) {
        if (capacity - size < PIECE_SIZE) {
            capacity = capacity ? capacity * 2 : PIECE_SIZE * 2;
            char *grown = realloc(block, capacity);
            if (!grown) number = ENOMEM;
            if (number) break;
            block = grown;
        }
        if (!wait_for_bytes(file)) number = EINTR;
        if (number) break;
        ssize_t got = read(file, block + size, PIECE_SIZE);
        if (got < 0 && errno == EINTR && !cli_session_interrupted()) continue;
        if (got < 0) number = errno;
        if (got <= 0) break;
        size += (size_t)got;
    }
    if (number) {
        free(block);
        return fail_stream(session, path, number);
    }
    const char *slash = strrchr(path, '/');
    const char *name = strcmp(path, "-") == 0 ? "stdin" : slash ? slash + 1 : path;
    lq_source_memory(block, size, name, &input->source);
    input->block = block;
    return CLI_EXIT_DONE;
}

static bool is_pipe(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISFIFO(info.st_mode);
}

int cli_input_open(cli_session *session, const char *path, cli_input *input)
{
    *input = (cli_input){0};
    if (strcmp(path, "-") == 0) return read_stream(session, path, STDIN_FILENO, input);
    if (is_pipe(path)) { /* quote <(unzip -p parts.zip a.stl) */
        int file = open(path, O_RDONLY | O_CLOEXEC);
        if (file < 0) return fail_stream(session, path, errno);
        int exit_code = read_stream(session, path, file, input);
        close(file);
        return exit_code;
    }
    if (lq_source_open_file(session->context, path, &input->source) == LQ_OK) return CLI_EXIT_DONE;
    return cli_fail_library(session, path);
}

void cli_input_close(cli_session *session, cli_input *input)
{
    if (input->block)
        free(input->block);
    else
        lq_source_close(session->context, &input->source);
    *input = (cli_input){0};
}
