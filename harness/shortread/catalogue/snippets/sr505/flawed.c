void refuse(int fd, const char *reply, size_t size) {
    write_exactly(fd, reply, size);
    close(fd); /* with the rest of the request unread: sends a reset */
}
