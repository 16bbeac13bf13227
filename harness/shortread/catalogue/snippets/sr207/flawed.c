void serve(int fd) {
    char chunk[1024];
    ssize_t count;
    while ((count = read(fd, chunk, sizeof chunk)) > 0)
        write_exactly(fd, chunk, (size_t)count); /* an echo of reads */
}
