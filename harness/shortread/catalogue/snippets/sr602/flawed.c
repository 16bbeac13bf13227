void serve_all(int listener) {
    for (;;) {
        int fd = accept(listener, NULL, NULL);
        if (fd < 0) continue;
        serve(fd); /* and nobody else until this client is done */
        close(fd);
    }
}
