int read_line(int fd, char line[4096]) {
    size_t used = 0;
    for (;;) {
        ssize_t count = read(fd, line + used, 1024);
        if (count < 0 || used + 2048 > 4096) return -1;
        used += (size_t)count;
        if (count < 1024) return (int)used - 2; /* "that was all" */
    }
}
