static byte[] readMessage(DataInputStream in) throws IOException {
    String header = readLine(in); // a line without an end fills memory
    byte[] message = new byte[Integer.parseInt(header)]; // so does this
    in.readFully(message);
    in.readByte();
    return message;
}
