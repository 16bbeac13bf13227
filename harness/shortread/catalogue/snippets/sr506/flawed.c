void serve_one(int fd, const char *request, size_t size) {
    char body[65535];
    int length = answer(request, size, body);
    if (length >= 0) send_message(fd, body, (size_t)length);
    else dprintf(fd, "cannot answer this"); /* without its length */
}
