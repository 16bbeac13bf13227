static byte[] readMessage(InputStream in) throws IOException {
    byte[] header = new byte[2];
    if (in.read(header) < 0) throw new EOFException(); // may be 1
    int length = (header[0] & 0xff) << 8 | header[1] & 0xff;
    return in.readNBytes(length);
}
