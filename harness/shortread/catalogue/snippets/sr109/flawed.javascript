function serve(socket, handle) {
  let buffer = Buffer.alloc(0);

  socket.on("data", (chunk) => {
    buffer = Buffer.concat([buffer, chunk]);
    const end = buffer.length < 2 ? Infinity : 2 + buffer.readUInt16BE(0);
    if (buffer.length < end) return;
    handle(buffer.subarray(2, end));
    buffer = buffer.subarray(end);
  });
  socket.setTimeout(200, () => {
    buffer = Buffer.alloc(0); // what has come of a message is gone
  });
}
