void on_readable(int epoll, int fd) {
    char chunk[4096];
    ssize_t count = read(fd, chunk, sizeof chunk);
    if (count > 0) {
        handle(chunk, (size_t)count);
        return;
    }
    epoll_ctl(epoll, EPOLL_CTL_DEL, fd, NULL); /* no close(fd): still open */
}
