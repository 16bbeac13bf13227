void serve(int fd) {
    char octets[1024];
    wchar_t text[1024];
    ssize_t count;
    while ((count = read(fd, octets, sizeof octets - 1)) > 0) {
        octets[count] = '\0';
        /* Half a character is no character. */
        if (mbstowcs(text, octets, 1024) == (size_t)-1) return;
        handle_text(text);
    }
}
