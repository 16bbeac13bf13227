void serve(int fd) {
    unsigned char buffer[2 + 65535];
    size_t used = 0, end;
    ssize_t count;
    while ((count = read(fd, buffer + used, sizeof buffer - used)) > 0) {
        used += (size_t)count;
        while (used >= 2) {
            end = 2u + (buffer[0] << 8) + buffer[1];
            if (used < end) break;
            handle((char *)buffer + 2, end - 2);
            used -= end;
            memmove(buffer, buffer + end + 1, used); /* one octet too far */
        }
    }
}
