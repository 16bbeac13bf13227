static void serve(InputStream in, Consumer<String> handle)
        throws IOException {
    String line = "";
    byte[] chunk = new byte[1024];
    for (int count; (count = in.read(chunk)) > 0; ) {
        String[] parts = new String(chunk, 0, count, UTF_8).split("\n", -1);
        line += unescape(parts[0]); // may begin or end inside an escape
        for (int at = 1; at < parts.length; at++) {
            handle.accept(line);
            line = unescape(parts[at]);
        }
    }
}
