/* Outlives a call that a timeout has interrupted. */
struct reader {
    int fd;
    size_t used;
    unsigned char buffer[2 + 65535];
};

/* Returns the length of the message, or -1: with EAGAIN, call it again. */
int read_message(struct reader *reader, char message[65535]) {
    for (;;) {
        unsigned char *buffer = reader->buffer;
        size_t end = reader->used < 2 ? 2 : 2 + (buffer[0] << 8 | buffer[1]);
        if (reader->used >= 2 && reader->used >= end) {
            memcpy(message, buffer + 2, end - 2);
            reader->used -= end;
            memmove(buffer, buffer + end, reader->used);
            return (int)(end - 2);
        }
        size_t missing = end - reader->used; /* the framing says how many */
        ssize_t count = read(reader->fd, buffer + reader->used, missing);
        if (count <= 0) return -1;
        reader->used += (size_t)count;
    }
}
