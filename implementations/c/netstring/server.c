/* Echo server for netstrings: a decimal length, a colon, that many bytes, a comma, as in `5:hello,`. */

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

enum { MAX_DIGITS = 9, MAX_LENGTH = 65536, MAX_FRAME = 5 + 1 + MAX_LENGTH + 1 };

/* read(), started again when a signal interrupts it. */
static ssize_t read_some(int conn, void *buffer, size_t size)
{
    ssize_t n;
    do
        n = read(conn, buffer, size);
    while (n < 0 && errno == EINTR);
    return n;
}

/* Read exactly `size` bytes, however many reads they take; false if the stream ends or breaks before. */
static bool read_exactly(int conn, char *buffer, size_t size)
{
    size_t received = 0;
    while (received < size) {
        ssize_t n = read_some(conn, buffer + received, size - received);
        if (n <= 0)
            return false;
        received += n;
    }
    return true;
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

/* Read a length and its colon, one byte at a time so as not to read into the message; -1 if there is none. */
static long receive_length(int conn)
{
    long length = 0;
    for (int digits = 0;; digits++) {
        char c;
        if (!read_exactly(conn, &c, 1))
            return -1;
        if (c == ':' && digits > 0)
            return length;
        bool leading_zero = digits > 0 && length == 0;
        if (c < '0' || c > '9' || digits == MAX_DIGITS || leading_zero)
            return -1;
        length = 10 * length + (c - '0');
        if (length > MAX_LENGTH)
            return -1;
    }
}

/* Read a message into `body` and return its length; -1 if the stream ends or what it holds is malformed. */
static long receive_message(int conn, char *body)
{
    long length = receive_length(conn);
    char comma;
    if (length < 0 || !read_exactly(conn, body, length))
        return -1;
    if (!read_exactly(conn, &comma, 1) || comma != ',')
        return -1;
    return length;
}

static bool send_message(int conn, const char *body, long length)
{
    char frame[MAX_FRAME + 1];
    int start = snprintf(frame, sizeof frame, "%ld:", length);
    memcpy(frame + start, body, length);
    frame[start + length] = ',';
    return send_all(conn, frame, start + length + 1);
}

/* Echo messages until the stream ends, the client vanishes or what it sends is malformed. */
static void *serve(void *argument)
{
    int conn = (int)(intptr_t)argument;
    char body[MAX_LENGTH];
    long length;

    setsockopt(conn, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    while ((length = receive_message(conn, body)) >= 0 && send_message(conn, body, length))
        ;
    close(conn);
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
