let line = "";

function onData(chunk, handle) {
  const text = chunk.toString("latin1");
  const end = text.indexOf("\r\n"); // only in the new octets
  if (end < 0) {
    line += text;
    return;
  }
  handle(line + text.slice(0, end));
  line = text.slice(end + 2);
}
