let buffer = Buffer.alloc(0);

function onData(chunk, handle) {
  buffer = Buffer.concat([buffer, chunk]);
  for (let end; (end = buffer.indexOf("\r\n")) >= 0; ) {
    handle(buffer.subarray(0, end).toString("utf8"));
    buffer = buffer.subarray(end + 2);
  }
}
