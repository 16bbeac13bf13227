function serve(socket, handle) {
  let buffer = Buffer.alloc(0); // octets, until a line is complete

  socket.on("data", (chunk) => {
    buffer = Buffer.concat([buffer, chunk]);
    for (let end; (end = buffer.indexOf("\r\n")) >= 0; ) {
      handle(buffer.toString("utf8", 0, end));
      buffer = buffer.subarray(end + 2);
    }
  });
  socket.on("end", () => {
    if (buffer.length) socket.destroy(new Error("ended inside a line"));
  });
}
