/** {@code in} is one for all messages, around a BufferedInputStream. */
static byte[] readMessage(DataInputStream in) throws IOException {
    var digits = new StringBuilder();
    for (int octet; (octet = in.readUnsignedByte()) != '\n'; ) {
        digits.append((char) octet);
        if (digits.length() > 5) throw new IOException("a length too long");
    }
    if (!digits.toString().matches("0|[1-9][0-9]{0,4}"))
        throw new IOException("expected a length, found " + digits);
    byte[] message = new byte[Integer.parseInt(digits.toString())];
    in.readFully(message);
    if (in.readByte() != '\n') throw new IOException("expected a line end");
    return message;
}
