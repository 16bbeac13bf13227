static byte[] readMessage(Socket socket) throws IOException {
    InputStream in = socket.getInputStream();
    var reader = new BufferedReader(new InputStreamReader(in, UTF_8));
    int length = Integer.parseInt(reader.readLine());
    return in.readNBytes(length); // the reader has read it already
}
