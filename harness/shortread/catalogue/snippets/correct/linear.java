static byte[] readLine(InputStream buffered) throws IOException {
    // Doubles its array where it is too small, and is searched by nobody.
    var line = new ByteArrayOutputStream();
    for (int octet; (octet = buffered.read()) != '\n'; line.write(octet))
        if (octet < 0) throw new EOFException(); // perhaps inside a line
    return line.toByteArray();
}
