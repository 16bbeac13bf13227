void serve(int fd) {
    char line[4096];
    int length;
    do {
        length = read_line(fd, line);
        /* Once more at the end, with nothing. */
        handle(line, length < 0 ? 0 : (size_t)length);
    } while (length >= 0);
}
