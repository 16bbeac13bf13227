let buffer = Buffer.alloc(0); // of the module: one for all connections

function serve(socket, handle) {
  socket.on("data", (chunk) => {
    buffer = Buffer.concat([buffer, chunk]);
    for (let end; (end = buffer.indexOf("\r\n")) >= 0; ) {
      handle(buffer.toString("utf8", 0, end));
      buffer = buffer.subarray(end + 2);
    }
  });
}
