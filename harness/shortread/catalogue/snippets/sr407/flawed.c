void serve(FILE *in) {
    char line[4096];
    while (fgets(line, sizeof line, in) != NULL) {
        line[strcspn(line, "\r\n")] = '\0';
        handle(line, strlen(line)); /* ends at a NUL that was sent */
    }
}
