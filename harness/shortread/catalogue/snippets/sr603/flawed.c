void *serve_one(void *argument) {
    int fd = (int)(intptr_t)argument;
    if (serve(fd) < 0) return NULL; /* without close(fd) */
    close(fd);
    return NULL;
}
