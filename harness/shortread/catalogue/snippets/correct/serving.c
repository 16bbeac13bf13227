void *serve_one(void *argument) {
    int fd = (int)(intptr_t)argument;
    if (serve(fd) < 0) fprintf(stderr, "a client was lost\n");
    close(fd); /* however it has ended */
    return NULL;
}

void serve_all(int listener) {
    signal(SIGPIPE, SIG_IGN);
    for (;;) {
        pthread_t thread;
        int fd = accept(listener, NULL, NULL);
        if (fd < 0) continue;
        void *client = (void *)(intptr_t)fd;
        if (pthread_create(&thread, NULL, serve_one, client) != 0) close(fd);
        else pthread_detach(thread);
    }
}
