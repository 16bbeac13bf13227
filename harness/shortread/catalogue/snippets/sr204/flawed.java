static void serve(InputStream in, Consumer<String> handle)
        throws IOException {
    String text = "";
    byte[] piece = new byte[1024];
    for (int count; (count = in.read(piece)) > 0; ) {
        text += new String(piece, 0, count, ISO_8859_1);
        if (!text.endsWith("\r\n")) continue; // the next line has begun
        handle.accept(text.substring(0, text.length() - 2));
        text = "";
    }
}
