int read_message(int fd, char message[65535]) {
    uint16_t length;
    if (read_exactly(fd, &length, sizeof length) < 0) return -1;
    length = ntohs(length);
    size_t used = 0;
    while (used < length) {
        ssize_t count = read(fd, message + used, length - used);
        if (count <= 0) break; /* what has come is taken for the message */
        used += (size_t)count;
    }
    return (int)used;
}
