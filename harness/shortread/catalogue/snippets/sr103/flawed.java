static void serve(InputStream in, Consumer<String> handle)
        throws IOException {
    byte[] packet = new byte[1024];
    for (int count; (count = in.read(packet)) > 0; )
        // One read, one message.
        handle.accept(new String(packet, 0, count, UTF_8).strip());
}
