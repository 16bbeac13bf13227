int read_line(int fd, char line[4096]) {
    for (size_t used = 0;;) {
        ssize_t count = read(fd, line + used, 4096 - used);
        if (count <= 0) return -1;
        /* Only in the new octets, where CR LF may begin or end. */
        char *end = memmem(line + used, (size_t)count, "\r\n", 2);
        if (end != NULL) return (int)(end - line);
        used += (size_t)count;
    }
}
