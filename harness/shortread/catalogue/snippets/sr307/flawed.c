void serve(int fd) {
    char buffer[4096];
    size_t used = 0;
    struct pollfd socket = {.fd = fd, .events = POLLIN | POLLRDHUP};
    while (poll(&socket, 1, -1) > 0) {
        if (socket.revents & POLLRDHUP) return; /* octets may be unread */
        ssize_t count = read(fd, buffer + used, sizeof buffer - used);
        if (count <= 0) return;
        used = handle_lines(buffer, used + (size_t)count);
    }
}
