static String readLine(InputStream in) throws IOException {
    var line = new StringBuilder();
    byte[] piece = new byte[1024];
    for (int count; (count = in.read(piece)) > 0; ) {
        String text = new String(piece, 0, count, ISO_8859_1);
        line.append(text);
        // Only in the new octets, where CR LF may begin or end.
        if (text.contains("\r\n")) break;
    }
    return line.toString().replace("\r\n", "");
}
