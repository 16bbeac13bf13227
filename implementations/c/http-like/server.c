/* Echo server for http-like: header lines, a blank line, and a body of Content-Length bytes or in chunks. */

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MAX_HEADERS = 8192, MAX_BODY = 65536 /* of a chunk too */, MAX_CHUNKS = 1000, MAX_HEX_DIGITS = 8 };

/* The reply, which grows while the message is read and is sent once it is complete. */
struct frame {
    char *bytes;
    size_t size, room;
};

/* What the headers say about the body; a length of -1 is none. */
struct framing {
    long length;
    bool is_chunked;
};

static bool append(struct frame *frame, const void *bytes, size_t size)
{
    if (frame->room - frame->size < size) {
        size_t room = 2 * (frame->size + size);
        char *grown = realloc(frame->bytes, room);
        if (grown == NULL)
            return false;
        frame->bytes = grown;
        frame->room = room;
    }
    memcpy(frame->bytes + frame->size, bytes, size);
    frame->size += size;
    return true;
}

static bool append_text(struct frame *frame, const char *text)
{
    return append(frame, text, strlen(text));
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

/* Read a line of at most `limit` bytes, and its CRLF, which is left out; its length, or -1 if there is none. */
static long read_line(FILE *in, char *line, long limit)
{
    long length = 0;
    int c;
    while ((c = getc(in)) != '\r') {
        if (c == EOF || c == '\n' || c == '\0' || length == limit)
            return -1;
        line[length++] = c;
    }
    line[length] = '\0';
    return getc(in) == '\n' ? length : -1;
}

static bool read_exactly(FILE *in, char *buffer, size_t size)
{
    return fread(buffer, 1, size, in) == size; /* stdio calls read() as often as it takes */
}

/* A decimal number of nothing but digits; -1 if it is none or too large. */
static long parse_length(const char *text)
{
    size_t digits = strspn(text, "0123456789");
    if (digits == 0 || text[digits] != '\0')
        return -1;
    long length = strtol(text, NULL, 10);
    return length <= MAX_BODY ? length : -1;
}

static bool is_name(const char *text)
{
    for (const char *c = text; *c != '\0'; c++)
        if (!isalnum((unsigned char)*c) && strchr("!#$%&'*+-.^_`|~", *c) == NULL)
            return false;
    return text[0] != '\0';
}

/* Take in what a header says about the body; false if nobody knows any more where that ends. */
static bool heed_header(struct framing *framing, const char *name, const char *value)
{
    if (strcasecmp(name, "Content-Length") == 0) {
        long length = parse_length(value);
        if (length < 0 || (framing->length >= 0 && framing->length != length))
            return false;
        framing->length = length;
    } else if (strcasecmp(name, "Transfer-Encoding") == 0) {
        if (framing->is_chunked || strcmp(value, "chunked") != 0)
            return false;
        framing->is_chunked = true;
    }
    return !framing->is_chunked || framing->length < 0;
}

/* Split a line into name and value, in place. */
static bool split_header(char *line, char **value)
{
    char *colon = strchr(line, ':');
    if (colon == NULL)
        return false;
    *colon = '\0';
    *value = colon + 1 + strspn(colon + 1, " \t");
    char *end = *value + strlen(*value);
    while (end > *value && (end[-1] == ' ' || end[-1] == '\t'))
        end--;
    *end = '\0';
    return is_name(line);
}

/* Read headers, or trailers: then `framing` is NULL, because they come behind the body. */
static bool read_headers(FILE *in, struct frame *reply, struct framing *framing)
{
    char line[MAX_HEADERS + 1], *value;
    long length, left = MAX_HEADERS;
    while ((length = read_line(in, line, left)) > 0) {
        if (!split_header(line, &value) || (framing != NULL && !heed_header(framing, line, value)))
            return false;
        if (!append_text(reply, line) || !append_text(reply, ": ") || !append_text(reply, value) ||
            !append_text(reply, "\r\n"))
            return false;
        left = left > length + 2 ? left - (length + 2) : 0;
    }
    return length == 0 && append_text(reply, "\r\n");
}

/* Read the line that says how long the next chunk is; -1 if it does not. */
static long read_chunk_size(FILE *in, struct frame *reply)
{
    char line[MAX_HEX_DIGITS + 1];
    long digits = read_line(in, line, MAX_HEX_DIGITS);
    if (digits <= 0 || strspn(line, "0123456789abcdefABCDEF") != (size_t)digits)
        return -1;
    long size = strtol(line, NULL, 16);
    if (size > MAX_BODY || !append_text(reply, line) || !append_text(reply, "\r\n"))
        return -1;
    return size;
}

/* Read chunks up to the empty one, whose line end is that of the trailers. */
static bool read_chunks(FILE *in, struct frame *reply)
{
    char chunk[MAX_BODY + 2];
    for (int chunks = 0; chunks < MAX_CHUNKS; chunks++) {
        long size = read_chunk_size(in, reply);
        if (size <= 0)
            return size == 0;
        if (!read_exactly(in, chunk, size + 2) || memcmp(chunk + size, "\r\n", 2) != 0)
            return false;
        if (!append(reply, chunk, size + 2))
            return false;
    }
    return false;
}

static bool read_body(FILE *in, struct frame *reply, long length)
{
    char body[MAX_BODY];
    return read_exactly(in, body, length) && append(reply, body, length);
}

/* Read a message and make its reply; false if the stream ends or what it holds is malformed. */
static bool read_message(FILE *in, struct frame *reply)
{
    struct framing framing = {.length = -1};
    reply->size = 0;
    if (!read_headers(in, reply, &framing))
        return false;
    if (framing.is_chunked)
        return read_chunks(in, reply) && read_headers(in, reply, NULL);
    return framing.length <= 0 || read_body(in, reply, framing.length);
}

/* Echo messages until the stream ends, the client vanishes or what it sends is malformed. */
static void *serve(void *argument)
{
    int conn = (int)(intptr_t)argument;
    struct frame reply = {0};
    FILE *in = fdopen(conn, "r");

    if (in == NULL) {
        close(conn);
        return NULL;
    }
    setsockopt(conn, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    while (read_message(in, &reply) && send_all(conn, reply.bytes, reply.size))
        ;
    free(reply.bytes);
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
