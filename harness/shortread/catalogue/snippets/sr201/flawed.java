static String readLine(Socket socket) throws IOException {
    // A new reader for each line: what the last one read ahead is gone.
    var in = new InputStreamReader(socket.getInputStream(), UTF_8);
    return new BufferedReader(in).readLine();
}
