static String readLine(InputStream in) throws IOException {
    var line = new StringBuilder();
    byte[] piece = new byte[1024];
    int count;
    do {
        count = in.read(piece);
        if (count < 0) throw new EOFException();
        line.append(new String(piece, 0, count, ISO_8859_1));
    } while (count == piece.length); // fewer: "that was all"
    return line.toString().stripTrailing();
}
