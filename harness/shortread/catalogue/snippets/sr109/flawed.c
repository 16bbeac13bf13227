void serve(int fd) {
    char message[65535];
    struct timeval timeout = {.tv_usec = 200000};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
    for (;;) {
        int length = read_message(fd, message);
        if (length >= 0) handle(message, (size_t)length);
        else if (errno != EAGAIN) return; /* else what it had read is gone */
    }
}
