static void send(DataOutputStream out, String text) throws IOException {
    byte[] body = text.getBytes(UTF_8); // octets, before they are counted
    if (body.length > 65535) throw new IOException("the text is too long");
    synchronized (out) { // one frame after the other, whoever sends it
        out.writeShort(body.length);
        out.write(body); // all of it, or an exception
        out.flush();
    }
}
