int read_message(int fd, char message[65535]) {
    uint16_t length;
    if (read_exactly(fd, &length, sizeof length) < 0) return -1;
    length = ntohs(length);
    for (size_t used = 0; used < length;) {
        ssize_t count = read(fd, message, length - used); /* no "+ used" */
        if (count <= 0) return -1;
        used += (size_t)count;
    }
    return length;
}
