int read_message(FILE *in, char message[99999]) {
    char header[7];
    if (fgets(header, sizeof header, in) == NULL) return -1;
    int length = atoi(header); /* takes "+5", " 5", "05" and "5x" too */
    if (length > 99999) return -1; /* and -5 is less */
    if (fread(message, 1, (size_t)length, in) < (size_t)length) return -1;
    return getc(in) == '\n' ? length : -1;
}
