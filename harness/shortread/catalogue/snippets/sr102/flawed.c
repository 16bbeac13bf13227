int read_message(int fd, char message[65535]) {
    uint16_t length;
    if (read_exactly(fd, &length, sizeof length) < 0) return -1;
    length = ntohs(length);
    return (int)read(fd, message, length); /* and as few as one octet */
}
