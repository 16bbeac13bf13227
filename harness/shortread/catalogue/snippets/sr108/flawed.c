int read_message(int fd, char frame[2 + 65535]) {
    size_t used = 0;
    struct pollfd socket = {.fd = fd, .events = POLLIN};
    while (poll(&socket, 1, 200) > 0) { /* until nothing comes for a while */
        ssize_t count = read(fd, frame + used, 2 + 65535 - used);
        if (count <= 0) break;
        used += (size_t)count;
    }
    return (int)used - 2;
}
