function serve(socket, handle) {
  let buffer = Buffer.alloc(0);

  socket.on("data", (chunk) => {
    buffer = Buffer.concat([buffer, chunk]);
    while (buffer.length >= 2) {
      const end = 2 + buffer.readUInt16BE(0);
      if (buffer.length < end) return;
      handle(buffer.subarray(2, end));
      buffer = buffer.subarray(end);
    }
  });
  socket.on("end", () => {
    if (buffer.length) socket.destroy(new Error("ended inside a message"));
  });
}
