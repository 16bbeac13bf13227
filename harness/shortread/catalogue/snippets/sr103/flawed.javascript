function onData(chunk, handle) {
  handle(chunk.toString("utf8").trimEnd()); // one event, one message
}
