function serve(socket, handle) {
  let buffer = Buffer.alloc(0);

  socket.on("data", (chunk) => {
    buffer = Buffer.concat([buffer, chunk]);
    const end = buffer.indexOf("\r\n");
    if (end < 0) return;
    handle(buffer.toString("utf8", 0, end));
    buffer = Buffer.alloc(0); // and what is behind the line is gone
  });
}
