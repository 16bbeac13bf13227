// Echo server for delimited-crlf: a message is the bytes up to CRLF, at most 1024 of them.
//
// Broken on purpose: every chunk is decoded by itself, so a character whose bytes arrive in two chunks is
// damaged.
'use strict';

const net = require('node:net');

const MAX_LENGTH = 1024;

// A CR at the end may be half of a delimiter.
function isTooLong(text) {
  return Buffer.byteLength(text.endsWith('\r') ? text.slice(0, -1) : text) > MAX_LENGTH;
}

function serve(socket) {
  let buffer = '';

  socket.setNoDelay(true);
  socket.on('data', (chunk) => {
    buffer += chunk.toString(); // BUG: a chunk may end inside a character
    const lines = buffer.split('\r\n');
    buffer = lines.pop();
    for (const line of lines) {
      if (Buffer.byteLength(line) > MAX_LENGTH) {
        socket.destroySoon(); // after the replies have gone out
        return;
      }
      socket.write(line + '\r\n');
    }
    if (isTooLong(buffer)) socket.destroySoon();
    else if (socket.writableNeedDrain) socket.pause(); // a client that does not read is not read from
  });
  socket.on('drain', () => socket.resume());
  socket.on('error', () => {}); // the client vanished; the socket closes by itself
}

// Without allowHalfOpen, Node ends its side when the client has ended its own, after the replies.
net.createServer(serve).listen(Number(process.argv[2]), '127.0.0.1');
