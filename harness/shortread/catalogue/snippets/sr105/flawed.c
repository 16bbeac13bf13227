int read_line(int fd, char line[4096]) {
    size_t used = 0;
    for (;;) {
        ssize_t count = read(fd, line + used, 4096 - used);
        if (count <= 0) return -1;
        char *end = memmem(line + used, (size_t)count, "\r\n", 2); /* only in the new octets */
        if (end != NULL) return (int)(end - line);
        used += (size_t)count;
    }
}
