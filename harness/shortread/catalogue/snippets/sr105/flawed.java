static String readLine(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    byte[] piece = new byte[1024];
    for (int count; (count = in.read(piece)) > 0; ) {
        String text = new String(piece, 0, count, StandardCharsets.ISO_8859_1);
        line.append(text);
        if (text.contains("\r\n")) break; // only in the new octets
    }
    return line.toString().replace("\r\n", "");
}
