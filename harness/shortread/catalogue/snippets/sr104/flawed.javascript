function serve(socket, handle) {
  let buffer = Buffer.alloc(0);

  socket.on("data", (chunk) => {
    buffer = chunk; // in place of what was there
    if (buffer.length < 2) return;
    const end = 2 + buffer.readUInt16BE(0);
    if (buffer.length >= end) handle(buffer.subarray(2, end));
  });
}
