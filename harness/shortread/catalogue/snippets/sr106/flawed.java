static void serve(InputStream in, Consumer<String> handle) throws IOException {
    StringBuilder text = new StringBuilder();
    byte[] piece = new byte[1024];
    for (int count; (count = in.read(piece)) > 0; )
        text.append(new String(piece, 0, count, StandardCharsets.UTF_8)); // U+FFFD for each half
    handle.accept(text.toString());
}
