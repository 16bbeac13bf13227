/* Returns 0, or -1; the lock is the connection's. */
int send_message(int fd, pthread_mutex_t *lock, const char *text) {
    size_t length = strlen(text), sent = 0, total = 2 + length;
    char frame[2 + 65535];
    if (length > 65535) return -1;
    frame[0] = (char)(length >> 8), frame[1] = (char)length;
    memcpy(frame + 2, text, length);
    pthread_mutex_lock(lock); /* one frame after the other */
    while (sent < total) {
        ssize_t count = send(fd, frame + sent, total - sent, MSG_NOSIGNAL);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) break;
        sent += (size_t)count;
    }
    pthread_mutex_unlock(lock);
    return sent == total ? 0 : -1;
}
