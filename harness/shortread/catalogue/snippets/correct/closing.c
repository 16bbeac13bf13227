void serve(int fd) {
    char request[65535], unread[4096];
    int length = read_message(fd, request);
    if (length >= 0) {
        /* A client that has half-closed the connection still reads. */
        reply(fd, request, (size_t)length);
        shutdown(fd, SHUT_WR); /* says that this was all */
        while (read(fd, unread, sizeof unread) > 0) continue; /* to its end */
    }
    close(fd);
}
