static void serve(InputStream in, Consumer<byte[]> handle)
        throws IOException {
    byte[] buffer = new byte[65537];
    int used = 0, end;
    for (int count; (count = in.read(buffer, used, 65537 - used)) > 0; ) {
        used += count;
        while (used >= 2 && used >= (end = 2 + length(buffer))) {
            handle.accept(Arrays.copyOfRange(buffer, 2, end));
            used -= end;
            // One octet too far: the first of the next message.
            System.arraycopy(buffer, end + 1, buffer, 0, used);
        }
    }
}
