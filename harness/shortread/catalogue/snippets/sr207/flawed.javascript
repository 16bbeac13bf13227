net.createServer((socket) => {
  socket.on("data", (chunk) => {
    socket.write(chunk); // an echo of reads, not of messages
  });
});
