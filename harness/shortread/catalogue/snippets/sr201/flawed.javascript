let buffer = Buffer.alloc(0);

function onData(chunk, handle) {
  buffer = Buffer.concat([buffer, chunk]);
  const end = buffer.indexOf("\r\n");
  if (end < 0) return;
  handle(buffer.subarray(0, end).toString("utf8"));
  buffer = Buffer.alloc(0); // and what is behind the line is gone
}
