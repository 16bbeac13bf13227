void serve(FILE *in) {
    char message[1024];
    size_t length, size;
    while (fscanf(in, "%5zu", &length) == 1 && getc(in) == '\n') {
        size = length < sizeof message ? length : sizeof message;
        size = fread(message, 1, size, in); /* the rest is left behind */
        handle(message, size);
        getc(in);
    }
}
