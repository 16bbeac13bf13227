static String readLine(Socket socket) throws IOException {
    // A new reader for every line: what the last one had read ahead is gone.
    BufferedReader reader = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
    return reader.readLine();
}
