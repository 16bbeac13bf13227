static void serve(InputStream in, Consumer<String> handle)
        throws IOException {
    var text = new StringBuilder();
    byte[] piece = new byte[1024];
    for (int count; (count = in.read(piece)) > 0; )
        // U+FFFD for each half of a character.
        text.append(new String(piece, 0, count, UTF_8));
    text.toString().lines().forEach(handle);
}
