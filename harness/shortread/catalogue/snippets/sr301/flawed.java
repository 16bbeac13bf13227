static byte[] readMessage(DataInputStream in) throws IOException {
    int length = in.readUnsignedShort();
    return in.readNBytes(length); // fewer where the stream ends
}
