static char buffer[4096]; /* one for all connections */
static size_t used = 0;

int on_readable(int fd) {
    ssize_t count = read(fd, buffer + used, sizeof buffer - used);
    if (count <= 0) return -1;
    used = handle_lines(buffer, used + (size_t)count);
    return 0;
}
