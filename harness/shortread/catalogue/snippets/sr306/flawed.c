void serve(int fd) {
    char request[65535], next;
    int length = read_message(fd, request);
    /* "The client is gone": it only sends no more. */
    if (length >= 0 && recv(fd, &next, 1, MSG_PEEK | MSG_DONTWAIT) != 0)
        reply(fd, request, (size_t)length);
    close(fd);
}
