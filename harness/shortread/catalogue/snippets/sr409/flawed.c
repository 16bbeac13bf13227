char *read_message(FILE *in, size_t *length) {
    if (fscanf(in, "%zu", length) != 1 || getc(in) != '\n') return NULL;
    char *message = malloc(*length + 1); /* as much as a stranger wants */
    if (message == NULL) return NULL;
    if (fread(message, 1, *length + 1, in) == *length + 1) return message;
    free(message);
    return NULL;
}
