void serve(int fd) {
    char buffer[4096], *end;
    ssize_t count;
    size_t used = 0;
    while ((count = read(fd, buffer + used, sizeof buffer - used)) > 0) {
        used += (size_t)count;
        /* Takes one line of a read; a second one waits until more comes. */
        if ((end = memmem(buffer, used, "\r\n", 2)) == NULL) continue;
        handle(buffer, (size_t)(end - buffer));
        used -= (size_t)(end + 2 - buffer);
        memmove(buffer, end + 2, used);
    }
}
