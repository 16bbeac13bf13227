function serve(socket, handle) {
  let pieces = []; // of a line, joined once it is complete

  socket.on("data", (chunk) => {
    for (let end; (end = chunk.indexOf("\n")) >= 0; ) {
      handle(Buffer.concat([...pieces, chunk.subarray(0, end)]));
      pieces = [];
      chunk = chunk.subarray(end + 1);
    }
    pieces.push(chunk);
  });
}
