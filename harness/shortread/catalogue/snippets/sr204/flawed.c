int read_line(int fd, char line[4096]) {
    size_t used = 0;
    while (used < 2 || memcmp(line + used - 2, "\r\n", 2) != 0) {
        /* Only a CR LF at the end of a read is seen. */
        ssize_t count = read(fd, line + used, 4096 - used);
        if (count <= 0) return -1;
        used += (size_t)count;
    }
    return (int)used - 2;
}
