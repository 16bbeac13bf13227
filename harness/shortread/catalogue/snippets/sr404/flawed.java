static byte[] readMessage(DataInputStream in) throws IOException {
    int length = in.readUnsignedShort();
    byte[] message = new byte[length - 2]; // it does not count itself
    in.readFully(message);
    return message;
}
