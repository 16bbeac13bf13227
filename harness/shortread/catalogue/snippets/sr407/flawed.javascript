function serve(socket, handle) {
  const lines = readline.createInterface({ input: socket });
  lines.on("line", (line) => {
    handle(line.trim()); // takes what the sender meant as well
  });
}
