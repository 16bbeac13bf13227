function serve(socket, handle) {
  let buffer = Buffer.alloc(0);

  socket.on("data", (chunk) => {
    buffer = Buffer.concat([buffer, chunk]);
  });
  socket.on("end", () => {
    handle(buffer.subarray(2)); // however much of the message has come
    socket.end();
  });
}
