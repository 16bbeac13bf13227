let text = "";

function onData(chunk, handle) {
  text += chunk.toString("latin1");
  const match = /^([^]*)\r\n/.exec(text); // greedy: up to the last line end
  if (match === null) return;
  handle(match[1]);
  text = text.slice(match[0].length);
}
