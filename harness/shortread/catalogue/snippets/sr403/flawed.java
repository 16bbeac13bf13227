static byte[] readMessage(DataInputStream in) throws IOException {
    // Negative above 32,767: NegativeArraySizeException.
    byte[] message = new byte[in.readShort()];
    in.readFully(message);
    return message;
}
