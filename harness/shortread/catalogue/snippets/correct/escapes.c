/* Undoes the escapes of a whole line, in place; returns what is left. */
size_t unescape(char *line, size_t size) {
    size_t used = 0;
    for (size_t at = 0; at < size; at++) {
        int is_escape = line[at] == '\\' && at + 1 < size;
        if (is_escape) at++;
        line[used++] = is_escape && line[at] == 'n' ? '\n' : line[at];
    }
    return used;
}

/* Returns the length of the next line, or -1. */
ssize_t read_line(FILE *in, char **line, size_t *room) {
    ssize_t size = getline(line, room, in); /* first the whole line */
    if (size <= 0 || (*line)[size - 1] != '\n') return -1;
    return (ssize_t)unescape(*line, (size_t)size - 1);
}
