function serve(socket, handle) {
  let buffer = Buffer.alloc(0);

  socket.on("data", (chunk) => {
    buffer = Buffer.concat([buffer, chunk]);
    while (buffer.length >= 2) {
      const length = buffer.readUInt16BE(0);
      if (!length) return socket.end(); // an empty message is not the end
      if (buffer.length < 2 + length) return;
      handle(buffer.subarray(2, 2 + length));
      buffer = buffer.subarray(2 + length);
    }
  });
}
