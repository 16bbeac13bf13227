/* Echo server for delimited-crlf: a message is the bytes up to CRLF, at most 1024 of them.
 *
 * Broken on purpose: lines are read with fgets(), and their length is asked of strlen(). What stands behind a NUL
 * is lost, the CRLF too, and the next line is taken for more of the same.
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

static bool ends_in_crlf(const char *bytes, size_t size)
{
    return size >= 2 && memcmp(bytes + size - 2, "\r\n", 2) == 0;
}

/* Read the next message, with its CRLF, and return its size; 0 if the stream ends or the message is too long. */
static size_t receive_frame(FILE *in, char *frame)
{
    size_t size = 0;
    do {
        /* An LF alone ends nothing: there is more to read. */
        if (fgets(frame + size, MAX_FRAME + 1 - size, in) == NULL)
            return 0;
        size += strlen(frame + size); /* BUG: fgets() does not say how much it read, and a message may hold a NUL */
    } while (size < MAX_FRAME && !ends_in_crlf(frame, size));
    return ends_in_crlf(frame, size) ? size : 0;
}

/* Echo messages until the stream ends, the client vanishes or a message is too long. */
static void *serve(void *argument)
{
    int conn = (int)(intptr_t)argument;
    FILE *in = fdopen(conn, "r");
    char frame[MAX_FRAME + 1];
    size_t size;

    if (in == NULL) {
        close(conn);
        return NULL;
    }
    setsockopt(conn, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    while ((size = receive_frame(in, frame)) > 0 && send_all(conn, frame, size))
        ;
    fclose(in);
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
