void serve(int fd) {
    char chunk[4096], *text = calloc(1, 1), *end;
    ssize_t count;
    while ((count = read(fd, chunk, sizeof chunk - 1)) > 0) {
        chunk[count] = '\0';
        text = realloc(text, strlen(text) + (size_t)count + 1);
        strcat(text, chunk); /* walks over all that has come before */
        if ((end = strchr(text, '\n')) == NULL) continue; /* and again */
        handle(text, (size_t)(end - text));
        memmove(text, end + 1, strlen(end));
    }
}
