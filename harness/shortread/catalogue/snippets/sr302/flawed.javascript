function readExactly(socket, size) {
  let chunk = null;
  while (chunk === null) chunk = socket.read(size); // null for ever, and nothing else can run
  return chunk;
}
