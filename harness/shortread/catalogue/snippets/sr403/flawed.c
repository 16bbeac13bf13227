int read_message(int fd, char message[65535]) {
    char header[2]; /* char has a sign here, on most machines */
    if (read_exactly(fd, header, sizeof header) < 0) return -1;
    int length = header[0] << 8 | header[1]; /* negative from 0x80 on */
    if (length < 0) return -1;
    return read_exactly(fd, message, (size_t)length) < 0 ? -1 : length;
}
