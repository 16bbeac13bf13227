void serve(int fd) {
    char packet[1024];
    ssize_t count;
    while ((count = read(fd, packet, sizeof packet)) > 0)
        handle(packet, (size_t)count); /* takes each read for one message */
}
