struct requests {
    int fd;
    const char *octets;
    size_t size, count;
};

void *write_requests(void *argument) {
    struct requests *requests = argument;
    write_exactly(requests->fd, requests->octets, requests->size);
    return NULL;
}

void ask_all(struct requests *requests) {
    pthread_t writer; /* writes while the replies are read */
    if (pthread_create(&writer, NULL, write_requests, requests) != 0) return;
    char reply[65535];
    for (size_t read = 0; read < requests->count; read++) {
        int length = read_message(requests->fd, reply);
        if (length < 0) break;
        handle(reply, (size_t)length);
    }
    shutdown(requests->fd, SHUT_RDWR); /* nobody writes for ever */
    pthread_join(writer, NULL);
}
