function serve(socket, handle) {
  let buffer = Buffer.alloc(0);

  socket.on("data", (chunk) => {
    buffer = Buffer.concat([buffer, chunk]);
    if (buffer.at(-1) !== 10) return; // not when the next line has begun
    handle(buffer.toString("utf8", 0, buffer.length - 2));
    buffer = Buffer.alloc(0);
  });
}
