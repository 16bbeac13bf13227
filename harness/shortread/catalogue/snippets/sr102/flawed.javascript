function serve(socket, handle) {
  socket.on("data", (chunk) => {
    const length = chunk.readUInt16BE(0);
    handle(chunk.subarray(2, 2 + length)); // as much of it as has come
  });
}
