net.createServer((socket) => {
  // Without a handler for "error", a reset ends the process.
  serve(socket, handle);
});
