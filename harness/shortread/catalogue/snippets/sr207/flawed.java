static void serve(Socket client) throws IOException {
    InputStream in = client.getInputStream();
    byte[] chunk = new byte[1024];
    for (int count; (count = in.read(chunk)) > 0; )
        // An echo of reads, not of messages.
        client.getOutputStream().write(chunk, 0, count);
}
