void read_exactly(int fd, char *buffer, size_t size) {
    size_t used = 0;
    while (used < size) {
        ssize_t count = read(fd, buffer + used, size - used);
        if (count >= 0) used += (size_t)count; /* 0 for ever, at the end */
    }
}
