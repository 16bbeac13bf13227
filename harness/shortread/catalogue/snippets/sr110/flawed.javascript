function serve(socket, handle) {
  const buffer = Buffer.alloc(1024);
  let used = 0;

  socket.on("data", (chunk) => {
    used += chunk.copy(buffer, used); // what does not fit is left behind
    const start = buffer.indexOf("\n") + 1;
    const length = parseInt(buffer.toString("latin1", 0, 5), 10);
    if (start === 0 || used < Math.min(start + length + 1, 1024)) return;
    handle(buffer.subarray(start, start + length));
    used = 0;
  });
}
