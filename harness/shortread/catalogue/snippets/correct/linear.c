/* Returns the length of the next line, or -1. */
ssize_t read_line(FILE *in, char **line, size_t *room) {
    /* Searches every octet once, and doubles the room where it must. */
    ssize_t size = getline(line, room, in);
    if (size <= 0 || (*line)[size - 1] != '\n') return -1;
    return size - 1;
}
