static void askAll(Socket socket, byte[] requests, int count)
        throws IOException {
    // The replies fill the connection while nobody reads them.
    socket.getOutputStream().write(requests);
    var in = new DataInputStream(socket.getInputStream());
    for (int read = 0; read < count; read++) handle(readMessage(in));
}
