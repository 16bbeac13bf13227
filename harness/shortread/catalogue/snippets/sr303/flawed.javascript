net.createServer({ allowHalfOpen: true }, (socket) => {
  // There is no handler for "end", so nobody ends this side.
  serve(socket, handle);
});
