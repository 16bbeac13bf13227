/* Keeps what is left of a read between two calls; one per connection. */
struct reader {
    int fd;
    size_t used;
    char buffer[4096];
};

/* Returns the length of the next line, without its CR LF, or -1. */
int read_line(struct reader *reader, char line[4096]) {
    char *buffer = reader->buffer, *end;
    while ((end = memmem(buffer, reader->used, "\r\n", 2)) == NULL) {
        size_t room = sizeof reader->buffer - reader->used;
        if (room == 0) return -1; /* the line is too long */
        ssize_t count = read(reader->fd, buffer + reader->used, room);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return -1;
        reader->used += (size_t)count;
    }
    size_t size = (size_t)(end - buffer);
    memcpy(line, buffer, size);
    reader->used -= size + 2;
    memmove(buffer, end + 2, reader->used);
    return (int)size;
}
