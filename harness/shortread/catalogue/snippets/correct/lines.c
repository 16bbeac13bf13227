/* Keeps what is left of a read between two calls. */
struct reader {
    int fd;
    size_t used;
    char buffer[4096];
};

/* Returns the length of the next line, without its CR LF, or -1. */
int read_line(struct reader *reader, char line[4096]) {
    for (;;) {
        char *end = memmem(reader->buffer, reader->used, "\r\n", 2);
        if (end != NULL) {
            size_t size = (size_t)(end - reader->buffer);
            memcpy(line, reader->buffer, size);
            reader->used -= size + 2;
            memmove(reader->buffer, end + 2, reader->used);
            return (int)size;
        }
        if (reader->used == sizeof reader->buffer) return -1; /* the line is too long */
        ssize_t count = read(reader->fd, reader->buffer + reader->used, sizeof reader->buffer - reader->used);
        if (count <= 0) return -1;
        reader->used += (size_t)count;
    }
}
