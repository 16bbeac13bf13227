static void serve(InputStream in, Consumer<String> handle)
        throws IOException {
    String text = "";
    byte[] piece = new byte[1024];
    for (int count; (count = in.read(piece)) > 0; ) {
        text += new String(piece, 0, count, ISO_8859_1);
        int end = text.indexOf("\r\n");
        if (end < 0) continue;
        handle.accept(text.substring(0, end)); // a second line waits
        text = text.substring(end + 2);
    }
}
