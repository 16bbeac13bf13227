static byte[] readMessage(DataInputStream in) throws IOException {
    @SuppressWarnings("deprecation") String header = in.readLine();
    // Takes "+5", " 5", "05", and -5 as well.
    int length = Integer.parseInt(header.trim());
    byte[] message = in.readNBytes(length);
    in.readByte();
    return message;
}
