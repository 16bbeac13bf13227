/* Client for netstrings: a decimal length, a colon, that many bytes, a comma. What it says comes back.
 *
 * Broken on purpose: what one read gives is taken for the whole answer.
 */

#include <errno.h>
#include <netdb.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MAX_LENGTH = 65536, MAX_QUESTION = 64 };

static const char *const messages[] = {"hello", "", "naïve €"};

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

/* Read a message into `body` and return its length; -1 if the stream ends or what it holds is malformed. */
static long receive_message(int conn, char *body)
{
    char frame[MAX_LENGTH + 1];
    ssize_t size = read_some(conn, frame, MAX_LENGTH); /* BUG: it may be a part of the answer */
    if (size <= 0)
        return -1;
    frame[size] = '\0';

    char *colon;
    long length = strtol(frame, &colon, 10);
    long there = frame + size - (colon + 1);
    if (length > there)
        length = there;
    if (length <= 0)
        return 0;
    memcpy(body, colon + 1, length);
    return length;
}

static bool send_message(int conn, const char *message)
{
    char frame[MAX_QUESTION];
    int size = snprintf(frame, sizeof frame, "%zu:%s,", strlen(message), message);
    return send_all(conn, frame, size);
}

/* Send each message, and wait for it to come back before the next; false if the answer does not come. */
static bool ask(int conn)
{
    char answer[MAX_LENGTH];
    for (size_t i = 0; i < sizeof messages / sizeof messages[0]; i++) {
        if (!send_message(conn, messages[i]))
            return false;
        long length = receive_message(conn, answer);
        if (length < 0)
            return false;
        printf("%.*s\n", (int)length, answer);
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
