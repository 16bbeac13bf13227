void serve(int fd) {
    FILE *out = fdopen(fd, "w");
    char message[65535];
    int length;
    while ((length = read_message(fd, message)) >= 0) {
        putc(length >> 8, out), putc(length, out);
        fwrite(message, 1, (size_t)length, out); /* without fflush(out) */
    }
    fclose(out);
}
