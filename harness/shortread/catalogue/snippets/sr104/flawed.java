static byte[] readMessage(DataInputStream in) throws IOException {
    byte[] message = new byte[in.readUnsignedShort()];
    for (int used = 0; used < message.length; ) {
        // Over the octets that are there: the offset is missing.
        int count = in.read(message, 0, message.length - used);
        if (count < 0) throw new EOFException();
        used += count;
    }
    return message;
}
