static void serve(InputStream in, Consumer<String> handle)
        throws IOException {
    var buffered = new BufferedInputStream(in); // one for the connection
    var line = new ByteArrayOutputStream(); // octets, until it is complete
    int before = -1;
    for (int octet; (octet = buffered.read()) >= 0; before = octet) {
        if (before != '\r' || octet != '\n') {
            line.write(octet);
            continue;
        }
        byte[] octets = line.toByteArray();
        handle.accept(new String(octets, 0, octets.length - 1, UTF_8));
        line.reset();
    }
    if (line.size() > 0) throw new EOFException("ended inside a line");
}
