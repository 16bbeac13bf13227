static byte[] readMessage(DataInputStream in) throws IOException {
    int length = readLength(in);
    byte[] buffer = new byte[1024];
    int size = Math.min(length, buffer.length); // the rest is left behind
    in.readFully(buffer, 0, size);
    in.readByte();
    return Arrays.copyOf(buffer, size);
}
