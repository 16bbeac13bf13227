/* Returns 0, or -1 when the stream has ended or is broken. */
int read_exactly(int fd, void *buffer, size_t size) {
    size_t used = 0;
    while (used < size) {
        ssize_t count = read(fd, (char *)buffer + used, size - used);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return -1;
        used += (size_t)count;
    }
    return 0;
}

/* Returns the length of the message, or -1. */
int read_message(int fd, char message[65535]) {
    uint16_t length;
    if (read_exactly(fd, &length, sizeof length) < 0) return -1;
    length = ntohs(length);
    return read_exactly(fd, message, length) < 0 ? -1 : length;
}
