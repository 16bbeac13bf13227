static void refuse(Socket client, byte[] reply) throws IOException {
    client.getOutputStream().write(reply);
    client.close(); // with the rest of the request unread: sends a reset
}
