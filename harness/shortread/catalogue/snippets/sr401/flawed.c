int send_message(int fd, const wchar_t *text) {
    char body[65535];
    size_t size = wcstombs(body, text, sizeof body);
    if (size == (size_t)-1) return -1;
    uint16_t length = htons((uint16_t)wcslen(text)); /* characters */
    if (write_exactly(fd, &length, sizeof length) < 0) return -1;
    return write_exactly(fd, body, size);
}
