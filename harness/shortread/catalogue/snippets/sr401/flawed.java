static void send(DataOutputStream out, String text) throws IOException {
    out.writeShort(text.length()); // UTF-16 units, not octets
    out.write(text.getBytes(UTF_8));
    out.flush();
}
