static void serve(Socket client) throws IOException {
    try (client) {
        var in = new DataInputStream(client.getInputStream());
        byte[] reply = answer(readMessage(in));
        // A client that has half-closed the connection still reads.
        client.getOutputStream().write(reply);
        client.shutdownOutput(); // says that this was all
        in.transferTo(OutputStream.nullOutputStream()); // reads to its end
    }
}
