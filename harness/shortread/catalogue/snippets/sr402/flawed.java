static byte[] readMessage(DataInputStream in) throws IOException {
    ByteBuffer header = ByteBuffer.wrap(in.readNBytes(2));
    header.order(ByteOrder.LITTLE_ENDIAN); // the network's is big
    byte[] message = new byte[header.getShort() & 0xffff];
    in.readFully(message);
    return message;
}
