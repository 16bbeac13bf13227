static byte[] readExactly(InputStream in, int size) throws IOException {
    byte[] buffer = new byte[size];
    for (int used = 0; used < size; ) {
        int count = in.read(buffer, used, size - used);
        if (count > 0) used += count; // -1 for ever, at the end
    }
    return buffer;
}
