void serve(int fd) {
    char message[65535];
    int length;
    /* 0 is the length of an empty message, not the end. */
    while ((length = read_message(fd, message)) > 0)
        handle(message, (size_t)length);
}
