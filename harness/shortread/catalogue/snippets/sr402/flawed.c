int read_message(int fd, char message[65535]) {
    uint16_t length;
    /* Without ntohs(): in the order of this machine. */
    if (read_exactly(fd, &length, sizeof length) < 0) return -1;
    return read_exactly(fd, message, length) < 0 ? -1 : length;
}
