// Client for delimited-crlf: a message is the bytes up to CRLF. What it says comes back.
//
// Broken on purpose: each 'data' event is taken for a whole answer.
'use strict';

const net = require('node:net');

const MESSAGES = ['hello', '', 'naïve €'];
const CRLF = '\r\n';

const [host, port] = process.argv.slice(2);
const waiting = [...MESSAGES];
const socket = net.connect(Number(port), host, askNext);

// Sends the next message; closes when all have been answered.
function askNext() {
  if (waiting.length > 0) socket.write(waiting.shift() + CRLF);
  else socket.destroy();
}

socket.on('data', (chunk) => {
  console.log(chunk.toString().trimEnd());
  askNext(); // BUG: an answer may come in several events
});
socket.on('error', (error) => console.error(`no answer: ${error.message}`));
