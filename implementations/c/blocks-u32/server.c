/* Receiver for blocks-u32: blocks with a 4-byte big-endian length, of which an empty one is the last.
 *
 * Each block is one line of JSON on standard output, as soon as it is complete: {"message": "hello"}, or
 * {"hex": "00ff"} where it is not UTF-8. The end of the stream is {"end": true}, or {"error": "..."} where it
 * should not have come yet or the stream is malformed.
 */

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { HEADER = 4, MAX_LENGTH = 65536 };

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

/* Print `text`, which is UTF-8, as it stands in a JSON string. */
static void print_escaped(const unsigned char *text, size_t size)
{
    for (; size > 0; text++, size--) {
        if (*text == '"' || *text == '\\')
            printf("\\%c", *text);
        else if (*text < 0x20)
            printf("\\u%04x", *text);
        else
            putchar(*text);
    }
}

static void print_hex(const unsigned char *bytes, size_t size)
{
    for (; size > 0; bytes++, size--)
        printf("%02x", *bytes);
}

static void write_down_block(const unsigned char *block, size_t size)
{
    bool is_text = is_utf8(block, size);
    flockfile(stdout); /* lines of two connections must not mix */
    printf("{\"%s\": \"", is_text ? "message" : "hex");
    (is_text ? print_escaped : print_hex)(block, size);
    printf("\"}\n");
    fflush(stdout);
    funlockfile(stdout);
}

static void write_down_end(const char *error)
{
    flockfile(stdout);
    if (error != NULL)
        printf("{\"error\": \"%s\"}\n", error);
    else
        printf("{\"end\": true}\n");
    fflush(stdout);
    funlockfile(stdout);
}

/* Write down each block, the empty one too, behind which the stream must end; return what is wrong, or NULL. */
static const char *receive_blocks(int conn, unsigned char *block)
{
    unsigned char header[HEADER];
    uint32_t length;
    do {
        if (!read_exactly(conn, header, HEADER))
            return "the stream ended before the last block";
        length = (uint32_t)header[0] << 24 | header[1] << 16 | header[2] << 8 | header[3];
        if (length > MAX_LENGTH)
            return "a block is too long";
        if (!read_exactly(conn, block, length))
            return "the stream ended inside a block";
        write_down_block(block, length);
    } while (length > 0);

    switch (read_some(conn, block, 1)) {
    case 0:
        return NULL;
    case 1:
        return "there is something behind the last block";
    default:
        return "the connection broke behind the last block";
    }
}

/* Write down blocks until the stream ends, the client vanishes or what it sends is malformed. */
static void *serve(void *argument)
{
    int conn = (int)(intptr_t)argument;
    unsigned char block[MAX_LENGTH];

    write_down_end(receive_blocks(conn, block));
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
