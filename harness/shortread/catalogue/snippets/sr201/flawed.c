int read_line(int fd, char line[4096]) {
    char buffer[4096]; /* begins anew with every call */
    size_t used = 0;
    while (used < sizeof buffer) {
        ssize_t count = read(fd, buffer + used, sizeof buffer - used);
        if (count <= 0) return -1;
        used += (size_t)count;
        char *end = memmem(buffer, used, "\r\n", 2);
        if (end == NULL) continue;
        memcpy(line, buffer, (size_t)(end - buffer));
        return (int)(end - buffer); /* and what is behind it is gone */
    }
    return -1;
}
