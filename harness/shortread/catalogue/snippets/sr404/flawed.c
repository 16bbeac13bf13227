int read_message(int fd, char message[65535]) {
    uint16_t length;
    if (read_exactly(fd, &length, sizeof length) < 0) return -1;
    length = ntohs(length) - sizeof length; /* it does not count itself */
    return read_exactly(fd, message, length) < 0 ? -1 : length;
}
