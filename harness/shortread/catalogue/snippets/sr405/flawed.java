static void serve(DataInputStream in, Consumer<byte[]> handle) throws IOException {
    for (int length; (length = in.readUnsignedShort()) > 0; ) // 0 is the length of an empty message, not the end
        handle.accept(in.readNBytes(length));
}
