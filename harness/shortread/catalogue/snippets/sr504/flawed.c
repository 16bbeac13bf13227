void broadcast(const int fds[], size_t count, char *frame, size_t size) {
    for (size_t at = 0; at < count; at++) {
        /* EAGAIN: a slow client misses what was meant for it. */
        if (send(fds[at], frame, size, MSG_DONTWAIT) < 0) continue;
    }
}
