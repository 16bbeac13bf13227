static byte[] readLine(InputStream buffered) throws IOException {
    var line = new ByteArrayOutputStream();
    for (int octet; (octet = buffered.read()) != '\n'; line.write(octet))
        if (octet < 0) throw new EOFException(); // perhaps inside a line
    return unescape(line.toByteArray()); // once, as a whole
}

static byte[] unescape(byte[] line) {
    var plain = new ByteArrayOutputStream();
    for (int at = 0; at < line.length; at++) {
        boolean isEscape = line[at] == '\\' && at + 1 < line.length;
        if (isEscape) at++;
        plain.write(isEscape && line[at] == 'n' ? '\n' : line[at]);
    }
    return plain.toByteArray();
}
