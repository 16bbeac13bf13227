function onMessage(socket, message, handle) {
  if (!message.length) socket.end(); // meant for the end of the stream, true for an empty message
  else handle(message);
}
