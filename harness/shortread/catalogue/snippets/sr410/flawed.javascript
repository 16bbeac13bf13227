function serve(socket, handle) {
  const lines = readline.createInterface({ input: socket });
  lines.on("line", (line) => {
    handle(line); // with a backslash where one was added
  });
}
