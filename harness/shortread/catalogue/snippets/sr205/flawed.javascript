function serve(socket, handle) {
  let buffer = Buffer.alloc(0);

  socket.on("data", (chunk) => {
    buffer = Buffer.concat([buffer, chunk]);
    while (buffer.length >= 2) {
      const end = 2 + buffer.readUInt16BE(0);
      if (buffer.length < end) return;
      handle(buffer.subarray(2, end));
      buffer = buffer.subarray(end + 1); // without the next one's first octet
    }
  });
}
