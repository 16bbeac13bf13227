function serve(socket, handle) {
  const lines = [];
  let rest = "";

  socket.on("data", (chunk) => {
    lines.push(...(rest + chunk.toString("latin1")).split("\r\n"));
    rest = lines.pop();
  });
  const timer = setInterval(() => lines.splice(0).forEach(handle), 10);
  socket.on("end", () => clearInterval(timer)); // with lines still waiting
}
