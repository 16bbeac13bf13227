void serve(int fd) {
    char packet[1024];
    ssize_t count;
    while ((count = read(fd, packet, sizeof packet - 1)) > 0) {
        packet[count] = '\0';
        handle(packet, strcspn(packet, "\r\n")); /* one read, one message */
    }
}
