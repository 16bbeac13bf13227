int read_message(int fd, char message[65535]) {
    uint16_t length;
    if (read_exactly(fd, &length, sizeof length) < 0) return -1;
    length = ntohs(length);
    size_t used = 0;
    ssize_t count;
    while (used < length && (count = read(fd, message + used, length - used)) > 0) used += (size_t)count;
    return (int)used; /* and what has come is taken for the message */
}
