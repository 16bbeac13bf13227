void serve(FILE *in) {
    char *line = NULL;
    size_t room = 0;
    ssize_t size;
    while ((size = getline(&line, &room, in)) > 0)
        handle(line, (size_t)size - 1); /* with the escapes in it */
    free(line);
}
