const server = net.createServer({ allowHalfOpen: true }, (socket) => {
  socket.on("error", (error) => console.warn("a client was lost:", error));
  // Returns at once, and ends this side too, once the client has ended.
  serveOne(socket);
});
