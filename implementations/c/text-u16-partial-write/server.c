/* Echo server for text-u16: a 2-byte big-endian length, then that many bytes of UTF-8 text.
 *
 * Broken on purpose: what one write() does not take of a reply is lost. On a blocking socket of Linux it takes
 * everything unless a signal interrupts it, so this passes every test that does not make it take less.
 */

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { HEADER = 2, MAX_LENGTH = 65535 };

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
static bool read_exactly(int conn, unsigned char *buffer, size_t size)
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

/* Whether all of it is UTF-8: no overlong form, no surrogate, nothing above U+10FFFF. */
static bool is_utf8(const unsigned char *text, size_t size)
{
    const unsigned char *end = text + size;
    while (text < end) {
        unsigned char first = *text++;
        if (first < 0x80)
            continue;
        if (first < 0xc2 || first > 0xf4)
            return false;
        unsigned char low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
        unsigned char high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
        int following = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1;
        for (; following > 0; following--, text++) {
            if (text == end || *text < low || *text > high)
                return false;
            low = 0x80;
            high = 0xbf;
        }
    }
    return true;
}

/* Read a message into `text` and return its length; -1 if the stream ends or what it holds is not UTF-8. */
static long receive_message(int conn, unsigned char *text)
{
    unsigned char header[HEADER];
    if (!read_exactly(conn, header, HEADER))
        return -1;
    long length = header[0] << 8 | header[1];
    if (!read_exactly(conn, text, length) || !is_utf8(text, length))
        return -1;
    return length;
}

static bool send_message(int conn, const unsigned char *text, long length)
{
    unsigned char frame[HEADER + MAX_LENGTH] = {length >> 8, length & 0xff};
    memcpy(frame + HEADER, text, length);
    return write(conn, frame, HEADER + length) >= 0; /* BUG: it may take less, and says how much it took */
}

/* Echo messages until the stream ends, the client vanishes or what it sends is not UTF-8. */
static void *serve(void *argument)
{
    int conn = (int)(intptr_t)argument;
    unsigned char text[MAX_LENGTH];
    long length;

    setsockopt(conn, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    while ((length = receive_message(conn, text)) >= 0 && send_message(conn, text, length))
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
    signal(SIGPIPE, SIG_IGN); /* a client that vanished must not end the service */
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
