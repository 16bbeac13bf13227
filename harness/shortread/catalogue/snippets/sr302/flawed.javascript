function readExactly(socket, size) {
  let chunk = null;
  // null for ever, and nothing else can run.
  while (chunk === null) chunk = socket.read(size);
  return chunk;
}
