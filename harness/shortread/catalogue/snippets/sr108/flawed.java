static byte[] readFrame(InputStream in) throws IOException {
    var frame = new ByteArrayOutputStream();
    do {
        frame.write(in.read());
    } while (in.available() > 0); // nothing now is not nothing more
    return frame.toByteArray();
}
