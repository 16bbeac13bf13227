static byte[] readMessage(DataInputStream in) throws IOException {
    byte[] message = new byte[in.readUnsignedShort()];
    in.read(message); // at most so many octets; the rest stays zero
    return message;
}
