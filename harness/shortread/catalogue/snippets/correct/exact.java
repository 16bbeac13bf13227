static byte[] readMessage(DataInputStream in) throws IOException {
    int length = in.readUnsignedShort();
    byte[] message = new byte[length];
    in.readFully(message); // EOFException where the stream ends before
    return message;
}
