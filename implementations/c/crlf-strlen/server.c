/* Echo server for delimited-crlf: a message is the bytes up to CRLF, at most 1024 of them.
 *
 * Broken on purpose: what was read is made a string, and its length is asked of strlen(). A NUL ends it, so what
 * stands behind a NUL is lost.
 */

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MAX_LENGTH = 1024, MAX_FRAME = MAX_LENGTH + 2 };

/* What was read from a connection and is not a message yet. */
struct reader {
    int conn;
    size_t held;
    char buffer[MAX_FRAME + 1];
};

/* read(), started again when a signal interrupts it. */
static ssize_t read_some(int conn, void *buffer, size_t size)
{
    ssize_t n;
    do
        n = read(conn, buffer, size);
    while (n < 0 && errno == EINTR);
    return n;
}

static bool send_all(int conn, const char *data, size_t size)
{
    while (size > 0) {
        ssize_t n = send(conn, data, size, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return false;
        data += n;
        size -= n;
    }
    return true;
}

/* Take the next message out of what was read, with its CRLF, and return its size; 0 if it is not complete. */
static size_t take_frame(struct reader *reader, char *frame)
{
    char *crlf = strstr(reader->buffer, "\r\n");
    if (crlf == NULL)
        return 0;
    size_t size = crlf + 2 - reader->buffer;
    memcpy(frame, reader->buffer, size);
    reader->held -= size;
    memmove(reader->buffer, reader->buffer + size, reader->held + 1);
    return size;
}

/* Read the next message, with its CRLF, and return its size; 0 if the stream ends or the message is too long. */
static size_t receive_frame(struct reader *reader, char *frame)
{
    size_t size;
    while ((size = take_frame(reader, frame)) == 0) {
        size_t room = MAX_FRAME - reader->held;
        if (room == 0)
            return 0;
        ssize_t n = read_some(reader->conn, reader->buffer + reader->held, room);
        if (n <= 0)
            return 0;
        reader->buffer[reader->held + n] = '\0';
        reader->held = strlen(reader->buffer); /* BUG: a message may hold a NUL */
    }
    return size;
}

/* Echo messages until the stream ends, the client vanishes or a message is too long. */
static void *serve(void *argument)
{
    struct reader reader = {.conn = (int)(intptr_t)argument};
    char frame[MAX_FRAME];
    size_t size;

    setsockopt(reader.conn, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    while ((size = receive_frame(&reader, frame)) > 0 && send_all(reader.conn, frame, size))
        ;
    close(reader.conn);
    return NULL;
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: %s PORT\n", argv[0]);
        return 2;
    }
    struct sockaddr_in address = {
        .sin_family = AF_INET,
        .sin_port = htons(atoi(argv[1])),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
    if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0 || listen(listener, SOMAXCONN) < 0) {
        perror("server");
        return 1;
    }
    for (;;) {
        pthread_t thread;
        int conn = accept(listener, NULL, NULL);
        if (conn < 0)
            continue;
        if (pthread_create(&thread, NULL, serve, (void *)(intptr_t)conn) == 0)
            pthread_detach(thread);
        else
            close(conn);
    }
}
