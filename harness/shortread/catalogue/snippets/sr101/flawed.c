int read_message(int fd, char message[65535]) {
    uint16_t length = 0;
    if (read(fd, &length, sizeof length) <= 0) return -1; /* may be 1 */
    length = ntohs(length);
    return read_exactly(fd, message, length) < 0 ? -1 : length;
}
