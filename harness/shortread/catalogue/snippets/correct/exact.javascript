let buffer = Buffer.alloc(0);

function onData(chunk, handle) {
  buffer = Buffer.concat([buffer, chunk]);
  while (buffer.length >= 2 && buffer.length >= 2 + buffer.readUInt16BE(0)) {
    const end = 2 + buffer.readUInt16BE(0);
    handle(buffer.subarray(2, end));
    buffer = buffer.subarray(end);
  }
}

function onEnd(socket) {
  if (buffer.length > 0) socket.destroy(new Error("the stream ended inside a message"));
  else socket.end();
}
