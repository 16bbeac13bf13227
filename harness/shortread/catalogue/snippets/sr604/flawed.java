static void serve(InputStream in, Consumer<String> handle)
        throws IOException {
    String text = "";
    byte[] piece = new byte[1024];
    for (int count; (count = in.read(piece)) > 0; ) {
        text += new String(piece, 0, count, ISO_8859_1); // copies it all
        for (int end; (end = text.indexOf('\n')) >= 0; ) { // from the start
            handle.accept(text.substring(0, end));
            text = text.substring(end + 1);
        }
    }
}
