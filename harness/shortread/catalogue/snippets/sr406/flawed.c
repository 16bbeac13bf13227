void serve(FILE *in) {
    char header[7], *line = NULL;
    size_t room = 0;
    ssize_t size;
    while (fgets(header, sizeof header, in) != NULL) {
        size = getline(&line, &room, in); /* a body may hold a line end */
        if (size <= 0) break;
        handle(line, (size_t)size - 1);
    }
    free(line);
}
