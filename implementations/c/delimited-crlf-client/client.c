/* Client for delimited-crlf: a message is the bytes up to CRLF. What it says comes back. */

#define _GNU_SOURCE /* memmem() */
#include <errno.h>
#include <netdb.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MAX_LENGTH = 1024, MAX_FRAME = MAX_LENGTH + 2 };

static const char *const messages[] = {"hello", "", "naïve €"};

/* What was read from a connection and is not a message yet. */
struct reader {
    int conn;
    size_t held;
    char buffer[MAX_FRAME];
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
    char *crlf = memmem(reader->buffer, reader->held, "\r\n", 2);
    if (crlf == NULL)
        return 0;
    size_t size = crlf + 2 - reader->buffer;
    memcpy(frame, reader->buffer, size);
    reader->held -= size;
    memmove(reader->buffer, reader->buffer + size, reader->held);
    return size;
}

/* Read the next message, with its CRLF, and return its size; 0 if the stream ends or the message is too long. */
static size_t receive_frame(struct reader *reader, char *frame)
{
    size_t size;
    while ((size = take_frame(reader, frame)) == 0) {
        size_t room = sizeof reader->buffer - reader->held;
        if (room == 0)
            return 0;
        ssize_t n = read_some(reader->conn, reader->buffer + reader->held, room);
        if (n <= 0)
            return 0;
        reader->held += n;
    }
    return size;
}

/* Send each message, and wait for it to come back before the next; false if the answer does not come. */
static bool ask(int conn)
{
    struct reader reader = {.conn = conn};
    char frame[MAX_FRAME];
    for (size_t i = 0; i < sizeof messages / sizeof messages[0]; i++) {
        size_t size = snprintf(frame, sizeof frame, "%s\r\n", messages[i]);
        if (!send_all(conn, frame, size) || (size = receive_frame(&reader, frame)) == 0)
            return false;
        fwrite(frame, 1, size, stdout);
    }
    return true;
}

static int connect_to(const char *host, const char *port)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV};
    struct addrinfo *address;
    if (getaddrinfo(host, port, &hints, &address) != 0)
        return -1;
    int conn = socket(address->ai_family, address->ai_socktype, address->ai_protocol);
    if (conn >= 0 && connect(conn, address->ai_addr, address->ai_addrlen) < 0) {
        close(conn);
        conn = -1;
    }
    freeaddrinfo(address);
    return conn;
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "usage: %s HOST PORT\n", argv[0]);
        return 2;
    }
    int conn = connect_to(argv[1], argv[2]);
    if (conn < 0) {
        fprintf(stderr, "no connection\n");
        return 1;
    }
    bool is_answered = ask(conn);
    close(conn);
    if (!is_answered)
        fprintf(stderr, "no answer\n");
    return is_answered ? 0 : 1;
}
