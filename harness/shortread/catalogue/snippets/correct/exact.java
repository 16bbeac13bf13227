static byte[] readMessage(DataInputStream in) throws IOException {
    byte[] message = new byte[in.readUnsignedShort()];
    in.readFully(message); // EOFException where the stream ends before
    return message;
}
