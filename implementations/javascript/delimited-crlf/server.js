// Echo server for delimited-crlf: a message is the bytes up to CRLF, at most 1024 of them.
'use strict';

const net = require('node:net');

const MAX_LENGTH = 1024;
const CR = 0x0d;
const CRLF = Buffer.from('\r\n');

// No CRLF can come in time any more.
function isTooLong(buffer) {
  return buffer.length > MAX_LENGTH + 1 || (buffer.length > MAX_LENGTH && buffer[MAX_LENGTH] !== CR);
}

function serve(socket) {
  let buffer = Buffer.alloc(0);

  socket.setNoDelay(true);
  socket.on('data', (chunk) => {
    buffer = Buffer.concat([buffer, chunk]);
    let end;
    while ((end = buffer.subarray(0, MAX_LENGTH + 2).indexOf(CRLF)) >= 0) {
      socket.write(Buffer.concat([buffer.subarray(0, end), CRLF]));
      buffer = buffer.subarray(end + 2);
    }
    if (isTooLong(buffer)) socket.destroySoon(); // after the replies have gone out
    else if (socket.writableNeedDrain) socket.pause(); // a client that does not read is not read from
  });
  socket.on('drain', () => socket.resume());
  socket.on('error', () => {}); // the client vanished; the socket closes by itself
}

// Without allowHalfOpen, Node ends its side when the client has ended its own, after the replies.
net.createServer(serve).listen(Number(process.argv[2]), '127.0.0.1');
