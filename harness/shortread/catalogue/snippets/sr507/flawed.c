int reply_from_any_thread(int fd, const char *body, uint16_t size) {
    uint16_t length = htons(size);
    if (write_exactly(fd, &length, sizeof length) < 0) return -1;
    /* Another thread's header may come before this. */
    return write_exactly(fd, body, size);
}
