/* Returns the length of the message, or -1; `in` is one for all of them. */
int read_message(FILE *in, char message[99999]) {
    char header[7]; /* at most five digits, and a line end */
    if (fgets(header, sizeof header, in) == NULL) return -1;
    size_t digits = strspn(header, "0123456789");
    if (digits == 0 || header[digits] != '\n') return -1;
    if (header[0] == '0' && digits > 1) return -1;
    size_t length = strtoul(header, NULL, 10);
    if (fread(message, 1, length, in) < length) return -1;
    return getc(in) == '\n' ? (int)length : -1;
}
