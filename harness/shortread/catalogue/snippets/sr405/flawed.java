static void serve(DataInputStream in, Consumer<byte[]> handle)
        throws IOException {
    // 0 is the length of an empty message, not the end.
    for (int length; (length = in.readUnsignedShort()) > 0; )
        handle.accept(in.readNBytes(length));
}
