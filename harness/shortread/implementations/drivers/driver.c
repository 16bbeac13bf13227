/* A server around a C function that reads messages: each connection is given to it, in a thread of its own.
 *
 * Compiled with -DSUBMISSION='"FILE"' and -DRECEIVE=NAME; run as `driver PORT END`. The function is
 *
 *     ssize_t receive(int conn, void *message, size_t size);
 *
 * or nearly so (int for ssize_t, char for void): it puts the next message into `message`, which has room for `size`
 * octets, and returns how many octets it has. A negative number is the end of the stream, and so is 0 where END is
 * `empty`.
 *
 * Each message is a line of JSON on standard output: {"hex": "00ff"}, and {"end": true} at the end. What the function
 * itself prints goes to standard error.
 */

/* Before any header: for mempcpy, and for what the submission uses. */
#define _GNU_SOURCE

/* A submission may have a main of its own, for trying it out. */
#define main submission_main
#include SUBMISSION
#undef main

#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { SHORTREAD_ROOM_BYTES = 1 << 24 };

static int shortread_transcript;
static int shortread_empty_is_end;
static pthread_mutex_t shortread_lock = PTHREAD_MUTEX_INITIALIZER;

/* Writes a whole line; those of two connections do not mix. */
static void shortread_write(const char *line, size_t size)
{
    pthread_mutex_lock(&shortread_lock);
    while (size > 0) {
        ssize_t written = write(shortread_transcript, line, size);
        if (written < 0)
            break;
        line += written;
        size -= written;
    }
    pthread_mutex_unlock(&shortread_lock);
}

static void shortread_write_text(const char *line)
{
    shortread_write(line, strlen(line));
}

static void shortread_write_message(const unsigned char *message, size_t size)
{
    static const char digits[] = "0123456789abcdef", before[] = "{\"hex\": \"", after[] = "\"}\n";
    char *line = malloc(sizeof before + 2 * size + sizeof after), *end = line;
    if (line == NULL)
        abort();
    end = mempcpy(end, before, sizeof before - 1);
    for (size_t i = 0; i < size; i++) {
        *end++ = digits[message[i] >> 4];
        *end++ = digits[message[i] & 15];
    }
    end = mempcpy(end, after, sizeof after - 1);
    shortread_write(line, end - line);
    free(line);
}

static void *shortread_serve(void *argument)
{
    int conn = (int)(intptr_t)argument;
    unsigned char *message = malloc(SHORTREAD_ROOM_BYTES);
    ssize_t size = -1;

    if (message == NULL)
        abort();
    while ((size = RECEIVE(conn, (void *)message, SHORTREAD_ROOM_BYTES)) >= !!shortread_empty_is_end) {
        if (size > SHORTREAD_ROOM_BYTES) {
            shortread_write_text("{\"error\": \"it returned more than there is room for\"}\n");
            abort();
        }
        shortread_write_message(message, size);
    }
    shortread_write_text("{\"end\": true}\n");
    free(message);
    close(conn);
    return NULL;
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "usage: %s PORT END\n", argv[0]);
        return 2;
    }
    shortread_empty_is_end = strcmp(argv[2], "empty") == 0;
    /* Whatever the function prints must not be taken for what it understood. */
    shortread_transcript = dup(1);
    dup2(2, 1);
    signal(SIGPIPE, SIG_IGN);

    struct sockaddr_in address = {
        .sin_family = AF_INET,
        .sin_port = htons(atoi(argv[1])),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
    if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0 || listen(listener, SOMAXCONN) < 0) {
        perror("driver");
        return 1;
    }
    for (;;) {
        pthread_t thread;
        int conn = accept(listener, NULL, NULL);
        if (conn < 0)
            continue;
        if (pthread_create(&thread, NULL, shortread_serve, (void *)(intptr_t)conn) == 0)
            pthread_detach(thread);
        else
            close(conn);
    }
}
