let buffer = Buffer.alloc(0);

function onEnd(socket, handle) {
  if (buffer.length > 2) handle(buffer.subarray(2)); // however much of the message has come
  socket.end();
}
