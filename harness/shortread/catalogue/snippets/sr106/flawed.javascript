let text = "";

function onData(chunk, handle) {
  text += chunk.toString("utf8"); // U+FFFD wherever a chunk ends inside a character
  const lines = text.split("\r\n");
  text = lines.pop();
  lines.forEach(handle);
}
