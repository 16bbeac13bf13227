function serve(socket, handle) {
  let length = null;
  let body = Buffer.alloc(0);

  socket.on("data", (chunk) => {
    if (length === null) {
      length = chunk.readUInt16BE(0); // ERR_OUT_OF_RANGE when one octet came
      chunk = chunk.subarray(2);
    }
    body = Buffer.concat([body, chunk]);
    if (body.length >= length) handle(body.subarray(0, length));
  });
}
