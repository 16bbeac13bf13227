static byte[] readMessage(InputStream in) throws IOException {
    byte[] header = new byte[2];
    in.read(header); // may have read one octet
    int length = (header[0] & 0xff) << 8 | header[1] & 0xff;
    return in.readNBytes(length);
}
