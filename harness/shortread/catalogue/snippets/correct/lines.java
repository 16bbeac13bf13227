static void serve(InputStream in, Consumer<String> handle) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream(); // octets, until the line is complete
    int previous = -1;
    InputStream buffered = new BufferedInputStream(in); // one for the whole connection
    for (int octet; (octet = buffered.read()) >= 0; previous = octet) {
        line.write(octet);
        if (previous == '\r' && octet == '\n') {
            byte[] octets = line.toByteArray();
            handle.accept(new String(octets, 0, octets.length - 2, StandardCharsets.UTF_8));
            line.reset();
            octet = -1; // a line end belongs to one line only
        }
    }
    if (line.size() > 0) throw new EOFException("the stream ended inside a line");
}
