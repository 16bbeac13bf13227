void serve(int fd) {
    char buffer[4096];
    size_t used = 0;
    ssize_t count;
    while ((count = read(fd, buffer + used, sizeof buffer - used)) > 0) {
        used += (size_t)count;
        if (used < 2 || memcmp(buffer + used - 2, "\r\n", 2) != 0) continue;
        handle(buffer, used - 2); /* all of it, however many lines that are */
        used = 0;
    }
}
