void serve_all(int listener) {
    for (;;) {
        int fd = accept(listener, NULL, NULL);
        if (fd < 0) continue;
        /* One client that is lost ends the service; so does SIGPIPE. */
        if (serve(fd) < 0) exit(EXIT_FAILURE);
        close(fd);
    }
}
