void serve(int fd) {
    char chunk[1024], line[4096];
    size_t used = 0;
    for (ssize_t count; (count = read(fd, chunk, sizeof chunk)) > 0;) {
        size_t size = (size_t)count;
        if (used + size > sizeof line) return;
        size = unescape(chunk, size); /* may end between \ and n */
        memcpy(line + used, chunk, size);
        used += size;
        used = handle_lines(line, used);
    }
}
