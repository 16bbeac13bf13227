int read_message(int fd, char message[65535]) {
    char header[1024];
    ssize_t count = read(fd, header, sizeof header - 1);
    if (count <= 0) return -1;
    header[count] = '\0'; /* there may be a body behind the line end */
    int length = atoi(header);
    return read_exactly(fd, message, (size_t)length) < 0 ? -1 : length;
}
